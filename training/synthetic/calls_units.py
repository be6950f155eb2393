"""Requests for `convert_unit`, and the units people write, with what a conversion comes to."""

from __future__ import annotations

import math
from random import Random

from training.synthetic import values as v
from training.synthetic.case import Case
from training.synthetic.phrases import Forms, wording

# Families of units: every wording with its factor to the family's first unit. Temperatures are offset, so apart.
UNITS: tuple[tuple[tuple[str, float], ...], ...] = (
    tuple(
        {
            "m": 1,
            "metres": 1,
            "meters": 1,
            "metre": 1,
            "km": 1000,
            "kilometres": 1000,
            "kilometers": 1000,
            "kilometer": 1000,
            "cm": 0.01,
            "centimetres": 0.01,
            "centimeters": 0.01,
            "mm": 0.001,
            "millimetres": 0.001,
            "millimeters": 0.001,
            "miles": 1609.344,
            "mile": 1609.344,
            "mi": 1609.344,
            "yards": 0.9144,
            "yd": 0.9144,
            "feet": 0.3048,
            "ft": 0.3048,
            "foot": 0.3048,
            "inches": 0.0254,
            "inch": 0.0254,
            "nautical miles": 1852,
            "light years": 9.4607304725808e15,
        }.items()
    ),
    tuple(
        {
            "kg": 1,
            "kilograms": 1,
            "kilos": 1,
            "kilogram": 1,
            "g": 0.001,
            "grams": 0.001,
            "gram": 0.001,
            "mg": 1e-6,
            "milligrams": 1e-6,
            "pounds": 0.45359237,
            "lb": 0.45359237,
            "lbs": 0.45359237,
            "ounces": 0.028349523125,
            "oz": 0.028349523125,
            "tonnes": 1000,
            "stone": 6.35029318,
            "metric tons": 1000,
        }.items()
    ),
    tuple(
        {
            "litres": 1,
            "liters": 1,
            "litre": 1,
            "l": 1,
            "ml": 0.001,
            "millilitres": 0.001,
            "milliliters": 0.001,
            "gallons": 3.785411784,
            "cups": 0.2365882365,
            "pints": 0.473176473,
            "tablespoons": 0.01478676478125,
            "teaspoons": 0.00492892159375,
            "fluid ounces": 0.0295735295625,
            "cubic metres": 1000,
            "quarts": 0.946352946,
        }.items()
    ),
    tuple(
        {
            "seconds": 1,
            "s": 1,
            "minutes": 60,
            "min": 60,
            "hours": 3600,
            "h": 3600,
            "days": 86400,
            "weeks": 604800,
            "milliseconds": 0.001,
            "ms": 0.001,
        }.items()
    ),
    tuple(
        {
            "MB": 1e6,
            "megabytes": 1e6,
            "GB": 1e9,
            "gigabytes": 1e9,
            "KB": 1e3,
            "kilobytes": 1e3,
            "TB": 1e12,
            "terabytes": 1e12,
            "bytes": 1,
        }.items()
    ),
    tuple(
        {
            "km/h": 1 / 3.6,
            "kmh": 1 / 3.6,
            "mph": 0.44704,
            "m/s": 1,
            "knots": 1852 / 3600,
            "miles per hour": 0.44704,
            "kilometres per hour": 1 / 3.6,
            "metres per second": 1,
        }.items()
    ),
    tuple(
        {
            "square metres": 1,
            "square feet": 0.09290304,
            "acres": 4046.8564224,
            "hectares": 10000,
            "square kilometres": 1e6,
            "square miles": 2589988.110336,
            "square inches": 0.00064516,
        }.items()
    ),
    tuple(
        {
            "joules": 1,
            "kilojoules": 1000,
            "kJ": 1000,
            "calories": 4.184,
            "kilocalories": 4184,
            "kcal": 4184,
            "kWh": 3.6e6,
            "kilowatt hours": 3.6e6,
        }.items()
    ),
    tuple({"bar": 1e5, "psi": 6894.757293168, "kPa": 1000, "pascals": 1, "atmospheres": 101325}.items()),
    tuple({"watts": 1, "W": 1, "kW": 1000, "kilowatts": 1000, "horsepower": 745.6998715822702}.items()),
    tuple({"degrees": 1, "radians": 57.29577951308232}.items()),
)
_CELSIUS = ("celsius", "Celsius", "°C", "C", "degrees Celsius", "degrees celsius")
_FAHRENHEIT = ("fahrenheit", "Fahrenheit", "°F", "F", "degrees Fahrenheit", "degrees fahrenheit")
_KELVIN = ("kelvin", "Kelvin", "K")
_SHORT = {
    "m",
    "km",
    "cm",
    "mm",
    "kg",
    "g",
    "mg",
    "l",
    "ml",
    "ft",
    "oz",
    "lb",
    "lbs",
    "MB",
    "GB",
    "KB",
    "TB",
    "°C",
    "°F",
    "K",
    "s",
    "min",
    "h",
    "kW",
    "W",
}

