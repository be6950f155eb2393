"""Two runs paired by case: the difference, its interval, McNemar's test, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from evals.compare import as_text, compare, mcnemar
from evals.runs import Kind, Record, Run, open_run, read_run
from router.errors import UsageError


def made(folder: Path, right: Sequence[bool | None], first: int = 0, kind: Kind = "calls", **more: Any) -> Run:
    with open_run(kind, {"folder": folder.name}, folder) as run:
        for number, each in enumerate(right, start=first):
            parity = {"parity": "odd" if number % 2 else "even", "all": "one"}
            run.add(Record(f"c{number}", parity, each, {"f1": number / 10}, reason=None if each else "no", **more))
    return read_run(folder)


def test_the_difference_of_paired_cases(tmp_path: Path) -> None:
    a = made(tmp_path / "a", [False] * 40 + [True] * 40)
    b = made(tmp_path / "b", [True] * 20 + [False] * 20 + [True] * 36 + [False] * 4)
    found = compare(a, b)
    assert (found.overall.a, found.overall.b) == (0.5, 0.7)
    assert found.overall.difference.value == pytest.approx(0.2)
    assert 0.05 < found.overall.difference.low < 0.12
    assert 0.28 < found.overall.difference.high < 0.35
    assert [after.case for _, after in found.lost] == ["c76", "c77", "c78", "c79"]
    assert found.p == pytest.approx(2 * sum([1, 24, 276, 2024, 10626]) / 2**24)
    assert {name: list(sides) for name, sides in found.slices.items()} == {"parity": ["even", "odd"]}
    assert sum(side.difference.n for side in found.slices["parity"].values()) == 80
    assert json.loads(json.dumps(found.to_json()))["mcnemar"]["gained"] == 20
    assert found.to_json() == compare(a, b).to_json()
    text = "\n".join(as_text(found))
    assert "+20.0%" in text
    assert "20 gained, 4 lost" in text
    assert "folder is a there and b here" in text


def test_only_cases_of_both_count(tmp_path: Path) -> None:
    found = compare(made(tmp_path / "a", [True] * 4), made(tmp_path / "b", [False, None, True, True], first=2))
    assert (found.overall.difference.n, found.only_a, found.only_b) == (1, 2, 2)


def test_a_score_that_is_not_yes_or_no(tmp_path: Path) -> None:
    found = compare(made(tmp_path / "a", [True] * 8), made(tmp_path / "b", [False] * 8), "f1")
    assert (found.p, found.overall.difference.value, found.gained) == (None, 0.0, [])


def test_runs_of_one_task_are_drawn_together(tmp_path: Path) -> None:
    alone = compare(made(tmp_path / "a", [False] * 40), made(tmp_path / "b", [True] * 20 + [False] * 20))
    grouped = [Record(f"{task}#{n}", right=task < 2, group=str(task)) for task in range(4) for n in range(10)]
    with open_run("calls", {}, tmp_path / "d") as run:
        for record in grouped:
            run.add(record)
    with open_run("calls", {}, tmp_path / "c") as base:
        for record in grouped:
            base.add(Record(record.case, right=False, group=record.group))
    together = compare(base, run)
    assert together.overall.difference.value == alone.overall.difference.value == 0.5
    assert together.overall.difference.low < alone.overall.difference.low - 0.1


@pytest.mark.parametrize(
    ("gained", "lost", "p"), [(0, 0, 1.0), (1, 0, 1.0), (5, 5, 1.0), (6, 0, 2 / 64), (1, 9, 22 / 1024)]
)
def test_mcnemar(gained: int, lost: int, p: float) -> None:
    assert mcnemar(gained, lost) == mcnemar(lost, gained) == pytest.approx(p)


def test_what_cannot_be_compared(tmp_path: Path) -> None:
    a = made(tmp_path / "a", [True])
    with pytest.raises(UsageError, match="no case in common"):
        compare(a, made(tmp_path / "b", [True], first=7))
    with pytest.raises(UsageError, match="measures calls"):
        compare(a, made(tmp_path / "c", [True], kind="json"))
    with pytest.raises(UsageError) as raised:
        compare(a, a, "beauty")
    assert "f1" in raised.value.hint
    with pytest.raises(UsageError, match="cannot be read"):
        read_run(tmp_path)


def test_cases_that_expect_something_else_are_counted(tmp_path: Path) -> None:
    a, b = made(tmp_path / "a", [True] * 3, expected=1), made(tmp_path / "b", [True] * 3, expected=2)
    assert compare(a, b).changed == 3
