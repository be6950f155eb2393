"""Dates and times that a text writes in any of the usual ways, in the fixed shapes that JSON Schema's formats ask for;
and what else of a fixed shape stands in it as it is.

Only what is written: "tomorrow" is nothing here, and a year that nobody says is left open. Slashed dates are read in
either order where both make sense. A time without a zone is taken for UTC, because a format must have one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import islice, product

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTHS = (  # in small letters, as a pattern
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?"
    "|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_MONTH = rf"(?P<{{0}}>{MONTHS})\.?"
_DATE = re.compile(
    r"(?<![\w-])(?:(?P<year>\d{4})[-/](?P<month>\d{1,2})[-/](?P<day>\d{1,2})(?![\d-])"
    rf"|(?P<day1>\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?[\s-]{_MONTH.format('month1')},?(?:[\s-](?P<year1>\d{{4}}))?(?!\w)"
    rf"|{_MONTH.format('month2')}\s(?:the\s)?(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s(?P<year2>\d{{4}}))?(?![\w:])"
    r"|(?P<first>\d{1,2})[./](?P<second>\d{1,2})[./](?P<year3>\d{4})(?!\w))",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"(?<![\d:.,])(?P<hour>\d{1,2})(?::(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.\d+)?)?)?"
    r"(?:\s?(?P<half>[ap])\.?m\b\.?)?(?P<zone>Z|[+-]\d\d:\d\d)?(?![\w:])",
    re.IGNORECASE,
)
_STAMP = re.compile(r"(?<!\d)(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:\.\d+)?(Z|[+-]\d\d:\d\d)?(?![\w:])")
_AS_IT_IS = {
    "uuid": re.compile(r"(?<![\w-])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![\w-])"),
    "ipv4": re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.]*\w)"),
}
_YEAR = re.compile(r"(?<![\w.,-])(?:19|20)\d\d(?!\w)")
_MOST = 64  # values of one field
_SHAPE = re.compile(r"(?<!\w)(?:YYYY|MM|DD)([-/.])(?:MM|DD)\1(?:YYYY|DD)(?!\w)", re.IGNORECASE)


def said(form: str, text: str) -> list[str]:
    """What the text says in a format, each once, as regular expressions: the values themselves, and for a date whose
    year is nowhere said all of this century's. Empty where it says none, and for formats that are not known here."""
    kinds = {"date": _dates, "time": _times, "date-time": _stamps}
    found = kinds[form](text) if form in kinds else _standing(form, text)
    return list(islice(dict.fromkeys(found), _MOST))


def shape_told(description: str) -> str:
    """How a description says that dates are written: "MM-DD-YYYY"; empty where it does not."""
    told = _SHAPE.search(description)
    shape = told.group().upper() if told else ""
    return shape if sorted(re.findall(r"[A-Z]+", shape)) == ["DD", "MM", "YYYY"] else ""


def shaped(words: str, shape: str) -> str | None:
    """The one date that `words` say, year and all, written as the `shape` has it; None for any others."""
    said = _dates(words)
    if len(said) != 1 or "[" in said[0]:
        return None
    year, month, day = said[0].split("-")
    return shape.replace("YYYY", year).replace("MM", month).replace("DD", day)


def _dates(text: str) -> list[str]:
    """Day by day in the order of the text."""
    whole = [(match, list(_read(match))) for match in _DATE.finditer(text)]
    years = sorted({day[:4] for _, days in whole for day in days} | set(_YEAR.findall(text)))
    return [day for match, days in whole for day in (days or _open(match, years))]


def _read(match: re.Match[str]) -> Iterator[str]:
    """The date that was written with its year, in each order that makes sense."""
    part = match.groupdict()
    if year := part["year"]:
        yield from _day(year, part["month"], part["day"])
    elif year := part["year1"] or part["year2"]:
        yield from _day(year, *_month_and_day(match))
    elif year := part["year3"]:
        one, other = part["first"], part["second"]
        yield from (day for order in ((other, one), (one, other)) for day in _day(year, *order))


def _month_and_day(match: re.Match[str]) -> tuple[int, str]:
    name = match["month1"] or match["month2"]
    return _MONTHS.index(name[:3].lower()) + 1, match["day1"] or match["day2"]


def _open(match: re.Match[str], years: list[str]) -> Iterator[str]:
    """A date without its year: of the years that the text says, or else of any."""
    if match["month1"] or match["month2"]:
        month, day = _month_and_day(match)
        known = [each for year in years for each in _day(year, month, day)]
        yield from known or [f"20[0-9][0-9]{each[4:]}" for each in _day("2001", month, day)]


def _day(year: str, month: str | int, day: str) -> list[str]:
    try:
        return [date(int(year), int(month), int(day)).isoformat()]
    except ValueError:
        return []


def _times(text: str) -> list[str]:
    return [time for match in _TIME.finditer(text) for time in _time(match)]


def _time(match: re.Match[str]) -> list[str]:
    """None for a bare number, which is no time."""
    hour, minute, second = int(match["hour"]), int(match["minute"] or 0), int(match["second"] or 0)
    if match["half"]:
        if not 1 <= hour <= 12:
            return []
        hour = hour % 12 + (12 if match["half"].lower() == "p" else 0)
    elif match["minute"] is None:
        return []
    if hour > 23 or minute > 59 or second > 59:
        return []
    zone = re.escape((match["zone"] or "Z").upper())
    return [f"{hour:02}:{minute:02}:{second:02}{zone}"]


def _stamps(text: str) -> list[str]:
    """What stands there as one, or else every date with every time; at midnight where no time is said."""
    whole = [
        f"{day}T{time}{'' if time.count(':') == 2 else ':00'}{re.escape(zone or 'Z')}"
        for day, time, zone in _STAMP.findall(text)
        if _day(*day.split("-"))
    ]
    return whole or [f"{day}T{time}" for day, time in product(_dates(text), _times(text) or ["00:00:00Z"])]


def _standing(form: str, text: str) -> list[str]:
    found = _AS_IT_IS[form].findall(text) if form in _AS_IT_IS else []
    return [re.escape(each) for each in found if form != "ipv4" or all(int(part) < 256 for part in each.split("."))]
