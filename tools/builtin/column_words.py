"""Everyday words for what a column holds: "cheapest" is the lowest price, "how old" asks for the age.

A table of English, and the forms its adjectives take. What columns there are is not known here: each word comes with
the names a column for it may bear, and the first of them that one bears is meant.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Said(NamedTuple):
    """`instead`: what is said before the column, such as "lowest"; `names`: of columns that may be meant."""

    instead: str
    names: tuple[str, ...]


_PRICE = "price cost fare fee rent"
# Names of columns, adjectives for much of it, adjectives for little of it.
_GRADES = (
    (_PRICE, "expensive dear pricey costly", "cheap inexpensive"),
    ("age", "old", "young"),
    ("length distance duration minutes pages", "long", "short"),
    ("height", "tall high", "short low"),
    ("weight mass", "heavy", "light"),
    ("speed velocity", "fast quick", "slow"),
    ("size area surface capacity", "big large", "small"),
    (
        "date day year founded built opened created bought purchased joined vintage",
        "new recent late young",
        "old early",
    ),
    ("temperature temp celsius fahrenheit degrees", "hot warm", "cold cool"),
    ("width", "wide broad", "narrow"),
    ("depth", "deep", "shallow"),
    ("rating score stars points", "good", "bad"),
    ("time duration seconds", "slow long", "fast quick short"),
    ("pages thickness", "thick", "thin"),
    ("rating votes sales sold", "popular", "unpopular"),
)
_IRREGULAR = {"good": ("better", "best"), "bad": ("worse", "worst")}
_WITH_MORE = ("expensive", "inexpensive", "costly", "recent", "popular", "unpopular")
# Words, and the columns they speak of.
_VERBS = (
    ("cost costs costing charge charges", _PRICE),
    ("weigh weighs weighing", "weight mass"),
    ("earn earns earning earned", "salary wage pay income"),
    ("last lasts lasting", "duration minutes hours length"),
    ("live lives living", "city town place address country"),
)
# Names that mean one thing.
_ALIKE = (
    "quantity qty pieces stock", "amount amt", "phone telephone tel mobile", "email mail e-mail",
    "city town", "salary wage pay", "temperature temp", "number no nr num", "description desc", "birthday born dob",
    "name title", "category cat kind type", "duration length", "date day", "department dept", "price cost",
    "telephone phone", "mileage km kilometres miles",
)  # fmt: skip


def _forms(adjective: str) -> tuple[str, str]:
    """Comparative and superlative."""
    if adjective in _IRREGULAR:
        return _IRREGULAR[adjective]
    if adjective in _WITH_MORE:
        return f"more {adjective}", f"most {adjective}"
    stem = re.sub(r"e$", "", re.sub(r"([^aeiou])y$", r"\1i", adjective))
    stem = re.sub(r"([^aeiou][aeiou])([bdgmnt])$", r"\1\2\2", stem)
    return f"{stem}er", f"{stem}est"


def _everyday() -> dict[str, tuple[Said, ...]]:
    words: dict[str, tuple[Said, ...]] = {}

    def add(word: str, instead: str, names: str) -> None:
        words[word] = (*words.get(word, ()), Said(instead, tuple(names.split())))

    for names, much, little in _GRADES:
        for adjectives, extreme, beyond, opposite in (
            (much, "highest", "over", "lowest"),
            (little, "lowest", "under", "highest"),
        ):
            for adjective in adjectives.split():
                comparative, superlative = _forms(adjective)
                add(superlative, extreme, names)
                add(f"{comparative} than", f"|{beyond}", names)
                add(f"least {adjective}", opposite, names)
                add(f"how {adjective}", "what", names)
    for verbs, names in _VERBS:
        for verb in verbs.split():
            add(verb, "", names)
    for names in _ALIKE:
        for name in names.split():
            add(name, "", names)
    return words


EVERYDAY = _everyday()
"""A word or two, singular, in lower case → what they may stand for. "|over" is said after the column: "price over"."""
