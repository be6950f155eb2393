"""Dates and times: now, a date moved, the days between two, the day of the week. Dates only of the Gregorian calendar.

What is read as a date: ISO (2031-03-05), written out (5 March 2031, March 5th, 2031), with slashes, and today,
tomorrow, yesterday or a weekday ("friday", "next friday": the first after today; "last friday": the latest before
today). Slashed dates are read month first (03/04/2031 is March 4) and dotted ones day first (3.4.2031 is 3 April),
unless only the other order makes sense (25/12/2031).
A date without its year is one of this year; one without its day is refused rather than guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cache
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

from dateutil import parser as dateparser
from dateutil.relativedelta import relativedelta

from tools.tool import Tool, ToolFailed

_RELATIVE = {"today": 0, "now": 0, "tomorrow": 1, "yesterday": -1}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAY = re.compile(rf"(?:(this|next|coming|last|previous)\s+)?({'|'.join(_WEEKDAYS)})")
_DOTTED = re.compile(r"\d{1,2}\.\d{1,2}\.")
_FILLERS = re.compile(r"\b(?:the|of|on)\b", re.IGNORECASE)


class Dates:
    """The date tools over one clock. `now` gives the present moment with its zone (tests pass a fixed one)."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    def tools(self) -> list[Tool]:
        functions = (self.current_time, self.shift_date, self.days_between, self.day_of_week)
        return [Tool.from_function(function) for function in functions]

    def current_time(self, timezone: str | None = None) -> str:
        """Tell today's date and the current time, here or in another time zone or city.

        Args:
            timezone: A time zone or large city, such as Europe/Lisbon, Tokyo or UTC; leave out for local time.
        """
        moment = self._now().astimezone(zone(timezone)) if timezone and timezone.strip() else self._now()
        return f"{moment:%A}, {moment.date().isoformat()}, {moment:%H:%M} {moment.tzname() or ''}".strip()

    def shift_date(self, date: str, amount: int, unit: Literal["days", "weeks", "months", "years"]) -> str:
        """Find the date a number of days, weeks, months or years after or before a given date.

        Args:
            date: The date to start from, such as 2031-03-05, 5 March 2031, today or tomorrow.
            amount: How many units later; a negative number means earlier.
            unit: What is counted.
        """
        start = self._read(date)
        try:
            moved = start + relativedelta(**{unit: amount})  # type: ignore[arg-type]
        except (OverflowError, ValueError) as error:
            raise ToolFailed(f"{amount} {unit} from {start} is beyond the calendar (years 1 to 9999).") from error
        return moved.isoformat()

    def days_between(self, start: str, end: str) -> str:
        """Count the days from one date to another.

        Args:
            start: The first date, such as 2031-03-05, 5 March 2031 or today.
            end: The second date.
        """
        days = (self._read(end) - self._read(start)).days
        counted = f"{abs(days)} day{'' if abs(days) == 1 else 's'}"
        return counted if days >= 0 else f"{counted}; the second date is the earlier one"

    def day_of_week(self, date: str) -> str:
        """Tell which day of the week a date falls on.

        Args:
            date: The date, such as 2031-03-05, 5 March 2031 or tomorrow.
        """
        return _WEEKDAYS[self._read(date).weekday()].capitalize()

    def _read(self, text: str) -> date:
        return read_date(text, self._now().date())


def read_date(text: str, today: date) -> date:
    """A date as people write it; see the head of this file. Errors: `ToolFailed`."""
    words = " ".join(text.lower().split()).strip(" .,?")
    if words in _RELATIVE:
        return today + timedelta(days=_RELATIVE[words])
    if weekday := _WEEKDAY.fullmatch(words):
        return _weekday_near(today, _WEEKDAYS.index(weekday[2]), back=weekday[1] in ("last", "previous"))
    return _written_date(words, today)


def _weekday_near(today: date, weekday: int, *, back: bool) -> date:
    ahead = (weekday - today.weekday()) % 7 or 7
    return today + timedelta(days=ahead - 7 if back and ahead < 7 else -7 if back else ahead)


def _written_date(words: str, today: date) -> date:
    """Parse against two different defaults: what differs was not in the text."""
    defaults = (datetime(today.year, 1, 1), datetime(today.year, 2, 2))
    try:
        plain, dotted = _FILLERS.sub(" ", words)[:60], bool(_DOTTED.match(words))
        first, second = (dateparser.parse(plain, default=day, dayfirst=dotted).date() for day in defaults)
    except (ValueError, OverflowError, TypeError) as error:  # dateutil's ParserError is a ValueError
        raise ToolFailed(f"'{words[:40]}' is not a date I can read. Write it as 2031-03-05.") from error
    if first != second:
        raise ToolFailed(f"'{words[:40]}' leaves the day or month open. Write the whole date, as 2031-03-05.")
    return first


def zone(name: str) -> ZoneInfo:
    """By IANA name in any case, or by the city at its end ("new york" → America/New_York). Errors: `ToolFailed`."""
    wanted = "_".join(name.split()).casefold()
    if found := _zones().get(wanted):
        return ZoneInfo(found)
    raise ToolFailed(f"I do not know the time zone '{name.strip()[:40]}'. Use a name such as Europe/Lisbon or Tokyo.")


@cache
def _zones() -> dict[str, str]:
    names = sorted(available_timezones())
    by_city = {name.rsplit("/", 1)[-1].casefold(): name for name in names if not name.startswith("Etc/")}
    return by_city | {name.casefold(): name for name in names}
