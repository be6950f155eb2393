"""The comparison of methods: its table, whose mistakes differ, and that what was run is not run again."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import pytest

from router.errors import TaskFailed
from training import compare_methods
from training.compare_methods import overlap, overlaps, run_all, table


def record(method: str, wrong: list[int], skill: str = "answer") -> dict[str, Any]:
    return {
        "skill": skill, "method": method, "steps": 9, "seed": 1, "rate": 1e-3, "rows": 10, "exact": 10 - len(wrong),
        "exact_base": 2, "parameters": 1_234, "seconds": 5.0, "peak_bytes": 2 * 10**9, "wrong": wrong,
        "left": {"form": "LoRA"},
    }  # fmt: skip


def test_the_best_comes_first_with_its_interval() -> None:
    lines = table([record("vera", [1, 2, 3]), record("lora", [1])]).splitlines()
    assert lines[2].startswith("| answer | lora | 9 of 10 | 60%–98% | 1,234 | 1e-03 | 2.00 | 5 | LoRA |")
    assert "vera" in lines[3]


def test_mistakes_are_alike_as_far_as_they_are_shared() -> None:
    assert overlap(record("a", [1, 2, 3]), record("b", [3, 4])) == {"alike": 0.25, "one_of_both": 0.9}
    assert overlap(record("a", []), record("b", [])) == {"alike": 1.0, "one_of_both": 1.0}
    text = overlaps([record("a", [1, 2]), record("b", [2]), record("c", [5])])
    assert text.index("a and c") < text.index("a and b")


def test_what_was_run_is_not_run_again_and_a_run_that_fails_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []

    def one(skill: str, method: str, given: argparse.Namespace) -> dict[str, Any]:
        ran.append(method)
        if method == "dora":
            raise TaskFailed("dora")
        return record(method, [1])

    monkeypatch.setattr(compare_methods, "_in_a_process", one)
    given = argparse.Namespace(skills=["answer"], steps=9, seed=1, out=tmp_path)
    with pytest.raises(TaskFailed):
        run_all(given, ["lora", "dora"])
    assert len(run_all(given, ["lora", "vera"])) == 2
    assert ran == ["lora", "dora", "vera"]
