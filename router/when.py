"""When: the dates and times that a text tells in words, the numbers in it that belong to none, and the parameters that
ask for a date or a time.

For a small base, which takes the 6 of "March 6th" for a number of tickets and any words for a date. Everything here
narrows what a grammar offers of a source; no date is worked out (`router.moments` does that for fixed formats), and
where a text tells none, nothing is narrowed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Literal

from router.moments import MONTHS
from router.schema import WHEN, WITHOUT, Schema
from router.source import words

Kind = Literal["date", "time"]
_KINDS: tuple[Kind, ...] = ("date", "time")
About = Mapping[str, str]

MOST = 48  # dates, or times, of one text that are chosen from
_MONTH = rf"(?:{MONTHS})\b(?:\.(?=\s?\d))?"
_DAY = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|(?:mon|tue|wed|thu|fri|sat|sun)\.?(?=\s\d|,))"
_NTH = r"\d{1,2}(?:st|nd|rd|th)\b"
_ORDINAL = "(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|twentieth|thirtieth)"
_NUMBER = "(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_YEAR = r"(?:,?\s(?:19|20)\d\d\b)?"
# "The 12th" is a day where nothing is named that there are twelve of, as in "the 3rd floor".
_GOES_ON = (
    "of|and|to|until|till|at|in|if|for|please|this|next|around|by|from|through|or|is|as|with|on|so|but|then|instead"
)
_DATED = (
    rf"(?:(?:{_NTH}|{_ORDINAL}\b|\d{{1,2}})\s(?:of\s)?{_MONTH}{_YEAR}|{_MONTH}\s(?:the\s)?(?:{_NTH}|\d{{1,2}}\b(?!:)){_YEAR}"
    rf"|(?:{_NTH}|{_ORDINAL})\sof\s(?:this|next|the)\s(?:month|year)"
    rf"|\d{{4}}-\d\d?-\d\d?|\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}}"
    rf"|{_NTH}(?!\s(?!(?:{_GOES_ON})\b)[a-z]))"
)
_RELATIVE = (
    rf"(?:(?:(?:this|next|last|coming|late[r]?|early)\s){{0,2}}(?:{_DAY}|weekend|week|month|year)\b(?<!\bweek)(?<!\bmonth)"
    rf"(?<!\byear)|(?:this|next|last|coming)\s(?:week|month|year)|(?:later\s)?today|day\safter\stomorrow|tomorrow"
    rf"|yesterday|in\s(?:a|\d+|{_NUMBER})\s(?:day|week|month)s?"
    rf"|(?:\d+|{_NUMBER})\s(?:day|week|month)s?\sfrom\s(?:now|today))"
)
_DATE = rf"\b(?:{_RELATIVE}(?:,?\s(?:the\s)?{_DATED}|\s{_RELATIVE})?|{_DATED}(?:\s{_RELATIVE})?)"
_PART = "(?:morning|afternoon|evening|night|noon|midday|midnight|lunchtime|tonight)"
_HOUR = rf"(?:\d{{1,2}}(?:[:.]\d\d)?|{_NUMBER}(?:\s(?:thirty|fifteen))?)"
_CLOCK = (
    rf"(?:(?:half|quarter|five|ten|twenty)\s(?:past|to)\s{_HOUR}|{_HOUR}\s?(?:[ap]\.?m\b\.?|o['’]clock)"
    rf"|{_HOUR}(?=\s(?:in\sthe|at)\s{_PART})|\d{{1,2}}:\d\d|(?<=night\s){_HOUR}|(?<=morning\s){_HOUR}"
    rf"|(?<=evening\s){_HOUR}|(?<=afternoon\s){_HOUR})"
)
_TIME = rf"\b(?:(?:{_PART}\s)?{_CLOCK}(?:\s(?:in\sthe|at|this)\s{_PART})?|{_PART})\b"
_SPANS: dict[Kind, re.Pattern[str]] = {
    "date": re.compile(_DATE, re.IGNORECASE),
    "time": re.compile(_TIME, re.IGNORECASE),
}
_NUMBERED = re.compile(rf"\b(?:{_DATED}|{_CLOCK})", re.IGNORECASE)
_ARTICLE = re.compile(r"(?<!\w)(?:the|an?)\s$", re.IGNORECASE)
_PARTS_OF_A_DATE = frozenset(("day", "date", "month", "year", "hour", "minute", "second", "time", "week", "quarter"))
_HEAD = 6  # words of a description, in which it says what is wanted
_LASTING = frozenset(
    ("cooking", "preparation", "prep", "lead", "travel", "wait", "waiting", "run", "response", "baking")
)


def without_dates(text: str) -> str:
    """The text without the numbers of dates and times: those that are left say how many."""
    return _NUMBERED.sub("…", text)


def told(kind: Kind, text: str) -> list[str]:
    """The dates, or times, as they stand in the text, each once, with and without an article before them."""
    found = []
    for match in _SPANS[kind].finditer(text):
        article = _ARTICLE.search(text[max(0, match.start() - 5) : match.start()])
        found += [match.group(), *([article.group() + match.group()] if article else [])]
    return list(dict.fromkeys(found))


def narrowed(
    fields: Mapping[str, Schema],
    required: Collection[str],
    source: str,
    clause: str = "",
    about: About = MappingProxyType({}),
) -> dict[str, Schema]:
    """The parameters of a call with what their names, or the descriptions `about` them, say of dates and times; without
    those that may be left out and ask for what the `source` does not tell. Where the `clause` that asks tells enough,
    what was said before it does not count. A source that tells nothing of a kind narrows no parameter that is required,
    and one that tells more than `MOST` none at all."""
    kinds = {name: kind for name, field in fields.items() if (kind := _asked(name, field, about.get(name, "")))}
    known = {kind: _known(kind, list(kinds.values()).count(kind), source, clause) for kind in set(kinds.values())}
    found = {}
    for name, field in fields.items():
        kind = kinds.get(name)
        if kind is None or len(known[kind]) > MOST:
            found[name] = field
            continue
        taken = set(field.get(WITHOUT, ()))
        left = [each for each in known[kind] if not taken & set(words(each))]
        if left or name in required:
            found[name] = {**field, WHEN: left} if known[kind] else field
    return found


def _known(kind: Kind, wanted: int, source: str, clause: str) -> list[str]:
    said = told(kind, clause)
    different = {each for each in said if not any(each != other and each in other for other in said)}
    return said if len(different) >= wanted else told(kind, source)


def is_part(name: str) -> bool:
    """Whether a number of this name is one of a date or a time: a day, an hour."""
    return bool(_PARTS_OF_A_DATE & set(spelt(name)))


def _asked(name: str, field: Schema, about: str) -> Kind | None:
    """What a plain string asks for: "check_in_date" a date, "until" that is described as a time of day a time,
    "cooking_time" neither."""
    *before, last = ["", *spelt(name)]
    if field.get("type") != "string" or field.keys() - {"type", WITHOUT} or set(before) & _LASTING:
        return None
    head = " ".join(about.lower().split()[:_HEAD])
    named = [kind for kind in _KINDS if kind == last]
    described = [kind for kind in _KINDS if re.search(rf"\b{kind}\b(?!\s?(?:zone|format|range))", head)]
    if not named and (len(described) > 1 or _LASTING & set(spelt(about))):
        return None
    return next(iter([*named, *described]), None)


def spelt(name: str) -> list[str]:
    """The words of a name in any of the usual spellings: "startTime", "start_time", "Start time"."""
    return re.findall(r"[^\W_]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", name).lower())
