"""Requests for `convert_unit`, and what a conversion comes to."""

from __future__ import annotations

import math
from functools import cache
from random import Random

from training.synthetic import unit_names
from training.synthetic import values as v
from training.synthetic.case import Case
from training.synthetic.number_wording import wording
from training.synthetic.phrases import Forms, Slots
from training.synthetic.sum_words import in_words
from training.synthetic.unit_frames import FOODS, QUESTIONS, STORIES, UNIT_FORMS
from training.synthetic.unit_names import CELSIUS, FAHRENHEIT, KELVIN, UNITS

units = unit_names.pair
unit_for = unit_names.partner
_BELOW_ZERO = (*CELSIUS, *FAHRENHEIT)


def convert_unit(rng: Random) -> Case:
    source, target, scale, offset = units(rng)
    if rng.random() < 0.15:
        source, target = unit_names.lowered(source), unit_names.lowered(target)
    text, value = quantity(rng, source)
    gap = "" if text[-1].isdigit() and source in unit_names.JOINED and rng.random() < 0.2 else " "
    slots = {"x": f"{text}{gap}{source}", "n": text, "from": source, "to": target}
    request = _told(rng, source, slots) if rng.random() < 0.2 else wording(rng, UNIT_FORMS, slots)
    arguments = {"value": value, "from_unit": source, "to_unit": target}
    return Case(request, "convert_unit", arguments, converted(value * scale + offset, target))


def quantity(rng: Random, unit: str) -> tuple[str, v.Number]:
    """A number as it stands before the unit, in digits or words, and its value."""
    if unit in _BELOW_ZERO or unit in KELVIN:
        degrees = rng.choice((str(rng.randint(0, 110)), str(rng.randint(0, 450)), f"{rng.uniform(0, 120):.1f}"))
        text = f"-{degrees}" if unit in _BELOW_ZERO and rng.random() < 0.2 else degrees
        return text, _whole(v.number(text))
    if rng.random() < 0.1:
        number = rng.choice((rng.randint(1, 12), rng.randint(1, 99)))
        if number == 1:
            return rng.choice(("a", "one", "an" if unit[0] in "aeiou" or unit.startswith("h") else "a")), 1
        return in_words(number), number
    text = v.number_text(rng)
    return text, _whole(v.number(text))


def _whole(value: v.Number) -> v.Number:
    """54 where "54.0" was said: one spelling for one number."""
    return int(value) if float(value).is_integer() else value


def _told(rng: Random, unit: str, slots: Slots) -> str:
    """A measure of everyday life and a question about it; a plain frame where no story fits the unit."""
    stories = [story for families, story in STORIES if _family(unit) in families]
    if not stories:
        return wording(rng, UNIT_FORMS, slots)
    draws = v.slots(rng)
    draws.update({**slots, "food": rng.choice(FOODS)})
    return wording(rng, _story(rng.choice(stories), rng.choice(QUESTIONS)), draws)


@cache
def _story(story: str, question: str) -> Forms:
    return Forms(say=(story.replace("{q}", question),))


@cache
def _family(unit: str) -> int:
    """The place of the unit's family, -1 for degrees of temperature."""
    if unit in (*CELSIUS, *FAHRENHEIT, *KELVIN):
        return -1
    return next((place for place, family in enumerate(UNITS) if unit in dict(family)), len(UNITS))


def converted(value: float, unit: str) -> str:
    """What the converter prints: six significant digits, whole parts in full."""
    magnitude = math.floor(math.log10(abs(value))) if value else 0
    if not -7 <= magnitude < 15:
        return f"{value:.5e}".replace("e+", "e") + f" {unit}"
    text = f"{value:.{max(5 - magnitude, 0 if magnitude >= 6 else 1)}f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text} {unit}"
