"""Records and figures of cases worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from evals.call_cases import Case
from evals.call_check import Wanted
from evals.call_scores import figures, harmonic, measures, record_of, table
from evals.call_step import Made
from evals.runs import Record
from router.conversation import Message, ToolCall, ToolSpec

PLAY = ToolSpec("play", "Plays.", {"type": "object", "properties": {"song": {"type": "string"}}, "required": ["song"]})
STOP = ToolSpec("stop", "Stops.", {"type": "object", "properties": {}})
SAID = (Message("user", "play Roads"),)
SIMPLE = Case("one", "own", "simple", SAID, (PLAY, STOP), (Wanted("play", {"song": ["Roads"]}),))
REFUSE = Case("two", "own", "irrelevance", SAID, (STOP,))
ANY = Case("three", "own", "relevance", SAID, (PLAY,))


def record(case: Case, *calls: ToolCall, attempted: int | None = None, valid: int = 0, **more: Any) -> Record:
    count = len(calls) if attempted is None else attempted
    made = Made(["said"], list(calls), count, valid, ms=10.0, **more)
    return record_of(case, made, case.id, {"set": case.set, "mode": "raw"}, group=case.id)


def play(song: str) -> ToolCall:
    return ToolCall("play", {"song": song})


@pytest.mark.parametrize(
    ("made", "right", "failure"),
    [
        (record(SIMPLE, play("roads"), valid=1), True, None),
        (record(SIMPLE, play("Rivers")), False, "arguments"),
        (record(SIMPLE, ToolCall("stop", {})), False, "tool"),
        (record(SIMPLE, play("Roads"), play("Roads")), False, "count"),
        (record(SIMPLE), False, "not-called"),
        (record(SIMPLE, attempted=1), False, "syntax"),
        (record(SIMPLE, failure="context", message="too long"), False, "context"),
        (record(REFUSE), True, None),
        (record(REFUSE, attempted=1), False, "called"),
        (record(REFUSE, failure="schema", message="refused"), False, "schema"),
        (record(ANY, attempted=1), True, None),
        (record(ANY), False, "not-called"),
    ],
)
def test_when_a_case_is_right(made: Record, right: bool, failure: str | None) -> None:
    assert (made.right, made.failure) == (right, failure)
    assert (made.reason is None) == right


def test_only_what_a_case_asks_is_scored() -> None:
    assert record(REFUSE).scores == {"must_refuse": 1.0}
    assert record(ANY, attempted=1, valid=1).scores == {"must_call": 1.0, "schema_valid": 1.0}
    assert record(SIMPLE, play("Rivers"), valid=1).scores == {
        "must_call": 1.0, "schema_valid": 1.0, "tool": 1.0, "exact": 0.0, "argument_f1": 0.0, "copier_ceiling": 1.0,
    }  # fmt: skip
    assert record(SIMPLE, failure="schema").scores["must_call"] == 0.0
    assert record(REFUSE, failure="schema").scores["must_refuse"] == 0.0


def test_a_record_can_be_judged_by_a_reader() -> None:
    made = record(SIMPLE, play("Rivers"))
    assert "play Roads" in made.prompt
    assert made.expected == [{"name": "play", "arguments": {"song": ["Roads"]}}]
    assert "Rivers" in (made.reason or "")
    assert (made.gold, made.predicted) == ("call", "call")
    assert Record.from_json(made.to_json()) == made


def test_figures_by_slice_and_category() -> None:
    records = [record(SIMPLE, play("Roads"), valid=1), record(REFUSE, attempted=1), record(ANY, attempted=1)]
    (found,) = figures(records).values()
    assert list(found) == ["all", "simple", "irrelevance", "relevance"]
    assert found["all"]["right"]["hits"] == 2
    assert found["all"]["exact"] == found["simple"]["exact"]
    assert found["all"]["must_call"]["n"] == 2
    assert found["all"]["call_refuse_harmonic"]["mean"] == 0.0
    assert "argument_f1" not in found["irrelevance"]
    assert any("simple" in line and "100.0%" in line for line in table(figures(records)))


def test_live_and_other_parts_are_told_apart() -> None:
    rows = [record(SIMPLE, play("Roads")), record(SIMPLE, play("x"))]
    parts = [
        Record(str(n), {**row.slice, "part": part}, row.right, row.scores)
        for n, (row, part) in enumerate(zip(rows, ("live", "non-live"), strict=True))
    ]
    (found,) = figures(parts).values()
    assert [found[name]["right"]["share"] for name in ("simple", "live simple", "non-live simple")] == [0.5, 1.0, 0.0]


def test_harmonic_mean() -> None:
    assert harmonic([1.0] * 50, [1.0] * 50).value == 1.0
    assert harmonic([1.0, 0.0], [1.0, 1.0]).value == pytest.approx(2 / 3)
    assert harmonic([1.0], [0.0]).value == 0.0
    mean = harmonic([1.0, 0.0] * 20, [1.0] * 40)
    assert mean.low < mean.value < mean.high
    assert mean.n == 80


def test_measures_of_nothing_much() -> None:
    row = measures([Record("x", {"category": "simple"}, right=False)])
    assert row["right"]["n"] == 1
    assert "ms" not in row
