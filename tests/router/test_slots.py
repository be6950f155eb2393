"""Parameters as the pointer is asked for them: their kinds, the values their descriptions list, and the layout."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.encoder import Encoder
from router.slots import LONGEST, TEXT_PIECES, kind_of, layouts, options_told, slots_of, spoken


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ({"type": "string"}, "text"),
        ({"type": "float"}, "number"),
        ({"type": ["integer", "null"]}, None),
        ({"type": "boolean"}, "flag"),
        ({"enum": ["a", "b"]}, "choice"),
        ({"enum": [None, True]}, None),
        ({"enum": list(range(99))}, None),
        ({"type": "array", "items": {"type": "int"}}, "numbers"),
        ({"type": "array", "items": {"type": "string"}}, "texts"),
        ({"type": "array"}, None),
        ({"type": "object"}, None),
        ({"if": {"type": "string"}}, None),
    ],
)
def test_kinds(field: dict[str, Any], kind: str | None) -> None:
    assert kind_of(field) == kind


@pytest.mark.parametrize(
    ("description", "options"),
    [
        ("The gender of the person. Possible options [male, female, other].", ("male", "female", "other")),
        ("The interval. Allows one of following : 5m|15m|1h", ("5m", "15m", "1h")),
        ("The unit, either 'lbs' or 'kg'.", ("lbs", "kg")),
        ("Options: Celsius, Fahrenheit", ("Celsius", "Fahrenheit")),
        ("Possible values are small, medium and large", ("small", "medium", "large")),
        ("City, e.g. 'Paris' or 'London'", ()),
        ("One of the tables of the database", ()),
        ("The values of x and y", ()),
        ("", ()),
    ],
)
def test_options_that_a_description_lists(description: str, options: tuple[str, ...]) -> None:
    assert options_told(description) == options


def test_a_name_is_said_in_words() -> None:
    assert [spoken(name) for name in ("fromCurrency", "from_currency", "From")] == [*["from currency"] * 2, "from"]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder.load()


@given(turns=st.lists(st.text(max_size=400), max_size=4), count=st.integers(0, 40))
def test_a_layout_fits_and_says_where_everything_stands(encoder: Encoder, turns: list[str], count: int) -> None:
    fields = {f"name_{n}": {"type": "string", "description": "words " * n} for n in range(count)}
    fields |= {"pick": {"enum": ["one", "two words"]}} if count % 2 else {}
    slots = slots_of({"properties": fields})
    made = layouts(encoder.tokenizer, turns, slots)
    assert [slot for _, some in made for slot in some] == slots
    mask = encoder.tokenizer.token_to_id("[MASK]")
    for layout, some in made:
        assert len(layout.ids) <= LONGEST
        assert [layout.ids[at] for at in layout.marks] == [mask] * len(some)
        assert [len(places) for places in layout.options] == [len(slot.options) for slot in some]
        assert all(turn.first + len(turn.spans) <= TEXT_PIECES + 1 for turn in layout.turns)
        assert all(0 <= a <= b <= len(turn.text) for turn in layout.turns for a, b in turn.spans)
