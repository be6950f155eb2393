"""Two fields filled with the same words: the contracts that hold one of them, and the other, to other words."""

from __future__ import annotations

from typing import Any

import pytest

from router.contract import Contract
from tests.router.grammar_samples import Sampler

FEE: dict[str, Any] = {
    "type": "object",
    "properties": {"fee": {"type": "number"}, "unit": {"type": "string"}, "place": {"type": "string"}},
    "required": ["fee", "unit"],
    "additionalProperties": False,
}
SOURCE = "fee 3.50 EUR at Dock Hall 6"


def options(value: dict[str, Any], source: str = SOURCE) -> list[Contract]:
    return Contract.for_schema(FEE, source=source).told_apart(value)


@pytest.mark.parametrize(
    ("value", "ways"),
    [
        ({"fee": 3.5, "unit": "EUR"}, 0),
        ({"fee": 3.5, "unit": "fee 3.50"}, 1),  # the number stays, the words give way
        ({"fee": 6, "unit": "Dock Hall", "place": "Dock Hall"}, 2),
        ({"fee": 6, "unit": "Hall", "place": "Dock Hall"}, 2),
        ({"fee": 7, "unit": "EUR", "place": "EUR"}, 2),
    ],
)
def test_either_field_can_give_way(value: dict[str, Any], ways: int) -> None:
    assert len(options(value)) == ways


def test_what_is_said_twice_may_fill_two() -> None:
    assert options({"fee": 1, "unit": "Oslo", "place": "Oslo"}, "1 from Oslo to Oslo") == []


def test_the_words_are_kept_out_of_one_field_and_of_no_other() -> None:
    one, other = (Sampler(each.grammar(markers=False)) for each in options({"fee": 6, "unit": "Hall", "place": "Hall"}))
    unit, place = (f'{{"fee": 3.5, "unit": "{a}", "place": "{b}"}}' for a, b in (("Hall", "EUR"), ("EUR", "Hall 6")))
    assert (one.admits(unit), one.admits(place)) == (False, True)
    assert (other.admits(unit), other.admits(place)) == (True, False)


def test_a_base_that_quotes_nothing_is_left_alone() -> None:
    assert Contract.for_schema(FEE).told_apart({"fee": 1, "unit": "EUR", "place": "EUR"}) == []


def test_where_there_are_no_other_words_none_are_asked_for() -> None:
    assert options({"fee": 1, "unit": "Oslo", "place": "Oslo"}, "Oslo") == []


def test_a_number_of_two_fields_is_told_apart_too() -> None:
    schema = {**FEE, "properties": {**FEE["properties"], "count": {"type": "integer"}}}
    contract = Contract.for_schema(schema, source="3 tables at 420 EUR")
    one, other = contract.told_apart({"fee": 3, "unit": "EUR", "count": 3})
    text = '{{"fee": {}, "unit": "EUR", "count": {}}}'
    assert [Sampler(each.grammar(markers=False)).admits(text.format(3, 3)) for each in (one, other)] == [False, False]
    assert Sampler(one.grammar(markers=False)).admits(text.format(420, 3))
    assert Sampler(other.grammar(markers=False)).admits(text.format(3, 420))
