"""Requests for sums, conversions, dates and the time: what they ask for is what the real tools then work out."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from random import Random

import pytest

from tools.builtin.dates import read_date, zone
from tools.builtin.exact import Incalculable
from tools.builtin.expression import evaluate
from training.synthetic import (
    calls_dates,
    calls_sums,
    calls_units,
    date_words,
    number_turns,
    sum_stories,
    sum_words,
    unit_names,
)
from training.synthetic import values as v
from training.synthetic import words as w
from training.synthetic.case import Case
from training.synthetic.phrases import Forms, fill
from training.synthetic.shift_frames import EARLIER_FORMS, LATER_FORMS

TODAY = date(2031, 3, 5)
MAKERS: dict[str, Callable[[Random], Case]] = {
    "calculate": calls_sums.calculate,
    "convert_unit": calls_units.convert_unit,
    "shift_date": calls_dates.shift_date,
    "days_between": calls_dates.days_between,
    "day_of_week": calls_dates.day_of_week,
    "current_time": calls_dates.current_time,
}


def cases(name: str, count: int = 1000, seed: int = 5) -> Sequence[Case]:
    rng = Random(seed)
    return [MAKERS[name](rng) for _ in range(count)]


def test_sums_come_to_what_their_words_mean() -> None:
    rng = Random(1)
    for _ in range(3000):
        request, said = calls_sums.asked(rng)
        found = value_of(said.text)
        assert found is None or said.value is None or found == said.value, (request, said, found)


def value_of(text: str) -> Fraction | None:
    """What the calculator makes of it; None for a division by zero, the only refusal a request may run into."""
    try:
        return evaluate(text)
    except Incalculable as refused:
        if "division by zero" in str(refused):
            return None
        raise


@pytest.mark.parametrize("story", sum_stories.ORDERS + sum_stories.QUESTIONS, ids=lambda story: story[0][:40])
def test_the_symbols_of_a_story_give_its_value(story: sum_stories.Story) -> None:
    _, symbols, meaning = story
    texts = {
        "a": "84.5",
        "b": "12",
        "c": "7.25",
        "d": "6",
        "e": "9",
        "g": "3",
        "h": "8",
        "p": "15",
        "k": "five",
        "K": "5",
    }
    numbers = {name: Fraction(text) for name, text in texts.items() if name not in "kK"} | {"k": Fraction(5)}
    assert evaluate(fill(Random(0), symbols, texts)) == meaning(numbers)


def test_order_decides_what_is_taken_from_what() -> None:
    worded = [s for s in (sum_words.worded(Random(seed)) for seed in range(4000)) if s.text.startswith("subtract")]
    assert len(worded) > 20
    for said in worded:
        first, second = said.text.removeprefix("subtract ").split(" from ")
        assert said.value == evaluate(second) - evaluate(first)


@pytest.mark.parametrize("number", [1, 9, 10, 19, 20, 21, 99, 100, 700, 2000])
def test_numbers_in_words_are_read_back(number: int) -> None:
    assert evaluate(sum_words.in_words(number)) == number


def test_no_words_are_made_up_for_other_numbers() -> None:
    with pytest.raises(ValueError, match="123"):
        sum_words.in_words(123)


def test_every_unit_is_known_to_the_converter_by_the_same_factor() -> None:
    from tools.builtin.units import convert_unit

    for family in unit_names.UNITS:
        base, unit = family[0]
        for name, factor in family:
            for spelling in {name, unit_names.lowered(name)}:
                said = str(convert_unit.run(value=1.0, from_unit=spelling, to_unit=base))
                assert float(said.split()[0]) == pytest.approx(factor / unit, rel=1e-5), spelling


def test_what_a_conversion_prints_is_what_the_converter_prints() -> None:
    from tools.builtin.units import convert_unit

    for case in cases("convert_unit", 400):
        printed = str(convert_unit.run(**case.arguments))
        assert printed.split(" ", 1)[1] == case.observation.split(" ", 1)[1]
        assert float(printed.split()[0]) == pytest.approx(float(case.observation.split()[0]), rel=1e-4, abs=1e-9), case


def test_every_unit_has_another_to_convert_it_to() -> None:
    names = {name for family in unit_names.UNITS for name, _ in family} | {*unit_names.CELSIUS, *unit_names.KELVIN}
    for name in names | set(map(unit_names.lowered, names)) | {"degree", "kelvin", "°f"}:
        assert unit_names.partner(Random(0), name)[0] != name
    with pytest.raises(KeyError):
        unit_names.partner(Random(0), "parrots")


def test_the_unit_wanted_comes_first_and_last() -> None:
    """In a fair share of requests "to" stands before "from", so that order alone does not tell them apart."""
    apart = [c for c in cases("convert_unit") if c.arguments["from_unit"] not in c.arguments["to_unit"]]
    first = sum(c.request.find(c.arguments["to_unit"]) < c.request.find(c.arguments["from_unit"]) for c in apart)
    assert 0.25 < first / len(apart) < 0.75


def test_later_and_earlier_are_equally_frequent() -> None:
    amounts = [c.arguments["amount"] for c in cases("shift_date")]
    assert 0.44 < sum(amount < 0 for amount in amounts) / len(amounts) < 0.56


@pytest.mark.parametrize(("later", "forms"), [(True, LATER_FORMS), (False, EARLIER_FORMS)])
def test_moving_a_date_says_which_way(later: bool, forms: Forms) -> None:
    """No frame of one direction is worded like one of the other."""
    others = EARLIER_FORMS if later else LATER_FORMS
    slots = {"span": "_", "date": "#"}
    ours, theirs = (
        {fill(Random(seed), rng_free, slots) for rng_free in frames.templates() for seed in range(40)}
        for frames in (forms, others)
    )
    assert len(ours) > 400
    assert not ours & theirs


@pytest.mark.parametrize("seed", range(3))
def test_every_spelling_of_a_date_is_read_as_that_date(seed: int) -> None:
    rng = Random(seed)
    for _ in range(1500):
        when = v.day(rng).replace(day=rng.randint(1, 28))
        found = read_date(date_words.written(rng, when), TODAY)
        assert found in (when, when.replace(year=TODAY.year))


def test_words_for_dates_are_read() -> None:
    rng = Random(2)
    for _ in range(500):
        text, _ = date_words.some_date(rng)
        if "29" not in text:  # the 29th of February of a year left out
            read_date(text, TODAY)


def test_lengths_of_time_say_their_amount() -> None:
    rng = Random(2)
    words = {"a": 1, "couple": 2, "dozen": 12}
    for _ in range(500):
        span = date_words.span(rng)
        *_, said, unit = span.text.replace(" of ", " ").split()
        assert unit.rstrip("s") == span.unit.rstrip("s")
        assert words.get(said) == span.amount or evaluate(said) == span.amount


def test_zones_are_known() -> None:
    for name in (*w.ZONE_CITIES, *w.ZONE_NAMES, *w.TIME_ZONES):
        assert zone(name) is not None
        assert zone(name.lower()) is not None


@pytest.mark.parametrize("name", MAKERS)
def test_strings_are_quoted_from_the_request(name: str) -> None:
    for case in cases(name, 500):
        for value in case.arguments.values():
            if isinstance(value, str) and value not in ("days", "weeks", "months", "years") and name != "calculate":
                assert value in case.request


_FEWEST = {
    "calculate": 550,
    "convert_unit": 550,
    "shift_date": 700,
    "days_between": 500,
    "day_of_week": 450,
    "current_time": 450,
}


@pytest.mark.parametrize("name", MAKERS)
def test_requests_are_worded_in_many_ways(name: str) -> None:
    """Distinct sentences with every value and number taken out, of a thousand."""
    assert len({blanked(case) for case in cases(name)}) > _FEWEST[name]


def blanked(case: Case) -> str:
    text = case.request
    for value in sorted(map(str, case.arguments.values()), key=len, reverse=True):
        text = text.replace(value, "_")
    return re.sub(r"\d[\d.,]*", "#", text.lower())


@pytest.mark.parametrize("name", MAKERS)
def test_the_same_seed_gives_the_same_requests(name: str) -> None:
    first, again, other = (cases(name, 30, seed) for seed in (7, 7, 8))
    assert first == again
    assert first != other


def test_half_a_thousand_requests_hardly_repeat() -> None:
    drawn = list(itertools.chain(*(cases(name, 500) for name in MAKERS if name != "current_time")))
    assert len({case.request for case in drawn}) > 0.97 * len(drawn)


def test_what_is_asked_next_takes_its_values_from_what_was_printed() -> None:
    rng, tools = Random(4), set()
    for _ in range(400):
        row = number_turns.turn(rng)
        assert row.output is not None
        tools.add(row.output["name"])
        printed, asked = row.messages[2]["content"], row.messages[-1]["content"]
        values = [str(value) for value in row.output["arguments"].values()]
        assert any(taken(value, printed) for value in values), (printed, values)
        for value in row.output["arguments"].values():
            if isinstance(value, str) and row.output["name"] not in ("calculate", "shift_date"):
                assert value in printed or value in asked
    assert tools == {"calculate", "convert_unit", "shift_date", "days_between", "day_of_week"}


def taken(value: str, printed: str) -> bool:
    """Whether a value, or a number of the sum it is, was printed."""
    return value in printed or any(number in printed for number in re.findall(r"\d+(?:\.\d+)?", value))


def test_what_is_asked_next_is_worded_in_many_ways() -> None:
    rng = Random(4)
    rows = [number_turns.turn(rng) for _ in range(1000)]
    assert len({re.sub(r"\d[\d.,]*", "#", row.messages[-1]["content"].lower()) for row in rows}) > 600
