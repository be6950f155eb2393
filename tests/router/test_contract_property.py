"""The guarantee: whatever a grammar admits, the contract accepts and JSON Schema finds valid, for any schema.

Set QUIVER_SAMPLES=2000 for the long run; the default keeps `make test` short.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from jsonschema.validators import extend

from router.contract import Contract
from router.conversation import ToolCall, ToolSpec
from router.errors import SchemaRefused
from router.number_range import at_least, at_most, decimals, integers, terminal
from tests.router.grammar_samples import Sampler, schemas

SAMPLES = int(os.environ.get("QUIVER_SAMPLES", "150"))
TEXTS_EACH = 4
SOURCES = [None, 'Read "notes.txt", then\nadd 3.5 to C:\\x ½.']

open_ended = settings(
    max_examples=SAMPLES // TEXTS_EACH, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
chances = st.integers(0, 2**32).map(random.Random)


def drawn(contract: Contract, chance: random.Random) -> Iterator[str]:
    sampler = Sampler(contract.grammar(markers=False))
    for _ in range(TEXTS_EACH):
        text = sampler.draw(chance)
        assert text is not None, "the grammar does not end"
        yield text


# jsonschema's own reading of a schema, but for multiples, which it decides in binary, and for patterns, which it reads
# with Python's classes instead of ECMA's.
Independent = extend(Draft202012Validator, {"multipleOf": lambda *_: (), "pattern": lambda *_: ()})


@open_ended
@given(schemas(), chances, st.sampled_from(SOURCES))
def test_what_the_grammar_admits_is_valid(schema: dict[str, Any], chance: random.Random, source: str | None) -> None:
    try:
        contract = Contract.for_schema(schema, source=source)
    except SchemaRefused:
        return
    for text in drawn(contract, chance):
        Independent(schema).validate(contract.parse(text))


@open_ended
@given(st.lists(st.dictionaries(st.text(max_size=5), schemas(1), max_size=4), min_size=1, max_size=3), chances)
def test_calls_the_grammar_admits_are_valid(parameters: list[dict[str, Any]], chance: random.Random) -> None:
    tools = [
        ToolSpec(f"tool_{number}", "", {"type": "object", "properties": properties, "required": list(properties)[:2]})
        for number, properties in enumerate(parameters)
    ]
    try:
        contract = Contract.for_tools(tools, source=SOURCES[1])
    except SchemaRefused:
        return
    for text in drawn(contract, chance):
        made = contract.parse(text)
        assert made is None or isinstance(made, ToolCall)
        assert contract.dump(made) == text


limits = st.decimals(-2000, 2000, places=2, allow_nan=False)
written = st.one_of(
    st.integers(-3000, 3000).map(str), st.decimals(-3000, 3000, places=3, allow_nan=False).map(lambda d: repr(float(d)))
)


@given(limits, written)
def test_a_limit_as_a_regular_expression_compares_like_the_number(limit: Decimal, text: str) -> None:
    if text == "-0.0" or "e" in text:
        return
    assert bool(re.fullmatch(at_least(limit), text)) == (Decimal(text) >= limit)
    assert bool(re.fullmatch(at_most(limit), text)) == (Decimal(text) <= limit)


@pytest.mark.parametrize("shape", [integers(), decimals(), decimals(1), integers(zeros=2)])
def test_an_empty_range_has_no_terminal(shape: str) -> None:
    assert terminal(shape, Decimal("0.000001"), Decimal("0.000002")) is None
    assert terminal(shape, Decimal("100"), Decimal("100")) is not None
    assert terminal(shape, Decimal("100"), Decimal("100"), (Decimal("100"),)) is None
