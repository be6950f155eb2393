"""A tool's parameters narrowed to what a conversation offers."""

from __future__ import annotations

from typing import Any

import pytest

from router.conversation import ToolSpec
from router.narrowing import There, brings, fillable, narrowed


def capitals(text: str) -> list[str]:
    return [word for word in text.split() if word[0].isupper()]


def digits(text: str) -> list[str]:
    return [word for word in text.split() if word.isdigit()]


def tool(required: list[str], **fields: dict[str, Any]) -> ToolSpec:
    return ToolSpec("go", "Go.", {"type": "object", "properties": fields, "required": required})


WORD = {"type": "string"}
TRIP = tool(["start", "end"], start=WORD, end=WORD, day=WORD)
FINDERS = {"start": capitals, "end": capitals, "day": digits}


def choices(spec: ToolSpec) -> dict[str, Any]:
    return {name: field.get("enum") for name, field in spec.parameters["properties"].items()}


def test_the_request_comes_before_what_was_said_earlier() -> None:
    found = choices(narrowed(TRIP, FINDERS, "from Oslo to Bergen on 12", ["Paris"]))
    assert found == {"start": ["Oslo", "Bergen"], "end": ["Oslo", "Bergen"], "day": ["12"]}


def test_what_the_request_lacks_is_looked_for_in_the_conversation() -> None:
    found = choices(narrowed(TRIP, FINDERS, "and on to Bergen", ["a ticket to Oslo on 12", "Lima"]))
    assert found["start"] == ["Bergen", "Oslo"]
    assert "day" not in found, "what may be left out is only filled from the request"


def test_a_parameter_nothing_is_found_for_stays_as_it_was() -> None:
    assert choices(narrowed(TRIP, FINDERS, "go", ["go"])) == {"start": None, "end": None}


def test_a_format_gives_way_to_candidates_of_the_request_and_of_nothing_else() -> None:
    total = tool(["sum"], sum={"type": "string", "format": "arithmetic"})
    assert narrowed(total, {"sum": digits}, "add 3", ["4"]).parameters["properties"]["sum"] == {
        "type": "string",
        "enum": ["3"],
    }
    assert narrowed(total, {"sum": digits}, "add it", ["4"]) == total


def test_a_tool_can_be_filled_when_there_is_one_thing_for_each_parameter_of_a_kind() -> None:
    assert fillable(TRIP, FINDERS, "Oslo and Bergen")
    assert not fillable(TRIP, FINDERS, "Oslo and Oslo")
    assert fillable(TRIP, {}, "nothing")


@pytest.mark.parametrize(
    ("clause", "known", "wanted"),
    [
        ("read Oslo", [], True),
        ("read Oslo", ["Oslo"], False),
        ("read Bergen", [], False),
        ("read Bergen, then Oslo", ["Bergen"], True),
    ],
)
def test_a_tool_brings_what_is_named_and_there_and_not_yet_known(clause: str, known: list[str], wanted: bool) -> None:
    there = There(capitals, lambda text: [word for word in capitals(text) if word == "Oslo"])
    assert brings(tool(["place"], place=WORD), {"place": there}, clause, known) is wanted
    assert not brings(tool([], place=WORD), {"place": there}, clause, known), "what may be left out brings nothing"
    assert there(clause) == capitals(clause)
