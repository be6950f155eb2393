"""The calculator: exact arithmetic in, a number a person can read out. The reading is done in `expression`."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Annotated

from tools.builtin.exact import Incalculable
from tools.builtin.expression import evaluate
from tools.builtin.wording import Unreadable
from tools.tool import ToolFailed, tool

_EXACT_DIGITS = 24  # a decimal that ends within these is shown whole
_DIGITS = 10  # any other is rounded to these


@tool()
def calculate(expression: Annotated[str, {"format": "arithmetic"}]) -> str:
    """Work out an arithmetic expression: plus, minus, times, divided by, percentages, powers and roots.

    Args:
        expression: The sum in symbols or words, such as 12 * 7, 15% of 240 or square root of 81.
    """
    try:
        return plain(evaluate(expression))
    except Unreadable as unreadable:
        raise ToolFailed(f"{unreadable}. Write numbers with + - * / ^ % and brackets, or in words.") from unreadable
    except Incalculable as incalculable:
        raise ToolFailed(f"{incalculable}.") from incalculable


def plain(value: Fraction) -> str:
    """Whole or ending decimals up to 24 digits exactly; others to 10 significant digits; the huge and the tiny in
    scientific notation."""
    with localcontext() as context:
        context.prec = _EXACT_DIGITS
        number = Decimal(value.numerator) / Decimal(value.denominator)
        if Fraction(number) != value:
            context.prec = _DIGITS
            number = +number
    if number and not -7 <= number.adjusted() < _EXACT_DIGITS:
        digits, exponent = f"{number:.{_DIGITS - 1}e}".split("e")
        return f"{digits.rstrip('0').rstrip('.')}e{int(exponent)}"
    shown = f"{number:f}"
    return (shown.rstrip("0").rstrip(".") if "." in shown else shown) or "0"
