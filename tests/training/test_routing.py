"""The shared parameters of the router: covariance, calibration and logistic regression on data made for the purpose."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from router.errors import UsageError
from router.routing import LAYERS, Calibration
from tests.router.words_encoder import WordsEncoder
from training.routing import Episode, background_of, calibrate, logistic, make, read_intents

COLOURS = ["red", "green", "blue", "black", "white", "grey", "pink", "brown"]
THINGS = ["lamp", "door", "song", "road", "bank", "cake", "note", "film"]


def write(folder: Path) -> Path:
    (folder / "train").mkdir()
    for thing in THINGS:
        lines = ["answerid;answer_from_user", *(f"{i};{c} {thing} of mine" for i, c in enumerate(COLOURS)), "9;"]
        (folder / "train" / f"{thing}.csv").write_text("\n".join(lines), encoding="utf-8")
    return folder


def test_intents_are_read_without_empty_rows(tmp_path: Path) -> None:
    intents = read_intents(write(tmp_path), per_intent=5)
    assert sorted(intents) == sorted(THINGS)
    assert all(len(texts) == 5 and all(texts) for texts in intents.values())


def test_another_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        read_intents(tmp_path)


def test_the_background_keeps_the_trace_of_the_covariance(tmp_path: Path) -> None:
    intents = read_intents(write(tmp_path))
    embedded = {name: WordsEncoder().embed_layers(texts, LAYERS) for name, texts in intents.items()}
    whole, few = (background_of(embedded, axes).covariance() for axes in (600, 20))
    assert np.trace(few) == pytest.approx(np.trace(whole), rel=1e-3)


def test_made_parameters_tell_requests_from_strangers(tmp_path: Path) -> None:
    made, counts = make(write(tmp_path), WordsEncoder())  # type: ignore[arg-type]
    assert counts == {"intents": len(THINGS), "requests": len(THINGS) * len(COLOURS)}
    assert made.calibration.ratio > 0
    assert made.calibration.fits(100.0, 100.0) > made.calibration.fits(10.0, 100.0)


def test_the_temperature_answers_for_the_accuracy() -> None:
    """Two skills, 80% right at a margin of 10: the softmax must say 0.8."""
    scores = np.tile(np.array([[10.0, 0.0]], np.float32), (1000, 1))
    gold = np.array([0] * 800 + [1] * 200)
    outside = Episode(
        np.vstack([scores, scores[:200]]),
        np.vstack([scores, scores[:200]]),
        np.full(2, 10, np.float32),
        np.append(gold, np.full(200, -1)),
    )
    calibration: Calibration = calibrate([outside])
    assert 1 / (1 + np.exp(-10 * calibration.temperature)) == pytest.approx(0.8, abs=0.02)


def test_logistic_regression_finds_the_share_asked_for() -> None:
    features, positive = np.ones((100, 1)), np.arange(100) < 50
    (bias,) = logistic(features, positive, share=0.8)
    assert 1 / (1 + np.exp(-bias)) == pytest.approx(0.8, abs=1e-3)
