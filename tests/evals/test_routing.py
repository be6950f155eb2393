"""The measures of routing on cases worked out by hand, and the reading of CLINC150's layout."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from evals import routing
from evals.routing import auroc, calibration_error, evaluate, read_clinc
from router.errors import UsageError
from router.routing import Router
from tests.router.words_encoder import WordsEncoder, shared

WORDS = {"weather": "rain sun cloud wind snow", "music": "song album band jazz tune"}


def clinc(folder: Path) -> Path:
    def rows(start: int, count: int) -> list[list[str]]:
        pairs = [(intent, words.split()) for intent, words in WORDS.items()]
        return [[f"{w[i % 5]} {w[(i + 1) % 5]}", intent] for intent, w in pairs for i in range(start, start + count)]

    strays = [["photosynthesis", "oos"], ["mitochondria", "oos"]]
    splits = {"train": rows(0, 4), "val": rows(1, 2), "test": rows(2, 3), "oos_val": strays, "oos_test": strays}
    (folder / "data_full.json").write_text(json.dumps(splits))
    return folder


def test_a_small_set_is_scored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def with_test_weights(encoder: object, **options: bool) -> Router:
        return Router(encoder, shared(), **options)  # type: ignore[arg-type]

    monkeypatch.setattr(routing, "Router", with_test_weights)
    score = evaluate(clinc(tmp_path), WordsEncoder(), examples=4, timed=2)  # type: ignore[arg-type]
    assert (score.skills, score.accuracy.n, score.oos_recall.n) == (2, 6, 2)
    assert score.accuracy.value == 1.0
    assert score.oos_recall.value == 1.0
    assert score.auroc == 1.0
    assert score.confused == []
    assert json.loads(json.dumps(score.to_json()))["seed"] == 0


@pytest.mark.parametrize("content", [None, "", "[]", '{"train": []}', '{"train": [["only text"]]}'])
def test_a_missing_or_other_file_says_what_to_give(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "data_full.json").write_text(content)
    with pytest.raises(UsageError) as raised:
        read_clinc(tmp_path)
    assert "data_full.json" in raised.value.hint


def test_auroc_counts_ties_half() -> None:
    assert auroc(np.array([2.0, 1.0]), np.array([1.0, 0.0])) == pytest.approx(3.5 / 4)


def test_calibration_error() -> None:
    correct = np.array([True, True, True, False])
    assert calibration_error(np.full(4, 0.75), correct) == pytest.approx(0.0)
    assert calibration_error(np.array([1.0, 1.0, 0.0, 0.0]), correct) == pytest.approx(0.25)
