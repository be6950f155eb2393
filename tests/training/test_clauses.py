"""Training the clause splitter, end to end on a handful of tasks: weights the run time reads, and a card."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import training.clauses
from router import clauses
from router.encoder import Encoder
from training.request_pools import grammar


def test_training_writes_weights_the_run_time_reads_and_a_card(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(training.clauses, "stock", lambda data, rng: [grammar(200)])
    monkeypatch.setattr(training.clauses, "JUDGED", 20)
    by_hand = tmp_path / "tasks.txt"
    by_hand.write_text("# a remark\n[[read a.txt]] and [[add 3 and 4]]\n", encoding="utf-8")
    out = tmp_path / "head.safetensors"
    options = ["--data", str(tmp_path), "--out", str(out), "--tasks", "60", "--epochs", "2", "--measure", str(by_hand)]
    training.clauses.main(options)
    scores = json.loads(capsys.readouterr().out)
    assert scores["by hand"]["n"] == 1
    assert clauses.split(Encoder.load(), "read a.txt", clauses.load(out))
    card = json.loads(out.with_suffix(".json").read_text(encoding="utf-8"))
    assert card["scores"] == scores
    assert card["data"] == [{"source": "grammar", "licence": "Apache-2.0", "requests": 200, "tools": 26}]
