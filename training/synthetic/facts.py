"""What a text can state: a fact with its key, its value as the text has it, and what one asks to hear it.

Keys and values of forms are drawn here; how they are laid out is in documents.py, sentences are in prose.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from training.synthetic import values as v
from training.synthetic import words as w
from training.synthetic.phrases import fill

Kind = Literal["money", "date", "measure", "number", "text"]


@dataclass(frozen=True)
class Fact:
    """`key`: what one asks for ("due date"); `value`: as the text has it; `number`: its digits, where it has a number;
    `unit`: of a measure; `asks`: questions of its own; `reply`: the answer in a sentence."""

    key: str
    value: str
    kind: Kind = "text"
    number: str = ""
    unit: str = ""
    asks: tuple[str, ...] = ()
    reply: str = ""

    @property
    def sentence(self) -> str:
        return self.reply or f"The {self.key} is {self.value}."


@dataclass(frozen=True)
class Document:
    text: str
    facts: tuple[Fact, ...]

    def of(self, *kinds: Kind) -> list[Fact]:
        return [fact for fact in self.facts if fact.kind in kinds]


_KEYS: dict[Kind, tuple[str, ...]] = {
    "money": w.pool(
        """total subtotal price rent fee deposit budget tax balance net~amount discount shipping salary tip hotel taxi
flight lunch train rent~for~{month} cost~of~the~{noun} {noun}~fee {noun}~cost {items} {noun}"""
    ),
    "date": w.pool(
        """date due~date deadline delivery~date start~date end~date birthday expiry~date check-in departure next~visit
{noun}~date last~{noun} opening~day"""
    ),
    "measure": w.pool(
        """distance weight height length width volume temperature speed file~size duration depth
{noun}~weight {noun}~length"""
    ),
    "number": w.pool(
        """quantity guests seats pages floor room participants copies port score votes {noun}s boxes
{adjective}~{noun}s"""
    ),
    "text": w.pool(
        """name customer author city address email phone status colour contact owner order~number code reference
supplier venue place {noun}~name manager driver company contact~person {noun}~code invoice~number password gate"""
    ),
}
_MEASURES: dict[str, tuple[str, ...]] = {
    "weight": ("kg", "pounds", "g", "lbs", "grams", "tonnes", "kilograms", "ounces"),
    "volume": ("litres", "gallons", "ml", "cups"),
    "temperature": ("°C", "°F", "celsius", "fahrenheit"),
    "speed": ("km/h", "mph", "knots", "m/s"),
    "size": ("MB", "GB", "KB"),
    "duration": ("hours", "minutes", "days", "weeks", "seconds"),
    "": ("km", "miles", "m", "metres", "feet", "cm", "inches", "kilometres", "yards"),
}
_TEXT_VALUES: dict[str, Callable[[Random], str]] = {
    "city": lambda rng: rng.choice(w.CITIES),
    "venue": lambda rng: rng.choice((v.company(rng), rng.choice(w.CITIES))),
    "place": lambda rng: rng.choice(w.CITIES),
    "address": lambda rng: f"{v.draw(rng, 'street')}, {rng.choice(w.CITIES)}",
    "email": v.email,
    "phone": v.phone,
    "status": lambda rng: rng.choice(
        ("open", "closed", "paid", "pending", "late", "shipped", "cancelled", "draft", "ready", "approved")
    ),
    "colour": lambda rng: rng.choice(w.COLOURS),
    "order number": v.code,
    "invoice number": v.code,
    "code": v.code,
    "reference": v.code,
    "password": lambda rng: v.invented(rng) + str(rng.randint(1, 99)),
    "gate": lambda rng: f"{rng.choice('ABCDEFG')}{rng.randint(1, 60)}",
    "supplier": v.company,
    "company": v.company,
}


def fact(rng: Random, kind: Kind) -> Fact:
    """A key with a value of the kind, as a form has it."""
    key = fill(rng, rng.choice(_KEYS[kind]), v.slots(rng))
    if kind == "money":
        amount = v.money_text(rng)
        return Fact(
            key,
            rng.choice((amount, amount, f"${amount}", f"€{amount}", f"£{amount}", f"{amount} EUR", f"{amount} euros")),
            kind,
            amount,
        )
    if kind == "date":
        return Fact(key, v.date_text(rng, v.day(rng)), kind)
    if kind == "measure":
        unit = rng.choice(next(units for word, units in _MEASURES.items() if word in key))
        amount = v.number_text(rng, 500).replace(",", "")
        return Fact(key, f"{amount} {unit}", kind, amount, unit)
    if kind == "number":
        amount = str(rng.randint(1, 900))
        return Fact(key, amount, kind, amount)
    last = key.split()[-1]
    value = _TEXT_VALUES.get(key) or _TEXT_VALUES.get(last) or rng.choice((v.full_name, v.full_name, v.company))
    return Fact(key, value(rng), kind)


def facts(rng: Random, count: int, kinds: Sequence[Kind] = ()) -> list[Fact]:
    """`count` facts of different keys; the first ones of the kinds asked for."""
    found: dict[str, Fact] = {}
    wanted = list(kinds)
    while len(found) < count:
        kind: Kind = (
            wanted.pop(0) if wanted else rng.choice(("money", "date", "measure", "number", "text", "text", "text"))
        )
        one = fact(rng, kind)
        if one.key in found:
            wanted = [kind, *wanted] if kinds else wanted
        found.setdefault(one.key, one)
    chosen = list(found.values())
    rng.shuffle(chosen)
    return chosen
