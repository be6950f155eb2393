"""Requests that need two calls: a file is read first, then something is done with a value in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

from training.synthetic import calls_dates, calls_units, documents, paths
from training.synthetic import values as v
from training.synthetic.case import Case
from training.synthetic.facts import Document
from training.synthetic.manner import asked
from training.synthetic.phrases import Forms
from training.synthetic.steps import Step, served

# Requests that need a file's value and something done with it: the file first, then the call with the value in it.
_CONVERT_IN = Forms(
    do=(
        "[convert|change] the {k} in {f} [to|into] {to}",
        "[read|open] {f} and [convert|change] the {k} to {to}",
        "[tell me|give me|find|work out] the {k} from {f} in {to}",
    ),
    ask=(
        "how many {to} [is|are|would be] the {k} in {f}",
        "[what is|what's] the {k} [in|from] {f} in {to}",
        "[according to|in] {f}, [what is|how much is] the {k} in {to}",
        "how many {to} is the {k} [given|listed|mentioned] in {f}",
    ),
    know=("how many {to} the {k} in {f} is",),
    give=("the {k} from {f} in {to}",),
)
_WEEKDAY_IN = Forms(
    do=("[find|tell me|check] the weekday of the {k} in {f}", "[read|open] {f} and tell me the weekday of the {k}"),
    ask=(
        "[what|which] [day of the week|weekday|day] is the {k} in {f}",
        "on [what|which] [weekday|day] does the {k} in {f} fall",
        "[according to|in] {f}, [what|which] weekday is the {k}",
    ),
    know=("[what|which] weekday the {k} in {f} is",),
)
_ADD_IN = Forms(
    do=(
        (
            "[add|add up|sum|sum up|total] [the amounts|all amounts|the {c} amounts|everything|the "
            "prices|the numbers|the costs] in {f}"
        ),
        "[read|open] {f} and [add up the amounts|add the amounts|sum them|tell me the total]",
        "[calculate|work out|find] the [total|sum] of [the amounts in|everything in|] {f}",
    ),
    ask=(
        "[what is|what's|how much is] the [total|sum] of [the amounts in|the numbers in|everything in|] {f}",
        "what do the [amounts|prices|costs] in {f} [add up to|come to]",
        "how much [is everything|are the things] in {f} [together|altogether|in total]",
    ),
    give=("the [sum|total] of [the amounts in|] {f}",),
)
_SAVE_IN = Forms(
    do=(
        "[copy|save|write|put] the {k} [from|in|of] {f} [to|into] {g}",
        "[read|open] {f} and [save|write|put] the {k} [to|into|in] {g}",
        "[find|look up] the {k} in {f} and [save|write|put] it [to|into|in] {g}",
    ),
    say=("{k} of {f} -> {g}",),
)
_NOTE_IN = Forms(
    do=(
        "[note|note down|remember|save a note of] the {k} [from|in] {f}",
        "[save|keep] the {k} [from|in] {f} [as a note|in my notes]",
        "[look up|find] the {k} in {f} and [note it|save it as a note|remember it]",
    ),
)


_SHIFT_IN = Forms(
    do=(
        "[find|tell me|work out] the date {span} {side} the {k} in {f}",
        "[read|open] {f} and find the date {span} {side} the {k}",
    ),
    ask=(
        "[what|which] date is {span} {side} the {k} [in|given in] {f}",
        "[according to|in] {f}, what date is {span} {side} the {k}",
    ),
    know=("[what|which] date is {span} {side} the {k} in {f}",),
)
_PERCENT_IN = Forms(
    do=(
        "[calculate|find|work out|take] {p}% of the {k} in {f}",
        "[read|open] {f} and [take|calculate] {p}% of the {k}",
    ),
    ask=(
        "[what is|what's|how much is] {p}% of the {k} [in|from|given in] {f}",
        "[according to|in] {f}, how much is {p}% of the {k}",
    ),
    know=("how much {p}% of the {k} in {f} is",),
)

Made = tuple[Document, Case]


def in_one_request(rng: Random) -> list[Step]:
    """One request, two calls: the file is read, then its value used."""
    path = paths.file(rng)
    document, case = rng.choice(_MAKERS)(rng, path)
    second = served(rng, case)
    first = Case(case.request, "read_file", {"path": path}, document.text)
    return [Step(first), Step(replace(second.case, request=""), second.answer)]


def _added(rng: Random, path: str) -> Made:
    document = documents.amounts(rng)
    numbers = [fact.number for fact in document.facts]
    request = asked(rng, _ADD_IN, {"f": path, "c": {2: "two", 3: "three"}.get(len(numbers), "")})
    return document, Case(request, "calculate", {"expression": " + ".join(numbers)})


def _percentage(rng: Random, path: str) -> Made:
    document = documents.form(rng, ("money",))
    fact = rng.choice(document.of("money"))
    percent = str(rng.choice((5, 10, 15, 20, 25, 40, 50, 75)))
    request = asked(rng, _PERCENT_IN, {"f": path, "k": fact.key, "p": percent})
    return document, Case(request, "calculate", {"expression": f"{percent}% of {fact.number}"})


def _converted(rng: Random, path: str) -> Made:
    document = documents.form(rng, ("measure",))
    fact = rng.choice(document.of("measure"))
    target, scale, offset = calls_units.unit_for(rng, fact.unit)
    value = v.number(fact.number)
    request = asked(rng, _CONVERT_IN, {"k": fact.key, "f": path, "to": target})
    arguments = {"value": value, "from_unit": fact.unit, "to_unit": target}
    return document, Case(request, "convert_unit", arguments, calls_units.converted(value * scale + offset, target))


def _weekday(rng: Random, path: str) -> Made:
    document = documents.form(rng, ("date",))
    fact = rng.choice(document.of("date"))
    request = asked(rng, _WEEKDAY_IN, {"k": fact.key, "f": path})
    return document, Case(request, "day_of_week", {"date": fact.value}, v.draw(rng, "weekday"))


def _shifted(rng: Random, path: str) -> Made:
    document = documents.form(rng, ("date",))
    fact = rng.choice(document.of("date"))
    length, amount, unit = calls_dates.span(rng)
    side = rng.choice(("after", "after", "before"))
    request = asked(rng, _SHIFT_IN, {"k": fact.key, "f": path, "span": length, "side": side})
    arguments = {"date": fact.value, "amount": -amount if side == "before" else amount, "unit": unit}
    return document, Case(request, "shift_date", arguments, v.day(rng).isoformat())


def _saved(rng: Random, path: str) -> Made:
    document, other = documents.form(rng), paths.file(rng)
    fact = rng.choice(document.facts)
    request = asked(rng, _SAVE_IN, {"k": fact.key, "f": path, "g": other})
    return document, Case(request, "write_file", {"path": other, "content": fact.value})


def _noted(rng: Random, path: str) -> Made:
    document = documents.form(rng)
    fact = rng.choice(document.facts)
    request = asked(rng, _NOTE_IN, {"k": fact.key, "f": path})
    return document, Case(request, "save_note", {"text": fact.value})


_MAKERS: tuple[Callable[[Random, str], Made], ...] = (
    _added,
    _added,
    _converted,
    _converted,
    _percentage,
    _weekday,
    _shifted,
    _saved,
    _noted,
)
