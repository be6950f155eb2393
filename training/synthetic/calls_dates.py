"""Requests for `current_time`, `shift_date`, `days_between` and `day_of_week`, with what they ask for and come to.

Dates stand in the arguments as they stand in the request ("5 March 2031"), since the tools read both spellings.
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from random import Random

from training.synthetic import date_words
from training.synthetic import values as v
from training.synthetic import words as w
from training.synthetic.case import Case
from training.synthetic.date_frames import BETWEEN_FORMS, NOW_FORMS, WEEKDAY_FORMS, ZONE_FORMS
from training.synthetic.date_words import RELATIVE, some_date, written
from training.synthetic.number_wording import wording
from training.synthetic.shift_frames import EARLIER, EARLIER_FORMS, LATER, LATER_FORMS, SIDE_FORMS


def current_time(rng: Random) -> Case:
    now = v.day(rng)
    clock = f"{rng.randint(0, 23):02d}:{rng.randint(0, 59):02d}"
    if rng.random() < 0.35:
        return Case(wording(rng, NOW_FORMS, {}), "current_time", {}, now_text(rng, now, clock, ""))
    zone = rng.choice(
        (rng.choice(w.CITIES), rng.choice(w.ZONE_CITIES), rng.choice(w.TIME_ZONES), rng.choice(w.ZONE_NAMES))
    )
    zone = zone.lower() if rng.random() < 0.15 else zone
    request = wording(rng, ZONE_FORMS, {"z": zone})
    return Case(request, "current_time", {"timezone": zone}, now_text(rng, now, clock, zone))


def now_text(rng: Random, now: date, clock: str, zone: str) -> str:
    """What the clock prints."""
    return f"{w.WEEKDAYS[now.weekday()]}, {now.isoformat()}, {clock} {rng.choice(_ZONE_CODES)}"


_ZONE_CODES = ("UTC", "CET", "CEST", "GMT", "EST", "JST", "BST", "PST", "EAT", "WIB", "+03", "-03", "IST", "AEST", "")


def span(rng: Random) -> tuple[str, int, str]:
    """A length of time: its words, its amount and its unit."""
    found = date_words.span(rng)
    return found.text, found.amount, found.unit


def shift_date(rng: Random) -> Case:
    length, (text, when) = date_words.span(rng), some_date(rng)
    if rng.random() < 0.06:
        text = "now"
    earlier = rng.random() < 0.5
    slots = {"span": length.text, "date": date_words.with_weekday(rng, text, when)}
    if rng.random() < 0.5:
        side = rng.choice(EARLIER if earlier else LATER)
        request = wording(rng, SIDE_FORMS, {**slots, "side": side})
    else:
        request = wording(rng, EARLIER_FORMS if earlier else LATER_FORMS, slots)
    amount = -length.amount if earlier else length.amount
    arguments = {"date": text, "amount": amount, "unit": length.unit}
    return Case(request, "shift_date", arguments, shifted(when, amount, length.unit).isoformat())


def shifted(when: date, amount: int, unit: str) -> date:
    """The date moved; the end of a month stays the end of a shorter month. Clipped to years 1 to 9998."""
    if unit in ("days", "weeks"):
        return when + timedelta(days=amount * (7 if unit == "weeks" else 1))
    months = when.year * 12 + when.month - 1 + amount * (12 if unit == "years" else 1)
    year, month = min(max(months // 12, 1), 9998), months % 12 + 1
    return date(year, month, min(when.day, calendar.monthrange(year, month)[1]))


def days_between(rng: Random) -> Case:
    (start, first), (end, _) = some_date(rng), some_date(rng)
    last = first + timedelta(days=rng.choice((rng.randint(1, 60), rng.randint(1, 900), rng.randint(-300, 3000))))
    if end not in RELATIVE or rng.random() < 0.5:
        end = written(rng, last)
    if start == end or (start in RELATIVE and end in RELATIVE):
        start = written(rng, first)
    slots = {"a": date_words.with_weekday(rng, start, first), "b": date_words.with_weekday(rng, end, last)}
    request = wording(rng, BETWEEN_FORMS, slots)
    return Case(request, "days_between", {"start": start, "end": end}, days_text(rng, (last - first).days))


def days_text(rng: Random, days: int) -> str:
    """What the counter of days prints."""
    counted = f"{abs(days)} day{'' if abs(days) == 1 else 's'}"
    return counted if days >= 0 else f"{counted}; the second date is the earlier one"


def day_of_week(rng: Random) -> Case:
    text, when = some_date(rng)
    request = wording(rng, WEEKDAY_FORMS, {"d": text, "w": rng.choice(w.WEEKDAYS)})
    return Case(request, "day_of_week", {"date": text}, w.WEEKDAYS[when.weekday()])
