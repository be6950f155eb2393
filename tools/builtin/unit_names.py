"""What people call units → pint's units, and the units a text names. Converts nothing: see `tools.builtin.units`.

pint reads symbols case by case ("Mb" is a megabarn to it); people do not write so. A name is therefore looked up in a
small table of everyday spellings first, then as written, then in lower case, then with its words joined.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from tools.builtin.exact import Incalculable
from tools.builtin.expression import evaluate
from tools.builtin.wording import NUMBERS, PARTS, SCALES
from tools.tool import ToolFailed

if TYPE_CHECKING:
    from pint import Unit, UnitRegistry

# Spellings that pint does not know, or knows as something that nobody asking a converter means.
_EVERYDAY = {
    "c": "degC", "celcius": "degC", "centigrade": "degC", "f": "degF", "farenheit": "degF", "k": "kelvin",
    "kb": "kilobyte", "mb": "megabyte", "gb": "gigabyte", "tb": "terabyte", "pb": "petabyte",
    "kbit": "kilobit", "mbit": "megabit", "gbit": "gigabit", "b": "byte",
    "kmh": "km/hour", "kmph": "km/hour", "mps": "m/s", "sqm": "m^2", "sqft": "foot^2", "sq m": "m^2", "sq km": "km^2",
    "cc": "cm^3", "m2": "m^2", "m3": "m^3", "cm2": "cm^2", "cm3": "cm^3", "km2": "km^2", "ft2": "foot^2",
    "ft3": "foot^3", "fl oz": "fluid_ounce", "us gallon": "gallon", "uk gallon": "imperial_gallon",
    "us pint": "pint", "uk pint": "imperial_pint", "us cup": "cup", "us ton": "short_ton", "metric tonne": "tonne",
    "t": "tonne", "cal": "calorie", "kwh": "kWh", "kw": "kilowatt", "kj": "kilojoule", "amp": "ampere",
    "hp": "horsepower", "st": "stone",
    "'": "foot", "′": "foot", '"': "inch", "″": "inch", "kilo": "kilogram",
}  # fmt: skip
_CURRENCIES = frozenset(
    {"usd", "eur", "gbp", "jpy", "chf", "cny", "inr", "cad", "aud", "$", "€", "£", "¥", "₹", "dollar", "euro", "cent"}
    | {"yen", "yuan", "rupee", "franc", "peso", "krona", "bitcoin"}
)
_DEGREES = re.compile(r"^(?:deg(?:ree)?s?\.?\s*|°\s*)(c|f|celsius|celcius|fahrenheit|farenheit|kelvin|centigrade)$")
# What may reach pint's own parser: words, few operators, one-digit powers. "m^9^9^9" would keep it busy for years.
_WORD = r"(?:[^\W\d]|[°%])+"
_SAFE = re.compile(rf"{_WORD}(?:(?:\s*[*/]\s*|\s+){_WORD}|\s*(?:\^|\*\*)\s*-?\d(?![\d^*]))*")


# Words that pint reads as units (attoseconds, electron masses, hectoares) and people mean otherwise.
_ORDINARY = frozenset({
    "add", "am", "an", "and", "are", "as", "at", "be", "by", "care", "chain", "count", "daly", "dash", "do", "drop",
    "exact", "far", "fins", "for", "franklin", "hand", "has", "head", "in", "is", "it", "link", "long", "mark", "many",
    "mate", "me", "much", "no", "of", "on", "or", "pair", "per", "point", "points", "quarter", "rod", "set", "shot",
    "slug", "so", "spat", "that", "the", "to", "turn", "us", "what", "yes",
})  # fmt: skip
# Of the shortest words only these are units wherever they stand; others are after a number, or as what is wanted.
_SHORT = frozenset({
    "amp", "atm", "bar", "bit", "btu", "cal", "cl", "cm", "cm2", "cm3", "cup", "day", "dl", "ft", "ft2", "gal", "gb",
    "ghz", "ha", "hp", "hr", "hrs", "hz", "kb", "kg", "khz", "kj", "km", "km2", "kmh", "kn", "kpa", "kph", "kw", "kwh",
    "lb", "lbs",
    "m2", "m3", "mb", "mg", "mhz", "mi", "min", "ml", "mm", "mph", "mw", "nmi", "oz", "pb", "psi", "sec", "tb", "ton",
    "tsp", "yd", "yds",
})  # fmt: skip
_SYMBOLS = frozenset(["C", "F", "K", "V", "A", "W", "J", "m", "g", "l", "L", "h", "s", "t"])  # as in "to F"
_LEADS = frozenset({"us", "uk", "long", "short", "fl", "sq", "square", "cu", "cubic", "degree", "degrees", "deg", "°"})
_NUMBER = re.compile(r"[-+$€£]?(?:\d+(?:,\d{3})*(?:\.\d+)?|\.\d+)")
_SURELY_WANTED = ("to", "into", "many")
_WANTED = ("to", "in", "into", "as", "many")
_COUNTING = frozenset({*NUMBERS, *SCALES, *PARTS, "a", "an", "and", "point"})
_LONGEST_NAME = 3  # words: "miles per hour"


class Named(NamedTuple):
    """A unit a text names, as it stands there, and what it is by the words before it: of an `amount` ("12 miles"),
    `wanted`, surely ("to km", "how many km") or perhaps ("in km"); or neither."""

    unit: str
    amount: float | None = None
    wanted: bool = False
    perhaps: bool = False

    @property
    def given(self) -> bool:
        return self.amount is not None


def units_said(text: str) -> list[str]:
    """The units a text names, the longest readings, in order."""
    return list(dict.fromkeys(each.unit for each in _named(text)))


def units_given(text: str) -> list[str]:
    """The units that what is to be converted may be in."""
    named = _named(text)
    given = [each for each in named if each.given]
    return list(dict.fromkeys(each.unit for each in given or [each for each in named if each not in _wanted(named)]))


def units_wanted(text: str) -> list[str]:
    """The units that something may be to be converted to."""
    named = _named(text)
    return list(dict.fromkeys(each.unit for each in _wanted(named) or [each for each in named if not each.given]))


def amounts_given(text: str) -> list[float]:
    """The amounts of units that a text says; where it says none, its numbers."""
    given = [each.amount for each in _named(text) if each.amount is not None]
    bare = [_number(word.strip("?!,;:()'\"").rstrip(".")) for word in text.split()]
    return [int(each) if each.is_integer() else each for each in given or bare if each is not None]


def _wanted(named: Sequence[Named]) -> list[Named]:
    free = [each for each in named if not each.given]
    return [each for each in free if each.wanted] or [each for each in free if each.perhaps]


def _named(text: str) -> list[Named]:
    found: list[Named] = []
    words = [word.strip("?!,;:()'\"").rstrip(".") for word in re.sub(r"(?<=\d)(?=[^\W\d_]|°)", " ", text).split()]
    at = 0
    while at < len(words):
        before = words[at - 1] if at else ""
        number = bool(_NUMBER.fullmatch(before))
        meant = number or (before in _WANTED and words[at] in _SYMBOLS)
        runs = (words[at : at + length] for length in range(_LONGEST_NAME, 0, -1) if at + length <= len(words))
        name = next((run for run in runs if _names_unit(run, meant)), [])
        if name:
            led = _lead(words[:at])
            found.append(Named(" ".join(name), _amount(words[:at]), led in _SURELY_WANTED, led in _WANTED))
        at += len(name) or 1
    return found


def _amount(before: Sequence[str]) -> float | None:
    """The number that ends the words, in digits or in words ("two and a half"); None where none does."""
    if not before or (number := _number(before[-1])) is not None:
        return number if before else None
    start = len(before)
    while start and before[start - 1].casefold() in _COUNTING:
        start -= 1
    runs = (" ".join(before[at:]).casefold() for at in range(start, len(before)))
    return next((value for run in runs if (value := _worth(run)) is not None), None)


def _number(word: str) -> float | None:
    return float(word.lstrip("+$€£").replace(",", "")) if _NUMBER.fullmatch(word) else None


def _worth(words: str) -> float | None:
    if words in ("a", "an"):
        return 1.0
    try:
        return float(evaluate(words.replace(" and a ", " + a ")))
    except Incalculable:
        return None


def _lead(before: Sequence[str]) -> str:
    """The word that says what a unit is for, past "degrees" and "the"."""
    words = [word.casefold() for word in before if word.casefold() not in _LEADS | {"the"}]
    return words[-1] if words else ""


def _names_unit(run: Sequence[str], meant: bool) -> bool:
    first, *more = (word.casefold() for word in run)
    name = " ".join(run)
    if not first or first[0].isdigit() or (more and more[-1] == "per"):
        return False
    if any(word in _ORDINARY - {"per"} for word in more):
        return False
    if more and first not in _LEADS and (first in _ORDINARY or any(len(word) < 2 for word in (first, *more))):
        return False
    if not more and not meant and (first in _ORDINARY or (len(first) <= 3 and not _is_short_unit(run[0]))):
        return False
    try:
        return unit(name) is not None
    except ToolFailed:
        return False


def _is_short_unit(word: str) -> bool:
    return word.casefold() in _SHORT or "/" in word or word[0] in "°µ"


@cache
def registry() -> UnitRegistry[float]:
    """pint's, made once: it takes a while."""
    from pint import UnitRegistry

    return UnitRegistry(autoconvert_offset_to_baseunit=True)


