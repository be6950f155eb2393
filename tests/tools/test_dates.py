"""Dates as people write them, against a clock that stands still on Wednesday 5 March 2031."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.builtin.dates import Dates, read_date
from tools.tool import ToolFailed

NOW = datetime(2031, 3, 5, 14, 30, tzinfo=ZoneInfo("Europe/Lisbon"))
TOOLS = {tool.spec.name: tool for tool in Dates(lambda: NOW).tools()}


def run(name: str, **arguments: Any) -> str:
    return str(TOOLS[name].run(**arguments))


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2031-03-05", "2031-03-05"),
        ("5 March 2031", "2031-03-05"),
        ("March 5th, 2031", "2031-03-05"),
        ("on the 5th of March 2031.", "2031-03-05"),
        ("Sat, 8 March 2031", "2031-03-08"),
        ("2031-03-05T23:59:00Z", "2031-03-05"),
        ("03/04/2031", "2031-03-04"),
        ("25/12/2031", "2031-12-25"),
        ("3.4.2031", "2031-04-03"),
        ("Dec 25", "2031-12-25"),
        ("Today", "2031-03-05"),
        ("tomorrow", "2031-03-06"),
        ("yesterday", "2031-03-04"),
        ("friday", "2031-03-07"),
        ("next Wednesday", "2031-03-12"),
        ("last wednesday", "2031-02-26"),
        ("last friday", "2031-02-28"),
    ],
)
def test_dates_are_read_as_written(text: str, iso: str) -> None:
    assert read_date(text, NOW.date()).isoformat() == iso


@pytest.mark.parametrize("text", ["", "bananas", "noon", "31/02/2031", "2031-13-01", "99999999999999", "x" * 1000])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ToolFailed, match="not a date"):
        read_date(text, NOW.date())


@pytest.mark.parametrize("text", ["March 2031", "2031", "5", "3pm"])
def test_a_missing_day_or_month_is_not_guessed(text: str) -> None:
    with pytest.raises(ToolFailed, match="leaves the day or month open"):
        read_date(text, NOW.date())


@given(st.dates())
def test_iso_dates_and_written_dates_agree(day: date) -> None:
    assert read_date(day.isoformat(), NOW.date()) == day
    if day.year >= 1000:
        assert read_date(f"{day:%d %B %Y}", NOW.date()) == day


@given(st.text(max_size=80))
def test_any_text_is_a_date_or_refused(text: str) -> None:
    with suppress(ToolFailed):  # anything else is a fault
        assert isinstance(read_date(text, NOW.date()), date)


def test_the_time_here_and_elsewhere() -> None:
    assert run("current_time") == "Wednesday, 2031-03-05, 14:30 WET"
    assert run("current_time", timezone=None) == run("current_time", timezone=" ") == run("current_time")
    assert run("current_time", timezone="Asia/Tokyo") == "Wednesday, 2031-03-05, 23:30 JST"
    assert run("current_time", timezone="new york") == "Wednesday, 2031-03-05, 09:30 EST"
    assert run("current_time", timezone="utc") == "Wednesday, 2031-03-05, 14:30 UTC"


@pytest.mark.parametrize("zone", ["Atlantis", "../etc/passwd", "Europe/", "\0"])
def test_an_unknown_zone_is_refused(zone: str) -> None:
    with pytest.raises(ToolFailed, match="time zone"):
        run("current_time", timezone=zone)


@pytest.mark.parametrize(
    ("start", "amount", "unit", "result"),
    [
        ("2031-03-05", 2, "weeks", "2031-03-19"),
        ("31 January 2031", 1, "months", "2031-02-28"),
        ("2028-02-29", 1, "years", "2029-02-28"),
        ("today", -1, "days", "2031-03-04"),
        ("tomorrow", 0, "months", "2031-03-06"),
    ],
)
def test_a_date_moves(start: str, amount: int, unit: str, result: str) -> None:
    assert run("shift_date", date=start, amount=amount, unit=unit) == result


@pytest.mark.parametrize("amount", [10**4, -(10**4), 10**12, 10**40])
def test_the_calendar_ends(amount: int) -> None:
    with pytest.raises(ToolFailed, match="beyond the calendar"):
        run("shift_date", date="today", amount=amount, unit="years")


@given(st.dates(date(1000, 1, 1), date(3000, 1, 1)), st.integers(min_value=-5000, max_value=5000))
def test_moving_and_counting_agree(day: date, amount: int) -> None:
    moved = run("shift_date", date=day.isoformat(), amount=amount, unit="days")
    assert date.fromisoformat(moved) == day + timedelta(days=amount)
    assert run("days_between", start=day.isoformat(), end=moved).startswith(f"{abs(amount)} day")


def test_days_between_says_when_the_order_is_reversed() -> None:
    assert run("days_between", start="1 March 2031", end="today") == "4 days"
    assert run("days_between", start="today", end="tomorrow") == "1 day"
    assert run("days_between", start="today", end="1 March 2031") == "4 days; the second date is the earlier one"


def test_the_day_of_the_week() -> None:
    assert run("day_of_week", date="4 July 2031") == "Friday"
