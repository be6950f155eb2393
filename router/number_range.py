"""Regular expressions for decimal numbers between limits, so that a grammar admits no number the schema forbids.

Numbers are written as Python writes them and no longer than `WHOLE` and `FRACTION` digits: no exponent, no leading
zero, no trailing zero after the point but in `1.0`, no minus before zero. A limit becomes a comparison digit by digit
from the left; both limits and the shape are intersected by the grammar engine (`&` between terminals, `~` for
excluded limits).
"""

from __future__ import annotations

from decimal import Decimal

WHOLE = 20
FRACTION = 10

_INTEGER = rf"0|-?[1-9][0-9]{{0,{WHOLE - 1}}}"
_FRACTION = rf"\.(0|[0-9]{{0,{FRACTION - 1}}}[1-9])"
_REST = r"[0-9]*"


def integer_terminal(
    low: Decimal | None = None, high: Decimal | None = None, exclusive: tuple[Decimal, ...] = ()
) -> str:
    """A Lark terminal expression for the integers in [low, high] that are none of `exclusive`."""
    return _terminal(f"({_INTEGER})", low, high, exclusive)


def number_terminal(
    low: Decimal | None = None, high: Decimal | None = None, exclusive: tuple[Decimal, ...] = ()
) -> str:
    """As `integer_terminal`, for decimal numbers with or without a fraction."""
    some_fraction = rf"0\.[0-9]{{0,{FRACTION - 1}}}[1-9]"
    shape = rf"(({_INTEGER})|-?[1-9][0-9]{{0,{WHOLE - 1}}}{_FRACTION}|0\.0|-?{some_fraction})"
    return _terminal(shape, low, high, exclusive)


def _terminal(shape: str, low: Decimal | None, high: Decimal | None, exclusive: tuple[Decimal, ...]) -> str:
    parts = [f"/{shape}/"]
    if low is not None:
        parts.append(f"/{at_least(low)}/")
    if high is not None:
        parts.append(f"/{at_most(high)}/")
    parts += [f"~/{_same(limit)}/" for limit in exclusive]
    return " & ".join(parts)


def at_least(limit: Decimal) -> str:
    """A regex that, among numbers of the shape above, matches exactly those ≥ `limit`."""
    if limit > 0:
        return _further(limit)
    return rf"[0-9][0-9.]*|-({_nearer(-limit)})"


def at_most(limit: Decimal) -> str:
    if limit >= 0:
        return rf"-[0-9.]*|({_nearer(limit)})"
    return f"-({_further(-limit)})"


def _further(limit: Decimal) -> str:
    """Unsigned decimals ≥ `limit`."""
    whole, fraction = _digits(limit)
    longer = rf"[1-9][0-9]{{{len(whole)},}}(\.[0-9]+)?"
    greater = [rf"({start}){_REST}(\.[0-9]+)?" for start in _same_length(whole, up=True)]
    equal = whole + _fraction_from(fraction)
    return "|".join([longer, *greater, equal])


def _nearer(limit: Decimal) -> str:
    """Unsigned decimals ≤ `limit`."""
    whole, fraction = _digits(limit)
    shorter = [rf"[0-9]{{1,{len(whole) - 1}}}(\.[0-9]+)?"] if len(whole) > 1 else []
    less = [rf"({start})(\.[0-9]+)?" for start in _same_length(whole, up=False)]
    equal = whole + _fraction_up_to(fraction)
    return "|".join([*shorter, *less, equal])


def _same_length(whole: str, *, up: bool) -> list[str]:
    """Prefix-by-prefix alternatives for integers of the same length that are greater (or smaller) than `whole`."""
    found = []
    for place, digit in enumerate(whole):
        low, high = (int(digit) + 1, 9) if up else (1 if place == 0 and len(whole) > 1 else 0, int(digit) - 1)
        if low <= high:
            found.append(f"{whole[:place]}[{low}-{high}][0-9]{{{len(whole) - place - 1}}}")
    return found


def _fraction_from(digits: str) -> str:
    if not digits:
        return r"(\.[0-9]+)?"
    steps = [f"{digits[:at]}[{int(digit) + 1}-9]{_REST}" for at, digit in enumerate(digits) if digit != "9"]
    return rf"\.({'|'.join([*steps, digits + _REST])})"


def _fraction_up_to(digits: str) -> str:
    steps = [f"{digits[:at]}[0-{int(digit) - 1}]{_REST}" for at, digit in enumerate(digits) if digit != "0"]
    prefixes = [digits[:length] for length in range(1, len(digits))]
    return rf"(\.({'|'.join([*steps, *prefixes, digits + '0*' if digits else '0+'])}))?"


def _same(limit: Decimal) -> str:
    whole, fraction = _digits(abs(limit))
    sign = "-" if limit < 0 else ""
    return sign + whole + (rf"\.{fraction}" if fraction else r"(\.0)?")


def _digits(limit: Decimal) -> tuple[str, str]:
    whole, _, fraction = format(limit, "f").partition(".")
    return whole, fraction.rstrip("0")
