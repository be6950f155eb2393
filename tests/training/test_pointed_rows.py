"""Rows for the pointer: every label is the words it is said to be, whatever was done to the row."""

from __future__ import annotations

import random
from itertools import islice
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.schema import normalise
from router.validation import findings
from training import role_requests, synthetic, told_requests
from training.example import Example
from training.pointed_rows import Pointed, label, pointed
from training.sources.texts import make_texts
from training.sources.values import ValuePool


def row(text: str, arguments: dict[str, Any], *before: str, **fields: dict[str, Any]) -> Example:
    tool = {"name": "t", "description": "", "parameters": {"type": "object", "properties": fields}}
    messages = tuple({"role": "user", "content": each} for each in (*before, text))
    return Example("tool-call", messages, {"name": "t", "arguments": arguments}, "test", "", (tool,))


def told(made: Pointed) -> dict[str, Any]:
    """By parameter the words its places cover, or what was picked."""
    found = {}
    for slot, spans, picked in zip(made.slots, made.spans, made.picked, strict=True):
        words = spans if spans is None else [made.turns[turn][first:last] for turn, first, last in spans]
        found[slot.name] = picked if slot.kind in ("flag", "choice") else words
    return found


TEXT, NUMBER, FLAG = {"type": "string"}, {"type": "number"}, {"type": "boolean"}


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (row("Oslo for two", {"c": "Oslo", "n": 2}, c=TEXT, n=NUMBER, d=TEXT), {"c": ["Oslo"], "n": ["two"], "d": []}),
        (row("oslo or Oslo", {"city": "Oslo"}, city=TEXT), {"city": ["oslo", "Oslo"]}),
        (row("yes", {"city": "Oslo"}, "go to Oslo", city=TEXT), {"city": ["Oslo"]}),
        (row("in town", {"city": "Oslo"}, city=TEXT), {"city": None}),
        (row("pay 1,250.50", {"n": 1250.5}, n=NUMBER), {"n": ["1,250.50"]}),
        (row("it is -8", {"n": -8}, n=NUMBER), {"n": ["8"]}),
        (row("a and b", {"x": ["b", "a"]}, x={"type": "array", "items": TEXT}), {"x": ["a", "b"]}),
        (row("only a", {"x": ["a", "c"]}, x={"type": "array", "items": TEXT}), {"x": None}),
        (row("loud", {"a": True, "b": False}, a=FLAG, b=FLAG, c=FLAG), {"a": 2, "b": 1, "c": 0}),
        (row("big", {"s": "L"}, s={"enum": ["S", "L"]}, t={"enum": [1, 2]}), {"s": 2, "t": 0}),
    ],
)  # fmt: skip
def test_labels_are_the_words_of_the_values(made: Example, expected: dict[str, Any]) -> None:
    labelled = label(made)
    assert labelled is not None
    assert told(labelled) == expected


def test_an_object_that_is_extracted_is_labelled_like_a_call() -> None:
    schema = {"type": "object", "properties": {"name": TEXT, "items": {"type": "array", "items": {"type": "object"}}}}
    messages = ({"role": "user", "content": "Name: Ana Duarte\n2 lamps"},)
    made = label(Example("json-extract", messages, {"name": "Ana Duarte", "items": []}, "test", "", schema=schema))
    assert made is not None
    assert told(made) == {"name": ["Ana Duarte"]}


def test_a_tool_that_no_text_fills_is_no_row() -> None:
    assert label(row("go", {})) is None
    assert label(row("go", {}, x={"type": "object"})) is None


@settings(max_examples=20)
@given(seed=st.integers(0, 2**32))
def test_whatever_is_varied_the_places_still_cover_the_values(seed: int) -> None:
    rng = random.Random(seed)
    pool = ValuePool(make_texts([]), random.Random(seed))
    streams = (told_requests.generate(pool), role_requests.generate(pool), synthetic.mixture(random.Random(seed)))
    rows = [each for stream in streams for each in islice(stream, 40)]
    plain = [told(made) for made in map(label, (each for each in rows if each.output)) if made]
    for made, before in zip(pointed(iter(rows), rng), plain, strict=True):
        after = told(made)
        assert after.keys() == before.keys()
        changed = [name for name in before if after[name] != before[name]]
        assert len(changed) <= made.source.endswith("several")
        assert all(set(before[name]) <= set(after[name]) for name in changed)


def test_several_values_of_one_parameter_are_all_pointed_to() -> None:
    rng = random.Random(5)
    rows = (
        row(f"the weather in {city} please", {"city": city}, city=TEXT) for city in [f"Town{n}" for n in range(200)]
    )
    several = [made for made in pointed(rows, rng) if made.source.endswith("several")]
    assert several
    for made in several:
        words = told(made)[made.slots[0].name]
        assert len(words) > 1
        assert made.turns[0].startswith("the weather in ")
        assert made.turns[0].endswith(" please")


def test_told_requests_say_every_value() -> None:
    pool = ValuePool(make_texts([]), random.Random(1))
    for made in islice(told_requests.generate(pool), 300):
        labelled = label(made)
        assert labelled is not None
        assert None not in told(labelled).values(), (made.messages, made.output)


def test_requests_of_parts_say_every_value_of_a_tool_that_takes_it() -> None:
    pool = ValuePool(make_texts([]), random.Random(1))
    seen, found, values = set(), 0, 0
    for made in islice(role_requests.generate(pool), 600):
        labelled = label(made)
        assert labelled is not None
        assert made.output is not None
        arguments = made.output["arguments"]
        schema = normalise(made.tools[0]["parameters"])
        assert next(findings(arguments, schema), None) is None, (made.messages, made.output)
        assert all(len(slot.name) > 2 or slot.about for slot in labelled.slots)
        places = [places for slot, places in zip(labelled.slots, labelled.spans, strict=True) if slot.name in arguments]
        values, found = values + len(places), found + sum(each is not None for each in places)
        seen.add(made.output["name"])
    assert found > 0.98 * values  # "5-2" and "640x480" are not read as two numbers
    assert len(seen) > 100
