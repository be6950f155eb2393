"""The comparison of methods: its tables, whose mistakes differ, ensembles, and that what was run is not run again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from router import jsonl
from router.errors import TaskFailed
from tests.router.tiny import make_base
from tests.training.test_fit import rows as some_rows
from tests.training.test_train_making import making
from training import compare_methods
from training.compare_methods import Budget, Run, key_of, run_all
from training.compare_tables import methods, overlap, overlaps
from training.ensembles import ensembles, members


def record(method: str, wrong: list[int], skill: str = "answer") -> dict[str, Any]:
    return {
        "skill": skill, "method": method, "steps": 9, "batch_tokens": 64, "seed": 1, "rate": 1e-3, "rows": 10,
        "exact": 10 - len(wrong), "exact_base": 2, "parameters": 1_234, "seconds": 5.0, "peak_bytes": 2 * 10**9,
        "wrong": wrong, "left": {"form": "LoRA"},
    }  # fmt: skip


def test_the_best_comes_first_with_its_interval() -> None:
    vote = {"skill": "answer", "method": "vote", "rows": 10, "exact": 10, "wrong": [], "left": {"form": "as many runs"}}
    lines = methods([record("vera", [1, 2, 3]), record("lora", [1]), vote]).splitlines()
    assert lines[2].startswith("| answer | vote | 10 of 10 | 72%–100% | – | – | – | – |")
    assert lines[3].startswith("| answer | lora | 9 of 10 | 60%–98% | 1,234 | 1e-03 | 2.00 | 5 | LoRA |")
    assert "vera" in lines[4]


def test_mistakes_are_alike_as_far_as_they_are_shared() -> None:
    assert overlap(record("a", [1, 2, 3]), record("b", [3, 4])) == {"alike": 0.25, "one_of_both": 0.9}
    assert overlap(record("a", []), record("b", [])) == {"alike": 1.0, "one_of_both": 1.0}
    text = overlaps([record("a", [1, 2]), record("b", [2]), record("c", [5])])
    assert text.index("a and c") < text.index("a and b")
    assert "all 3 pairs on average | 17% of mistakes shared" in text


def runs(folder: Path, *names: str, base: Path = Path("base")) -> list[Run]:
    return [Run("answer", name, base, folder, Budget(9, 64, 1, 1)) for name in names]


def fake(run: Run) -> dict[str, Any]:
    with (run.folder / "ran").open("a") as file:
        file.write(f"{run.method} ")
    return {"failed": "as it was told"} if run.method == "dora" else record(run.method, [1])


def test_what_was_run_is_not_run_again_and_a_run_that_fails_is_said(tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl"
    with pytest.raises(TaskFailed, match="dora on answer failed: as it was told"):
        run_all(runs(tmp_path, "dora", "lora"), path, one=fake)
    assert [key_of(row) for row in jsonl.read(path)] == [runs(tmp_path, "lora")[0].key]
    assert len(run_all(runs(tmp_path, "lora", "vera"), path, one=fake)) == 2
    assert (tmp_path / "ran").read_text().split() == ["dora", "lora", "vera"]


def test_the_best_plain_loras_are_members() -> None:
    found = [
        record("alora", []),
        record("prefix", []),
        record("lora", [1]),
        record("dora", [2]),
        record("vera", [1, 2]),
    ]
    assert [each["method"] for each in members("answer", found)] == ["lora", "dora", "vera"]
    assert ensembles("answer", found[:3], []) == []


def test_a_skill_that_is_being_made_is_compared_by_its_rows(tmp_path: Path) -> None:
    """What was accepted is learned from; what was held out, and what a person keeps apart, is scored on."""
    made = making(tmp_path / "book-table")
    kept_apart = {"request": "a table for 2 in Graz", "output": {"city": "Graz", "guests": 2}}
    jsonl.write(made.folder / "held-out.jsonl", [kept_apart])
    compare_methods.write_rows(tmp_path, str(made.folder), None, make_base(tmp_path / "base", "opt"), seed=1)
    learned, test = compare_methods.read_rows(tmp_path, "book-table")
    assert len(learned) == compare_methods._ROWS
    assert len({tuple(row.ids) for row in learned}) >= 4
    assert len(test) == 3


def test_methods_are_trained_scored_and_combined(tmp_path: Path) -> None:
    base = make_base(tmp_path / "base", "opt")
    said = {name: [[row.ids, row.start] for row in some_rows()] for name in ("learned", "test")}
    (tmp_path / "answer.json").write_text(json.dumps(said))
    some = runs(tmp_path, "lora", "rslora", "dora", base=base)
    records = [compare_methods.run_one(run) for run in some]
    assert all(each["rows"] == 8 and each["left"]["form"] for each in records)
    ensembled = ensembles("answer", records, some)
    assert [each["method"].split()[0] for each in ensembled] == ["vote", "linear", "svd", "ties", "dare"]
    assert all(each["rows"] == 8 and each["exact"] == 8 - len(each["wrong"]) for each in ensembled)
    assert "| answer | linear (" in methods([*records, *ensembled])
