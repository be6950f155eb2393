"""Conversations about a number, a measure or a date: something is worked out, then asked on about, and the next call
takes its values from what was printed before. One tool-call row of each; no files, no notes."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from random import Random

from training.example import Example
from training.synthetic import calls_dates, calls_sums, calls_units, date_words, specs, turn_frames
from training.synthetic import values as v
from training.synthetic import words as w
from training.synthetic.case import Case, Chat, answered, call, observed, row, user
from training.synthetic.number_wording import wording
from training.synthetic.phrases import Forms, fill
from training.synthetic.steps import served

KIND = "number-turns"
_PERCENTS = ("5", "7", "8", "10", "12", "15", "18", "19", "20", "21", "25", "30", "40", "60", "75")
_NUMBER_WORDS = (
    "it",
    "that",
    "it",
    "that",
    "this",
    "the result",
    "that number",
    "the answer",
    "the total",
    "that amount",
)
_DATE_WORDS = ("it", "that", "that date", "that day", "the date", "this date")


def turn(rng: Random) -> Example:
    """A row whose last request refers back to what the conversation says."""
    started, printed = _start(rng)
    asked = _next(rng, started, printed)
    while asked is None:
        started, printed = _start(rng)
        asked = _next(rng, started, printed)
    messages = [*_worked_out(rng, started), user(asked.request)]
    tools, alternatives = specs.offer(rng, asked.tool)
    output = {"name": asked.tool, "arguments": dict(asked.arguments)}
    return row("tool-call", KIND, messages, output, tools, alternatives)


_STARTS: tuple[Callable[[Random], Case], ...] = (
    calls_sums.calculate,
    calls_sums.calculate,
    calls_units.convert_unit,
    calls_units.convert_unit,
    calls_dates.shift_date,
    calls_dates.current_time,
)


def _start(rng: Random) -> tuple[Case, str]:
    case = served(rng, rng.choice(_STARTS)(rng)).case
    return case, case.observation


def _worked_out(rng: Random, case: Case) -> list[Chat]:
    step = served(rng, case)
    return [
        user(case.request),
        call(case.tool, case.arguments),
        observed(step.case.observation),
        answered(step.answer),
    ]


def _next(rng: Random, case: Case, printed: str) -> Case | None:
    """What is asked next, or None where nothing printed can be taken up."""
    if case.tool == "shift_date":
        return _of_date(rng, printed)
    if case.tool == "current_time":
        return _of_date(rng, printed.split(", ")[1])
    number, _, unit = printed.partition(" ")
    if not number.lstrip("-").replace(".", "").isdigit() or len(number) > 14 or abs(float(number)) < 0.001:
        return None
    if case.tool == "convert_unit" and rng.random() < 0.75:
        return _conversion(rng, number, unit)
    return None if number.startswith("-") else _sum(rng, number)


def _sum(rng: Random, number: str) -> Case:
    template, symbols = rng.choice(turn_frames.SUMS)
    slots = {"r": rng.choice(_NUMBER_WORDS), "v": number, "n": str(rng.randint(2, 30)), "p": rng.choice(_PERCENTS)}
    slots["m"] = v.money_text(rng) if rng.random() < 0.5 else calls_sums.plain(rng, 500)
    return Case(wording(rng, _form(template), slots), "calculate", {"expression": fill(rng, symbols, slots)})


@cache
def _form(template: str) -> Forms:
    kind, _, text = template.partition(": ")
    return Forms(**{kind: (text,)})


def _conversion(rng: Random, number: str, unit: str) -> Case:
    target, scale, offset = calls_units.unit_for(rng, unit)
    slots = {"r": rng.choice(_NUMBER_WORDS[:8]), "from": unit, "to": target}
    value = v.number(number)
    arguments = {"value": value, "from_unit": unit, "to_unit": target}
    said = calls_units.converted(value * scale + offset, target)
    return Case(wording(rng, turn_frames.CONVERSIONS, slots), "convert_unit", arguments, said)


def _of_date(rng: Random, day: str) -> Case:
    slots = {"r": rng.choice(_DATE_WORDS), "w": rng.choice(w.WEEKDAYS)}
    kind = rng.random()
    if kind < 0.25:
        return Case(wording(rng, turn_frames.WEEKDAYS, slots), "day_of_week", {"date": day})
    if kind < 0.8:
        span, earlier = date_words.span(rng), rng.random() < 0.5
        request = wording(rng, turn_frames.EARLIER if earlier else turn_frames.LATER, {**slots, "span": span.text})
        amount = -span.amount if earlier else span.amount
        return Case(request, "shift_date", {"date": day, "amount": amount, "unit": span.unit})
    other, back = date_words.written(rng, v.day(rng)), rng.random() < 0.5
    request = wording(rng, turn_frames.DAYS_FROM if back else turn_frames.DAYS_TO, {**slots, "d": other})
    start, end = (day, other) if back else (other, day)
    return Case(request, "days_between", {"start": start, "end": end})
