"""Training speed against TRL: what is compared, the clock, and the loss both learn by, where TRL is here."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from evals import bench_train
from evals.bench_train import Clock, Job
from router.errors import UsageError
from tests.router.tiny import make_base
from tests.training.test_fit import rows


@pytest.fixture
def job(tmp_path: Path) -> Job:
    made = rows(24)
    batches = [[{"ids": row.ids, "start": row.start} for row in made[at : at + 4]] for at in range(0, 24, 4)]
    (tmp_path / "batches.json").write_text(json.dumps(batches))
    return Job(str(make_base(tmp_path / "base", "opt")), str(tmp_path), rank=8, rows=4, steps=6)


def test_the_clock_leaves_the_first_updates_out(job: Job) -> None:
    clock = Clock()
    clock.ended = [0.0, 10.0, 20.0, 30.0, 31.0, 32.0, 33.0]
    clock.losses = [1.0] * 6
    told = clock.told(job)
    tokens = sum(len(row["ids"]) for batch in job.batches[3:] for row in batch)
    assert told["tokens_per_second"] == pytest.approx(tokens / 3)


def test_ours_takes_every_batch_in_turn(job: Job) -> None:
    told = bench_train.ours(job)
    assert len(told["losses"]) == job.steps
    assert told["tokens_per_second"] > 0


def test_trl_learns_from_the_same_rows_by_the_same_loss(job: Job) -> None:
    pytest.importorskip("trl", reason="TRL is not installed: pip install 'quiver-agent[train]'")
    pytest.importorskip("datasets", reason="TRL's datasets are not installed")
    theirs, ours = bench_train.trl(job), bench_train.ours(job)
    assert len(theirs["losses"]) == job.steps
    assert theirs["losses"][0] == pytest.approx(ours["losses"][0], abs=0.05)


def test_turns_are_told_as_ratios(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    speeds = iter([300.0, 100.0, 500.0, 200.0, 400.0, 100.0])

    def run(job: Job, way: str, python: str) -> dict[str, Any]:
        return {"tokens_per_second": next(speeds), "losses": [4.0, 2.0, 1.0, 1.0]}

    monkeypatch.setattr(bench_train, "_run", run)
    told = bench_train.measure(job, {"ours": "", "trl": ""}, 3)
    assert told["tokens_per_second"] == {"ours": [300, 500, 400], "trl": [100, 200, 100]}
    assert (told["ratio"], told["ratio_of_medians"]) == (2.5, 4.0)
    assert told["loss_in_the_second_half"] == {"ours": 1.0, "trl": 1.0}
    assert "quiver / TRL" in bench_train._table({"tokens": 12, **told})


def test_what_an_interpreter_lacks_is_named(tmp_path: Path) -> None:
    bare = tmp_path / "python"
    bare.write_text(f'#!/bin/sh\nexec {sys.executable} -I -S "$@"\n')
    bare.chmod(0o755)
    with pytest.raises(UsageError, match="lacks trl, datasets, peft") as raised:
        bench_train.main(["--trl-python", str(bare)])
    assert "pip install trl datasets" in raised.value.hint
    assert "--trl-python" in raised.value.hint
    with pytest.raises(UsageError, match="does not run"):
        bench_train.main(["--trl-python", str(tmp_path / "nowhere")])
