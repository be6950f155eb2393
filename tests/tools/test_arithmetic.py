"""The calculator reads sums in symbols and in words, exactly, and says what it could not read."""

from __future__ import annotations

import time
from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.builtin.arithmetic import calculate, plain
from tools.builtin.exact import Incalculable
from tools.builtin.expression import evaluate
from tools.tool import ToolFailed

NUMBERS = st.integers(min_value=-999_999, max_value=999_999)


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("12 * 7", "84"),
        ("12 times 7", "84"),
        ("12 x 7", "84"),
        ("12×7", "84"),
        ("3 plus 4", "7"),
        ("10 less 3", "7"),
        ("100 divided by 3", "33.33333333"),
        ("10 mod 3", "1"),
        ("0.1 + 0.2", "0.3"),
        ("1/3", "0.3333333333"),
        ("1,250 + 300", "1550"),
        ("$1,250.50 * 2", "2501"),
        ("-2^2", "-4"),
        ("2^-1", "0.5"),
        ("2^3^2", "512"),
        ("2(3 + 4)", "14"),
        ("(1 + 2) * 3", "9"),
        ("sqrt(2)", "1.414213562"),
        ("the square root of 81", "9"),
        ("square root of 81 plus 19", "28"),
        ("cube root of 27", "3"),
        ("8^(1/3)", "2"),
        ("5 squared", "25"),
        ("2 to the power of 10", "1024"),
        ("3² + 4²", "25"),
        ("15% of 240", "36"),
        ("15 percent of 240", "36"),
        ("200 + 10%", "220"),
        ("200 - 10%", "180"),
        ("10 + 15% of 240", "46"),
        ("100 + 50 * 10%", "105"),
        ("20% off 50", "40"),
        ("half of 90", "45"),
        ("half 90", "45"),
        ("a quarter of 80", "20"),
        ("two thirds of 90", "60"),
        ("three quarters of 60", "45"),
        ("½ of 10", "5"),
        ("twice 7", "14"),
        ("double 3.5", "7"),
        ("two dozen", "24"),
        ("twenty-five minus 4", "21"),
        ("one hundred twenty three times two", "246"),
        ("3 million / 4", "750000"),
        ("the sum of 3, 4 and 5", "12"),
        ("sum(3, 4, 5)", "12"),
        ("the product of 3 and 4", "12"),
        ("average of 3, 4 and 8", "5"),
        ("the difference between 9 and 4", "5"),
        ("max(1, 5, 3)", "5"),
        ("the smallest of 4, 2 and 9", "2"),
        ("add 12.50 and 7.25", "19.75"),
        ("subtract 3 from 10", "7"),
        ("multiply 6 by 7", "42"),
        ("divide 10 by 4", "2.5"),
        ("What is 12 x 7?", "84"),
        ("1 + 2 =", "3"),
        ("round 3.5", "4"),
        ("2^200", "1.606938044e60"),
        ("1e-20", "1e-20"),
        ("-0", "0"),
    ],
)
def test_it_reads_symbols_and_words(expression: str, result: str) -> None:
    assert calculate.run(expression=expression) == result


@pytest.mark.parametrize(
    ("expression", "complaint"),
    [
        ("", "read 'nothing' and expected a number"),
        ("bananas", "found 'bananas'"),
        ("12 times", "I read '12 *' and expected a number, but found the end"),
        ("12 bananas", "expected an operator, but found 'bananas'"),
        ("((1", "closing bracket"),
        ("3,5 + 1", "found ','"),
        ("1 ; 2", "cannot read ';'"),
        ("__import__('os')", "cannot read"),
        ("2 / 0", "division by zero"),
        ("0 ^ -1", "division by zero"),
        ("10 mod 0", "division by zero"),
        ("square root of -4", "not a real number"),
        ("(-8)^0.5", "not a real number"),
        ("9^9^9", "too large"),
        ("9^9999999999", "too large"),
        ("2 million to the power of 1000", "too large"),
        ("(" * 200 + "1", "nested too deeply"),
        ("-" * 200 + "1", "nested too deeply"),
        ("1 + " * 400 + "1", "longer than"),
        ("add 3", "expected 'to'"),
        ("50 off 3", "needs a percentage"),
        ("remainder of 17 divided by 5", "found 'remainder'"),
        ("difference of 1, 2 and 3", "between two numbers"),
    ],
)
def test_it_says_what_it_could_not_read(expression: str, complaint: str) -> None:
    with pytest.raises(ToolFailed) as failed:
        calculate.run(expression=expression)
    assert complaint in str(failed.value)


@given(NUMBERS, NUMBERS, NUMBERS, st.sampled_from("+-*"), st.sampled_from("+-*"))
def test_whole_numbers_agree_with_python(a: int, b: int, c: int, first: str, second: str) -> None:
    python = {
        "+": lambda x, y: x + y,
        "-": lambda x, y: x - y,
        "*": lambda x, y: x * y,
    }
    expected = python[first](a, python[second](b, c))
    assert evaluate(f"({a}) {first} (({b}) {second} ({c}))") == expected


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4))
def test_a_decimal_reads_back_as_itself(number: object) -> None:
    assert Fraction(plain(evaluate(str(number)))) == Fraction(str(number))


@given(st.fractions(min_value=Fraction(1, 10**6), max_value=10**12))
def test_a_shown_number_is_close(value: Fraction) -> None:
    assert abs(Fraction(plain(value)) - value) <= value / 10**9


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="0123456789+-*/^%().,! ex of and half twice square root sum percent hundred ²√", max_size=80))
def test_any_text_is_read_or_refused_in_time(text: str) -> None:
    started = time.process_time()
    with suppress(Incalculable):  # anything else is a fault
        plain(evaluate(text))
    assert time.process_time() - started < 1
