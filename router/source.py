"""A text cut into the chunks that may be quoted from it word for word, and what a set of quotes must not do."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import accumulate, permutations


def words(text: str) -> list[str]:
    """`text` in chunks whose runs are quotable: words with their inner punctuation (`notes.txt`, `10:30`), and one by
    one the spaces and the marks around words. Joined they are the text again."""
    return [part for piece in re.findall(r"\s+|\S+", text) for part in _word(piece) if part]


# Inside a word: brackets and quotes, "key=value", and the commas of a row ("Anna,42"), not of a number ("1,200").
_MARKS = r"[—–\"“”]:?|[()\[\]{}<>;=|]|(?<!\d),|,(?!\d)"


def _word(piece: str) -> list[str]:
    marks = re.fullmatch(r"([^\w$€£#@~/+.-]*)(.*?)(['’]s)?([^\w/%°$€£+]*)", piece, re.DOTALL)
    if piece.isspace() or marks is None:
        return [piece]
    before, core, owner, after = marks.groups()
    return [*before, *re.split(rf"({_MARKS})", core), owner or "", *after]


# Words a request begins with that ask for something and tell nothing of it: "Could you please unlock".
_POLITE = (
    r"(?:please|kindly|hey|hi|hello|ok|okay|now|then|also|and|just|so|first|next|finally|can|could|would|will|you"
    r"|i|want|wanna|need|like|to|me|us|let|let['’]s|i['’]d|i['’]ll|help)\b[\s,:!]*"
)
_VERBS = (
    "add|apply|arrange|assign|book|bring|build|buy|calculate|call|cancel|change|check|choose|clear|close|compare"
    "|compose|compute|convert|copy|count|create|crop|cut|delete|describe|determine|dim|disable|draft|draw|edit|email"
    "|enable|enrol|enroll|enter|estimate|evaluate|explain|export|extract|fetch|figure|fill|filter|find|fix|forward"
    "|generate|get|give|heat|identify|import|increase|decrease|invite|invoice|launch|list|locate|lock|log|look|lower"
    "|make|measure|merge|message|move|note|notify|open|order|organise|organize|pay|pick|place|plan|play|plot|post"
    "|predict|prepare|print|provide|purchase|put|raise|read|rebook|record|register|remind|remove|rename|renew|rent"
    "|repeat|replace|report|request|reserve|reset|resize|restart|retrieve|return|roll|run|save|scale|schedule|search"
    "|select|sell|send|set|share|show|simulate|skip|solve|sort|split|start|stop|submit|suggest|summarise|summarize"
    "|switch|take|tell|test|text|track|transfer|translate|trim|turn|unlock|update|upgrade|upload|use|verify|view"
    "|visualise|visualize|wake|water|withdraw|write"
)
_ASKING = re.compile(rf"\s*(?:{_POLITE})*(?:(?:{_VERBS})\b\s*)", re.IGNORECASE)


def asking(clause: str) -> str:
    """The words a request begins with only to ask, its verb the last of them; empty where it does not begin so."""
    asks = _ASKING.match(clause)
    return asks.group() if asks and asks.end() < len(clause) else ""


def telling(source: str, clause: str) -> str:
    """The source without the words its `clause` begins with only to ask: "Enrol Ana" tells no name but "Ana"."""
    return source.replace(clause, clause[len(asks) :], 1) if (asks := asking(clause)) else source


def file_names(chunks: Sequence[str]) -> list[str]:
    """The chunks that look like files by an ending or a slash ("a.txt", "logs/"), each once, in order."""
    looks = re.compile(r"[^\s'\"“”]*(?:/[^\s'\"“”]*|\.[A-Za-z]\w{0,9})")
    bare = (re.sub(r":\d+$", "", chunk.rstrip(".:")) for chunk in chunks)  # "notes.txt:3" is a line of a file
    return list(
        dict.fromkeys(
            name for name in bare if looks.fullmatch(name) and name != "/" and "://" not in name and "@" not in name
        )
    )


def quotable(chunks: Sequence[str], low: int, high: int) -> bool:
    """Is there a run of chunks, no space at its ends, of `low` to `high` characters?"""
    for start, chunk in enumerate(chunks):
        if chunk.isspace():
            continue
        for end, length in enumerate(accumulate(map(len, chunks[start:])), start):
            if length > high:
                break
            if length >= low and not chunks[end].isspace():
                return True
    return False


_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_QUOTATION = re.compile(r"\"[^\"]*\"|“[^”]*”|`[^`]*`|(?<!\w)['‘][^\n]*?['’](?!\w)")


def quotations(text: str) -> list[str]:
    """What a text puts between quotation marks, without them, each once, in order."""
    return list(dict.fromkeys(inner for match in _QUOTATION.findall(text) if (inner := match[1:-1].strip())))


def misquoted(values: Iterable[str], source: str) -> str | None:
    """What is wrong with quotes that fill one call, in a sentence; None when nothing is.

    A value, or a number in one, is not used more often than the source says it, be it as a part of another value, and
    none begins inside a quotation and ends outside it.
    """
    values = list(values)
    if shared := sharing(values, source):
        return f"{values[shared[0]]!r} and {values[shared[1]]!r} are the same words."
    said = Counter(_NUMBER.findall(source))
    for value, uses in Counter(values).items():
        if uses > 1 and uses > _times(value, source):
            return f"{value!r} stands for {uses} parameters, but was not said {uses} times."
        for number, uses in Counter(_NUMBER.findall(value)).items():
            if uses > max(1, said[number]):
                return f"{number} is used {uses} times in {value!r}, but was not said so often."
        if _crosses(value, source):
            return f"{value!r} runs over the end of a quotation."
    return None


def as_said(numbers: Iterable[float], source: str) -> list[str]:
    """The numbers as the source writes them ("3.50" for 3.5); those it does not write are left out."""
    written = {Decimal(text): text for text in _NUMBER.findall(source)}
    return [written[value] for number in numbers if (value := Decimal(repr(number))) in written]


def sharing(values: Sequence[str], source: str) -> tuple[int, int] | None:
    """Which two of the values, by their places, share words that the source does not say once for each."""
    for (one, value), (other, longer) in permutations(enumerate(values), 2):
        inside = _times(value, longer)
        if inside and (value != longer or one < other) and _times(value, source) < 1 + inside:
            return one, other
    return None


def _times(value: str, text: str) -> int:
    """How often a text says the value, as whole words, in any case."""
    return len(re.findall(rf"(?<!\w){re.escape(value)}(?!\w)", text, re.IGNORECASE)) if value else 0


def _crosses(value: str, source: str) -> bool:
    """Whether every place where `value` stands cuts a quotation in two."""
    quotations = [(match.start(), match.end()) for match in _QUOTATION.finditer(source)]
    places = [match.start() for match in re.finditer(re.escape(value), source)]

    def cut(start: int, end: int) -> bool:
        inside = any(a < start and end < b for a, b in quotations)
        return not inside and any(a < end and start < b and not (start <= a and b <= end) for a, b in quotations)

    return bool(places) and all(cut(place, place + len(value)) for place in places)
