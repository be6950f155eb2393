"""Requests for a sum over what was just read, each with the operation it tells, and requests that tell none.

What was read is not made here: the wording alone says what is to be done with it. The wordings are in `frames_wanted`.
"""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from training.synthetic import values as v
from training.synthetic.frames_files import READ
from training.synthetic.frames_texts import SAVE_BACK
from training.synthetic.frames_wanted import NONE, OPERATIONS, OTHERS
from training.synthetic.number_wording import wording
from training.synthetic.phrases import Forms, fill

_SINGULAR = (
    "price", "amount", "total", "distance", "weight", "net amount", "rent", "fee", "cost", "length", "width", "area",
    "volume", "salary", "budget", "balance", "score", "duration", "speed", "capacity", "temperature", "quantity",
    "tariff", "deposit", "mileage", "bill", "consumption", "stake", "yield", "turnover", "revenue", "loan", "premium",
    "fare", "wage", "rate", "sum", "height", "depth", "dose", "load", "wattage", "area in m2", "stock", "count",
    "share", "toll", "income", "expense",
)  # fmt: skip
_PLURAL = (
    "prices", "amounts", "totals", "distances", "weights", "litres", "kilometres", "miles", "hours", "minutes",
    "scores", "points", "payments", "costs", "fees", "invoices", "expenses", "receipts", "sales", "orders",
    "visitors", "grams", "kilos", "pages", "units", "steps", "calories", "items", "readings", "values",
    "temperatures", "lengths", "salaries", "wages", "donations", "tickets", "bottles", "boxes", "euros", "dollars",
    "pounds", "rates", "marks", "kWh", "tons", "quantities", "days", "runs", "goals", "votes", "stocks", "shares",
    "bills", "humidity values", "rainfall values", "repair costs", "unit prices",
)  # fmt: skip


_FIRST = (  # said in the same breath: what is to be read
    "[read|open|look into|take|go through|see|check] [{f}|the file|the file {f}][ and| and then|, then|.|:| and]"
)


class Asked(NamedTuple):
    """`operation` with the request's own numbers in it; `frame`: what frames are held out by."""

    operation: str
    frame: str
    request: str


def drawn(rng: Random) -> Asked:
    operation = rng.choice((*OPERATIONS, NONE, NONE, NONE))
    forms = OPERATIONS.get(operation) or rng.choice((OTHERS, OTHERS, READ, SAVE_BACK))
    one, frame = _single(rng, forms)
    known = _slots(rng)
    request = wording(rng, one, known)
    if rng.random() < 0.2:
        request = f"{fill(rng, _FIRST, known)} {request}"
    return Asked(fill(rng, operation, known), f"{operation}: {frame}", request)


def _single(rng: Random, forms: Forms) -> tuple[Forms, str]:
    """One template of the forms, alone."""
    kind, template = rng.choice([(kind, each) for kind, templates in vars(forms).items() for each in templates])
    return Forms(**{kind: (template,)}), template


def _slots(rng: Random) -> dict[str, str]:
    one, many, other = (rng.choice(words) for words in (_SINGULAR, _PLURAL, _PLURAL))
    x, y = (str(number) for number in rng.sample(range(2, 400), 2))
    if rng.random() < 0.25:
        x = f"{rng.randint(2, 90)}.{rng.randint(11, 99)}"
    percent = rng.choice(("5", "7", "8", "10", "12", "12.5", "15", "18", "19", "20", "21", "22", "25", "30", "40"))
    few = rng.choice(("two", "three", "four", "five", "six", "ten", "first", "last"))
    known = v.slots(rng)
    known |= {"one": one, "many": many, "other_many": f"{rng.choice(_SINGULAR)} {other}", "k": few}
    known |= {"x": x, "y": y, "p": percent, "f": v.file_name(rng), "r": "the result"}
    return known
