"""The units people write, in families, each spelling with its factor to the family's first unit. No sentences here."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

Family = tuple[tuple[str, float], ...]

# A line is a factor and the spellings that have it; "~" stands for a space inside one.
_LENGTH = """
1 m metres meters metre meter
1000 km kms kilometres kilometers kilometre kilometer
0.01 cm centimetres centimeters centimetre centimeter
0.001 mm millimetres millimeters millimeter
1e-6 micrometres microns
1e-9 nanometres nm
1609.344 miles miles mile mi
0.9144 yards yd yard
0.3048 feet feet ft foot
0.0254 inches inches inch
1852 nautical~miles nautical~mile
1.828803657607315 fathoms
201.16840233680466 furlongs
9.4607304725808e15 light~years
149597870700 astronomical~units
"""
_MASS = """
1 kg kilograms kilos kilogram kilo
0.001 g grams gram
1e-6 mg milligrams milligram
1e-9 micrograms
0.45359237 pounds lb lbs pound
0.028349523125 ounces oz ounce
1000 tonnes metric~tons tonne
907.18474 short~tons
1016.0469088 long~tons
6.35029318 stone stones
0.0002 carats
"""
_VOLUME = """
1 litres liters litre liter l L
0.001 ml millilitres milliliters mL
0.01 cl centilitres
0.1 dl decilitres
3.785411784 gallons gallon US~gallons
4.54609 imperial~gallons
0.2365882365 cups cup
0.473176473 pints pint
0.946352946 quarts quart
0.01478676478125 tablespoons tbsp tablespoon
0.00492892159375 teaspoons tsp teaspoon
0.0295735295625 fluid~ounces fl~oz
1000 cubic~metres cubic~meters m³
28.316846592 cubic~feet
0.016387064 cubic~inches
0.001 cubic~centimetres cc
"""
_TIME = """
1 seconds seconds s sec second secs
60 minutes minutes min mins minute
3600 hours hours h hrs hr hour
86400 days days day
604800 weeks weeks week
1209600 fortnights
0.001 milliseconds ms
1e-6 microseconds
31557600 years
"""
_DATA = """
1e6 MB MB megabytes megabyte
1e9 GB GB gigabytes gigabyte
1e3 KB kB kilobytes kilobyte
1e12 TB terabytes terabyte
1e15 PB petabytes
1 bytes bytes
0.125 bits
1048576 MiB mebibytes
1073741824 GiB gibibytes
125000 megabits
125000000 gigabits
"""
_SPEED = """
1 m/s metres~per~second meters~per~second
0.2777777777777778 km/h kmh kph kilometres~per~hour kilometers~per~hour
0.44704 mph mph miles~per~hour
0.5144444444444445 knots knots
0.3048 feet~per~second ft/s
"""
_AREA = """
1 square~metres square~meters m² sqm
0.09290304 square~feet sq~ft
0.83612736 square~yards
4046.8726098742513 acres acre
10000 hectares hectare ha
1e6 square~kilometres square~kilometers km²
2589988.110336 square~miles
0.00064516 square~inches
0.0001 square~centimetres
"""
_ENERGY = """
1 joules J
1000 kilojoules kJ
1e6 megajoules MJ
4.184 calories
4184 kilocalories kcal
3.6e6 kWh kilowatt~hours
3600 Wh watt~hours
"""
_PRESSURE = """
1 pascals
100 hPa hectopascals millibars
1000 kPa kilopascals
1e5 bar
6894.757293168361 psi
101325 atmospheres atm
"""
_POWER = """
1 watts W
1000 kW kilowatts
1e6 megawatts
745.6998715822702 horsepower hp
"""
_ANGLE = """
1 degrees
57.29577951308232 radians
360 turns
"""
_FREQUENCY = """
1 hertz Hz
1000 kHz kilohertz
1e6 MHz megahertz
1e9 GHz gigahertz
"""
_ELECTRIC = """
1 volts V
0.001 millivolts mV
1000 kilovolts kV
"""


def _family(text: str) -> Family:
    rows = (line.split() for line in text.strip().splitlines())
    return tuple((name.replace("~", " "), float(factor)) for factor, *names in rows for name in names)


EVERYDAY: tuple[Family, ...] = tuple(map(_family, (_LENGTH, _MASS, _VOLUME, _TIME, _DATA, _SPEED)))
RARE: tuple[Family, ...] = tuple(map(_family, (_AREA, _ENERGY, _PRESSURE, _POWER, _ANGLE, _FREQUENCY, _ELECTRIC)))
UNITS = EVERYDAY + RARE

CELSIUS = ("celsius", "Celsius", "°C", "C", "degrees Celsius", "degrees celsius", "centigrade", "degrees C", "deg C")
FAHRENHEIT = ("fahrenheit", "Fahrenheit", "°F", "F", "degrees Fahrenheit", "degrees fahrenheit", "degrees F", "deg F")
KELVIN = ("kelvin", "Kelvin", "K")
_DEGREES = (
    (CELSIUS, ((FAHRENHEIT, 1.8, 32.0), (FAHRENHEIT, 1.8, 32.0), (KELVIN, 1.0, 273.15))),
    (FAHRENHEIT, ((CELSIUS, 1 / 1.8, -32 / 1.8), (CELSIUS, 1 / 1.8, -32 / 1.8), (KELVIN, 1 / 1.8, 459.67 / 1.8))),
    (KELVIN, ((CELSIUS, 1.0, -273.15), (FAHRENHEIT, 1.8, -459.67))),
)

# Spellings that are one word with the number before them as often as not: 5km, 12GB, 20°C.
JOINED = frozenset(
    [
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
        "mi",
        "MB",
        "GB",
        "KB",
        "TB",
        "°C",
        "°F",
        "C",
        "F",
        "s",
        "min",
        "h",
        "ms",
        "kW",
        "W",
        "mph",
        "kJ",
        "kcal",
        "kWh",
    ]
)
# Spellings whose lower-case form people type and mean the same by.
_LOWERED = frozenset(["MB", "GB", "KB", "TB", "PB", "°C", "°F", "Celsius", "Fahrenheit", "Kelvin"])


def pair(rng: Random) -> tuple[str, str, float, float]:
    """Two units of one family, with scale and offset: target = value * scale + offset."""
    if rng.random() < 0.13:
        given, others = rng.choice(_DEGREES)
        wanted, scale, offset = rng.choice(others)
        return rng.choice(given), rng.choice(wanted), scale, offset
    family = rng.choice(EVERYDAY if rng.random() < 0.72 else RARE)
    source, factor = rng.choice(family)
    target, to_factor = rng.choice(_others(family, factor))
    return source, target, factor / to_factor, 0.0


def partner(rng: Random, source: str) -> tuple[str, float, float]:
    """Another unit of the same family, with scale and offset. Raises KeyError for a unit no family has."""
    for spelling in _spellings(source):
        for given, others in _DEGREES:
            if spelling in given:
                wanted, scale, offset = rng.choice(others)
                return rng.choice(wanted), scale, offset
        for family in UNITS:
            factor = dict(family).get(spelling)
            if factor is not None:
                target, to_factor = rng.choice(_others(family, factor))
                return target, factor / to_factor, 0.0
    raise KeyError(source)


def _spellings(unit: str) -> Sequence[str]:
    """As given, as its family may have it ("1 day" where it says "days"), and as it was before it was lowered."""
    capital = [known for known in _LOWERED if known.lower() == unit]
    return (unit, f"{unit}s", unit.removesuffix("s"), *capital)


def _others(family: Family, factor: float) -> Sequence[tuple[str, float]]:
    return [unit for unit in family if unit[1] != factor]


def lowered(unit: str) -> str:
    """As people type it in a hurry, where the converter still understands the same."""
    return unit.lower() if unit in _LOWERED else unit
