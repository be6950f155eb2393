"""Replay: the same steps from the recording, and every way to differ is said."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from router import opening
from router.cli.app import quiver
from router.opening import open_store
from router.options import Options
from router.replay import compare, replay_recorded
from tests.router.scripted_session import call, play, said

TASK = "calculate 2 + 2, then write_file 4 to out.txt"
SCRIPT = [
    "not a call",
    call("calculate", expression="2 + 2"),
    said("It is 4."),
    call("write_file", path="out.txt", content="4"),
    said("Written."),
]


@pytest.fixture(autouse=True)
def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run with a repair and a tool that writes, in a home of its own."""
    monkeypatch.setenv("QUIVER_HOME", str(tmp_path / "home"))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    play(monkeypatch, SCRIPT)
    assert invoke("run", TASK, "--yes").exit_code == 0


def invoke(*words: str) -> Result:
    return CliRunner().invoke(quiver, words)


def test_the_recording_gives_the_same_steps_and_touches_nothing() -> None:
    Path("out.txt").unlink()
    result = invoke("trace", "replay")
    assert (result.exit_code, result.stdout) == (0, "the same 4 steps and the same answer\n")
    assert not Path("out.txt").exists()
    assert len(open_store().list()) == 1


def split_otherwise(monkeypatch: pytest.MonkeyPatch, split: Callable[[str], list[str]]) -> None:
    choosing = opening.open_choosing(opening.open_registry())
    monkeypatch.setattr(opening, "open_choosing", lambda registry: choosing._replace(split=split))


def test_what_differs_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    split_otherwise(monkeypatch, lambda task: [f"{clause} now" for clause in task.split(", then ")])
    replay = replay_recorded(open_store().load("last"))
    assert [(each.step, each.what) for each in replay.differences] == [(step, "clause") for step in (1, 2, 3, 4)]
    assert str(replay.differences[0]) == "step 1, clause: recorded 'calculate 2 + 2', now 'calculate 2 + 2 now'"


def test_a_recording_that_is_too_short_for_the_code_of_today_is_a_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    split_otherwise(monkeypatch, lambda task: [*task.split(", then "), "day_of_week today"])
    result = invoke("trace", "replay", "--json")
    assert result.exit_code == 1
    replay = json.loads(result.stdout)
    assert not replay["same"]
    assert [(each["what"], each["replayed"]) for each in replay["differences"]] == [("status", "failed")]


def test_live_asks_the_engine_and_the_tools_again(monkeypatch: pytest.MonkeyPatch) -> None:
    other = [*SCRIPT[1:2], said("It is four."), *SCRIPT[3:]]
    play(monkeypatch, other)
    Path("out.txt").unlink()
    result = invoke("trace", "replay", "--live", "--yes")
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "step 1, repairs: recorded 1, now 0",
        "step 2, output: recorded {'answer': 'It is 4.'}, now {'answer': 'It is four.'}",
        "the run, answer: recorded 'It is 4.\\nWritten.', now 'It is four.\\nWritten.'",
    ]
    assert Path("out.txt").exists()


def test_secrets_that_were_hidden_do_not_count_as_differences() -> None:
    trace = open_store().load("last")
    run = trace.record
    hidden = type(run)("ok", "token=[redacted]", [], "a")
    assert not list(compare(hidden, type(run)("ok", "token=abcdef", [], "b")))


def test_a_trace_without_its_session_is_refused() -> None:
    with open_store().start("by another program", {}) as recorder:
        recorder.finish("ok", "x")
    result = invoke("trace", "replay", recorder.id, "--json")
    assert result.exit_code == 2
    assert json.loads(result.stdout)["error"]["type"] == "trace-broken"


def test_options_come_back_from_a_trace(tmp_path: Path) -> None:
    options = Options(skill="answer", workdir=tmp_path, schema=Path("s.json"), allow_hosts=("a.org",))
    row = json.loads(json.dumps(options.to_json()))
    again = Options.from_json({**row, "of a later version": 1})
    assert again == Options(skill="answer", workdir=tmp_path, schema=Path("s.json").absolute(), allow_hosts=("a.org",))
