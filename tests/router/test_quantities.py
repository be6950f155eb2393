"""Numbers and the parameters they are for: by the unit beside them, by what no other takes, in whole lists."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.contract import Contract
from router.conversation import ToolCall, ToolSpec
from router.grounding import amounts
from router.quantities import narrowed
from router.schema import SAID
from tests.router.test_forms import takes

NUMBER = {"type": "number"}


def open_to(text: str, *names: str) -> dict[str, list[str]]:
    return {name: field[SAID] for name, field in narrowed(dict.fromkeys(names, NUMBER), text, text)[0].items()}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "What a month for 180000 over 25 years at 3.6 percent?",
            {"principal": ["180000"], "annual_rate": ["3.6"], "years": ["25"]},
        ),
        ("a run of 5 km in twenty-seven minutes", {"kilometers": ["5"], "minutes": ["27"]}),
        ("5 kilometres, then another 8 kilometres", {"kilometres": ["5", "8"]}),
        ("250 ml of it, at 0.2 from 5", {"volume_millilitres": ["250"], "target": ["0.2", "5"]}),
        ("a table for 5 on 12 March at 7 pm", {"guests": ["5"]}),
        ("on 12 March", {"guests": ["12"]}),
        ("on 12 March", {"day": ["12"]}),
    ],
)
def test_a_number_is_open_to_the_parameter_it_is_for(text: str, found: dict[str, list[str]]) -> None:
    assert open_to(text, *found) == found


def test_what_the_clause_does_not_say_was_said_before() -> None:
    source = "make it 3 nights\n4 people at 120 euros"
    said = narrowed(dict.fromkeys(("nights", "people"), NUMBER), source, "make it 3 nights")[0]
    assert [field[SAID] for field in said.values()] == [["3"], ["4"]]


@given(st.text("0123456789 .,abkm%and", max_size=40), st.sampled_from(["count", "km", "day", "rate"]))
def test_only_what_is_said_is_on_offer(text: str, name: str) -> None:
    said = narrowed({name: NUMBER, "minutes": NUMBER}, text, text)[0][name].get(SAID, [])
    assert {Decimal(each) for each in said} <= set(amounts(text, text))


def test_a_list_of_numbers_is_taken_whole() -> None:
    values = {"type": "array", "items": NUMBER}
    schema = {"type": "object", "properties": {"values": values}, "required": ["values"]}
    text = "Draw 4, 9.5, 2 and 7 as a chart"
    asked = Contract.for_tools([ToolSpec("plot", "Draw", schema)], source=text, clause=text)
    assert takes(asked, ToolCall("plot", {"values": [4, 9.5, 2, 7]}))
    assert not takes(asked, ToolCall("plot", {"values": [4, 9.5]}))
