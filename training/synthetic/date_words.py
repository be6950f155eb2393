"""Dates and lengths of time as people write them. Dates stay as written: the tools read every spelling made here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

from training.synthetic import values as v
from training.synthetic import words as w
from training.synthetic.sum_words import in_words

RELATIVE = ("today", "tomorrow", "yesterday")
_SHORT_MONTHS = tuple("Sept" if month == "September" else month[:3] for month in w.MONTHS)


def written(rng: Random, when: date) -> str:
    """The date in one of many unambiguous spellings; in lower case now and then."""
    if rng.random() < 0.35:
        text = v.date_text(rng, when)
    else:
        day, month, short = v.ordinal(when.day), w.MONTHS[when.month - 1], _SHORT_MONTHS[when.month - 1]
        text = rng.choice(
            (
                f"{when.day} {month} {when.year}",
                f"{when.day} {short} {when.year}",
                f"{day} of {month} {when.year}",
                f"{day} of {month}, {when.year}",
                f"{month} the {day}, {when.year}",
                f"{month} {day} {when.year}",
                f"{month} {when.day} {when.year}",
                f"{short} {day}, {when.year}",
                f"{short} {when.day} {when.year}",
                f"{day} {month}, {when.year}",
                f"{when.year}/{when.month:02d}/{when.day:02d}",
                f"{when.day:02d}.{when.month:02d}.{when.year}",
                f"{when.day}.{when.month}.{when.year}",
                f"{when.month}/{when.day}/{when.year}",
                f"{when.month:02d}/{when.day:02d}/{when.year}",
                f"{when.day}-{month[:3]}-{when.year}",
                f"{when.day} {month}",
                f"{month} {when.day}",
                f"{month} {day}",
                f"{day} of {month}",
                f"{day} {month}",
            )
        )
    return text.lower() if rng.random() < 0.14 else text


def with_weekday(rng: Random, text: str, when: date) -> str:
    """The date as it may stand in a request, its weekday before it now and then; the date itself goes without."""
    if text[:1].isdigit() and " " in text and rng.random() < 0.12:
        return f"{w.WEEKDAYS[when.weekday()]}{rng.choice((', ', ' ', ' the '))}{text}"
    return text


def some_date(rng: Random) -> tuple[str, date]:
    """A date as written, or a word such as "today" or "next friday", which any day may stand for."""
    when = v.day(rng)
    kind = rng.random()
    if kind < 0.12:
        return rng.choice(RELATIVE), when
    if kind < 0.17:
        weekday = w.WEEKDAYS[when.weekday()]
        text = f"{rng.choice(('next ', 'next ', 'last ', 'this ', 'coming ', ''))}{weekday}"
        return (text.lower() if rng.random() < 0.4 else text), when
    return written(rng, when), when


@dataclass(frozen=True)
class Span:
    """A length of time in words, and as the tool counts it; `plural` says which verb goes with it."""

    text: str
    amount: int
    unit: str


_NUMBERS = {"days": (30, 400), "weeks": (12, 60), "months": (12, 36), "years": (10, 60)}


def span(rng: Random) -> Span:
    """In digits, in words, "a week", "a couple of days", "a dozen weeks"."""
    unit = rng.choice(("days", "days", "days", "weeks", "weeks", "months", "months", "years"))
    some, many = _NUMBERS[unit]
    amount = rng.choice((rng.randint(1, 12), rng.randint(1, some), rng.randint(1, many)))
    word, kind = unit if amount != 1 else unit[:-1], rng.random()
    if kind < 0.035:
        return Span(rng.choice((f"a couple of {unit}", f"a couple {unit}")), 2, unit)
    if kind < 0.055:
        return Span(f"a dozen {unit}", 12, unit)
    if amount == 1:
        return Span(f"{rng.choice(('a', 'a', 'one', '1'))} {word}", 1, unit)
    if amount < 100 and kind < 0.36:
        return Span(f"{in_words(amount)} {word}", amount, unit)
    return Span(f"{amount} {word}", amount, unit)
