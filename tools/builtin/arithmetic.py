"""The calculator: exact arithmetic in, a number a person can read out. The reading is done in `expression`."""

from __future__ import annotations

import re
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Annotated

from tools.builtin.exact import Incalculable
from tools.builtin.expression import evaluate
from tools.builtin.wording import Unreadable, tokens
from tools.tool import ToolFailed, tool

_EXACT_DIGITS = 24  # a decimal that ends within these is shown whole
_DIGITS = 10  # any other is rounded to these
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}/\d{1,2}/\d{2,4}")


_AROUND = " .,;:!?"
_OPEN = re.compile(r"\s+(?:of|off|more|less|than|times)\b")  # what stands before is not the whole sum
_LONGEST_SUM = 200  # characters of a request that are looked through


def sums_said(text: str) -> list[str]:
    """The longest runs of a text's words that are a sum of this room: more than a number, and with a value."""
    words = [(match.start(), match.end()) for match in re.finditer(r"\S+", text[:_LONGEST_SUM])]
    found: list[str] = []
    reached = 0
    for at, (start, _) in enumerate(words):
        ends = [end for _, end in reversed(words[at:]) if end > reached]
        end = next((end for end in ends if _is_sum(text[start:end].strip(_AROUND)) and not _OPEN.match(text, end)), 0)
        if end:
            found.append(_bare(text[start:end].strip(_AROUND)))
            reached = end
    return list(dict.fromkeys(found))


def _bare(run: str) -> str:
    """Without the words in front that change nothing: "What is 3 * 4" is "3 * 4"."""
    words = run.split(" ")
    tails = [" ".join(words[at:]) for at in range(len(words))]
    return [tail for tail in tails if _is_sum(tail) and evaluate(tail) == evaluate(run)][-1]


def _is_sum(run: str) -> bool:
    numbers = len(re.findall(r"\d+(?:[.,]\d+)*", run))
    if _DATE.search(run) or not run or not (run[0].isalnum() or run[0] in "(-√+.$€£"):
        return False
    try:
        found = tokens(run)
        evaluate(run)
    except Incalculable:
        return False
    return len(found) > 1 + (numbers == 1 and (found[0] in "+-" or found[-1] == "%"))


@tool(candidates={"expression": sums_said})
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