@cache
def unit(name: str) -> Unit:
    """Errors: `ToolFailed` naming the currency, or the unit nobody knows."""
    wanted = " ".join(name.split())
    if wanted.casefold() in _CURRENCIES or wanted.casefold().removesuffix("s") in _CURRENCIES:
        raise ToolFailed(f"{wanted} is a currency, and I have no exchange rates.")
    for spelling in _spellings(wanted):
        if (unit := _lookup(spelling)) is not None:
            return unit
    raise ToolFailed(f"I do not know a unit called '{wanted[:40]}'. Use a name such as km, pounds, celsius or GB.")


def _spellings(name: str) -> list[str]:
    lower = name.casefold()
    singular = lower.removesuffix("s")
    if degrees := _DEGREES.match(lower):  # to pint "degrees fahrenheit" is a product of two units
        name = lower = singular = degrees[1]
    everyday = [_EVERYDAY[word] for word in (lower, singular) if word in _EVERYDAY]
    if name in ("Kb", "Mb", "Gb", "Tb"):  # a small b is a bit, where the prefix is written as one
        everyday = [f"{name[0]}bit".replace("K", "k")]
    return [*everyday, name, lower, lower.replace(" ", "_"), singular.replace(" ", "_"), _joined_words(lower)]


def _joined_words(name: str) -> str:
    """'nautical miles per hour' → 'nautical_mile per hour': words join, 'per', 'square' and operators keep apart."""
    parts = re.split(r"(\s*(?:\bper\b|/|\*)\s*)", name)
    return "".join(
        part if index % 2 else part.strip().removesuffix("s").replace(" ", "_") for index, part in enumerate(parts)
    )


@cache  # the words of a conversation are looked up again at every step, and most of them are no units
def _lookup(spelling: str) -> Unit | None:
    plain = re.sub(r"\s*\bper\b\s*", "/", spelling)
    if len(plain) > 60 or not _SAFE.fullmatch(plain):
        return None
    try:
        return registry().parse_units(plain)
    except Exception:  # pint raises five kinds here, its parser's AssertionError among them; each means "not a unit"
        return None
