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
    `unit`: of a measure; `asks`: questions of its own; `reply`: the answer in a sentence; `claims`: questions for yes
    or no, a NUL where a value goes; `other`: a value of the same sort that the text does not have."""

    key: str
    value: str
    kind: Kind = "text"
    number: str = ""
    unit: str = ""
    asks: tuple[str, ...] = ()
    reply: str = ""
    claims: tuple[str, ...] = ()
    other: str = ""

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
grand~total amount~due amount~paid gross~amount monthly~rate down~payment insurance bonus refund list~price unit~price
outstanding~amount service~charge parking donation fine credit~limit refund~amount turnover profit estimate
flight lunch train rent~for~{month} cost~of~the~{noun} {noun}~fee {noun}~cost {items} {noun}"""
    ),
    "date": w.pool(
        """date due~date deadline delivery~date start~date end~date birthday expiry~date check-in departure next~visit
issue~date order~date arrival check-out renewal~date launch~date first~day last~day signing~date return~date
publication~date invoice~date hearing inspection~date moving~day valid~until opened~on closed~on
{noun}~date last~{noun} opening~day"""
    ),
    "measure": w.pool(
        """distance weight height length width volume temperature speed file~size duration depth
net~weight total~length wing~span cable~length baking~temperature top~speed cooking~duration download~size
{noun}~weight {noun}~length"""
    ),
    "number": w.pool(
        """quantity guests seats pages floor room participants copies port score votes {noun}s boxes
visitors employees chapters bedrooms parking~spaces platform line page table~number retries workers rooms
{adjective}~{noun}s"""
    ),
    "text": w.pool(
        """name customer author city address email phone status colour contact owner order~number code reference
sender recipient buyer seller landlord tenant editor teacher doctor captain secretary treasurer witness host
billing~address delivery~address home~city birthplace ticket~number customer~number serial~number priority
case~number flight~number backup~contact project~lead assigned~to approved~by written~by courier carrier room~code
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
    "birthplace": lambda rng: rng.choice(w.CITIES),
    "priority": lambda rng: rng.choice(("high", "low", "normal", "urgent", "medium")),
    "number": v.code,
    "courier": v.company,
    "carrier": v.company,
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
    value, number, unit = _value(rng, kind, key)
    asks, claims = _questions(kind, key)
    reply = f"There are {value} {key}." if kind == "number" and _is_counted(key) else ""
    return Fact(key, value, kind, number, unit, asks, reply, claims, _value(rng, kind, key)[0])


def _value(rng: Random, kind: Kind, key: str) -> tuple[str, str, str]:
    """The value as the text has it, its digits, its unit."""
    if kind == "money":
        amount = v.money_text(rng)
        shown = (amount, amount, f"${amount}", f"€{amount}", f"£{amount}", f"{amount} EUR", f"{amount} euros")
        return rng.choice(shown), amount, ""
    if kind == "date":
        return v.date_text(rng, v.day(rng)), "", ""
    if kind == "measure":
        unit = rng.choice(next(units for word, units in _MEASURES.items() if word in key))
        amount = v.number_text(rng, 500).replace(",", "")
        return f"{amount} {unit}", amount, unit
    if kind == "number":
        amount = str(rng.randint(2, 900))
        return amount, amount, ""
    last = key.split()[-1]
    draw = _TEXT_VALUES.get(key) or _TEXT_VALUES.get(last) or rng.choice((v.full_name, v.full_name, v.company))
    return draw(rng), "", ""


_PEOPLE = frozenset(
    w.pool(
        """customer author contact owner manager driver sender recipient buyer seller landlord tenant editor teacher
doctor captain secretary treasurer witness host contact~person backup~contact project~lead"""
    )
)
_COUNTED = frozenset(
    w.pool(
        """guests seats pages participants copies votes boxes visitors employees chapters bedrooms parking~spaces
retries workers rooms"""
    )
)


def _is_counted(key: str) -> bool:
    return key in _COUNTED or key.endswith("s")


def _questions(kind: Kind, key: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What one asks to hear the value, and what one asks to have it confirmed."""
    plain = (f"[what is|what's|what was] the {key}", f"[what|which] {key} is [given|stated|written down|noted]")
    claims: tuple[str, ...] = (f"is the {key} \0", f"is it [right|true|correct] that the {key} is \0")
    if kind == "money":
        return (
            *plain,
            f"how [much|high] is the {key}",
            f"[what|how much] does the {key} come to",
            f"what amount is [given|stated] for the {key}",
        ), claims
    if kind == "date":
        return (*plain, f"when is the {key}", f"on [what|which] day is the {key}", f"the {key} is when"), claims
    if kind == "number" and _is_counted(key):
        return (f"how many {key} are there", f"how many {key}", f"what is the number of {key}"), (
            f"are there \0 {key}",
        )
    if key in _PEOPLE:
        return (
            *plain,
            f"who is the {key}",
            f"what is the name of the {key}",
            f"who is [named|given] as the {key}",
        ), claims
    if "city" in key or "place" in key or "address" in key:
        return (*plain, f"where is the {key}" if key == "place" else f"which {key} [is it|does it say]"), claims
    return (*plain, f"[what|which] is the {key}"), claims


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
