"""Operations on fractions that are exact where they can be and refuse to grow without bound.

Sources: integer roots by Newton's method; inexact roots and powers by `decimal` at 60 digits.
"""

from __future__ import annotations

import math
from decimal import Decimal, localcontext
from fractions import Fraction

_MAX_BITS = 4000  # of a numerator or denominator: about 1200 digits
_ROOT_DIGITS = 60


class Incalculable(Exception):
    """There is no value, or none of bearable size. The message says why."""


def times(sign: str, left: Fraction, right: Fraction) -> Fraction:
    if sign in ("/", "mod") and right == 0:
        raise Incalculable("division by zero")
    if sign == "/":
        return left / right
    return left % right if sign == "mod" else left * right


def power(base: Fraction, exponent: Fraction) -> Fraction:
    if base == 0 and exponent < 0:
        raise Incalculable("division by zero")
    if exponent.denominator != 1:
        return _inexact_power(base, exponent)
    bits = max(base.numerator.bit_length(), base.denominator.bit_length())
    if abs(exponent) > _MAX_BITS or (bits - 1) * abs(exponent) > _MAX_BITS:
        raise Incalculable("the power is too large to compute")
    return bounded(base ** int(exponent))


def _inexact_power(base: Fraction, exponent: Fraction) -> Fraction:
    if base < 0:
        raise Incalculable("a broken power of a negative number is not a real number")
    if exponent.denominator in (2, 3) and abs(exponent.numerator) == 1:
        found = root(base, exponent.denominator)
        return found if exponent > 0 else 1 / found
    if abs(exponent) * max(base.numerator.bit_length(), base.denominator.bit_length()) > _MAX_BITS:
        raise Incalculable("the power is too large to compute")
    with localcontext() as context:
        context.prec = _ROOT_DIGITS
        return Fraction(_decimal(base) ** _decimal(exponent))


def root(value: Fraction, degree: int) -> Fraction:
    """Exact where numerator and denominator are perfect powers, else to 60 digits."""
    if value < 0 and degree == 2:
        raise Incalculable("the square root of a negative number is not a real number")
    if value < 0:
        return -root(-value, degree)
    top, bottom = _whole_root(value.numerator, degree), _whole_root(value.denominator, degree)
    if top**degree == value.numerator and bottom**degree == value.denominator:
        return Fraction(top, bottom)
    with localcontext() as context:
        context.prec = _ROOT_DIGITS
        number = _decimal(value)
        return Fraction(number.sqrt() if degree == 2 else number ** (Decimal(1) / 3))


def _whole_root(value: int, degree: int) -> int:
    """Largest integer whose power is at most `value`."""
    if degree == 2:
        return math.isqrt(value)
    guess = 1 << -(-value.bit_length() // degree)  # Newton's method from above
    while guess**degree > value:
        guess = ((degree - 1) * guess + value // guess ** (degree - 1)) // degree
    return guess


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def bounded(value: Fraction) -> Fraction:
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > _MAX_BITS:
        raise Incalculable("the result is too large to compute")
    return value
