"""What a tool's parameters ask for, laid out beside a text for the pointer (`router.pointer`) to read in one pass.

A layout is one sequence of word pieces: the turns of the conversation, the newest first, then each parameter after a
mark of its own, and behind it its options. Training and run time lay out alike, because both call this. Nothing is read
here, and nothing decided.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from router.codes import called
from router.errors import SchemaRefused
from router.schema import normalise
from router.when import spelt

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Kind = Literal["text", "number", "flag", "choice", "texts", "numbers"]

SCALARS: tuple[Kind, ...] = ("text", "number")  # kinds that take one run of words

LONGEST = 512  # word pieces the encoder has positions for
LONGEST_TEXT = 4000  # characters of a turn that are looked at: more than its word pieces cover
TEXT_PIECES = 250  # of the turns, the oldest cut first
LONGEST_ABOUT = 600  # characters of a description that are looked at
SLOT_PIECES = 30  # of one parameter's name and description
OPTION_PIECES = 8
LONGEST_VALUE = 80  # word pieces
MOST_SLOTS = 64
MOST_OPTIONS = 24  # a longer list is no choice that can be read: its parameter is left to the model
_NUMBERS = ("integer", "number")
_SPECIALS = ("[CLS]", "[SEP]", "[MASK]", "[unused0]")  # the third before a parameter, the fourth before an option
_KINDS = {"text": "text", "number": "number", "flag": "yes or no", "choice": "one of", "texts": "texts",
          "numbers": "numbers"}  # fmt: skip


class Slot(NamedTuple):
    """A parameter: its `name`, what is asked for in words, and the `options` of a choice."""

    name: str
    kind: Kind
    about: str
    options: tuple[str, ...] = ()


class Turn(NamedTuple):
    """A turn of the conversation in the layout: piece i of it stands at `first` + i and covers `spans[i]` of `text`."""

    text: str
    first: int
    spans: tuple[tuple[int, int], ...]


class Layout(NamedTuple):
    """`ids`: word pieces. `marks[i]`: where slot i's mark stands; `options[i]`: where each of its options' does."""

    ids: list[int]
    turns: tuple[Turn, ...]
    marks: list[int]
    options: list[list[int]]


def slots_of(parameters: Mapping[str, Any]) -> list[Slot]:
    """The parameters of a tool's JSON Schema that a text can fill with its own words, numbers and choices; nested ones
    are left out, and those beyond `MOST_SLOTS`."""
    fields = parameters.get("properties")
    if not isinstance(fields, Mapping):
        return []
    found = ((name, kind_of(field), field) for name, field in fields.items() if isinstance(field, Mapping))
    return list(islice((_slot(name, kind, field) for name, kind, field in found if kind is not None), MOST_SLOTS))


def _slot(name: str, kind: Kind, field: Mapping[str, Any]) -> Slot:
    about = str(field.get("description") or "")[:LONGEST_ABOUT]
    told = options_told(about) if kind == "text" else ()
    options = tuple(map(str, field["enum"])) if kind == "choice" else told
    return Slot(name, "choice" if options else kind, f"{spoken(name)}: {about}", options)


# What leads to the values that a parameter takes, up to the end of its sentence.
_LISTED = re.compile(
    r"\b(?:options?|values?|choices|one of|allowed|either|must be|can be|choose from|supports?)\b"
    r"(?:\s+(?:the\s+)?(?:following|possible|available|are|is|include|values?))*\s*[:\[({]*\s*([^.;:)\]}\n]+)",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\s*(?:,\s*(?:or|and)\b|,|/|\||\bor\b|\band\b)\s*")
_QUOTED = re.compile(r"(?<!\w)(?:'([^']{1,30})'|\"([^\"]{1,30})\"|`([^`]{1,30})`)(?!\w)")


def options_told(description: str) -> tuple[str, ...]:
    """The values a description says a parameter takes: "Possible options [male, female, other]", "'lbs' or 'kg'"; none
    where it only gives examples."""
    if re.search(r"\be\.?g\b|\bfor example\b|\bsuch as\b|\blike\b|\bexample", description, re.IGNORECASE):
        return ()
    quoted = [next(filter(None, groups)) for groups in _QUOTED.findall(description)]
    if len(set(quoted)) > 1:
        return tuple(dict.fromkeys(quoted)) if len(quoted) <= MOST_OPTIONS else ()
    for listed in _LISTED.findall(description):
        parts = [part.strip(" '\"`“”") for part in _BETWEEN.split(listed)]
        if 1 < len(parts) <= MOST_OPTIONS and all(
            0 < len(part.split()) <= 2 and not part.startswith("of ") for part in parts
        ):
            return tuple(dict.fromkeys(parts))
    return ()


def kind_of(schema: Mapping[str, Any]) -> Kind | None:
    """What a parameter's schema asks for; None for what no words of a text are."""
    try:
        field = normalise(schema)
    except SchemaRefused:
        return None
    named = field.get("type")
    options = field.get("enum")
    if isinstance(options, list):
        return "choice" if options and len(options) <= MOST_OPTIONS and all(map(_is_plain, options)) else None
    if named == "boolean":
        return "flag"
    if named == "array":
        items = field.get("items")
        inner = items.get("type") if isinstance(items, Mapping) and "enum" not in items else None
        return "numbers" if inner in _NUMBERS else "texts" if inner == "string" else None
    return "number" if named in _NUMBERS else "text" if named == "string" else None


def _is_plain(option: object) -> bool:
    return isinstance(option, str | int | float) and not isinstance(option, bool)


def spoken(name: str) -> str:
    """A name as words: "from_currency", "fromCurrency" → "from currency"."""
    return " ".join(spelt(name))


def layouts(tokenizer: Tokenizer, turns: Sequence[str], slots: Sequence[Slot]) -> list[tuple[Layout, list[Slot]]]:
    """The slots, as many to a layout as fit beside the turns, which are given newest first."""
    cls, sep, mask, option = (int(tokenizer.token_to_id(each) or 0) for each in _SPECIALS)
    ids: list[int] = [cls]
    read: list[Turn] = []
    for text in turns:
        room = TEXT_PIECES - len(ids)
        if room <= 0:
            break
        text = text[:LONGEST_TEXT]
        encoding = tokenizer.encode(text, add_special_tokens=False)
        read.append(Turn(text, len(ids), tuple(encoding.offsets[:room])))
        ids += [*encoding.ids[:room], sep]
    made: list[tuple[Layout, list[Slot]]] = []
    current, held = Layout(list(ids), tuple(read), [], []), list[Slot]()
    for slot in slots:
        words = f"{_KINDS[slot.kind]} {slot.about}"
        asked = [mask, *tokenizer.encode(words, add_special_tokens=False).ids[:SLOT_PIECES]]
        listed = [[option, *tokenizer.encode(each.replace("_", " "), add_special_tokens=False).ids[:OPTION_PIECES]]
                  for each in called(slot.options, slot.about)]  # fmt: skip
        if held and len(current.ids) + len(asked) + sum(map(len, listed)) > LONGEST:
            made.append((current, held))
            current, held = Layout(list(ids), tuple(read), [], []), []
        current.marks.append(len(current.ids))
        current.ids.extend(asked)
        places = []
        for each in listed:
            places.append(len(current.ids))
            current.ids.extend(each)
        current.options.append(places)
        held.append(slot)
    return [*made, (current, held)] if held else made
