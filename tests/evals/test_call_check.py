"""The rules of the checker, each by a call that meets it and one that just does not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.call_check import Wanted, accepts, arguments_right, check
from router.conversation import ToolCall, ToolSpec

BOOK = ToolSpec(
    "book.table",
    "Books a table.",
    {
        "type": "dict",
        "properties": {"name": {"type": "string"}, "guests": {"type": "integer"}, "outside": {"type": "boolean"}},
        "required": ["name", "guests"],
    },
)
RIGHT = Wanted("book.table", {"name": ["Casa Lupe"], "guests": [4], "outside": [False, ""]})
STRING, NUMBERS = {"type": "string"}, {"type": "array", "items": {"type": "float"}}
RECORD = {"type": "dict"}
RECORDS = {"type": "array", "items": {"type": "dict"}}


def call(**arguments: Any) -> ToolCall:
    return ToolCall("book.table", arguments)


@pytest.mark.parametrize(
    ("made", "wrong"),
    [
        (call(name="Casa Lupe", guests=4), None),
        (call(name="casa-lupe", guests=4, outside=False), None),
        (call(name="Casa Lupo", guests=4), "name is"),
        (call(name="Casa Lupe"), "guests is missing"),
        (call(name="Casa Lupe", guests=4, pets=1), "pets is not"),
        (call(name="Casa Lupe", guests="4"), "guests is"),
        (call(name="Casa Lupe", guests=4.0), "guests is"),
        (call(name="Casa Lupe", guests=True), "guests is"),
        (call(name="Casa Lupe", guests=4, outside=True), "outside is"),
        (ToolCall("book_table", {"name": "Casa Lupe", "guests": 4}), "was called"),
    ],
)
def test_one_call(made: ToolCall, wrong: str | None) -> None:
    said = check([BOOK], [made], [RIGHT])
    assert said is None if wrong is None else wrong in (said or "")


def test_an_argument_that_is_not_optional_must_be_given() -> None:
    wanted = Wanted("book.table", {**RIGHT.arguments, "outside": [True]})
    assert check([BOOK], [call(name="Casa Lupe", guests=4)], [wanted]) == "outside is missing."


@pytest.mark.parametrize(
    ("field", "value", "accepted", "right"),
    [
        (STRING, "April 1, 2024", ["april 1 2024"], True),
        (STRING, "a*b^c/d_e.f", ["ABCDEF"], True),
        (STRING, "it's", ['it"s'], True),
        (STRING, "a:b", ["ab"], False),
        (STRING, "", ["x", ""], True),
        ({"type": "float"}, 5, [5.0], True),
        ({"type": "number"}, 5, [5], True),
        ({"type": "integer"}, 5.0, [5], False),
        ({"type": "float"}, 10**400, [5.0], False),
        ({"type": "boolean"}, 1, [True], False),
        ({"type": "any"}, 5, [5], True),
        ({"type": "any"}, 5, ["5"], False),
        ({}, "Five", ["five"], True),
        ({"type": "integer"}, "count", ["count"], True),
        ({"type": "integer"}, "Count", ["count"], False),
        (NUMBERS, [1, 2.5], [[1, 2.5]], True),
        (NUMBERS, [2.5, 1], [[1, 2.5]], False),
        (NUMBERS, ["1"], [[1.0]], False),
        (NUMBERS, [], [[1.0]], False),
        (NUMBERS, [], [[1.0], ""], True),
        ({"type": "tuple", "items": STRING}, ["A b"], [["ab"]], True),
        (RECORD, {"city": "new york"}, [{"city": ["New York"], "zip": ["", "1"]}], True),
        (RECORD, {"city": "New York", "zip": "2"}, [{"city": ["New York"], "zip": ["", "1"]}], False),
        (RECORD, {"zip": "1"}, [{"city": ["New York"], "zip": ["", "1"]}], False),
        (RECORD, {"city": "New York", "land": "US"}, [{"city": ["New York"]}], False),
        (RECORD, {}, [""], False),
        (RECORDS, [{"a": 1}, {"a": 2}], [[{"a": [1]}, {"a": [2, 3]}]], True),
        (RECORDS, [{"a": 2}, {"a": 1}], [[{"a": [1]}, {"a": [2, 3]}]], False),
        (RECORDS, [{"a": 1}], [[{"a": [1]}, {"a": [2]}]], False),
        (RECORD, {"a": {"b": 1}}, [{"a": [{"b": 1}]}], True),
        (STRING, None, ["x"], False),
    ],
)
def test_one_argument(field: Any, value: Any, accepted: list[Any], right: bool) -> None:
    assert accepts(field, value, accepted) is right


def test_several_calls_are_compared_without_order() -> None:
    wanted = [RIGHT, Wanted("book.table", {"name": ["Il Forno"], "guests": [2]})]
    calls = [call(name="Il Forno", guests=2), call(name="Casa Lupe", guests=4)]
    assert check([BOOK], calls, wanted) is None
    assert check([BOOK], calls[:1], wanted) == "Calls wanted: 2; made: 1."
    assert "Casa Lupe" in (check([BOOK], [calls[0], calls[0]], wanted) or "")


def test_argument_counts() -> None:
    wanted = [RIGHT, Wanted("book.table", {"name": ["Il Forno"], "guests": [2]})]
    assert arguments_right([BOOK], [call(name="Il Forno", guests=4)], wanted) == (1, 2, 4)
    assert arguments_right([BOOK], [call(name="Casa Lupe", guests=4, outside=False)], [RIGHT]) == (3, 3, 3)
    assert arguments_right([BOOK], [ToolCall("other", {"name": "Casa Lupe"})], [RIGHT]) == (0, 1, 2)
    assert arguments_right([BOOK], [], [RIGHT]) == (0, 0, 2)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=2),
    max_leaves=6,
)
fields = st.sampled_from([STRING, NUMBERS, RECORD, RECORDS, {"type": "any"}, {"type": "float"}, {}, {"type": ["a"]}])


@given(fields, values, st.lists(values, max_size=3))
def test_nothing_a_model_says_stops_the_checker(field: Any, value: Any, accepted: list[Any]) -> None:
    assert accepts(field, value, accepted) in (True, False)
