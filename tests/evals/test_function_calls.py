"""The command from its words to its exit code, over a model that follows a script."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from evals import function_calls
from evals.call_cases import OWN, read_cases
from evals.call_step import Caller
from evals.function_calls import AS_GIVEN, Slices, main, read_all, resolved
from evals.runs import read_run
from router.engines.scripted import SCRIPTED_BASE, ScriptedEngine
from router.errors import UsageError
from tests.router.scripted_session import call

TOOL = {"name": "play", "description": "Plays.", "parameters": {"type": "object", "properties": {
    "song": {"type": "string"}}, "required": ["song"]}}  # fmt: skip


def cases(path: Path) -> Path:
    rows = [
        {"id": "a", "category": "simple", "request": "play Roads", "tools": [TOOL],
         "calls": [{"name": "play", "arguments": {"song": ["Roads"]}}]},
        {"id": "b", "category": "irrelevance", "request": "hello", "tools": [TOOL]},
    ]  # fmt: skip
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


class ByRequest(ScriptedEngine):
    """Answers by what was asked, so that the order of the cases does not matter."""

    def __init__(self, answers: dict[str, str]) -> None:
        super().__init__([], base=SCRIPTED_BASE)
        self.answers = answers

    def generate(self, request: Any, **more: Any) -> Any:
        self._script = iter([self.answers[request.messages[-1].content]])
        return super().generate(request, **more)


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ByRequest:
    monkeypatch.setenv("QUIVER_HOME", str(tmp_path / "home"))
    engine = ByRequest({"play Roads": call("play", song="roads"), "hello": call("play", song="x")})
    monkeypatch.setattr(function_calls, "open_engine", lambda options: engine)
    monkeypatch.setattr(function_calls, "open_caller", lambda engine, drawn, skills: Caller(engine))
    return engine


def run(tmp_path: Path, *words: str) -> int:
    return main(["--data", str(cases(tmp_path / "cases.jsonl")), "--out", str(tmp_path / "out"), *words])


def test_every_case_in_every_slice(tmp_path: Path, engine: ByRequest, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    raw = next(value for name, value in found.items() if "raw" in name)
    assert (raw["simple"]["exact"]["share"], raw["irrelevance"]["must_refuse"]["share"]) == (1.0, 0.0)
    assert {record.case for record in read_run(tmp_path / "out").records()} == {
        "a constrained", "a raw", "b constrained", "b raw"}  # fmt: skip
    assert (tmp_path / "out" / "report.html").is_file()
    assert engine.closed


def test_what_is_done_is_not_done_again(tmp_path: Path, engine: ByRequest) -> None:
    run(tmp_path, "--mode", "raw")
    asked = len(engine.requests)
    run(tmp_path, "--mode", "raw")
    assert (asked, len(engine.requests)) == (2, 2)
    with pytest.raises(UsageError, match="another configuration"):
        run(tmp_path, "--mode", "raw", "--seed", "1")


def test_the_gate(tmp_path: Path, engine: ByRequest, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, "--min-accuracy", "0.5") == 0
    assert run(tmp_path, "--min-accuracy", "0.6") == 1
    assert "50.0%" in capsys.readouterr().err


def test_ids_do_not_name_what_does_not_vary(tmp_path: Path, engine: ByRequest) -> None:
    run(tmp_path, "--mode", "raw", "--only", "a")
    assert [record.case for record in read_run(tmp_path / "out").records()] == ["a"]


def test_categories_are_chosen_and_strangers_refused(tmp_path: Path, engine: ByRequest) -> None:
    with pytest.raises(UsageError):
        run(tmp_path, "--category", "parallel")
    assert run(tmp_path, "--category", "irrelevance", "--mode", "raw") == 0


def test_the_default_set_ships_and_one_at_a_time_is_all_a_local_base_takes(engine: ByRequest) -> None:
    with pytest.raises(UsageError, match="one case at a time"):
        main(["--limit", "2", "--jobs", "2"])


def words(names: Sequence[str] = ("named",)) -> dict[str, Any]:
    empty: dict[str, Any] = {"skills": (), "drawn": (), "offered": (), "stepwise": False}
    return {"modes": ("raw",), "names": tuple(names), **empty}


def test_what_fits_the_base_is_chosen_where_nothing_was_said() -> None:
    bundled = resolved(words(), bundled=True, whole=False)
    assert (bundled.skills, bundled.drawn, bundled.offered) == (("with",), ("router",), (AS_GIVEN,))
    foreign = resolved(words(), bundled=False, whole=True)
    assert (foreign.skills, foreign.drawn) == (("without",), ("forced",))


def test_masked_names_are_the_same_cases_and_the_oracle_is_asked_only_what_is_due(tmp_path: Path) -> None:
    slices = Slices(modes=("raw",), drawn=("oracle",), names=("named", "masked"))
    path = cases(tmp_path / "cases.jsonl")
    found = read_all([str(path)], None, 10, slices, 0, ("simple", "irrelevance"), lambda some: some)
    assert [sorted(case.id for case in some) for some in found.values()] == [["a", "b"], ["a", "b"]]
    trials = list(slices.trials(found, 0))
    assert [trial.id for trial in trials] == ["a named", "a masked"]
    assert trials[0].case.tools != trials[1].case.tools


def test_distractors_are_masked_as_the_right_tool_is(tmp_path: Path) -> None:
    slices = Slices(modes=("raw",), names=("masked",), offered=(8,))
    found = read_all([str(cases(tmp_path / "cases.jsonl"))], None, 10, slices, 0, ("simple",), lambda some: some)
    (trial,) = slices.trials(found, 0)
    assert len(trial.case.tools) == 8
    assert not {tool.name for tool in trial.case.tools} & {tool.name for each in read_cases(OWN) for tool in each.tools}
