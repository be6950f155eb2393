"""Dates and times told in words: which a text tells, which numbers are theirs, what a call's parameters may take."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.contract import Contract
from router.conversation import ToolCall, ToolSpec
from router.when import MOST, narrowed, told, without_dates
from tests.router.test_forms import takes

STRING, NUMBER = {"type": "string"}, {"type": "integer"}
PLAY = {"film": STRING, "cinema": STRING, "seats": NUMBER, "show_date": STRING, "showTime": STRING}


@pytest.mark.parametrize(
    ("text", "dates", "times"),
    [
        ("I go on March 6th. Then home.", ["March 6th"], []),
        ("leaving on the 14th, back by 5 may 2031", ["14th", "the 14th", "5 may 2031"], []),
        ("Wednesday next week in Ghent", ["Wednesday next week"], []),
        ("on the 10th of this month at 22:00", ["10th of this month", "the 10th of this month"], ["22:00"]),
        ("a quarter to 11 in the morning", [], ["quarter to 11 in the morning", "a quarter to 11 in the morning"]),
        ("nine pm tomorrow or evening 6", ["tomorrow"], ["nine pm", "evening 6"]),
        ("Monday, March 3rd 2031", ["Monday, March 3rd 2031"], []),
        ("3 May, 5 May or today, tomorrow", ["3 May", "5 May", "today", "tomorrow"], []),
        ("in 3 days, on 2031-04-05", ["in 3 days", "2031-04-05"], []),
        ("the 3rd floor, I may march in the sun", [], []),
        ("seats for 4", [], []),
    ],
)
def test_what_a_text_tells(text: str, dates: list[str], times: list[str]) -> None:
    assert (told("date", text), told("time", text)) == (dates, times)


@given(st.text(max_size=80))
def test_what_is_told_stands_in_the_text(text: str) -> None:
    assert all(each in text for kind in ("date", "time") for each in told(kind, text))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("2 seats on March 6th at 9 pm", "2 seats on … at …"),
        ("3 nights from the 4th of May", "3 nights from the …"),
        ("the 3rd floor", "the 3rd floor"),
        ("in 3 days", "in 3 days"),
    ],
)
def test_what_is_left_says_how_many(text: str, left: str) -> None:
    assert without_dates(text) == left


def contract(text: str, required: tuple[str, ...] = ("film",), clause: str | None = None) -> Contract:
    schema = {"type": "object", "properties": PLAY, "required": list(required)}
    return Contract.for_tools([ToolSpec("book", "Book", schema)], source=text, clause=clause or text)


def call(**arguments: object) -> ToolCall:
    return ToolCall("book", arguments)


@pytest.mark.parametrize(
    ("said", "right", "wrong"),
    [
        ("See Hustlers on March 6th, 2 of us", {"seats": 2, "show_date": "March 6th"}, {"seats": 6}),
        ("See Hustlers on March 6th", {"show_date": "March 6th"}, {"show_date": "Hustlers on March"}),
        ("See Hustlers at nine pm", {"showTime": "nine pm"}, {"show_date": "See"}),
    ],
)
def test_a_call_takes_what_is_told(said: str, right: dict[str, object], wrong: dict[str, object]) -> None:
    assert takes(contract(said), call(film="Hustlers", **right))
    assert not takes(contract(said), call(film="Hustlers", **wrong))


def test_what_is_said_last_holds() -> None:
    asked = contract("No, rather at half past 5.\nHustlers at nine pm, please.", clause="No, rather at half past 5.")
    assert takes(asked, call(film="Hustlers", showTime="half past 5"))
    assert not takes(asked, call(film="Hustlers", showTime="nine pm"))


def test_what_must_be_given_is_quoted_where_nothing_tells_it() -> None:
    assert takes(contract("See Hustlers soonish", ("film", "show_date")), call(film="Hustlers", show_date="soonish"))


def test_a_text_of_very_many_dates_narrows_nothing() -> None:
    many = ", ".join(f"{day} {month}" for month in ("May", "June") for day in range(1, MOST // 2 + 2))
    assert narrowed({"show_date": STRING}, (), many) == {"show_date": STRING}


def test_two_parameters_are_not_told_apart_by_what_nothing_can_meet() -> None:
    """The only date that is told stays where a date must be given: the other parameter is filled otherwise."""
    asked = contract("See Hustlers on March 6th", ("film", "show_date"))
    others = asked.told_apart(call(film="March 6th", show_date="March 6th"))
    assert [takes(other, call(film="Hustlers", show_date="March 6th")) for other in others] == [True]


def test_to_leave_one_out_is_a_way_to_tell_two_apart_that_has_to_be_likelier() -> None:
    others = contract("See Hustlers").told_apart(call(film="Hustlers", cinema="Hustlers"))
    without = [other for other in others if not takes(other, call(film="Hustlers", cinema="See"))]
    leaves_out = [other for other in others if other.handicap]
    assert len(leaves_out) == 1
    assert leaves_out[0] in without
    assert takes(leaves_out[0], call(film="Hustlers"))
