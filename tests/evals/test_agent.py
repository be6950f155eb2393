"""`quiver eval agent` over a scripted model: runs, resuming, boundaries, the gate, and what it prints."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from evals.agent.outcome import Attempt, SeededEngine, boundary
from evals.agent.tasks import Task
from evals.runs import read_run
from router.cli.app import quiver
from router.conversation import Message
from router.engines.engine import Request
from router.engines.scripted import Line, ScriptedEngine
from router.record import RunRecord, StepRecord
from tests.router.scripted_session import call, play, said

TASKS = (
    {
        "id": "read",
        "task": "read_file n.txt",
        "files": {"n.txt": "4"},
        "expect": {"says": ["4"], "tools": ["read_file"]},
    },
    {"id": "file", "task": "write_file a.txt", "expect": {"says": [], "files": {"a.txt": ["hi"]}}},
)
READ = [call("read_file", path="n.txt"), said("4")]
FILE = [call("write_file", path="a.txt", content="hi"), said("written")]


@pytest.fixture
def tasks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QUIVER_HOME", str(tmp_path / "home"))
    path = tmp_path / "tasks.jsonl"
    path.write_text("".join(json.dumps(task) + "\n" for task in TASKS))
    return path


def agent(monkeypatch: pytest.MonkeyPatch, script: Sequence[Line], *words: str) -> Result:
    play(monkeypatch, script)
    return CliRunner().invoke(quiver, ["eval", "agent", *words])


def test_tasks_are_counted_and_the_gate_holds(tasks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = [call("write_file", path="a.txt", content="hello"), said("written")]
    out = tmp_path / "run"
    words = ("--tasks", str(tasks), "--out", str(out), "--json", "--min-accuracy", "0.6")
    result = agent(monkeypatch, [*READ, *wrong], *words)
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert (found["done"]["hits"], found["done"]["n"]) == (1, 2)
    assert (found["steps"]["mean"], found["switches"]["mean"]) == (2, 1)
    assert found["failures"] == {"answer": 1}
    assert found["gate"] == {"accuracy": 0.5, "min": 0.6, "ok": False}
    assert [record.case for record in read_run(out).records()] == ["read#0", "file#0"]
    assert "a.txt does not hold" in (out / "report.html").read_text()
    again = agent(monkeypatch, [], *words[:-1], "0.5")
    assert (again.exit_code, json.loads(again.stdout)["run"]["resumed"]) == (0, 2)
    assert "2 of 2 cases were done already" in again.stderr


def test_runs_of_a_task_are_cases_of_one_group(tasks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = [call("read_file", path="n.txt"), said("5")]
    out = tmp_path / "run"
    result = agent(
        monkeypatch, [*READ, *bad, *FILE, *FILE], "--tasks", str(tasks), "--runs", "2", "--out", str(out), "--json"
    )
    found = json.loads(result.stdout)
    assert (found["done"]["share"], found["done"]["n"]) == (0.75, 4)
    assert found["done_in_every_run"]["hits"] == 1
    assert found["done_in_some_run"]["hits"] == 2
    assert [(record.case, record.group) for record in read_run(out).records()][:2] == [
        ("read#0", "read"),
        ("read#1", "read"),
    ]


def test_it_is_resumed_and_never_mixed(tasks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "run"
    words = ("--tasks", str(tasks), "--out", str(out))
    agent(monkeypatch, [*READ, *FILE], *words)
    path = out / "records.jsonl"
    path.write_bytes(path.read_bytes()[:-9])
    result = agent(monkeypatch, FILE, *words)
    assert result.exit_code == 0
    assert "100.0%" in result.stdout
    assert len(path.read_bytes().splitlines()) == 2
    refused = agent(monkeypatch, [], *words, "--no-skill", "--json")
    assert refused.exit_code == 2
    assert "options.no_skill is false there and true here" in json.loads(refused.stdout)["error"]["message"]


def test_an_engine_that_is_gone_is_no_wrong_answer(
    tasks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("--tasks", str(tasks), "--out", str(tmp_path / "run"))
    assert agent(monkeypatch, READ, *words).exit_code == 3
    assert read_run(tmp_path / "run").done == {"read#0"}
    assert agent(monkeypatch, FILE, *words).exit_code == 0


def test_only_names_a_task(tasks: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = agent(monkeypatch, FILE, "--tasks", str(tasks), "--only", "file", "--json")
    assert json.loads(result.stdout)["done"]["n"] == 1
    assert agent(monkeypatch, [], "--tasks", str(tasks), "--only", "nothing").exit_code == 2


def test_a_run_seeds_what_is_sampled() -> None:
    seen: list[Request] = []

    class Listening(ScriptedEngine):
        def generate(self, request: Request, **how: Any) -> Any:
            seen.append(request)
            return super().generate(request, **how)

    engine = Listening([said("x")] * 2)
    request = Request([Message("user", "x")], temperature=0.6, seed=1)
    for run in (0, 3):
        SeededEngine(engine, Attempt(Task("t", "x", {}), run, 0.3)).generate(request)
    assert [(each.seed, each.temperature) for each in seen] == [(1, 0.6), (3001, 0.6)]


OK = StepRecord("tool-call", tool="calculate", observation="4", valid=True)
FAILED = StepRecord("tool-call", tool="calculate", observation="no", valid=True, failure="arguments")
SPOKE = StepRecord("answer", valid=True)


@pytest.mark.parametrize(
    ("expect", "status", "steps", "where"),
    [
        ({"tools": ["calculate"]}, "ok", [OK, SPOKE], "answer"),
        ({"tools": ["calculate"]}, "ok", [SPOKE], "tool"),
        ({"tools": ["calculate"]}, "declined", [FAILED, SPOKE], "arguments"),
        ({"tools": ["calculate"]}, "declined", [SPOKE], "decline"),
        ({"status": "declined", "no_tools": True}, "ok", [OK, SPOKE], "decline"),
        ({"skills": ["json-extract"]}, "ok", [OK, SPOKE], "route"),
    ],
)
def test_where_it_went_wrong(expect: dict[str, Any], status: Any, steps: list[StepRecord], where: str) -> None:
    assert boundary(Task("t", "do it", expect), RunRecord(status, "x", steps, "id")) == where


def test_an_error_is_its_own_boundary() -> None:
    run = RunRecord("failed", None, [OK], "id", {"type": "contract-failed", "message": "no", "hint": ""})
    assert boundary(Task("t", "do it", {}), run) == "contract"
