"""Measuring the router: figures worked out by hand, the readers on small files, a whole run without models."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from adapters.skill import SkillExample
from evals import routing, routing_baselines, routing_oracle, routing_scores
from evals.routing_data import KnownSkill, RoutedCase, RoutingSet, read_set, read_states
from evals.run_options import RunOptions
from evals.runs import NO_CLASS, Record, open_run
from evals.states import build
from router.engines.scripted import ScriptedEngine
from router.errors import UsageError
from router.routing import Router, State
from tests.router.words_encoder import WordsEncoder, shared

WORDS = {"weather": "rain sun cloud wind snow", "music": "song album band jazz tune"}


class Encoder(WordsEncoder):
    def embed(self, texts: list[str]) -> Any:
        return self.embed_layers(texts, (6,))[:, 0]


@pytest.fixture
def with_test_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    def learned(skills: Any, encoder: Any) -> Router:
        router = Router(encoder, shared(), remember=False)
        for skill in skills:
            router.learn(skill.name, skill.description, skill.examples)
        return router

    monkeypatch.setattr(routing, "learned", learned)


def a_set() -> RoutingSet:
    skills, cases = [], []
    for name, words in WORDS.items():
        w = words.split()
        skills.append(KnownSkill(name, name, tuple(SkillExample(f"{w[i]} {w[i + 1]}") for i in range(4))))
        cases += [RoutedCase(f"{name}-{i}", State(f"{w[i]} {w[i + 2]}"), (name,), "single") for i in range(3)]
    strays = [RoutedCase(f"oos-{text}", State(text), (), "out-of-scope") for text in ("photosynthesis", "mitochondria")]
    return RoutingSet("states", tuple(skills), (*cases, *strays))


def record(case: str, *, right: bool, sure: float, skills: tuple[str, ...] = ("a",), **scores: float) -> Record:
    chosen = skills[0] if right and skills else NO_CLASS if right or skills else "a"
    output = json.dumps({"skill": None, "ranked": [["b", 0.5]]})
    return Record(case, {"set": "states", "kind": "single"}, right, scores, output=output, ms=2.0, confidence=sure,
                  expected={"skills": list(skills)}, gold="a" if skills else NO_CLASS, predicted=chosen)  # fmt: skip


# --- a whole run -----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("with_test_weights")
def test_a_run_measures_the_router_and_baselines_and_goes_on_where_it_was(tmp_path: Path) -> None:
    routing_set, encoder = a_set(), Encoder()
    methods = ["keyword", "description", "centroid", "k-nn", routing.PROMPTED]
    engine = ScriptedEngine([], score=lambda request, name: 0.0 if name == "music" else -9.0)

    def measure() -> tuple[list[Record], int]:
        cases = routing.cases_of(routing_set, RunOptions())
        with open_run("routing", {"n": 1}, tmp_path / "run") as run:
            done = routing.measure(run, routing_set, cases, encoder, engine, 4, methods)  # type: ignore[arg-type]
            return done, run.resumed

    records, resumed = measure()
    assert (len(records), resumed) == (8, 0)
    figures = routing.summary(records, methods)["sets"]["states"]
    assert (figures["accuracy"]["share"], figures["accuracy"]["n"]) == (1.0, 6)
    assert (figures["oos_recall"]["share"], figures["auroc"]) == (1.0, 1.0)
    assert figures["same_when"]["reordered"]["share"] == 1.0
    assert figures["baselines"]["k-nn"]["accuracy"]["share"] == 1.0
    assert figures["baselines"][routing.PROMPTED]["accuracy"]["n"] == 4  # the first four, all in scope
    assert figures["baselines"][routing.PROMPTED]["accuracy"]["hits"] == 1  # three of weather, one of music
    assert figures["confused"] == {}
    assert json.loads(json.dumps(figures)) == figures

    read_before = encoder.read
    again, resumed = measure()
    assert (resumed, encoder.read) == (8, read_before)
    assert [each.case for each in again] == [each.case for each in records]


@pytest.mark.usefixtures("with_test_weights")
def test_a_wrong_decision_says_what_was_right() -> None:
    routing_set, encoder = a_set(), Encoder()
    bench = routing.prepare(routing_set, routing_set.cases, encoder, None, 0, [])  # type: ignore[arg-type]
    wrong = routing.ask(bench, "states", RoutedCase("x", State("rain sun"), ("music",), "single"))
    assert wrong.right is False
    assert (wrong.gold, wrong.predicted) == ("music", "weather")
    assert wrong.reason == "weather was chosen (weather ranked first), music is right"
    either = routing.ask(bench, "states", RoutedCase("y", State("rain sun"), ("music", "weather"), "several"))
    assert (either.right, either.gold, either.scores["first"]) == (True, "weather", 1.0)
    stray = routing.ask(bench, "states", RoutedCase("z", State("rain sun"), (), "out-of-scope"))
    assert (stray.right, stray.gold, "first" in stray.scores) == (False, NO_CLASS, False)


def test_a_limit_holds_for_each_set_and_patterns_choose() -> None:
    routing_set = a_set()
    assert len(routing.cases_of(routing_set, RunOptions(limit=3))) == 3
    chosen = routing.cases_of(routing_set, RunOptions(only=("states/oos-*",)))
    assert [case.id for case in chosen] == ["states/oos-photosynthesis", "states/oos-mitochondria"]


def test_the_gate_is_held_against_the_worst_set() -> None:
    figures = {"sets": {"a": {"accuracy": {"share": 0.9}}, "b": {"accuracy": {"share": 0.7}}, "c": {"n": 0}}}
    assert routing.least_accurate(figures) == 0.7


# --- baselines -------------------------------------------------------------------------------------------------------


def test_baselines_propose_no_skill_of_the_other_progress() -> None:
    before = KnownSkill("call", "use a tool", (SkillExample("the rain"),))
    after = KnownSkill("answer", "say it", (SkillExample("the rain", observed=True),))
    states = [State("the rain"), State("the rain", observed=True)]
    for name in ("keyword", "description", "centroid", "k-nn"):
        chosen = routing_baselines.BASELINES[name]([before, after], states, Encoder())
        assert [skill for skill, _ in chosen] == ["call", "answer"], name


def test_the_peer_is_skipped_with_a_reason_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routing_baselines, "find_spec", lambda name: None)
    skipped: dict[str, str] = {}
    assert routing_baselines.PEER not in routing._methods(skipped, 5, plain=False)
    assert skipped[routing_baselines.PEER].startswith("not installed")
    with pytest.raises(UsageError, match="not installed"):
        routing_baselines.semantic_router([], [State("x")], Encoder())


def test_one_text_alone_is_never_remembered() -> None:
    inner = Encoder()
    encoder = routing_baselines.Remembering(inner)  # type: ignore[arg-type]
    many = encoder.embed_layers(["a b", "c"], (4, 5, 6))
    assert np.array_equal(encoder.embed_layers(["c", "a b"], (4, 5, 6)), many[[1, 0]])
    assert inner.read == 2
    encoder.embed_layers(["c"], (4, 5, 6))
    assert inner.read == 3


# --- figures ---------------------------------------------------------------------------------------------------------


def test_auroc_counts_ties_half() -> None:
    assert routing_scores.auroc(np.array([2.0, 1.0]), np.array([1.0, 0.0])) == pytest.approx(3.5 / 4)


def test_calibration_error() -> None:
    correct = np.array([True, True, True, False])
    assert routing_scores.calibration_error(np.full(4, 0.75), correct) == pytest.approx(0.0)
    assert routing_scores.calibration_error(np.array([1.0, 1.0, 0.0, 0.0]), correct) == pytest.approx(0.25)


def test_recalibration_brings_overconfidence_down() -> None:
    rng = np.random.default_rng(0)
    right = rng.random(2000) < 0.7
    sure, none = np.full(2000, 0.97), [False] * 2000
    after = routing_scores.recalibrated([str(n) for n in range(2000)], sure, none, right)
    assert routing_scores.calibration_error(sure, right) > 0.2
    assert routing_scores.calibration_error(after, right) < 0.03


def test_risk_falls_with_coverage_when_the_surest_are_right() -> None:
    sure, right = np.array([0.9, 0.8, 0.7, 0.6]), np.array([True, True, False, False])
    assert routing_scores.risk_at(sure, right)["50%"] == 0.0
    assert routing_scores.risk_at(sure, right)["100%"] == 0.5
    assert routing_scores.area_under_risk(sure, right) == pytest.approx((0 + 0 + 1 / 3 + 1 / 2) / 4, abs=1e-4)


def test_strays_are_counted_below_the_fit_that_rejects_a_twentieth() -> None:
    inside = [record(str(n), right=True, sure=0.9, fit=float(n), first=1.0) for n in range(21)]
    strays = [record(f"s{n}", right=True, sure=0.9, skills=(), fit=fit) for n, fit in enumerate((-1.0, 0.9, 1.1))]
    found = routing_scores.ranking([*inside, *strays], "router")
    assert (found["oos_recall"]["hits"], found["oos_recall"]["n"]) == (2, 3)  # the threshold is 1.0


def test_being_ahead_is_paired() -> None:
    rows = [record(str(n), right=True, sure=0.9, fit=1.0, first=1.0, **{"x fit": 1.0, "x first": float(n % 2)})
            for n in range(40)]  # fmt: skip
    gap = routing_scores.ahead(rows, "x")["accuracy_ahead"]
    assert gap["mean"] == 0.5
    assert 0.3 < gap["low"] < 0.5 < gap["high"] < 0.7
    assert routing_scores.ahead(rows, "not there") == {}


def test_oracle_counts_what_is_kept() -> None:
    rows = [Record(str(n), scores={"oracle": float(n < 8), "routed": float(n < 6)}) for n in range(10)]
    found = routing_oracle.figures(rows)
    assert (found["oracle"]["hits"], found["routed"]["hits"]) == (8, 6)
    assert (found["recovered"]["hits"], found["recovered"]["n"]) == (6, 8)


def test_steps_of_the_oracle_are_the_same_every_time_and_have_outputs() -> None:
    first, again = routing_oracle.steps(10, seed=0), routing_oracle.steps(10, seed=0)
    assert [step.state for step in first] == [step.state for step in again]
    assert {step.row.skill for step in first} == {
        "tool-call",
        "answer",
        "json-extract",
        "retrieval-format",
        "safety-filter",
    }
    assert all(step.row.output is not None for step in first)


# --- data ------------------------------------------------------------------------------------------------------------


def test_clinc150_in_its_layout(tmp_path: Path) -> None:
    pairs = [["play a song", "music"], ["will it rain", "weather"], ["more jazz", "music"]]
    strays = [["photosynthesis", "oos"]]
    splits = {"train": pairs, "val": pairs, "test": pairs, "oos_val": strays, "oos_test": strays}
    (tmp_path / "data_full.json").write_text(json.dumps(splits))
    found = read_set("clinc150", tmp_path)
    assert [(skill.name, len(skill.examples)) for skill in found.skills] == [("music", 2), ("weather", 1)]
    assert [case.skills for case in found.cases] == [("music",), ("weather",), ("music",), ()]
    assert [len(skill.examples) for skill in read_set("clinc150", tmp_path, examples=1).skills] == [1, 1]


@pytest.mark.parametrize("content", [None, "", "[]", '{"train": []}', '{"train": [["only text"]]}'])
def test_a_missing_or_other_file_says_what_to_give(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "data_full.json").write_text(content)
    with pytest.raises(UsageError) as raised:
        read_set("clinc150", tmp_path)
    assert "data_full.json" in raised.value.hint


def test_metatool_leaves_tools_out_and_asks_a_tenth(tmp_path: Path) -> None:
    names = [f"tool{n}" for n in range(8)]
    (tmp_path / "plugin_des.json").write_text(json.dumps({name: f"does {name}" for name in names}))
    folder = tmp_path / "data"
    folder.mkdir()
    lines = ["Query,Tool", *(f"use {names[n % 8]} {n},{names[n % 8]}" for n in range(80))]
    (folder / "all_clean_data.csv").write_text("\n".join(lines))
    both = [{"query": "both", "tool": ["tool1", "tool2"]}, {"query": "one unknown", "tool": ["tool0", "tool2"]}]
    (folder / "multi_tool_query_golden.json").write_text(json.dumps(both))
    found = read_set("metatool", tmp_path)
    assert [skill.name for skill in found.skills] == names[1:]
    assert {case.kind for case in found.cases} == {"single", "several", "out-of-scope"}
    assert [case.skills for case in found.cases if case.kind == "several"] == [("tool1", "tool2")]
    learned = {example.request for skill in found.skills for example in skill.examples}
    assert not learned & {case.state.text for case in found.cases}


def test_a_public_set_without_data_says_so() -> None:
    with pytest.raises(UsageError, match="needs its data"):
        read_set("nlu", None)


def test_our_own_states_are_many_and_name_known_skills() -> None:
    rows = read_states()
    assert len(rows) >= 1000
    assert {row.kind for row in rows} == {"single", "several", "near-duplicate", "out-of-scope"}
    near, plain = read_set("states-near", None), read_set("states", None)
    names = {skill.name for skill in near.skills}
    assert {name for row in rows for name in row.skills} <= names
    assert not {row.kind for row in plain.cases} & {"near-duplicate"}
    examples = {example.request for skill in near.skills for example in skill.examples}
    assert not examples & {row.state.text for row in rows}


def test_what_is_chosen_by_is_not_what_is_reported() -> None:
    dev, test = read_set("states", None, split="val"), read_set("states", None)
    assert len(dev.cases) > 500 < len(test.cases)
    assert not {case.id for case in dev.cases} & {case.id for case in test.cases}
    assert {case.kind for case in dev.cases} == {case.kind for case in test.cases}
    grammar = yaml.safe_load((build.FOLDER / "grammar.yaml").read_text(encoding="utf-8"))
    say = build.Wording(grammar, random.Random(1))
    drawn = [(say.pick("none"), say.half) for _ in range(400)]
    wordings = [{wording for wording, half in drawn if half == each} for each in ("dev", "test")]
    assert len(wordings[0]) > 15 < len(wordings[1])
    assert not wordings[0] & wordings[1]


def test_the_states_are_what_the_script_builds() -> None:
    grammar = yaml.safe_load((build.FOLDER / "grammar.yaml").read_text(encoding="utf-8"))
    made = [(row.text, row.observed, row.skills) for row in build.rows(grammar)]
    assert made == [(row.state.text, row.state.observed, row.skills) for row in read_states()]
