"""A skill that would be wrong without a word at run time fails admission with a word."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from adapters.admission import Check, check_skill
from router.engines.engine import Request
from tests.adapters.conftest import LAYER, SCHEMA, WIDTH, write_weights


class _Engine:
    """Scores every text equally, and `heard` nats higher with a skill."""

    def __init__(self, heard: float) -> None:
        self.heard = heard

    def score(self, request: Request, candidates: Sequence[str]) -> list[float]:
        return [-10.0 + (self.heard if request.skill else 0.0)] * len(candidates)


def _verdicts(folder: Path, base: Path, engine: _Engine | None = None) -> dict[str, Check]:
    return {check.name: check for check in check_skill(folder, base, engine).checks}  # type: ignore[arg-type]


def test_a_whole_skill_passes(skill_folder: Path, base: Path) -> None:
    report = check_skill(skill_folder, base, _Engine(heard=0.5))  # type: ignore[arg-type]
    assert report.passed
    assert {check.verdict for check in report.checks} == {"pass"}
    assert json.loads(json.dumps(report.to_json()))["passed"] is True


def test_without_an_engine_the_canary_is_skipped_and_says_so(skill_folder: Path, base: Path) -> None:
    canary = _verdicts(skill_folder, base)["canary"]
    assert (canary.verdict, canary.why) == ("skip", "No engine was given to try the skill on.")


def test_a_skill_without_weights_passes(skill_folder: Path, base: Path) -> None:
    for path in sorted((skill_folder / "weights").iterdir()):
        path.unlink()
    (skill_folder / "weights").rmdir()
    report = check_skill(skill_folder, base)
    assert report.passed
    assert [check.name for check in report.checks if check.verdict == "skip"] == [
        "base",
        "rank",
        "targets",
        "numbers",
        "canary",
    ]


def _card(folder: Path, card: dict[str, object]) -> None:
    (folder / "card.json").write_text(json.dumps(card))


def _schema(folder: Path, **keywords: object) -> None:
    (folder / "schema.json").write_text(json.dumps({**SCHEMA, **keywords}))


FAULTS: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "broken manifest": (lambda folder: (folder / "SKILL.md").write_text(""), "manifest", "front matter"),
    "refused weights": (lambda folder: (folder / "weights" / "x.bin").touch(), "manifest", "run code"),
    "schema no grammar holds": (lambda folder: _schema(folder, **{"if": {"required": ["city"]}}), "schema", "if"),
    "example outside its schema": (
        lambda folder: _schema(folder, required=["country"], properties={"country": {}}),
        "examples",
        "country",
    ),
    "no base named": (lambda folder: _card(folder, {}), "base", "which base"),
    "base of text": (lambda folder: _card(folder, {"base": "quiver"}), "base", "which base"),
    "another base": (lambda folder: _card(folder, {"base": {"digest": "0" * 64}}), "base", "000000000000"),
    "layer of another base": (
        lambda folder: write_weights(folder / "weights", layer="model.layers.0.q_proj"),
        "targets",
        "no layer",
    ),
    "layer of another shape": (lambda folder: write_weights(folder / "weights", width=2 * WIDTH), "targets", LAYER),
    "NaN": (lambda folder: write_weights(folder / "weights", scale=np.nan), "numbers", "NaN"),
    "untrained": (lambda folder: write_weights(folder / "weights", scale=0.0), "numbers", "changes nothing"),
}


@pytest.mark.parametrize(("spoil", "name", "told"), FAULTS.values(), ids=FAULTS)
def test_faults(skill_folder: Path, base: Path, spoil: Callable[[Path], object], name: str, told: str) -> None:
    spoil(skill_folder)
    check = _verdicts(skill_folder, base)[name]
    assert check.verdict == "fail"
    assert told in check.why
    assert check.fix
    assert not check_skill(skill_folder, base).passed


def test_a_skill_that_loads_but_does_not_act_is_caught(skill_folder: Path, base: Path) -> None:
    canary = _verdicts(skill_folder, base, _Engine(heard=0.0))["canary"]
    assert (canary.verdict, canary.why) == ("fail", "The base answers the same with and without the skill.")


def test_a_score_that_is_no_number_is_no_proof(skill_folder: Path, base: Path) -> None:
    assert _verdicts(skill_folder, base, _Engine(heard=float("nan")))["canary"].verdict == "fail"
