"""What may be said from a source: its numbers, sums of them, sentences of its words; and nothing else."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.grounding import amounts, numbers_in, numerals, sentence, spelt_in_digits, sums
from router.source import misquoted, words

SOURCE = 'What is the distance in trip.txt?\nRoute: Bergen to Voss\nDistance: 107 km\nCosts "a / b": 1,250.50 or $5'


def matches(terminal: str, text: str) -> bool:
    return re.fullmatch(terminal[1:-1].replace(r"\/", "/"), json.dumps(text, ensure_ascii=False)) is not None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("12 and 7.5", ["12", "7.5"]),
        ("1,250.50 of 3,000", ["1250.50", "3000"]),
        ("six weeks, forty-two days", ["6", "40", "42", "2"]),
        ("a dozen", ["1", "12"]),
        ("none at all", []),
        ("on 2031-03-05 at 06:40, KR-2291, 3/4/31", []),
    ],
)
def test_amounts_are_read_in_digits_and_words(text: str, found: list[str]) -> None:
    assert {float(amount) for amount in amounts(text)} == {float(amount) for amount in found}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("5 of 1,200.50", [("5", 5), ("1,200.50", 1200.5)]),
        ("forty-two lamps, one spot, zero faults", [("forty-two", 42), ("one", 1), ("zero", 0)]),
        ("one hundred and five twice", [("one hundred and five", 105), ("twice", 2)]),
        ("a dozen eggs at a hundred each, KR-2291 on 2031-03-05", [("a dozen", 12), ("a hundred", 100)]),
        ("someone told everyone", []),
    ],
)
def test_numbers_are_found_where_they_stand(text: str, found: list[tuple[str, float]]) -> None:
    assert [(text[first:last], float(number)) for number, first, last in numbers_in(text)] == found


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("Three of us paid two hundred and fifty", "3 of us paid 250"),
        ("twenty-five boxes, forty two jars, seventeen lids", "25 boxes, 42 jars, 17 lids"),
        ("six thousand, one hundred", "6000, 100"),
        ("what does one cost if someone sells a two-room flat", "what does one cost if someone sells a two-room flat"),
        ("12 and 7.5", "12 and 7.5"),
    ],
)
def test_numbers_in_words_can_be_written_in_digits(text: str, digits: str) -> None:
    assert spelt_in_digits(text) == digits


@pytest.mark.parametrize(
    "said",
    [
        "The distance is 107 km.",
        "It is in trip.txt.",
        "Route: Bergen to Voss\nDistance: 107 km",
        "I cannot do that with the tools I have.",
        "$5, or 1,250.50.",
    ],
)
def test_sentences_of_the_source_can_be_said(said: str) -> None:
    assert matches(sentence(words(SOURCE)), said)


@pytest.mark.parametrize("said", ["It is 108 km.", "It is in Oslo.", "See tripp.csv2", "It costs 1,250.", "ask Voss2"])
def test_numbers_and_names_from_elsewhere_cannot(said: str) -> None:
    assert not matches(sentence(words(SOURCE)), said)


ROWS = "name,stock\nRosa,42\n[1] tools.csv:3: rate=7, 1,250\n12,80 & Sons"


@pytest.mark.parametrize(
    "said", ["Rosa has 42.", "It is in tools.csv on line 3.", "The rate is 7.", "80 & Sons", "1,250"]
)
def test_cells_settings_and_places_can_be_said(said: str) -> None:
    assert matches(sentence(words(ROWS)), said)


@pytest.mark.parametrize("said", ["It is 250.", "On line 4."])
def test_half_a_number_cannot(said: str) -> None:
    assert not matches(sentence(words(ROWS)), said)


@pytest.mark.parametrize(
    ("said", "right"), [("107 + 5", True), ("107 * 1250.50 - 5", True), ("108 + 5", False), ("107", False)]
)
def test_sums_are_of_the_sources_numbers(said: str, right: bool) -> None:
    terminal = sums(SOURCE)
    assert terminal is not None
    assert matches(terminal, said) is right


@pytest.mark.parametrize(
    ("said", "right"), [("15% of 80", True), ("0.5 of 80", True), ("3 of 80", False), ("3% of 80", True)]
)
def test_a_part_is_a_percentage_or_below_one(said: str, right: bool) -> None:
    terminal = sums("take 15%, 0.5 or 3 of 80")
    assert terminal is not None
    assert matches(terminal, said) is right


def test_without_numbers_there_is_no_sum() -> None:
    assert sums("nothing to add") is None


@given(st.text(max_size=200))
def test_any_source_makes_rules(text: str) -> None:
    re.compile(sentence(words(text))[1:-1])
    assert all(re.fullmatch(r"\d+(\.\d+)?", numeral) for numeral in numerals(text) if numeral.isascii())
    assert len(set(amounts(text))) == len(amounts(text))


@pytest.mark.parametrize(
    ("values", "source", "wrong"),
    [
        (["km", "miles"], "5 km in miles", False),
        (["km", "km"], "5 km in miles", True),
        (["Oslo", "Oslo"], "from Oslo to Oslo", False),
        (["a.txt", "tide at 6"], "write 'tide at 6' to a.txt", False),
        (["tide at 6' to a.txt"], "write 'tide at 6' to a.txt", True),
        (["Write 'x' to a.txt"], "note: Write 'x' to a.txt", False),
        (["45 - 45"], "add 45 to that; the result is 180", True),
        (["180 + 45"], "add 45 to that; the result is 180", False),
        (["the dogs' bowl"], "where is the dogs' bowl", False),
        (["Oslo, dated 5 May", "5 May"], "from Oslo, dated 5 May", True),
        (["Oslo, dated 5 May", "5 May"], "from Oslo, dated 5 May; paid on 5 May", False),
    ],
)
def test_a_quote_is_used_once_and_cuts_no_quotation(values: list[str], source: str, wrong: bool) -> None:
    assert (misquoted(values, source) is not None) is wrong
