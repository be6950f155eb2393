"""The layouts that cases are read from, and the set that ships."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from evals.call_cases import CATEGORIES, OWN, read_bfcl, read_cases
from evals.call_check import check
from evals.call_schemas import shown
from evals.call_sets import default_sets, drawn, read_set
from evals.copier import can_copy
from evals.crosscheck.mutate import right_calls
from router.contract import Contract
from router.conversation import ToolCall
from router.errors import UsageError

DOCUMENT = {
    "name": "math.add",
    "description": "Adds.",
    "parameters": {"type": "dict", "properties": {"a": {"type": "float"}}, "required": ["a"]},
}
TURN = [[{"role": "user", "content": "Add 2."}]]


def lines(path: Path, *rows: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def bfcl(folder: Path) -> Path:
    row = {"id": "simple_python_0", "question": TURN, "function": [DOCUMENT]}
    lines(folder / "BFCL_v4_simple_python.json", row)
    truth = {"id": "simple_python_0", "ground_truth": [{"math.add": {"a": [2.0]}}]}
    lines(folder / "possible_answer" / "BFCL_v4_simple_python.json", truth)
    lines(folder / "BFCL_v4_simple_java.json", {**row, "id": "simple_java_0"})
    lines(folder / "BFCL_v4_live_irrelevance.json", {**row, "id": "live_irrelevance_0"})
    lines(folder / "BFCL_v4_multi_turn_base.json", {"id": "x"})
    return folder


def test_bfcl_is_read_in_its_own_layout(tmp_path: Path) -> None:
    cases = {case.id: case for case in read_bfcl(bfcl(tmp_path / "bfcl_eval" / "data").parents[1])}
    assert set(cases) == {"simple_python_0", "live_irrelevance_0"}
    simple = cases["simple_python_0"]
    assert (simple.category, simple.part, simple.text) == ("simple", "non-live", "Add 2.")
    assert check(simple.tools, [ToolCall("math.add", {"a": 2})], simple.wanted) is None
    assert cases["live_irrelevance_0"].must_call is False
    assert default_sets(tmp_path) == ["bfcl"]


def test_bfcl_without_answers_or_in_another_layout_says_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        list(read_bfcl(tmp_path))
    assert "pip install" in raised.value.hint
    folder = bfcl(tmp_path / "data")
    lines(folder / "BFCL_v4_live_irrelevance.json", {"id": "live_irrelevance_0", "function": []})
    with pytest.raises(UsageError, match="live_irrelevance_0"):
        list(read_bfcl(folder))
    (folder / "possible_answer" / "BFCL_v4_simple_python.json").unlink()
    with pytest.raises(UsageError, match="answers"):
        list(read_bfcl(folder))


def test_retired_cases_are_read_with_their_calls_in_python(tmp_path: Path) -> None:
    bfcl(tmp_path)
    unused = tmp_path / "unused_datasets"
    rows = [{"id": f"exec_simple_{n}", "question": TURN, "function": [DOCUMENT]} for n in range(3)]
    truths = ["math.add(a=2.0)", "math.add(a=[1, (2, 3)], b='x')", "math.add(a=1/6)"]
    answers = [{"id": row["id"], "ground_truth": [truth]} for row, truth in zip(rows, truths, strict=True)]
    lines(unused / "question" / "BFCL_v4_exec_simple.json", *rows)
    lines(unused / "question" / "BFCL_v4_rest.json", {"id": "rest_0"})
    lines(unused / "possible_answer" / "BFCL_v4_exec_simple.json", *answers)
    cases = read_set("bfcl-exec", tmp_path, 9)
    wanted = {case.id: case.wanted[0].arguments for case in cases}
    assert wanted == {"exec_simple_0": {"a": [2.0]}, "exec_simple_1": {"a": [[1, [2, 3]]], "b": ["x"]}}
    assert {(case.set, case.category) for case in cases} == {("bfcl-exec", "simple")}
    lines(unused / "possible_answer" / "BFCL_v4_exec_simple.json", {**answers[0], "ground_truth": ["a b"]})
    with pytest.raises(UsageError, match="exec_simple_0"):
        read_set("bfcl-exec", tmp_path, 9)
    with pytest.raises(UsageError, match="retired"):
        read_set("bfcl-exec", tmp_path / "possible_answer", 9)


def chat(*turns: dict[str, Any], tools: Any) -> dict[str, Any]:
    return {"messages": list(turns), "tools": tools}


USER = {"role": "user", "content": "Add 2."}


def calling(*arguments: Any) -> dict[str, Any]:
    made = [{"type": "function", "function": {"name": "math.add", "arguments": each}} for each in arguments]
    return {"role": "assistant", "content": None, "tool_calls": made}


def test_chats_with_tools_are_read(tmp_path: Path) -> None:
    tools = [{"type": "function", "function": DOCUMENT}]
    path = lines(
        tmp_path / "chats.jsonl",
        chat(USER, calling('{"a": 2.0}'), tools=tools),
        chat(USER, calling({"a": 2.0}, {"a": 3.0}), tools=json.dumps(tools)),
        chat(USER, {"role": "assistant", "content": "No."}, tools=tools),
        chat(USER, calling({"a": 1.0}), {"role": "tool", "content": "3"}, USER, calling({"a": 2.0}), tools=tools * 2),
    )
    simple, parallel, none, later = read_cases(path)
    assert [case.category for case in (simple, parallel, none, later)] == [
        "simple", "parallel", "irrelevance", "multiple"]  # fmt: skip
    assert simple.id == "chats-1"
    assert simple.wanted[0].arguments == {"a": [2.0]}
    assert [message.role for message in later.messages] == ["user", "assistant", "tool", "user"]


@pytest.mark.parametrize(
    "row",
    [
        {"messages": []},
        {"messages": [USER], "tools": []},
        {"messages": [{"role": "robot", "content": ""}, calling({})], "tools": []},
        {"category": "other", "request": "x", "tools": []},
        {"category": "simple", "request": "x", "tools": [{}]},
        chat(USER, calling("{"), tools=[]),
    ],
)
def test_a_row_that_is_no_case_is_named(tmp_path: Path, row: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="case 1"):
        read_cases(lines(tmp_path / "cases.jsonl", row))


def test_ids_are_unique_and_files_hold_something(tmp_path: Path) -> None:
    row = {"id": "a", "category": "irrelevance", "request": "x", "tools": []}
    with pytest.raises(UsageError, match="'a'"):
        read_cases(lines(tmp_path / "twice.jsonl", row, row))
    with pytest.raises(UsageError, match="no case"):
        read_cases(lines(tmp_path / "empty.jsonl"))
    with pytest.raises(UsageError):
        read_cases(tmp_path / "missing.jsonl")


def test_the_shipped_set_is_large_various_and_right_by_its_own_answers() -> None:
    cases = read_cases(OWN)
    assert len(cases) >= 120
    assert len({tool.name for case in cases for tool in case.tools}) >= 60
    assert {case.category for case in cases} == set(CATEGORIES)
    assert len({case.text for case in cases}) == len(cases)
    for case in cases:
        Contract.for_tools(shown(case.tools))
        made = [
            ToolCall(name, given) for call in right_calls(case.wanted, random.Random(0)) for name, given in call.items()
        ]
        assert not case.wanted or check(case.tools, made, case.wanted) is None, case.id
        assert can_copy(case), case.id


def test_a_sample_is_the_same_every_time_and_mixes_categories() -> None:
    cases = read_cases(OWN)
    assert drawn(cases, 20, seed=1) == drawn(cases[::-1], 20, seed=1)
    assert drawn(cases, 20, seed=1) != drawn(cases, 20, seed=2)
    assert {case.category for case in drawn(cases, 12, seed=0)} == set(CATEGORIES)
    assert sorted(case.id for case in drawn(cases, 999, seed=0)) == sorted(case.id for case in cases)


def test_a_set_that_needs_data_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        read_set("bfcl", None, 5)
    assert "bfcl-eval" in raised.value.hint
    with pytest.raises(UsageError, match="paraphrased"):
        read_set("own", None, 5, "paraphrased")
    with pytest.raises(UsageError, match="neither"):
        default_sets(tmp_path)
