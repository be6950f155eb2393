"""What people ask next, once a number, a measure, a date or a text stands in the conversation: the request that refers
back and the call it means, its arguments copied from what was printed before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Literal

from training.synthetic import calls_dates, calls_sums, calls_units, date_words, frames_notes, frames_texts, paths
from training.synthetic import values as v
from training.synthetic.case import Case
from training.synthetic.manner import asked
from training.synthetic.phrases import Forms, fill


@dataclass(frozen=True)
class Found:
    """A value in the conversation: `text` as printed, `number` its digits, `unit` of a measure, `name` what it is
    called there ("the total"), empty when only "it" will do."""

    kind: Literal["number", "measure", "date", "text"]
    text: str
    number: str = ""
    unit: str = ""
    name: str = ""


def _refer(rng: Random, found: Found, *words: str) -> str:
    """How the next request calls the value: by its name, or by a word that points back."""
    if found.name:
        return f"{rng.choice(('the', 'the', 'the', 'that', 'this'))} {found.name}"
    if not words or rng.random() < 0.4:
        return rng.choice(("it", "that", "it", "that", "this"))
    return rng.choice(words)


_ARITHMETIC: tuple[tuple[str, str], ...] = (
    ("[double|times two:] {r}", "{v} * 2"),
    ("[triple] {r}", "{v} * 3"),
    ("[halve|cut in half] {r}", "{v} / 2"),
    ("[multiply|times] {r} [by|with] {n}", "{v} * {n}"),
    ("[divide|split] {r} by {n}", "{v} / {n}"),
    (
        "[split|share|divide] {r} [between|among|equally among|over] {n} [people|friends|guests|teams|children]",
        "{v} / {n}",
    ),
    ("add {m} to {r}", "{v} + {m}"),
    ("[increase|raise] {r} by {m}", "{v} + {m}"),
    ("[subtract|take|take away|deduct] {m} from {r}", "{v} - {m}"),
    ("[reduce|lower] {r} by {m}", "{v} - {m}"),
    ("[subtract|take] {r} from {m}", "{m} - {v}"),
    ("[take|find|compute|calculate|work out] {p}% of {r}", "{p}% of {v}"),
    ("[add|put] {p}% [tax|tip|VAT|interest|] [to|on top of|on] {r}", "{v} + {p}%"),
    ("[increase|raise] {r} by {p}%", "{v} + {p}%"),
    ("[take off|subtract|deduct] {p}% from {r}", "{v} - {p}%"),
    ("[reduce|lower|decrease] {r} by {p}%", "{v} - {p}%"),
    ("square {r}", "{v} squared"),
    ("[find|take|calculate] the square root of {r}", "square root of {v}"),
)
_QUESTIONS: tuple[tuple[str, str], ...] = (
    ("[what is|what's|how much is] {r} [times|multiplied by] {n}", "{v} * {n}"),
    ("[what is|what's|how much is] {r} divided by {n}", "{v} / {n}"),
    ("[what is|what's|how much is] {r} [plus|and] {m}", "{v} + {m}"),
    ("[what is|what's|how much is] {r} minus {m}", "{v} - {m}"),
    ("[what is|what's|how much is] {p}% of {r}", "{p}% of {v}"),
    ("[what is|what's] [half|half of] {r}", "{v} / 2"),
    ("how much is {r} [each|per person] for {n} people", "{v} / {n}"),
    ("how much does each of {n} people [pay|get] of {r}", "{v} / {n}"),
    ("and [with|plus] {p}% [tax|on top|tip]", "{v} + {p}%"),
    ("[what|how much] is left of {r} after [paying|spending|taking] {m}", "{v} - {m}"),
    ("[what is|what's] the square root of {r}", "square root of {v}"),
    ("and [times|multiplied by] {n}", "{v} * {n}"),
    ("and [divided by|split by] {n}", "{v} / {n}"),
    ("and plus {m}", "{v} + {m}"),
)
_DO = {template: Forms(do=(template,), say=(template,)) for template, _ in _ARITHMETIC}
_ASK = {template: Forms(ask=(template,)) for template, _ in _QUESTIONS}


def arithmetic(rng: Random, found: Found) -> Case:
    slots = {
        "r": _refer(rng, found, "the result", "the answer", "that number", "the number", "the value"),
        "v": found.number,
    }
    slots |= {
        "n": str(rng.randint(2, 30)),
        "m": calls_sums.plain(rng, 500),
        "p": str(rng.choice((5, 7, 8, 10, 12, 15, 19, 20, 21, 25, 30, 40, 50))),
    }
    asks = rng.random() < 0.45
    template, symbols = rng.choice(_QUESTIONS if asks else _ARITHMETIC)
    request = asked(rng, (_ASK if asks else _DO)[template], slots)
    return Case(request, "calculate", {"expression": fill(rng, symbols, slots)})


_CONVERT = Forms(
    do=(
        "[convert|change|turn] {r} [to|into] {to}",
        "[give|show|tell|express] [me|] {r} in {to}",
        "[convert|change] {r} from {from} to {to}",
        "put {r} in {to}",
    ),
    ask=(
        "how [many|much] {to} [is|are|would be] {r}",
        "[what is|what's|how much is] {r} in {to}",
        "[what about|and|and what is it|what would {r} be|what is {r}] in {to}",
        "how [many|much] {to} does {r} make",
    ),
    know=("how many {to} {r} is", "what {r} is in {to}"),
    give=("{r} in {to}",),
    say=("in {to}?", "{r} in {to}", "and in {to}?", "to {to}", "now in {to}", "then to {to}", "{r} to {to}"),
)
_CONVERT_PLAIN = Forms(
    do=("[convert|change] {r} from {from} to {to}", "[convert|turn] {r} {from} [to|into] {to}"),
    ask=(
        "how many {to} [is|are] {r} {from}",
        "if {r} is [in|] {from}, how many {to} is [it|that]",
        "what is {r} {from} in {to}",
    ),
    say=("from {from} to {to}", "{r} {from} in {to}"),
)


def conversion(rng: Random, found: Found) -> Case:
    """A measure turned into another unit; a bare number is first given its unit by the request."""
    source, target = found.unit, ""
    if not source:
        source, target, scale, offset = calls_units.units(rng)
    else:
        target, scale, offset = calls_units.unit_for(rng, source)
    slots = {"r": _refer(rng, found, "the result", "the answer"), "to": target, "from": source}
    request = asked(rng, _CONVERT if found.unit else _CONVERT_PLAIN, slots)
    value = v.number(found.number)
    said = calls_units.converted(value * scale + offset, target)
    return Case(request, "convert_unit", {"value": value, "from_unit": source, "to_unit": target}, said)


_RESULT = (
    "the result",
    "the answer",
    "the outcome",
    "your answer",
    "what you got",
    "what came out",
    "that result",
    "that answer",
    "the output",
    "the last result",
    "the previous result",
    "this result",
    "what you found",
)
_NUMBER = ("the number", "that number", "the value", "this value", "the figure", "that figure", "the amount")
_WORDS: dict[str, tuple[str, ...]] = {
    "number": (*_RESULT, *_NUMBER, "the total", "the sum"),
    "measure": (*_RESULT, *_NUMBER, "the converted value", "the conversion", "that measure", "the measurement"),
    "date": (*_RESULT, "the date", "that date", "that day", "this date", "the day"),
    "text": (*_RESULT, "the text", "that text"),
}


def saving(rng: Random, found: Found) -> Case:
    path = paths.file(rng)
    request = asked(rng, frames_texts.SAVE_BACK, {"r": _refer(rng, found, *_WORDS[found.kind]), "f": path})
    return Case(request, "write_file", {"path": path, "content": found.text})


def noting(rng: Random, found: Found) -> Case:
    request = asked(rng, frames_notes.NOTE_BACK, {"r": _refer(rng, found, *_WORDS[found.kind])})
    return Case(request, "save_note", {"text": found.text})


_WEEKDAY = Forms(
    do=(
        "[find|tell me|check|give me] the [weekday|day of the week] of {r}",
        "[find|check|see] [what|which] [weekday|day of the week|day] {r} is",
    ),
    ask=(
        "[what|which] [day of the week|weekday|day] [is|was|will be] {r}",
        "on [what|which] [day|weekday] does {r} fall",
        "[is|was] {r} a {w}",
        "does {r} fall on a [weekend|{w}]",
        "[what|which] [day|weekday] does {r} fall on",
    ),
    know=("[what|which] [weekday|day of the week] {r} is",),
    say=("weekday?", "and the weekday?", "what day of the week?", "day of the week?"),
)
_LATER = Forms(
    do=(
        "add {span} to {r}",
        "[move|push|shift|postpone] {r} [by {span}|forward by {span}|{span} later]",
        "[find|tell me] the date {span} [after|later than] {r}",
    ),
    ask=(
        "[what|which] date is {span} after {r}",
        "what [date|day] is {span} [after|from] {r}",
        "and {span} [later|after {r}]",
        "what is {r} plus {span}",
        "what about {span} [later|after {r}]",
    ),
    say=("plus {span}", "{span} later?", "{span} after {r}"),
)
_EARLIER = Forms(
    do=(
        "subtract {span} from {r}",
        "[move|shift|bring] {r} [back by {span}|{span} earlier]",
        "[find|tell me] the date {span} before {r}",
    ),
    ask=(
        "[what|which] date is {span} before {r}",
        "and {span} [earlier|before {r}]",
        "what is {r} minus {span}",
        "what about {span} [earlier|before {r}]",
    ),
    say=("minus {span}", "{span} earlier?", "{span} before {r}"),
)
_FROM = Forms(
    do=("[count|find] the days [from {d} to {r}|between {d} and {r}]",),
    ask=(
        "how many days [is it|are there|are|is] [from {d} to {r}|between {d} and {r}|from {d} until {r}]",
        "how [long|many days] is it from {d} [to|until] {r}",
    ),
    know=("how many days lie between {d} and {r}",),
    say=("days from {d} to {r}",),
)


def weekday(rng: Random, found: Found) -> Case:
    slots = {"r": _refer(rng, found, "that date", "that day", "the date"), "w": v.draw(rng, "weekday")}
    return Case(asked(rng, _WEEKDAY, slots), "day_of_week", {"date": found.text}, v.draw(rng, "weekday"))


def shifting(rng: Random, found: Found) -> Case:
    length, amount, unit = calls_dates.span(rng)
    earlier = rng.random() < 0.4
    slots = {"r": _refer(rng, found, "that date", "that day", "the date"), "span": length}
    request = asked(rng, _EARLIER if earlier else _LATER, slots)
    arguments = {"date": found.text, "amount": -amount if earlier else amount, "unit": unit}
    return Case(request, "shift_date", arguments, v.day(rng).isoformat())


def counting(rng: Random, found: Found) -> Case:
    start, _ = date_words.some_date(rng)
    request = asked(rng, _FROM, {"r": _refer(rng, found, "that date", "that day", "the date"), "d": start})
    return Case(
        request, "days_between", {"start": start, "end": found.text}, calls_dates.days_text(rng, rng.randint(-200, 900))
    )


Next = Callable[[Random, Found], Case]
_NEXT: dict[str, tuple[Next, ...]] = {
    "number": (arithmetic, arithmetic, arithmetic, conversion, saving, noting),
    "measure": (conversion, conversion, conversion, arithmetic, saving, noting),
    "date": (weekday, weekday, shifting, shifting, counting, saving, noting),
    "text": (saving, saving, noting),
}


def follow_up(rng: Random, found: Found) -> Case:
    """A next request about the value and the call it means."""
    return rng.choice(_NEXT[found.kind])(rng, found)


_ADD_UP = Forms(
    do=(
        (
            "[add|add up|sum|sum up|total] [the {c} amounts|the amounts|them|them up|all amounts|"
            "everything|the {c} numbers|all of them|the prices|the costs|the figures|both]"
        ),
        (
            "[calculate|work out|find|compute|give me|tell me] the [total|sum|total amount|grand "
            "total|overall cost] [of the {c} amounts|of the amounts|of all of them|]"
        ),
        "add [the {c} amounts|them|the amounts|these|all of these] [up|together]",
    ),
    ask=(
        (
            "[what is|what's|how much is] the [total|sum|total amount|grand total] [of the amounts|"
            "of all|of them|of the {c} amounts|]"
        ),
        "how much [is|are|do] [it|they|that] [all together|altogether|in total|in all]",
        "what do they [cost|come to|add up to|make] [together|in total|altogether|]",
        "what [is|does] [it all|everything] [come to|together]",
    ),
    know=("how much it [is|comes to] [altogether|in total]", "what the amounts add up to"),
    give=("the [total|sum]", "the total [of the amounts|of all of them]"),
    say=("total?", "sum them", "add up", "in total?", "and the total?"),
)
_DIFFERENCE = Forms(
    do=(
        "[find|calculate|work out|tell me] the difference [between the two|between them|between {a} and {b}|]",
        "subtract [the {b}|{b}] from [the {a}|{a}]",
    ),
    ask=(
        "[what is|what's] the difference [between them|between the two|between {a} and {b}|]",
        "how much more is {a} than {b}",
    ),
    give=("the difference between {a} and {b}",),
)
_PAIR = Forms(
    do=(
        "add [the|] {a} and [the|] {b}",
        "[add|sum] [the|] {a} [and|to|plus] [the|] {b}",
        "[find|work out] the sum of {a} and {b}",
    ),
    ask=(
        "[what is|how much is] [the|] {a} plus [the|] {b}",
        "[what do|how much do] {a} and {b} [cost|come to|make] together",
    ),
    give=("the sum of {a} and {b}", "{a} plus {b}"),
)
_COUNTS = {2: "two", 3: "three", 4: "four"}


def adding(rng: Random, named: list[Found]) -> Case:
    """Two or more amounts of the conversation added, or two of them subtracted or added by name."""
    chosen = rng.random()
    if len(named) >= 2 and chosen < 0.4:
        first, second = rng.sample(named, 2)
        slots = {"a": first.name, "b": second.name}
        forms, sign = (_DIFFERENCE, "-") if chosen < 0.12 else (_PAIR, "+")
        if forms is _DIFFERENCE and len(named) == 2:
            first, second = sorted(named, key=lambda one: -v.number(one.number))
            slots = {"a": first.name, "b": second.name}
        elif forms is _DIFFERENCE:
            forms, sign = _PAIR, "+"
        return Case(asked(rng, forms, slots), "calculate", {"expression": f"{first.number} {sign} {second.number}"})
    request = asked(rng, _ADD_UP, {"c": _COUNTS.get(len(named), "")})
    return Case(request, "calculate", {"expression": " + ".join(one.number for one in named)})
