"""What a perfect copier can fill, and what it cannot."""

from __future__ import annotations

from typing import Any

import pytest

from evals.call_cases import Case
from evals.call_check import Wanted
from evals.copier import can_copy
from router.conversation import Message, ToolSpec

TYPES = {str: "string", int: "integer", float: "number", bool: "boolean", list: "array", dict: "object"}


def case(said: str, accepted: list[Any], **field: Any) -> Case:
    kind = TYPES[type(accepted[0])]
    tool = ToolSpec("f", "", {"properties": {"x": {"type": kind, **field}}, "required": ["x"]})
    return Case("c", "s", "simple", (Message("user", said),), (tool,), (Wanted("f", {"x": accepted}),))


@pytest.mark.parametrize(
    ("said", "accepted", "field", "possible"),
    [
        ("Go to New York now", ["New York"], {}, True),
        ("Go to new-york now", ["New York"], {}, True),
        ("Go to Newark", ["New York"], {}, False),
        ("Go to Yorkshire", ["York"], {}, False),
        ("Go to NYC", ["New York", "NYC"], {}, True),
        ("It is 12.5 wide", [12.5], {}, True),
        ("twenty-one cards", [21], {}, True),
        ("a pair of cards", [2], {}, False),
        ("5% of it", [0.05], {}, False),
        ("1,250 euros", [1250], {}, True),
        ("minus 4 degrees", [-4], {}, True),
        ("4 degrees", [-4], {}, False),
        ("anything", [True], {}, True),
        ("the large one", ["big"], {"enum": ["big", "small"]}, True),
        ("the large one", ["big"], {}, False),
        ("3, 4 and 5", [[3, 4, 5]], {}, True),
        ("3, 4 and 5", [[3, 6]], {}, False),
        ("red paint", [{"colour": ["red"], "gloss": ["", "matt"]}], {}, True),
        ("red paint", [{"colour": ["blue"]}], {}, False),
        ("nothing", [""], {}, True),
    ],
)
def test_one_value(said: str, accepted: list[Any], field: dict[str, Any], possible: bool) -> None:
    assert can_copy(case(said, accepted, **field)) is possible


def test_what_may_be_left_out_need_not_be_copied() -> None:
    tool = ToolSpec("f", "", {"properties": {"x": {"type": "string"}}, "required": []})
    one = Case("c", "s", "simple", (Message("user", "hello"),), (tool,), (Wanted("f", {"x": ["other", ""]}),))
    assert can_copy(one)
