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

from tools.builtin.exact import Incalculable
from tools.builtin.expression import evaluate
from tools.tool import Tool, ToolFailed

_RELATIVE = {"today": 0, "now": 0, "tomorrow": 1, "yesterday": -1}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAY = re.compile(rf"(?:(this|next|coming|last|previous)\s+)?({'|'.join(_WEEKDAYS)})")
_DOTTED = re.compile(r"\d{1,2}\.\d{1,2}\.")
_FILLERS = re.compile(r"\b(?:the|of|on)\b", re.IGNORECASE)

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_DATES = re.compile(
    rf"\b(?:\d{{4}}[-/]\d{{1,2}}[-/]\d{{1,2}}|\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}}|\d{{1,2}}-{_MONTH}-\d{{4}}"
    rf"|{_DAY}(?:\s+of)?\s+{_MONTH}(?:,?\s+\d{{4}})?|{_MONTH}\s+(?:the\s+)?{_DAY}(?:,?\s+\d{{4}})?)\b",
    re.IGNORECASE,
)
_NEAR_DATES = re.compile(
    rf"\b(?:today|now|tomorrow|yesterday|(?:this|next|coming|last|previous)\s+(?:{'|'.join(_WEEKDAYS)}))\b",
    re.IGNORECASE,
)
_BARE_WEEKDAY = re.compile(rf"\b(?:{'|'.join(_WEEKDAYS)})\b", re.IGNORECASE)
_EARLIER = re.compile(r"\b(?:before|earlier|ago|prior|back|backwards?|previous|subtract|minus|less|preceding)\b", re.I)
_LATER = re.compile(r"\b(?:after|later|hence|ahead|forwards?|plus|add|past|following|from (?:now|today))\b", re.I)
_ONWARDS = re.compile(
    r"\b(?:from|in|on|runs?|lasts?|for|expires?|ends?|since|until)\b", re.I
)  # where nothing else says
_PLACE = re.compile(r"\b(?:in|at|for)\s+((?:[A-Z][\w'’-]+\s?)+)\b")
_COUNTED = re.compile(
    r"(?<!half )\b((?:a couple of|another|an?"
    r"|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)[- ](?:one|two|three|four|five|six|seven|eight|nine)"
    r"|[a-z]+|[\d,]*\d)) "
    r"(?:more |full |whole |calendar |further )?(day|week|month|year)s?\b",
    re.IGNORECASE,
)


class Dates:
    """The date tools over one clock. `now` gives the present moment with its zone (tests pass a fixed one)."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    def tools(self) -> list[Tool]:
        said = self.dates_said
        return [
            Tool.from_function(self.current_time, candidates={"timezone": zones_said}),
            Tool.from_function(self.shift_date, candidates={"date": said, "amount": counts_said, "unit": steps_said}),
            Tool.from_function(self.days_between, candidates={"start": said, "end": said}),
            Tool.from_function(self.day_of_week, candidates={"date": said}),
        ]

    def dates_said(self, text: str) -> list[str]:
        """The dates a text names and this calendar can read, in order, as they are written."""
        whole = [*_DATES.finditer(text), *_NEAR_DATES.finditer(text)]
        found = sorted(whole, key=lambda match: match.start()) or list(_BARE_WEEKDAY.finditer(text))
        return [words for words in (_tidy(match[0]) for match in found) if self._reads(words)]

    def _reads(self, words: str) -> bool:
        try:
            self._read(words)
        except ToolFailed:
            return False
        return True

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


def _tidy(words: str) -> str:
    return words.strip(" .,?!;:")


def counts_said(text: str) -> list[int]:
    """The amounts of days, weeks, months or years a text counts, those before a date as negative numbers; both where
    its words do not say which."""
    counted = [_whole(number) for number, _ in _COUNTED.findall(text)]
    earlier, later = bool(_EARLIER.search(text)), bool(_LATER.search(text))
    unclear = earlier == (later or (not earlier and bool(_ONWARDS.search(text))))
    signs = (1, -1) if unclear else (-1,) if earlier else (1,)
    return [number * sign for number in counted if number is not None for sign in signs]


def steps_said(text: str) -> list[str]:
    """The units a text counts in: days, weeks, months, years."""
    return [f"{unit.lower()}s" for _, unit in _COUNTED.findall(text)]


def _whole(words: str) -> int | None:
    try:
        value = evaluate(words.lower().replace("a couple of", "2").replace("another", "1"))
    except Incalculable:
        return 1 if words.lower() in ("a", "an", "one") else None
    return int(value) if value.denominator == 1 else None


def zones_said(text: str) -> list[str]:
    """The time zones and large cities a text names."""
    words = [word.strip("?!.,;:()'\"").removesuffix("'s").removesuffix("’s") for word in text.split()]
    runs = (words[start : start + length] for length in (3, 2, 1) for start in range(len(words) - length + 1))
    names = (" ".join(run) for run in runs if all(run))
    named = [name for name in names if "_".join(name.split()).casefold() in _zones()]
    found = [
        name for name in named if name[0].isupper() or "/" in name or re.search(rf"\bin {re.escape(name)}\b", text)
    ]
    return found or _PLACE.findall(text)  # a city nobody here knows is better refused than answered with another's time


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
