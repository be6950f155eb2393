"""Regular expressions for decimal numbers between limits, so that a grammar admits no number the schema forbids.

Numbers are written as Python writes them, but never with an exponent, and not longer than a float holds: no leading
zero, no trailing zero after the point but in `1.0`, no minus before zero. A limit becomes a comparison digit by digit
from the left; both limits and the shape are intersected by the grammar engine (`&` between terminals, `~` for
excluded limits).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal

WHOLE = 20  # digits of an integer
_SIGNIFICANT = ((5, 10), (9, 6), (13, 2))  # whole digits and digits after the point: ≤ 15 together survive a float

_LISTED = 256  # multiples written out, where no shape tells them
_REST = r"[0-9]*"
_WIDE = Context(prec=800)  # as wide as the widest float


def integers(zeros: int = 0) -> str:
    """The shape of an integer that ends in at least that many zeros."""
    return rf"(0|-?[1-9][0-9]{{0,{WHOLE - 1 - zeros}}}{'0' * zeros})"


def decimals(places: int = 10) -> str:
    """The shape of a number with at most `places` (≥ 1) digits after the point."""
    large = [rf"[1-9][0-9]{{0,{whole - 1}}}\.(0|{_ending(min(most, places))})" for whole, most in _SIGNIFICANT]
    small = [rf"0\.{'0' * zeros}[1-9]({_ending(places - zeros - 1)})?" for zeros in range(min(4, places))]
    return rf"({integers()}|-?({'|'.join([*large, *small])})|0\.0)"


def _ending(digits: int) -> str:
    """Up to that many digits, the last of them not zero."""
    return f"[0-9]{{0,{digits - 1}}}[1-9]" if digits > 0 else ""


def multiples(step: Decimal, low: Decimal | None, high: Decimal | None, exclusive: Sequence[Decimal]) -> list[str]:
    """The multiples of `step` in [low, high] that are none of `exclusive`, at most `_LISTED`, those nearest to zero."""
    first = -_LISTED if low is None else int((low / step).to_integral_value(ROUND_CEILING))
    last = _LISTED if high is None else int((high / step).to_integral_value(ROUND_FLOOR))
    start = max(first, min(-_LISTED // 2, last - _LISTED))
    found = (step * count for count in range(start, min(last, start + _LISTED) + 1))
    return [_spelt(number) for number in found if number not in exclusive]


def terminal(
    shape: str, low: Decimal | None = None, high: Decimal | None = None, exclusive: Sequence[Decimal] = ()
) -> str | None:
    """A Lark terminal expression for the numbers of `shape` (a regex from above) in [low, high] that are none of
    `exclusive`; None where there are none, because the grammar engine takes an empty expression for the empty text."""
    if not _any(shape, low, high, exclusive):
        return None
    parts = [f"/{shape}/"]
    if low is not None:
        parts.append(f"/{at_least(low)}/")
    if high is not None:
        parts.append(f"/{at_most(high)}/")
    parts += [f"~/{_same(limit)}/" for limit in exclusive]
    return " & ".join(parts)


def _any(shape: str, low: Decimal | None, high: Decimal | None, exclusive: Sequence[Decimal]) -> bool:
    """Looks for one such number near the limits, coarse steps first."""
    for limit in (low, high):
        for places in range(11):
            step = Decimal(1).scaleb(-places)
            for steps in range(-2, 3) if limit is not None else ():
                number = (limit or Decimal()).quantize(step, context=_WIDE) + steps * step
                inside = (low is None or number >= low) and (high is None or number <= high)
                if inside and number not in exclusive and re.fullmatch(shape, _spelt(number)):
                    return True
    return low is None and high is None


def _spelt(number: Decimal) -> str:
    whole, fraction = _digits(abs(number))
    return ("-" if number < 0 else "") + whole + (f".{fraction}" if fraction else "")


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
