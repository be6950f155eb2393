"""Words given to the parameters they are said for: the pointer's scores come from tables here, its weights do not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.conversation import ToolSpec
from router.encoder import Encoder
from router.filling import filled
from router.pointer import Found, Pointed, Pointer
from router.several import apart
from router.slots import slots_of
from router.validation import findings, usable


def tool(required: list[str], **fields: dict[str, Any]) -> ToolSpec:
    return ToolSpec("t", "", {"type": "object", "properties": fields, "required": required})


def pointed(of: ToolSpec, text: str, scores: dict[str, dict[str, float]]) -> dict[str, Pointed]:
    """By parameter the scores of words of the text, of options, or of what is said of a flag."""
    read = {}
    for slot in slots_of(of.parameters):
        given = scores.get(slot.name, {})
        found = [
            Found(words, score, (0, text.index(words), text.index(words) + len(words)))
            for words, score in given.items()
            if words in text and slot.kind not in ("flag", "choice")
        ]
        flag = (given.get("unsaid", 1.0), given.get("no", 0.0), given.get("yes", 0.0))
        options = tuple(given.get(option, -9.0) for option in slot.options)
        read[slot.name] = Pointed(slot, tuple(sorted(found, key=lambda each: -each.score)), options, flag)
    return read


def values(of: ToolSpec, text: str, scores: dict[str, dict[str, float]]) -> dict[str, Any]:
    narrow = filled(of.parameters, pointed(of, text, scores), [text])
    return {name: field.get("enum", "open") for name, field in narrow["properties"].items()}


NUMBER, TEXT = {"type": "number"}, {"type": "string"}


def test_no_words_are_given_twice_and_the_sum_counts() -> None:
    asked = tool(["a", "b"], a=NUMBER, b=NUMBER)
    scores = {"a": {"5": 3.0, "8": 2.5}, "b": {"5": 2.9, "8": -1.0}}
    assert values(asked, "between 5 and 8", scores) == {"a": [8], "b": [5]}


def test_many_parameters_that_want_the_same_words_share_them_out() -> None:
    names = [f"n{number}" for number in range(40)]
    asked = tool([], **dict.fromkeys(names, NUMBER))
    text = " ".join(str(number) for number in range(10, 30))
    made = values(asked, text, {name: dict.fromkeys(text.split(), 4.0) for name in names})
    taken = [each[0] for each in made.values() if each != "open"]
    assert len(taken) == len(set(taken)) >= 5


def test_what_may_be_left_out_and_is_not_said_is_left_out() -> None:
    asked = tool(["city"], city=TEXT, day=TEXT, count=NUMBER, loud={"type": "boolean"}, unit={"enum": ["c", "f"]})
    scores = {"city": {"Oslo": 4.0}, "day": {"Oslo": -1.0}, "loud": {"unsaid": 0.9}, "unit": {"c": -2.0}}
    assert values(asked, "weather in Oslo", scores) == {"city": ["Oslo"]}


def test_what_is_required_and_not_surely_said_stays_open() -> None:
    asked = tool(["city", "loud"], city=TEXT, loud={"type": "boolean"})
    assert values(asked, "weather", {"city": {"weather": -7.0}}) == {"city": "open", "loud": "open"}


@pytest.mark.parametrize(
    ("text", "words", "field", "value"),
    [
        ("pay 1,250.50 now", "1,250.50", NUMBER, 1250.5),
        ("pay 3 million", "3", NUMBER, 3_000_000),
        ("a budget of 40k please", "40", NUMBER, 40_000),
        ("it is -8 outside", "8", NUMBER, -8),
        ("from 3-8 people", "8", NUMBER, 8),
        ("minus twelve degrees", "twelve", NUMBER, -12),
        ("a chance of 5%", "5", {**NUMBER, "description": "The probability"}, 0.05),
        ("a rate of 5 percent", "5", {**NUMBER, "description": "The rate in percent"}, 5),
        ("a rate of 5 percent", "5", {"type": "integer", "description": "The rate"}, 5),
        ("raise it by 5%", "5", {**NUMBER, "description": "How much"}, 5),
        ("a rate of 5 percent", "5", {**NUMBER, "description": "The rate in percent, 0 to 1"}, 0.05),
        ("at latitude 25.00", "25.00", NUMBER, 25.0),
        ("a score of 25.00", "25.00", {"type": "integer"}, 25),
        ("the share is 5%", "5", {**NUMBER, "maximum": 1}, 0.05),
        ("two and a half", "two", {"type": "integer"}, 2),
    ],
)  # fmt: skip
def test_a_number_is_what_its_words_and_its_parameter_say(text: str, words: str, field: Any, value: float) -> None:
    made = values(tool(["x"], x=field), text, {"x": {words: 5.0}})
    assert made == {"x": [value]}
    assert isinstance(made["x"][0], int) == isinstance(value, int)


def test_words_that_the_schema_forbids_are_not_taken() -> None:
    asked = tool(["n", "code"], n={"type": "integer", "maximum": 5}, code={**TEXT, "pattern": "^[A-Z]+$"})
    scores = {"n": {"9": 6.0, "4": 1.0}, "code": {"abc": 3.0}}
    assert values(asked, "9 or 4 of abc", scores) == {"n": [4], "code": "open"}


def test_arrays_take_all_that_is_said_in_order() -> None:
    asked = tool(["who", "n"], who={"type": "array", "items": TEXT}, n={"type": "array", "items": NUMBER})
    scores = {"who": {"Bo": 2.0, "Ana": 1.0, "Ana and Bo": 0.5, "to": -3.0}, "n": {"7": 1.0, "3": 2.0}}
    assert values(asked, "mail 3 or 7 to Ana and Bo", scores) == {"who": [["Ana", "Bo"]], "n": [[3, 7]]}


def test_lists_in_brackets_are_taken_as_they_are_written_one_after_the_other() -> None:
    matrix = {"type": "array", "items": {"type": "array", "items": NUMBER}}
    asked = tool(["a", "b", "c"], a=matrix, b=matrix, c={"type": "array", "items": NUMBER})
    text = "multiply [[1, 2], [3, 4]] with [[5, 6], [7, 8]] around (9, -1)"
    made = values(asked, text, {})
    assert made == {"a": [[[1, 2], [3, 4]]], "b": [[[5, 6], [7, 8]]], "c": [[9, -1]]}


def test_brackets_in_a_row_are_one_array_where_one_parameter_takes_arrays() -> None:
    points = {"type": "array", "items": {"type": "array"}}
    assert values(tool(["p"], p=points), "at (1,2), (3,4) and (0,-1)", {}) == {"p": [[[1, 2], [3, 4], [0, -1]]]}
    assert values(tool(["p"], p=points), "at (1,2) but then (3,4)", {}) == {"p": "open"}


def test_a_list_of_numbers_is_taken_whole() -> None:
    asked = tool(["n"], n={"type": "array", "items": NUMBER})
    scores = {"n": {"40": 2.0, "15": -1.0, "9": 1.0, "7": 0.5}}
    assert values(asked, "plot 15, 40, and 9 over 7 days", scores) == {"n": [[15, 40, 9]]}


def test_choices_and_flags_are_the_likeliest_that_are_said() -> None:
    asked = tool(["size"], size={"enum": ["s", "m"]}, loud={"type": "boolean"}, n={"enum": [1, 2]})
    scores = {"size": {"s": -1.0, "m": -0.5}, "loud": {"unsaid": 0.2, "no": 0.7}, "n": {"2": 1.0}}
    assert values(asked, "", scores) == {"size": ["m"], "loud": [False], "n": [2]}


@given(st.text(max_size=40), st.lists(st.tuples(st.integers(0, 39), st.integers(1, 8), st.floats(-9, 9)), max_size=8))
def test_what_comes_out_satisfies_the_schema_of_what_went_in(text: str, runs: list[tuple[int, int, float]]) -> None:
    fields = {"a": NUMBER, "b": {"type": "integer", "minimum": 3}, "c": TEXT, "d": {"type": "array", "items": TEXT}}
    asked = tool(["a", "c"], **fields)
    found = sorted(
        (Found(text[at : at + size], score, (0, at, at + size)) for at, size, score in runs if text[at : at + size]),
        key=lambda each: -each.score,
    )
    read = {slot.name: Pointed(slot, tuple(found)) for slot in slots_of(asked.parameters)}
    narrow = filled(asked.parameters, read, [text])
    offered = narrow["properties"]
    usable(narrow)
    assert {"a", "c"} <= offered.keys() <= fields.keys()
    taken = [(each, fields[name]) for name, field in offered.items() for each in field.get("enum", ())]
    assert not [finding for each, field in taken for finding in findings(each, field)]


def test_what_is_not_surely_said_is_offered_and_may_be_left_out() -> None:
    asked = tool(["a"], a=TEXT, b=TEXT, c=TEXT, d=TEXT)
    scores = {"a": {"one": 1.0}, "b": {"two": 1.0}, "c": {"three": -1.0}, "d": {"four": -5.0}}
    narrow = filled(asked.parameters, pointed(asked, "one two three four", scores), ["one two three four"])
    assert {name: field["enum"] for name, field in narrow["properties"].items()} == {
        "a": ["one"],
        "b": ["two"],
        "c": ["three"],
    }
    assert narrow["required"] == ["a", "b"]


def test_what_was_said_last_is_meant_before_what_was_said_earlier() -> None:
    asked = tool(["city"], city=TEXT)
    (slot,) = slots_of(asked.parameters)
    earlier, now = Found("Rome", 6.0, (1, 3, 7)), Found("Oslo", 1.0, (0, 3, 7))
    for found, city in (((earlier, now), "Oslo"), ((earlier, now._replace(score=-1.0)), "Rome")):
        fields = filled(asked.parameters, {"city": Pointed(slot, found)}, ["in Oslo", "in Rome"])["properties"]
        assert fields["city"]["enum"] == [city]


@pytest.mark.parametrize("text", ["(" * 200_000, "[1, " * 50_000, "7 " * 100_000, "'" * 100_000, "a,b " * 50_000])
def test_what_is_long_and_strange_is_read_in_bounded_time(text: str) -> None:
    asked = tool(["n"], n={"type": "array", "items": NUMBER}, x=NUMBER, c=TEXT)
    encoder = Encoder.load()
    read = Pointer(encoder)(asked.parameters, [text, text])
    filled(asked.parameters, read, [text, text])
    assert apart(text, read, ["n"])
