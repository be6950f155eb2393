"""Sums over what was read: which numbers of a text are amounts, which of them are meant, and when none is told."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.amounts import amounts_said
from router.conversation import Message
from router.encoder import Encoder
from router.reading import Reading
from router.wanted import NONE, Wanted
from tools.builtin.arithmetic import calculate
from training.wanted import requests

TABLE = "day,litres,price\n2031-05-02,40.5,61\n2031-05-09,38,59.20\n2031-05-20,12.5,19"
BILL = "Hotel Meridian\nRoom 214, 3 May to 5 May\nroom: 1,180.00 EUR\nbreakfast: 42 EUR\ncity tax 7% included"


@pytest.fixture(scope="module")
def wanted() -> Wanted:
    return Wanted(Encoder.load())


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        (TABLE, ["40.5", "61", "38", "59.20", "12.5", "19"]),
        (BILL, ["214", "1180.00", "42"]),
        ("1. flour 500 g\n2. butter 250 g", ["500", "250"]),
        ("due 2031-03-05 at 06:40, ticket RX-77", []),
        ("14 May: 3 boxes; May 20: 1,250 boxes", ["3", "1250"]),
        ("page 3\nweek 9\n12 pages", ["12"]),
        ("06:00 -19 C\n07:00 -22 C", ["-19", "-22"]),
    ],
)
def test_amounts_are_told_from_dates_counters_and_shares(text: str, numbers: list[str]) -> None:
    assert [said.number for said in amounts_said(text)] == numbers


@given(st.text(max_size=300))
def test_any_text_can_be_looked_through(text: str) -> None:
    assert all(isinstance(float(said.number), float) for said in amounts_said(text))


@pytest.mark.parametrize(
    ("request_", "observed", "expected"),
    [
        ("What is the sum of the litres?", TABLE, ["40.5 + 38 + 12.5"]),
        ("what is the average price", TABLE, ["(61 + 59.20 + 19) / 3"]),
        ("multiply the breakfast by 4", BILL, ["42 * 4"]),
        ("How much is the breakfast per person for 3 people?", BILL, ["42 / 3"]),
        ("double it", "The result is 17.5", ["17.5 * 2"]),
        ("add 20% tax to it", "net: 300", ["300 + 20%"]),
    ],
)
def test_the_numbers_that_are_meant_are_taken(
    wanted: Wanted, request_: str, observed: str, expected: list[str]
) -> None:
    assert wanted.sums(request_, observed) == expected


@pytest.mark.parametrize(
    ("request_", "observed"),
    [
        ("Who signed it?", BILL),
        ("save it as a note", "17.5"),
        ("convert that to miles", "32 km"),
        ("add up the litres", "no numbers here"),
        ("what is 20% of it", "the red 20 and the red 30"),  # neither stands out
    ],
)
def test_where_it_is_not_clear_no_sum_is_told(wanted: Wanted, request_: str, observed: str) -> None:
    assert wanted.sums(request_, observed) == []


def test_generated_requests_speak_of_their_own_numbers_by_letters() -> None:
    for asked in requests(300, random.Random(2)):
        assert asked.operation == NONE or not any(digit in asked.operation.replace("2", "") for digit in "013456789")


def test_what_is_told_can_be_worked_out(wanted: Wanted) -> None:
    for request_ in ("the total of the litres", "the mean of the litres", "what is 15% of the litres"):
        for told in wanted.sums(request_, TABLE):
            assert calculate.run(expression=told)


@pytest.mark.parametrize(
    ("request_", "observed", "lines"),
    [
        ("Which day has the highest price?", TABLE, "day,litres,price\n2031-05-02,40.5,61"),
        ("what is the lowest temperature", "06:00 -19 C\n07:00 -22 C\n08:00 -4 C", "07:00 -22 C"),
        ("which is the cheapest?", "Alba: 410 EUR\nBrizio: 385 EUR\nCorda: 385 EUR", "Brizio: 385 EUR\nCorda: 385 EUR"),
        ("how many csv files are there", "a.csv\nb.csv\nread.me", "2 in all: a.csv, b.csv"),
        ("how many notes are there?", "buy milk\ncall Ida", "2 in all: buy milk, call Ida"),
        ("how many chairs are there?", "chairs: 12\ntables: 3", ""),
        ("who wrote it", "Alba: 410 EUR\nBrizio: 385 EUR", ""),
        ("which is the cheapest?", "Alba: 410 EUR\nBrizio: 410 EUR", ""),
    ],
)
def test_the_lines_that_are_the_answer(wanted: Wanted, request_: str, observed: str, lines: str) -> None:
    assert wanted.lines(request_, observed) == lines


@given(st.text(max_size=200))
def test_lines_are_of_the_text(wanted: Wanted, text: str) -> None:
    told = wanted.lines("which is the highest?", text)
    assert set(told.splitlines()) <= set(text.splitlines())


@pytest.mark.parametrize(
    ("clause", "sums"),
    [
        ("What is 12 * 7?", ["12 * 7"]),
        ("what is the square root of 81", ["square root of 81"]),
        ("what is three plus four", ["three plus four"]),
        ("what is the mean of the three", ["(40.5 + 38 + 12.5) / 3"]),
    ],
)
def test_a_sum_said_in_full_is_meant_whatever_was_read(wanted: Wanted, clause: str, sums: list[str]) -> None:
    reading = Reading(wanted_sums=wanted.sums, wanted_lines=wanted.lines)
    read = [Message("user", clause), Message("tool", "40.5 l\n38 l\n12.5 l", name="read_file")]
    finders = reading.finders(calculate.spec, calculate.candidates, read)
    assert finders["expression"](clause) == sums
