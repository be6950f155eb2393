"""Conversion between units, through pint. No currencies: their rates change daily and nothing here knows them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from router.narrowing import Finder, Role
from tools.builtin.unit_names import amounts_given, registry, unit, units_given, units_said, units_wanted
from tools.tool import ToolFailed, tool

if TYPE_CHECKING:
    from pint import Unit

_DIGITS = 6


_SAID: dict[str, Finder] = {
    "value": amounts_given,
    "from_unit": Role(units_given, units_said),
    "to_unit": Role(units_wanted, units_said),
}


@tool(candidates=_SAID)
def convert_unit(value: float, from_unit: str, to_unit: str) -> str:
    """Convert an amount from one unit to another, such as miles to km, °F to °C, pounds to kg or MB to GB.

    Args:
        value: The amount to convert, a number.
        from_unit: The unit the amount is in, such as km, pounds or fahrenheit.
        to_unit: The unit wanted, such as miles, kg or celsius.
    """
    source, target = unit(from_unit), unit(to_unit)
    if not _commensurable(source, target):
        raise ToolFailed(
            f"{from_unit.strip()} cannot be converted to {to_unit.strip()}: they measure different things."
        )
    try:
        converted = float(registry().Quantity(value, source).to(target).magnitude)
    except (OverflowError, ZeroDivisionError) as error:
        raise ToolFailed(f"{value:g} {from_unit.strip()} is out of range.") from error
    if not math.isfinite(converted):
        raise ToolFailed(f"{value:g} {from_unit.strip()} is out of range.")
    return f"{_readable(converted)} {to_unit.strip()}"


def _commensurable(source: Unit, target: Unit) -> bool:
    """Same root units, not only the same dimension: to pint, bytes and degrees of arc are both plain numbers."""
    known: Any = registry()
    return bool(known.get_root_units(source)[1] == known.get_root_units(target)[1])


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
