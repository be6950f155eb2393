"""Rows for the pointer: which words of a conversation fill which parameter of a tool, and which parameters none.

Made from the rows the base is trained on (`training.corpus`), every value found in the turns it stands in; a value that
is not said in so many words is left unlabelled. A share of the rows asks for several things of one parameter. How the
pointer learns is `training.pointer`'s.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from router.grounding import numbers_in
from router.slots import SCALARS, Slot, slots_of
from training.example import Example

SEVERAL = 0.15  # share of rows in which one value becomes two or three
BARE = 0.15  # share of rows without descriptions
NAMELESS = 0.12  # share of rows whose parameters have names that say nothing
QUOTED = 0.06  # share of rows in which one value stands between quotation marks
SHUFFLED = 0.5  # share of rows whose parameters stand in another order
POOL = 400  # values of a kind that are remembered
MOST_TURNS = 6
LONGEST_LISTED = 40  # characters of a value that is listed beside others

Span = tuple[int, int, int]  # turn (0: the newest), first and last character + 1
Spans = tuple[Span, ...] | None


@dataclass(frozen=True)
class Pointed:
    """`turns`: newest first. `spans`: by slot, the places of its values; none where nothing is said, None where it is
    not known. `picked`: by slot, the option or flag (0: nothing said, 1: no, 2: yes; of a choice 1 + its number)."""

    turns: tuple[str, ...]
    slots: tuple[Slot, ...]
    spans: tuple[Spans, ...]
    picked: tuple[int | None, ...]
    source: str


@dataclass
class Values:
    """What parameters were filled with lately, by their names and kinds."""

    said: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def keep(self, key: str, value: str, rng: random.Random) -> None:
        kept = self.said[key]
        if len(kept) < POOL:
            kept.append(value)
        else:
            kept[rng.randrange(POOL)] = value

    def others(self, keys: Sequence[str], than: str, count: int, rng: random.Random) -> list[str]:
        for key in keys:
            known = [each for each in dict.fromkeys(self.said.get(key, ())) if each.lower() != than.lower()]
            if len(known) >= count + 2:
                return rng.sample(known, count)
        return []


def pointed(rows: Iterator[Example], rng: random.Random) -> Iterator[Pointed]:
    """As long as there are rows; those that give no words a place are passed over."""
    values = Values()
    for row in rows:
        made = label(row) if row.output is not None else None
        if made is not None:
            yield _varied(made, values, rng)


def label(row: Example) -> Pointed | None:
    """Of a call, or of an object to be extracted; None where there is nothing that a text fills."""
    assert row.output is not None
    schema = row.schema
    given: Mapping[str, Any] = row.output
    if row.calls:
        schema = next(tool for tool in row.tools if tool["name"] == row.output["name"])["parameters"]
        given = row.output["arguments"]
    slots = slots_of(schema or {})
    turns = tuple(text for message in reversed(row.messages) if (text := str(message.get("content") or "")))[
        :MOST_TURNS
    ]
    if schema is None or not slots or not turns:
        return None
    fields = schema["properties"]
    spans = tuple(_spans(slot, given.get(slot.name), turns) for slot in slots)
    picked = tuple(_picked(slot, given.get(slot.name), fields[slot.name]) for slot in slots)
    return Pointed(turns, tuple(slots), spans, picked, row.source)


def _picked(slot: Slot, value: Any, field: Mapping[str, Any]) -> int | None:
    if value is None:
        return 0
    if slot.kind == "flag":
        return 2 if value else 1
    if slot.kind == "choice":
        options = field.get("enum", slot.options)
        return 1 + list(options).index(value) if value in options else None
    return None


def _spans(slot: Slot, value: Any, turns: Sequence[str]) -> tuple[Span, ...] | None:
    if slot.kind in ("flag", "choice") or value is None:
        return ()
    wanted = value if isinstance(value, list) else [value]
    numeric = slot.kind in ("number", "numbers")
    for number, text in enumerate(turns):
        found = [_places_of_number(each, text) if numeric else _places(str(each), text) for each in wanted]
        if found and all(found):
            return tuple(sorted({(number, first, last) for places in found for first, last in places}))
    return None


def _places(value: str, text: str) -> list[tuple[int, int]]:
    if not value.strip():
        return []
    pattern = rf"(?<!\w){re.escape(value.strip())}(?!\w)"
    return [match.span() for match in re.finditer(pattern, text, re.IGNORECASE)]


def _places_of_number(value: Any, text: str) -> list[tuple[int, int]]:
    try:
        wanted = Decimal(str(value))
    except InvalidOperation:
        return []
    return [(first, last) for number, first, last in numbers_in(text) if number == abs(wanted)]


# --- variations -------------------------------------------------------------------------------------------------------


def _varied(row: Pointed, values: Values, rng: random.Random) -> Pointed:
    if rng.random() < SEVERAL:
        row = _with_several(row, values, rng)
    elif rng.random() < QUOTED:
        row = _with_quoted(row, rng)
    _remember(row, values, rng)
    slots = row.slots
    if rng.random() < NAMELESS:
        slots = tuple(slot._replace(about=_nameless(slot.about, rng)) for slot in slots)
    elif rng.random() < BARE:
        slots = tuple(slot._replace(about=slot.about.partition(":")[0]) for slot in slots)
    order = rng.sample(range(len(slots)), len(slots)) if rng.random() < SHUFFLED else list(range(len(slots)))
    placed, picked = tuple(row.spans[at] for at in order), tuple(row.picked[at] for at in order)
    return replace(row, slots=tuple(slots[at] for at in order), spans=placed, picked=picked)


def _remember(row: Pointed, values: Values, rng: random.Random) -> None:
    for slot, spans in zip(row.slots, row.spans, strict=True):
        if spans and len(spans) == 1 and slot.kind in SCALARS:
            turn, first, last = spans[0]
            for key in _keys(slot):
                values.keep(key, row.turns[turn][first:last], rng)


def _keys(slot: Slot) -> list[str]:
    name = slot.about.partition(":")[0]
    return [f"{slot.kind} {name}", f"{slot.kind} {name.split()[-1] if name.split() else ''}", slot.kind]


def _nameless(about: str, rng: random.Random) -> str:
    _, _, described = about.partition(": ")
    if not described:
        return about
    return f"{''.join(rng.choices('abcdefghijklmnopqrstuvwxyz', k=rng.randint(3, 8)))}: {described}"


def _in_turn(row: Pointed, kinds: Collection[str]) -> list[tuple[int, Span]]:
    """Slots of these kinds with one value, in the newest turn, and where it stands, nothing else in the same place."""
    read = enumerate(zip(row.slots, row.spans, strict=True))
    ones = ((at, spans[0]) for at, (slot, spans) in read if spans and len(spans) == 1 and slot.kind in kinds)
    others = [(at, span) for at, spans in enumerate(row.spans) for span in spans or () if span[0] == 0]
    return [
        (at, (turn, first, last))
        for at, (turn, first, last) in ones
        if turn == 0 and not any(number != at and a < last and first < b for number, (_, a, b) in others)
    ]


def _with_several(row: Pointed, values: Values, rng: random.Random) -> Pointed:
    """One short value of the newest turn becomes a list of it and others like it."""
    short = [(at, span) for at, span in _in_turn(row, SCALARS) if span[2] - span[1] < LONGEST_LISTED]
    if not short or any(spans is None for spans in row.spans):
        return row
    at, (_, first, last) = rng.choice(short)
    own = row.turns[0][first:last]
    others = values.others(_keys(row.slots[at]), own, rng.choice((1, 1, 2, 2, 3)), rng)
    if not others:
        return row
    listed = rng.sample([own, *others], 1 + len(others))
    comma, end = rng.choice((", ", ", ", "; ")), rng.choice((" and ", " and ", ", and ", " or ", ", "))
    text, places = "", []
    for number, item in enumerate(listed):
        text += (end if number == len(listed) - 1 else comma) if number else ""
        places.append((0, first + len(text), first + len(text) + len(item)))
        text += item
    changed = _replaced(row, first, last, text)
    spans: list[Spans] = list(changed.spans)
    spans[at] = tuple(places)
    return replace(changed, spans=tuple(spans), source=f"{row.source}, several")


def _with_quoted(row: Pointed, rng: random.Random) -> Pointed:
    """One value of the newest turn between quotation marks."""
    texts = _in_turn(row, ("text",))
    mark = rng.choice(("'", '"', '"', "`"))
    if not texts:
        return row
    at, (_, first, last) = rng.choice(texts)
    said = row.turns[0]
    if mark in said[max(0, first - 1) : last + 1]:
        return row
    changed = _replaced(row, first, last, f"{mark}{said[first:last]}{mark}")
    spans: list[Spans] = list(changed.spans)
    spans[at] = ((0, first + 1, last + 1),)
    return replace(changed, spans=tuple(spans))


def _replaced(row: Pointed, first: int, last: int, text: str) -> Pointed:
    """With other text in the newest turn from `first` to `last`, and every place behind it moved."""
    grown = len(text) - (last - first)

    def moved(span: Span) -> Span:
        turn, a, b = span
        if turn or b <= first:
            return span
        return (turn, a + grown if a >= last else a, b + grown)

    turns = (row.turns[0][:first] + text + row.turns[0][last:], *row.turns[1:])
    return replace(
        row, turns=turns, spans=tuple(None if each is None else tuple(map(moved, each)) for each in row.spans)
    )
