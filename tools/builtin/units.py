"""Conversion between units, through pint. No currencies: their rates change daily and nothing here knows them.

pint reads symbols case by case ("Mb" is a megabarn to it); people do not write so. A name is therefore looked up in a
small table of everyday spellings first, then as written, then in lower case, then with its words joined.
"""

from __future__ import annotations

import math
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from tools.tool import ToolFailed, tool

if TYPE_CHECKING:
    from pint import Unit, UnitRegistry

_DIGITS = 6

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


@tool()
def convert_unit(value: float, from_unit: str, to_unit: str) -> str:
    """Convert an amount from one unit to another, such as miles to km, °F to °C, pounds to kg or MB to GB.

    Args:
        value: The amount to convert, a number.
        from_unit: The unit the amount is in, such as km, pounds or fahrenheit.
        to_unit: The unit wanted, such as miles, kg or celsius.
    """
    source, target = _unit(from_unit), _unit(to_unit)
    if not _commensurable(source, target):
        raise ToolFailed(
            f"{from_unit.strip()} cannot be converted to {to_unit.strip()}: they measure different things."
        )
    try:
        converted = float(_registry().Quantity(value, source).to(target).magnitude)
    except (OverflowError, ZeroDivisionError) as error:
        raise ToolFailed(f"{value:g} {from_unit.strip()} is out of range.") from error
    if not math.isfinite(converted):
        raise ToolFailed(f"{value:g} {from_unit.strip()} is out of range.")
    return f"{_readable(converted)} {to_unit.strip()}"


@cache
def _registry() -> UnitRegistry[float]:
    from pint import UnitRegistry

    return UnitRegistry(autoconvert_offset_to_baseunit=True)


def _unit(name: str) -> Unit:
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


def _lookup(spelling: str) -> Unit | None:
    plain = re.sub(r"\s*\bper\b\s*", "/", spelling)
    if len(plain) > 60 or not _SAFE.fullmatch(plain):
        return None
    try:
        return _registry().parse_units(plain)
    except Exception:  # pint raises five kinds here, its parser's AssertionError among them; each means "not a unit"
        return None


def _commensurable(source: Unit, target: Unit) -> bool:
    """Same root units, not only the same dimension: to pint, bytes and degrees of arc are both plain numbers."""
    registry: Any = _registry()
    return bool(registry.get_root_units(source)[1] == registry.get_root_units(target)[1])


def _readable(number: float) -> str:
    """Six significant digits, but never fewer than the whole part has; no trailing zeros."""
    if number == 0:
        return "0"
    magnitude = math.floor(math.log10(abs(number)))
    if not -7 <= magnitude < 15:
        return f"{number:.{_DIGITS}g}".replace("e+", "e")
    decimals = max(_DIGITS - 1 - magnitude, 0 if magnitude >= _DIGITS else 1)
    shown = f"{number:.{decimals}f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown
