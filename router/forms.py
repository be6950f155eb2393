"""What may stand in a field of an extraction: the forms that field names imply, the words a value does not begin or end
with, and the text that is told, apart from the instruction and the name of the file it was read from.

For a small base, which is good at telling what belongs where and poor at cutting it out. Everything here narrows what a
grammar offers; nothing is filled in, and where a text offers nothing of a form, the field stays as it was.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from router.conversation import Message
from router.schema import FORM, Schema
from router.source import words
from router.strict_json import write
from router.when import spelt

_MONTH = (
    "(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:t(?:ember)?)?"
    "|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_CURRENCIES = "[A-Z]{3}|euros?|dollars?|pounds?|francs?|kroner|kronor|yen|rupees"
# A form: the words of a field's name or description that imply it, and how it is written.
_FORMS: Mapping[str, tuple[frozenset[str], re.Pattern[str]]] = {
    "email": (frozenset({"email", "mail"}), re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    "url": (
        frozenset({"url", "website", "web", "site", "link", "homepage"}),
        re.compile(r"(?:https?://|www\.)[^\s,;|<>\"]*[^\s,;|<>\".)]"),
    ),
    "phone": (
        frozenset({"phone", "telephone", "tel", "mobile", "fax"}),
        re.compile(r"(?<![\w.])[+(]?\d[\d ()/-]{4,}\d(?!\w)"),
    ),
    "time": (
        frozenset({"time", "clock"}),
        re.compile(r"(?<![\w:.-])(?:\d{1,2}(?::\d{2}){1,2}(?:\s?[ap]m\b)?(?![\w:])|\d{1,2}\s?[ap]m\b)", re.IGNORECASE),
    ),
    "date": (
        frozenset({"date"}),
        re.compile(
            rf"(?<![\w-])\d{{4}}-\d\d-\d\d(?![\w-])|\b{_DAY}\s{_MONTH}\.?,?(?:\s\d{{4}})?\b"
            rf"|\b{_MONTH}\.?\s{_DAY}(?:,?\s\d{{4}})?\b|(?<![\w./])\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}}(?!\w)"
        ),
    ),
    "currency": (
        frozenset({"currency"}),
        re.compile(rf"(?<=\d )(?:{_CURRENCIES})\b|\b[A-Z]{{3}}(?= \d)|[$€£](?= ?\d)|(?<=\d)€|(?<=\d )€"),
    ),
}
# "By mail", "cooking time", "address": the word is there, and something else is meant.
_OTHERWISE = frozenset(("by", "zone", "cooking", "preparation", "lead", "update", "duration"))


def formed(schema: Schema, described: Mapping[str, Any]) -> Schema:
    """`schema` with the form of each plain string whose name, or description in `described`, the schema as it was
    given, implies just one."""
    fields = {}
    given = described.get("properties") or {}
    for name, field in schema.get("properties", {}).items():
        raw = given.get(name)
        raw = raw if isinstance(raw, Mapping) else {}
        if field == {"type": "string"} and (form := _form(name, str(raw.get("description", "")))):
            field = {**field, FORM: form}
        elif isinstance(field.get("items"), dict):
            items = raw.get("items")
            field = {**field, "items": formed(field["items"], items if isinstance(items, Mapping) else {})}
        fields[name] = field
    return {**schema, "properties": fields} if fields else schema


def _form(name: str, description: str) -> str | None:
    """The one form the name implies, or else the description."""
    for said in (name, description):
        named = set(spelt(said))
        found = [form for form, (implying, _) in _FORMS.items() if named & implying]
        if len(found) == 1 and not named & _OTHERWISE:
            return found[0]
    return None


def of_form(form: str, source: str) -> list[str]:
    """What the source says in a form, each once, in order."""
    return list(dict.fromkeys(match.group() for match in _FORMS[form][1].finditer(source)))


# --- where a value begins and ends -----------------------------------------------------------------------------------

# Words that lead to a value, or away from it.
_LEADING = frozenset(
    (
        "to", "into", "of", "the", "a", "an", "and", "or", "from", "with", "by", "as", "at", "in", "on", "for", "is",
        "are", "was", "were", "will", "be", "has", "had", "until", "till", "between", "about",
    )
)  # fmt: skip
_MARKS = frozenset(',:;!?|=[]<>–—"“”-&')
_CHUNKS = 32  # of a value, words and spaces
_LONGEST_TEXT = 600  # chunks: a longer text is quoted from without a look at every run of it


def value_pattern(source: str, names: Sequence[str], taken: Sequence[str] = ()) -> str | None:
    """A terminal: a JSON string that may be a value of what the source tells. None where there is no such, or too much.

    It lies on one line and in one cell, does not begin or end with a mark or with a word that leads to a value, holds
    no label, none of the words `taken`, and is none of the schema's own `names`.
    """
    own = {" ".join(spelt(name)) for name in names}
    lines = [words(line) for line in re.split(r"\n|\t| \| ", source)]
    if sum(map(len, lines)) > _LONGEST_TEXT:
        return None
    starts = [(chunks, at) for chunks in lines for at, chunk in enumerate(chunks) if _begins(chunk)]
    runs = [_run(chunks[at : at + _CHUNKS], own, taken) for chunks, at in starts]
    found = list(dict.fromkeys(run for run in runs if run))
    return f'/"({"|".join(found)})"/' if found else None


def _begins(chunk: str) -> bool:
    return not (chunk.isspace() or chunk in _MARKS | _LEADING | {")", ".", "'s", "’s"})


def _run(chunks: Sequence[str], own: set[str], taken: Sequence[str]) -> str:
    """A pattern of the values that begin with the first chunk: the shortest, then what may follow it, in brackets."""
    text, piece, pieces = "", "", list[str]()
    for chunk, after in zip(chunks, [*chunks[1:], ""], strict=True):
        if (text.endswith(":") and chunk.isspace()) or chunk in taken:
            break
        text, piece = text + chunk, piece + chunk
        if _ends(text, chunk, after) and " ".join(spelt(text)) not in own:
            pieces.append(re.escape(write(piece)[1:-1]).replace("/", r"\/"))
            piece = ""
    return "(".join(pieces) + ")?" * (len(pieces) - 1)


def _ends(text: str, chunk: str, after: str) -> bool:
    if chunk.isspace() or chunk in _MARKS | _LEADING | {"("}:
        return False
    if chunk == ".":  # of "Ltd." and "S.p.A.", not of a sentence
        return re.search(r"(?:\b[A-Z]\w{0,3}|\w\.\w)\.$", text) is not None
    return text.count("(") == text.count(")") and text.count('"') % 2 == 0


def names_of(schema: Schema) -> list[str]:
    """The fields of a schema, and of the records in its lists."""
    found: list[str] = []
    for name, field in schema.get("properties", {}).items():
        found.append(name)
        if isinstance(field.get("items"), dict):
            found += names_of(field["items"])
    return found


# --- the text that is told -------------------------------------------------------------------------------------------

_POINTING = re.compile(
    r"\b(this|these|following|below|it|its|text|json|extract\w*|fields?|data|details|please|structure\w*|pars\w+"
    r"|convert|turn|give|get|pull|find|list|note|read|wanted|here)\b",
    re.IGNORECASE,
)
_AFTER = re.compile(r"[:?!.]?\n+|[:?!.]\s+| (?:->|=|-) ")
_BEFORE = re.compile(r"\n+| (?:->|-) ")
_LONGEST = 40  # words of an instruction
_CAPITALS = frozenset(("JSON", "I", "I'D", "I'M", "I'LL", "OK"))


def told(messages: Sequence[Message]) -> str:
    """What a text says that is to be extracted from: what was read for the last request, else the request without its
    instruction. All that was said, newest first, where neither can be told apart."""
    last = max((at for at, message in enumerate(messages) if message.role == "user"), default=-1)
    seen = [message.content for message in messages[last + 1 :] if message.role == "tool"]
    earlier = [message.content for message in messages[: max(last, 0)] if message.role == "tool"]
    if seen:
        return "\n".join(reversed(seen))
    asked = messages[last].content if last >= 0 else ""
    if earlier and _instructs(asked):
        return earlier[-1]
    said = "\n".join(message.content for message in reversed(messages) if message.content)
    return said if earlier else _without_instruction(asked) or said


def _without_instruction(text: str) -> str:
    """The text after an instruction and before one; whole where none is plain to see."""
    while (mark := _AFTER.search(text.rstrip())) and _is_instruction(text[: mark.start()], mark.group()):
        if len(text[mark.end() :].split()) < 2:
            break
        text = text[mark.end() :]
    *_, mark = (None, *_BEFORE.finditer(text.rstrip()))
    if mark and _is_instruction(text[mark.end() :], "") and len(text[: mark.start()].split()) > 1:
        text = text[: mark.start()]
    return text


def _is_instruction(text: str, mark: str) -> bool:
    """Words that point at a text or ask for something of it, or many that a colon ends."""
    return _instructs(text) and (_POINTING.search(text) is not None or (mark.startswith(":") and len(text.split()) > 3))


def _instructs(text: str) -> bool:
    """Only words: no number, no address, and no name after the first word."""
    said = text.split()
    names = [word for word in said[1:] if word[:1].isupper() and word.strip(".,!?:;").upper() not in _CAPITALS]
    return 0 < len(said) <= _LONGEST and not names and "\n" not in text.strip() and not re.search(r"[\d@]", text)
