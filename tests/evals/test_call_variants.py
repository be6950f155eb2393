"""The same case with other names and with more tools."""

from __future__ import annotations

import pytest

from evals.call_cases import OWN, Case, read_cases
from evals.call_check import Wanted, check
from evals.call_variants import masked, offering, pool_of
from router.conversation import Message, ToolCall, ToolSpec


def tool(name: str, description: str = "", **fields: str) -> ToolSpec:
    properties = {field: {"type": kind} for field, kind in fields.items()}
    return ToolSpec(name, description, {"type": "dict", "properties": properties, "required": list(fields)})


LOCK = tool("lock_door", "Locks a door.", door="string")
LAMP = tool("dimLamp", "", lamp="string", percent="integer")
WANTED = Wanted("dimLamp", {"lamp": ["desk"], "percent": [40]})
EARLIER = Message("assistant", calls=(ToolCall("lock_door", {"door": "front"}),))
CASE = Case("c", "s", "multiple", (EARLIER, Message("user", "Dim it.")), (LOCK, LAMP), (WANTED,))


def test_masked_names_say_nothing_and_the_right_call_follows_them() -> None:
    case = masked(CASE, 0)
    lock, lamp = case.tools
    assert not {lock.name, lamp.name} & {"lock_door", "dimLamp"}
    assert lamp.description == "dim lamp"
    assert [field["description"] for field in lamp.parameters["properties"].values()] == ["lamp", "percent"]
    (wanted,) = case.wanted
    assert wanted.name == lamp.name
    assert list(wanted.arguments) == list(lamp.parameters["properties"]) == lamp.parameters["required"]
    made = ToolCall(wanted.name, {name: values[0] for name, values in wanted.arguments.items()})
    assert check(case.tools, [made], case.wanted) is None
    assert case.messages[0].calls[0].name == lock.name
    assert masked(CASE, 0) == case
    assert masked(CASE, 1) != case


@pytest.mark.parametrize("count", [1, 4, 8, 16, 64])
def test_so_many_tools_are_offered_and_the_right_one_among_them(count: int) -> None:
    cases = read_cases(OWN)
    pool = pool_of(cases)
    for case in cases:
        made = offering(case, count, pool, 0)
        if made is None:
            assert not case.wanted or len({each.name for each in case.wanted}) > count
            continue
        names = [each.name for each in made.tools]
        assert len(names) == len(set(names)) == count
        assert {each.name for each in case.wanted} <= set(names)
        assert made == offering(case, count, pool, 0)


def test_a_tool_that_reads_like_the_right_one_is_no_distractor() -> None:
    twins = [tool("dim_lamp", "Other."), tool("fade", "dims a lamp"), tool("far", "Sends a parcel.")]
    right = tool("dimLamp", "Dims a lamp.", lamp="string")
    case = Case("c", "s", "simple", (), (right,), (Wanted("dimLamp", {"lamp": ["x"]}),))
    made = offering(case, 4, twins, 0)
    assert made is not None
    assert {each.name for each in made.tools} == {"dimLamp", "far"}


def test_where_no_tool_is_right_none_is_added() -> None:
    assert offering(Case("c", "s", "irrelevance", (), (LOCK,)), 4, [LAMP], 0) is None
