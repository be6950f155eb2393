"""A skill that would be wrong without a word at run time fails admission with a word."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from adapters import second_grammar
from adapters.admission import Check, Gate, check_skill
from adapters.held_out import Case
from adapters.publish import publish
from adapters.skill import Skill, load_skill
from adapters.versions import Versions
from router.conversation import Message
from router.engines.engine import BaseInfo, Completion, Request
from tests.adapters.conftest import LAYER, SCHEMA, WIDTH, write_weights


class _Engine:
    """Scores every text equally, and `heard` nats higher with a skill. Where the grammar allows one text only it
    says that, if it `constrains`; else what `says` gives for a version and a request."""

    def __init__(
        self, heard: float, constrains: bool = True, says: Mapping[tuple[str, str], str] | None = None
    ) -> None:
        self.heard, self.constrains, self.says = heard, constrains, says or {}
        self.base = BaseInfo("tiny", "", 1024, 2, reads_whole_task=True)

    def generate(self, request: Request) -> Completion:
        assert request.contract is not None
        const = request.contract.schema.get("const")
        if const is not None:
            return Completion(json.dumps(const) if self.constrains else "Sure!", "stop")
        assert request.skill is not None
        return Completion(self.says.get((request.skill.version, request.messages[0].content), "{}"), "stop")

    def score(self, request: Request, candidates: Sequence[str]) -> list[float]:
        return [-10.0 + (self.heard if request.skill else 0.0)] * len(candidates)


def _verdicts(folder: Path, base: Path, engine: _Engine | None = None) -> dict[str, Check]:
    return {check.name: check for check in check_skill(folder, base, engine).checks}  # type: ignore[arg-type]


def test_a_whole_skill_passes(skill_folder: Path, base: Path) -> None:
    report = check_skill(skill_folder, base, _Engine(heard=0.5))  # type: ignore[arg-type]
    assert report.passed
    skipped = {check.name for check in report.checks if check.verdict == "skip"}
    assert skipped - {"xgrammar"} == {"held-out", "regression"}  # nothing was asked of it
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
    skipped = [check.name for check in report.checks if check.verdict == "skip" and check.name != "xgrammar"]
    assert skipped == ["base", "rank", "targets", "numbers", "canary", "grammar", "held-out", "regression"]


def _card(folder: Path, card: dict[str, object]) -> None:
    (folder / "card.json").write_text(json.dumps(card))


def _schema(folder: Path, **keywords: object) -> None:
    (folder / "schema.json").write_text(json.dumps({**SCHEMA, **keywords}))


FAULTS: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "broken manifest": (lambda folder: (folder / "SKILL.md").write_text(""), "manifest", "front matter"),
    "refused weights": (lambda folder: (folder / "weights" / "x.bin").touch(), "weights", "run code"),
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


WRONG_ADAPTERS: dict[str, tuple[dict[str, object], str]] = {
    "DoRA": ({"use_dora": True}, "use_dora=False"),
    "rank too high": ({"r": 1024}, "a rank of 1, 8, 16, 32, 64, 128, 256, 320, 512"),
    "rank no kernel has": ({"r": 12}, "a rank of 1, 8"),
    "another method": ({"peft_type": "IA3"}, "peft_type LORA"),
    "an init that changes the base": ({"init_lora_weights": "pissa"}, "init_lora_weights=True"),
    "biases": ({"bias": "all"}, 'bias="none"'),
    "whole modules": ({"modules_to_save": ["lm_head"]}, "modules_to_save=None"),
}


@pytest.mark.parametrize(("settings", "fix"), WRONG_ADAPTERS.values(), ids=WRONG_ADAPTERS)
def test_what_no_server_takes_is_refused_with_the_exact_fix(
    skill_folder: Path, base: Path, edit_config: Callable[..., None], settings: dict[str, object], fix: str
) -> None:
    edit_config(**settings)
    report = check_skill(skill_folder, base, _Engine(heard=0.5))  # type: ignore[arg-type]
    [check] = report.checks
    assert (report.passed, check.name, check.verdict) == (False, "weights", "fail")
    assert fix in check.fix
    assert "quiver skill train weather-note" in check.fix


def test_a_skill_that_loads_but_does_not_act_is_caught(skill_folder: Path, base: Path) -> None:
    canary = _verdicts(skill_folder, base, _Engine(heard=0.0))["canary"]
    assert (canary.verdict, canary.why) == ("fail", "The base answers the same with and without the skill.")
    assert canary.fix.endswith("quiver skill train weather-note")


def test_a_score_that_is_no_number_is_no_proof(skill_folder: Path, base: Path) -> None:
    assert _verdicts(skill_folder, base, _Engine(heard=float("nan")))["canary"].verdict == "fail"


def test_an_engine_that_does_not_constrain_is_caught(skill_folder: Path, base: Path) -> None:
    grammar = _verdicts(skill_folder, base, _Engine(heard=0.5, constrains=False))["grammar"]
    assert (grammar.verdict, "Sure!" in grammar.why, bool(grammar.fix)) == ("fail", True, True)


def test_what_the_files_refuse_is_not_tried(skill_folder: Path, base: Path) -> None:
    _card(skill_folder, {"base": {"digest": "0" * 64}})
    tried = _verdicts(skill_folder, base, _Engine(heard=0.5))
    assert (tried["base"].verdict, tried["canary"].verdict, tried["grammar"].verdict) == ("fail", "skip", "skip")


CITIES = ("Oslo", "Bern", "Lima", "Rome", "Cairo", "Paris", "Quito", "Seoul")
CASES = [Case((Message("user", f"It is 12 degrees in {city}"),), {"city": city, "degrees": 12}) for city in CITIES]


def _saying(*shares: tuple[Skill, int]) -> _Engine:
    """Each version is right on the first so many of the cases."""
    said = {
        (skill.version, case.messages[0].content): json.dumps(case.output)
        for skill, right in shares
        for case in CASES[:right]
    }
    return _Engine(heard=0.5, says=said)


@pytest.mark.parametrize(("least", "verdict"), [(None, "pass"), (0.75, "pass"), (0.76, "fail")])
def test_the_held_out_gate_counts_exact_answers(skill_folder: Path, base: Path, least: float, verdict: str) -> None:
    engine = _saying((load_skill(skill_folder), 6))
    report = check_skill(skill_folder, base, engine, Gate(CASES, least))  # type: ignore[arg-type]
    found = {check.name: check for check in report.checks}["held-out"]
    assert (found.verdict, found.why[:6]) == (verdict, "6 of 8")
    assert bool(found.fix) is (verdict == "fail")


def test_a_gate_without_requests_to_measure_on_is_missed(skill_folder: Path, base: Path) -> None:
    report = check_skill(skill_folder, base, _Engine(heard=0.5), Gate(min_exact=0.5))  # type: ignore[arg-type]
    assert {check.name: check.verdict for check in report.checks}["held-out"] == "fail"


@pytest.mark.parametrize(("before", "after", "verdict"), [(8, 3, "fail"), (8, 6, "pass"), (3, 8, "pass")])
def test_a_version_that_falls_behind_the_one_it_replaces_is_refused(
    tmp_path: Path, skill_folder: Path, base: Path, before: int, after: int, verdict: str
) -> None:
    """Two cases fewer of eight may be chance; five are not."""
    new = load_skill(skill_folder)
    write_weights(skill_folder / "weights", scale=0.2)
    old = publish(skill_folder, Versions(tmp_path / "versions"))
    write_weights(skill_folder / "weights")
    engine = _saying((old, before), (new, after))
    report = check_skill(skill_folder, base, engine, Gate(CASES, before=old))  # type: ignore[arg-type]
    found = {check.name: check for check in report.checks}["regression"]
    assert found.verdict == verdict
    assert f"{before} of 8, this one on {after}" in found.why


def test_a_version_with_another_contract_is_not_compared(tmp_path: Path, skill_folder: Path, base: Path) -> None:
    old = publish(skill_folder, Versions(tmp_path / "versions"))
    _schema(skill_folder, description="another")
    report = check_skill(skill_folder, base, _saying(), Gate(CASES, before=old))  # type: ignore[arg-type]
    assert {check.name: check.verdict for check in report.checks}["regression"] == "skip"


XGRAMMAR_REFUSES = {"degrees": {"type": "integer", "multipleOf": 5}}


@pytest.mark.skipif(not second_grammar.is_installed(), reason="xgrammar is not installed")
def test_both_grammar_engines_are_asked(skill_folder: Path, base: Path) -> None:
    assert _verdicts(skill_folder, base)["xgrammar"].verdict == "pass"
    _schema(skill_folder, properties=XGRAMMAR_REFUSES, required=["degrees"])
    found = _verdicts(skill_folder, base)["xgrammar"]
    assert (found.verdict, "multipleOf" in found.why, bool(found.fix)) == ("fail", True, True)
