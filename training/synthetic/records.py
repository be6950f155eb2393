"""The fields of things that texts tell of: a value in the text and in JSON, and sentences that state it.

The kinds of things are in records_trade.py and records_life.py; layouts and schemas are made of them in extraction.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any, Literal

from training.synthetic import values as v
from training.synthetic import words as w

Type = Literal["string", "integer", "number", "boolean", "enum", "strings", "objects"]
Drawn = tuple[str, Any]  # as the text says it, as JSON says it


@dataclass(frozen=True)
class Field:
    """`names`: words for the key, the first the usual one. `said`: sentences with {x}; for a boolean pairs
    "yes-sentence/no-sentence". `draw`: a value; for an enum its `choices`."""

    names: tuple[str, ...]
    type: Type
    said: tuple[str, ...]
    draw: Callable[[Random], Drawn]
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Told:
    """A field with its value, as the text says it and as JSON has it."""

    field: Field
    text: str
    value: Any


def same(draw: Callable[[Random], str]) -> Callable[[Random], Drawn]:
    def drawn(rng: Random) -> Drawn:
        text = draw(rng)
        return text, text

    return drawn


def string(names: str, draw: Callable[[Random], str], *said: str) -> Field:
    return Field(tuple(names.split(", ")), "string", said, same(draw))


def money(names: str, *said: str) -> Field:
    def drawn(rng: Random) -> Drawn:
        amount = rng.choice(
            (
                rng.randint(1, 900),
                rng.randint(100, 20_000),
                round(rng.uniform(1, 5000), 2),
                round(rng.uniform(1, 99), 2),
            )
        )
        digits = f"{amount:,}" if rng.random() < 0.5 else str(amount)
        if isinstance(amount, float):
            digits = f"{amount:,.2f}" if rng.random() < 0.5 else f"{amount:.2f}"
        shape = rng.choice(_AMOUNTS)
        return shape.format(digits), int(amount) if amount == int(amount) else amount

    return Field(tuple(names.split(", ")), "number", said, drawn)


_AMOUNTS = (
    *("${}", "€{}", "£{}", "{} euros", "{} EUR", "{} dollars", "USD {}", "{} kr", "{}", "EUR {}", "{} GBP"),
    *("{} €", "CHF {}", "{} pounds", "US${}", "{} Swiss francs", "{} PLN", "£ {}", "$ {}"),
)


def integer(names: str, least: int, most: int, *said: str) -> Field:
    def drawn(rng: Random) -> Drawn:
        value = rng.randint(least, most)
        if value < 10 and rng.random() < 0.12:
            return _WORDS[value], value
        return (f"{value:,}" if value > 9999 and rng.random() < 0.6 else str(value)), value

    return Field(tuple(names.split(", ")), "integer", said, drawn)


_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def number(names: str, least: float, most: float, *said: str) -> Field:
    def drawn(rng: Random) -> Drawn:
        value = round(rng.uniform(least, most), rng.choice((1, 1, 2)))
        return str(value), int(value) if value.is_integer() else value

    return Field(tuple(names.split(", ")), "number", said, drawn)


def boolean(names: str, *said: str) -> Field:
    def drawn(rng: Random) -> Drawn:
        value = rng.random() < 0.5
        return ("yes" if value else "no"), value

    return Field(tuple(names.split(", ")), "boolean", said, drawn)


def enum(names: str, choices: str, *said: str) -> Field:
    options = tuple(choices.split(", "))
    return Field(tuple(names.split(", ")), "enum", said, same(lambda rng: rng.choice(options)), options)


def choice(names: str, options: str, *said: str) -> Field:
    """An enum said in other words: `options` are "value: words/words, value: words"."""
    worded = {value.strip(): words.split("/") for value, words in (one.split(":") for one in options.split(", "))}

    def drawn(rng: Random) -> Drawn:
        value = rng.choice(list(worded))
        return rng.choice(worded[value]).strip(), value

    return Field(tuple(names.split(", ")), "enum", said, drawn, tuple(worded))


def strings(names: str, draw: Callable[[Random], str], *said: str) -> Field:
    def drawn(rng: Random) -> Drawn:
        items = list(dict.fromkeys(draw(rng) for _ in range(rng.randint(1, 4))))
        return listed(rng, items), items

    return Field(tuple(names.split(", ")), "strings", said, drawn)


def listed(rng: Random, items: list[str]) -> str:
    """Things in a row, as sentences have them."""
    if len(items) == 1 or rng.random() < 0.25:
        return ", ".join(items)
    return f"{', '.join(items[:-1])}{rng.choice((' and ', ' and ', ', and ', ' & '))}{items[-1]}"


Column = tuple[tuple[str, ...], Literal["string", "integer", "number"], Callable[[Random], Drawn]]


def objects(names: str, line: str, *columns: Column) -> Field:
    """Lines that each state one object; `line` has a {0}, {1} … for each column."""

    def drawn(rng: Random) -> Drawn:
        rows = [[column[2](rng) for column in columns] for _ in range(rng.randint(1, 4))]
        mark = rng.choice(("- ", "* ", "", "  "))
        lines = [mark + line.format(*(cell[0] for cell in row)) for row in rows]
        return "\n" + "\n".join(lines) + "\n", [[cell[1] for cell in row] for row in rows]

    field = Field(tuple(names.split(", ")), "objects", ("{x}",), drawn)
    COLUMNS[field.names] = columns
    return field


COLUMNS: dict[tuple[str, ...], tuple[Column, ...]] = {}


def date_text(rng: Random) -> str:
    return v.date_text(rng, v.day(rng))


def city(rng: Random) -> str:
    return rng.choice(w.CITIES)


def thing(rng: Random) -> str:
    return rng.choice((rng.choice(w.NOUNS), f"{rng.choice(w.ADJECTIVES)} {rng.choice(w.NOUNS)}", rng.choice(w.ITEMS)))


def titled(rng: Random) -> str:
    return thing(rng).title()


def task(rng: Random) -> str:
    return f"{rng.choice(w.VERBS)} the {rng.choice(w.NOUNS)}"


def count(rng: Random) -> Drawn:
    value = rng.randint(1, 60)
    return str(value), value


def price(rng: Random) -> Drawn:
    value = round(rng.uniform(1, 400), 2)
    return f"{value:.2f}", int(value) if value.is_integer() else value
