"""Which of a text's numbers a parameter may take: those said with its own unit ("25 years" for `years`), none of a day
or an hour unless it asks for one, and an array of numbers whole, as the text lists it.

For a small base, which reads numbers off in the order they stand in. Everything here narrows what a grammar offers of
a source; where the text says nothing of the kind, every number stays on offer.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from router.conversation import ToolSpec
from router.grounding import NUMERAL, amounts, spelt_in_digits, worth
from router.schema import SAID, Schema
from router.when import About, is_part, spelt, without_dates

DIGITS = 15  # of a number from a source: what a float holds exactly
_NUMBER = ("integer", "number")
# One spelling of a unit for all: abbreviations, American and British.
_UNITS = {
    word: unit
    for unit, others in {
        "kilometre": "km kilometer", "metre": "m meter", "centimetre": "cm centimeter", "millimetre": "mm millimeter",
        "litre": "l liter", "millilitre": "ml milliliter", "kilogram": "kg kilo", "gram": "g gramme", "mile": "mi",
        "minute": "min", "second": "sec", "hour": "hr h", "percent": "% percentage pct rate interest", "degree": "°",
        "pound": "lb", "foot": "ft feet", "inch": "in inches", "person": "people", "child": "children", "pixel": "px",
    }.items()
    for word in others.split()
}  # fmt: skip
_MEASURED = re.compile(rf"({NUMERAL.pattern})(?:\s|-)?(%|°|[^\W\d_]+)")
_IN = re.compile(r"\bin ([a-z]+)\b", re.IGNORECASE)  # how a description names a unit
_ARTICLE = re.compile(r"\ban?\b", re.IGNORECASE)  # one of something, where nothing else is counted
_LISTED = re.compile(rf"{NUMERAL.pattern}(?:\s*(?:,|;|\band\b|,\s*and\b)\s*{NUMERAL.pattern})+")


def exact(numbers: Sequence[Decimal]) -> list[Decimal]:
    """Those that a float holds exactly."""
    return [each for each in numbers if len(each.as_tuple().digits) <= DIGITS]


def lacks(tool: ToolSpec, source: str) -> bool:
    """Whether the tool must be given a number, and the source says none: there is nothing to call it with."""
    fields = tool.parameters.get("properties")
    if not isinstance(fields, Mapping):
        return False
    asked = (fields.get(name) for name in tool.parameters.get("required") or ())
    numbers = [field for field in asked if isinstance(field, Mapping) and field.get("type") in _NUMBER]
    open_ones = [field for field in numbers if not field.keys() & {"enum", "default", "const"}]
    return bool(open_ones) and not amounts(_ARTICLE.sub("…", source))


def narrowed(
    fields: Mapping[str, Schema], source: str, clause: str = "", about: About = MappingProxyType({})
) -> tuple[dict[str, Schema], list[str]]:
    """The parameters of a call, numbers and arrays of numbers with what the text says of them; and the names of those
    whose unit the `clause` says: "due in 21 days" speaks of `due_days`. What is said of no parameter is open to those
    of which nothing is, a day or an hour only to one that asks for one."""
    numbers = [name for name, field in fields.items() if field.get("type") in _NUMBER]
    arrays = [name for name, field in fields.items() if _is_list(field)]
    if not numbers and not arrays:
        return dict(fields), []
    here, anywhere = _measured(clause), _measured(source)
    units = {name: {_unit(word) for word in (*spelt(name), *_IN.findall(about.get(name, "")))} for name in numbers}
    measured = {name: found for name in numbers if (found := _of_unit(units[name], here))}
    own = {name: measured.get(name) or _of_unit(units[name], anywhere) for name in numbers}
    every = exact(amounts(source, clause))
    parts = _counted(source, clause)  # of dates and times among others
    counts = _counted(without_dates(source), without_dates(clause))
    said: dict[str, list[Any]] = {}
    for name in numbers:
        taken = {number for other, found in own.items() if other != name for number in found}
        left = parts if is_part(name) else counts
        open_to = own[name] or [number for number in left if number not in taken] or left or every
        said[name] = list(map(str, open_to))
    if runs := _runs(clause):
        said |= {name: [list(map(str, run)) for run in runs] for name in arrays}
    told = {name: {**field, SAID: said[name]} if said.get(name) else field for name, field in fields.items()}
    return told, list(measured)


def _counted(source: str, clause: str) -> list[Decimal]:
    """The numbers said, but for the one of an article."""
    return exact(amounts(_ARTICLE.sub("…", source), _ARTICLE.sub("…", clause)))


def _measured(text: str) -> list[tuple[Decimal, str]]:
    """The numbers of a text with the words right behind them, in one spelling."""
    found = _MEASURED.findall(spelt_in_digits(text))
    return [(worth(numeral), _unit(word)) for numeral, word in found]


def _of_unit(units: Collection[str], measured: Sequence[tuple[Decimal, str]]) -> list[Decimal]:
    return list(dict.fromkeys(number for number, unit in measured if unit in units))


def _unit(word: str) -> str:
    word = word.lower()
    singular = word.removesuffix("s") if len(word) > 2 else word
    return _UNITS.get(word, _UNITS.get(singular, singular))


def _runs(text: str) -> list[list[Decimal]]:
    """The numbers that a text lists one after the other, in digits, two or more."""
    runs = [match.group() for match in _LISTED.finditer(text)]
    return [[worth(numeral) for numeral in NUMERAL.findall(run)] for run in runs]


def _is_list(field: Mapping[str, Any]) -> bool:
    return field == {"type": "array", "items": {"type": "number"}}