UNIT_FORMS = Forms(
    do=(
        "[convert|change|turn|transform|translate] {x} [to|into|in] {to}",
        "[convert|change] {x} [from {from}|] to {to}",
        "[express|give|write|show|put|state|report] {x} in {to}",
        "[calculate|work out|compute|find] how many {to} [are in|there are in|make|equal] {x}",
        "[work out|find|calculate|compute] {x} in {to}",
        "do a [unit|] conversion of {x} to {to}",
        "make {x} into {to}",
    ),
    ask=(
        "how [many|much] {to} [is|are|are in|make|equal|are there in|would be|corresponds to|do I get from] {x}",
        "[what is|what's|whats|how much is|what are|what would be] {x} in {to}",
        "[what is|what's|how much is] {x} [converted to|expressed in|when converted to|in terms of|as] {to}",
        "{x} is how [many|much] {to}",
        "{x} [equals|makes|is equal to] how many {to}",
        "[in|into] {to}, [what is|how much is] {x}",
    ),
    know=(
        "how [many|much] {to} {x} [is|are|make|equal|corresponds to]",
        "what {x} is in {to}",
        "how many {to} [there are|go] in {x}",
    ),
    give=(
        "{x} in {to}",
        "the value of {x} in {to}",
        "{x} as {to}",
        "the {to} equivalent of {x}",
        "the number of {to} in {x}",
    ),
    say=(
        "{x} to {to}",
        "{x} in {to}",
        "{x} -> {to}",
        "{x} in {to}?",
        "{x} = ? {to}",
        "{x} into {to} please",
        "convert: {x} to {to}",
        "how many {to}: {x}",
        (
            "[The|My] [recipe|label|map|sign|manual|doctor] says {x}[. What is that in {to}?|, how "
            "many {to} is that?|. Convert that to {to}.]"
        ),
    ),
)


def units(rng: Random) -> tuple[str, str, float, float]:
    """Two units of one family as people write them, with scale and offset: target = value * scale + offset."""
    if rng.random() < 0.12:
        return _temperatures(rng)
    family = rng.choice(UNITS[:6] if rng.random() < 0.75 else UNITS)
    while True:
        (source, factor), (target, to_factor) = rng.choice(family), rng.choice(family)
        if factor != to_factor:
            return source, target, factor / to_factor, 0.0


def _temperatures(rng: Random) -> tuple[str, str, float, float]:
    celsius, fahrenheit, kelvin = rng.choice(_CELSIUS), rng.choice(_FAHRENHEIT), rng.choice(_KELVIN)
    return rng.choice(
        (
            (celsius, fahrenheit, 1.8, 32.0),
            (fahrenheit, celsius, 1 / 1.8, -32 / 1.8),
            (celsius, kelvin, 1.0, 273.15),
            (kelvin, celsius, 1.0, -273.15),
        )
    )


def convert_unit(rng: Random) -> Case:
    source, target, scale, offset = units(rng)
    text = v.number_text(rng)
    if offset and rng.random() < 0.2:
        text = f"-{text}"
    gap = "" if source in _SHORT and rng.random() < 0.35 else " "
    request = wording(rng, UNIT_FORMS, {"x": f"{text}{gap}{source}", "to": target, "from": source})
    value = v.number(text)
    arguments = {"value": value, "from_unit": source, "to_unit": target}
    return Case(request, "convert_unit", arguments, converted(value * scale + offset, target))


def converted(value: float, unit: str) -> str:
    """What the converter prints: six significant digits, whole parts in full."""
    magnitude = math.floor(math.log10(abs(value))) if value else 0
    if not -7 <= magnitude < 15:
        return f"{value:.5e}".replace("e+", "e") + f" {unit}"
    text = f"{value:.{max(5 - magnitude, 0 if magnitude >= 6 else 1)}f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text} {unit}"


def unit_for(rng: Random, source: str) -> tuple[str, float, float]:
    """Another unit of the same family, with scale and offset. Raises KeyError for a unit no family has."""
    for given, others in _DEGREES:
        if source in given:
            units, scale, offset = rng.choice(others)
            return rng.choice(units), scale, offset
    named = {name: family for family in UNITS for name, _ in family}
    source = source if source in named else f"{source}s"  # "1 day" where the family says "days"
    family = named.get(source)
    if family is None:
        raise KeyError(source)
    factor = dict(family)[source]
    target, to_factor = rng.choice([unit for unit in family if unit[1] != factor])
    return target, factor / to_factor, 0.0


_DEGREES = (
    (_CELSIUS, ((_FAHRENHEIT, 1.8, 32.0), (_KELVIN, 1.0, 273.15))),
    (_FAHRENHEIT, ((_CELSIUS, 1 / 1.8, -32 / 1.8),)),
    (_KELVIN, ((_CELSIUS, 1.0, -273.15),)),
)
