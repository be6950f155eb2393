"""Traces: complete after every line, readable after a kill at any byte, mended from the files, free of secrets."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from datetime import datetime, tzinfo
from pathlib import Path

import pytest

from router import jsonl, trace
from router.errors import ContractFailed, TraceBroken, TraceNotFound, UsageError
from router.record import GenerationRecord, RunRecord, StepRecord
from router.trace import TraceStore

CALL = StepRecord(
    skill="tool-call",
    confidence=0.91,
    runner_up="answer",
    output={"name": "read_file", "arguments": {"path": "köln.txt"}},
    valid=True,
    tool="read_file",
    arguments={"path": "köln.txt"},
    observation='12 "apples"',
    tokens={"prompt": 100, "reused": 90, "generated": 8, "forced": 5},
    ms={"route": 1.234, "generate": 20.0, "check": 0.1, "tool": 3.0},
    clause="read köln.txt",
    ranked=(("tool-call", 0.91), ("answer", 0.05)),
    shortlist=(("read_file", 0.8),),
    version="tool-call@0123456789ab",
)
ANSWER = StepRecord(skill="answer", output={"answer": "12"}, valid=True, escalated_from=("tool-call",))


def record(home: Path, task: str = "read köln.txt", *, finish: bool = True) -> str:
    recorder = TraceStore(home).start(task, {"max_steps": 3})
    recorder.generation(GenerationRecord("tool-call", text="<tool_call>…"))
    recorder.step(CALL)
    recorder.generation(GenerationRecord("answer", scores=(-1.5, -2.0)))
    recorder.step(ANSWER)
    if finish:
        recorder.finish("ok", "12")
    return recorder.id


def test_a_run_reads_back_as_it_was(tmp_path: Path) -> None:
    id = record(tmp_path)
    run = TraceStore(tmp_path).load(id)
    assert (run.id, run.task, run.options, run.status, run.answer) == (
        id,
        "read köln.txt",
        {"max_steps": 3},
        "ok",
        "12",
    )
    assert [step.to_json() for step in run.steps] == [CALL.to_json(), ANSWER.to_json()]
    assert [[each.skill for each in group] for group in run.generations] == [["tool-call"], ["answer"], []]
    assert run.generations[1][0].scores == [-1.5, -2.0]


def test_the_contract_of_run_json_is_kept() -> None:
    row = RunRecord("ok", "12", [CALL], "id").to_json()
    assert list(row) == ["status", "answer", "steps", "trace"]
    contract = ["skill", "confidence", "runner_up", "output", "valid", "repairs", "tool", "arguments", "observation"]
    assert list(row["steps"][0])[:11] == [*contract, "tokens", "ms"]
    assert list(row["steps"][0]["tokens"]) == ["prompt", "reused", "generated", "forced"]
    assert list(row["steps"][0]["ms"]) == ["route", "generate", "check", "tool"]


def test_a_cut_at_every_byte_of_the_last_record_leaves_the_run_readable(tmp_path: Path) -> None:
    store = TraceStore(tmp_path)
    path = store.find(record(tmp_path))
    whole = path.read_bytes()
    last = whole.rfind(b"\n", 0, -1) + 1
    for cut in range(last, len(whole) + 1):
        path.write_bytes(whole[:cut])
        run = store.load("last")
        assert len(run.steps) == 2
        assert run.status == ("ok" if cut >= len(whole) - 1 else "killed")


def test_a_killed_process_leaves_its_steps_and_says_killed(tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from router.trace import TraceStore; from router.record import *\n"
        "recorder = TraceStore(Path(sys.argv[1])).start('wait', {}); recorder.step(StepRecord('answer'))\n"
        "print('ready', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    store = TraceStore(tmp_path)
    assert store.load("last").status == store.list()[0].status == "running"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert store.load("last").status == store.list()[0].status == "killed"
    assert [step.skill for step in store.load("last").steps] == ["answer"]


def test_secrets_reach_no_file(tmp_path: Path) -> None:
    store = TraceStore(tmp_path)
    with store.start("use password=hunter2hunter2", {"base": "https://u:hunter2hunter2@h/"}) as recorder:
        recorder.generation(GenerationRecord("answer", text='{"token": "hunter2hunter2"}'))
        recorder.step(StepRecord("answer", arguments={"password": "hunter2hunter2"}, observation="KEY=hunter2hunter2"))
        recorder.finish("ok", "Authorization: Bearer hunter2hunter2")
    assert len(store.list()) == 1
    assert {each.name for each in store.folder.iterdir()} == {f"{recorder.id}.jsonl", "index.sqlite"}
    for file in store.folder.iterdir():
        assert b"hunter2hunter2" not in file.read_bytes()


def test_the_end_is_written_once_and_for_every_way_out(tmp_path: Path) -> None:
    store = TraceStore(tmp_path)
    with pytest.raises(KeyboardInterrupt), store.start("stop", {}):
        raise KeyboardInterrupt
    assert store.load("last").status == "interrupted"
    with pytest.raises(ContractFailed), store.start("fail", {}) as recorder:
        raise ContractFailed("nothing valid came out", hint="try another skill")
    failed = store.load(recorder.id)
    assert failed.status == "failed"
    assert failed.error == {"type": "contract-failed", "message": "nothing valid came out", "hint": "try another skill"}
    with store.start("once", {}) as recorder:
        recorder.finish("ok", "1")
        recorder.finish("failed", "2")
    assert store.load(recorder.id).answer == "1"


@pytest.mark.parametrize("harm", ["missing", "garbage", "old", "truncated", "stale"])
def test_the_index_is_mended_from_the_files(tmp_path: Path, harm: str) -> None:
    store = TraceStore(tmp_path)
    first = record(tmp_path, "first")
    assert [run.id for run in store.list()] == [first]
    index = store.folder / "index.sqlite"
    if harm == "missing":
        index.unlink()
    elif harm == "garbage":
        index.write_bytes(b"not a database" * 1000)
    elif harm == "truncated":
        index.write_bytes(index.read_bytes()[:3000])
    elif harm == "old":
        with sqlite3.connect(index) as database:
            database.execute("PRAGMA user_version = 99")
        database.close()
    else:
        store.find(first).unlink()
        first = record(tmp_path, "another")
    second = record(tmp_path, "second")
    assert {run.id: run.task for run in store.list()} == {
        first: "another" if harm == "stale" else "first",
        second: "second",
    }
    assert store.list()[0].skills == ("answer", "tool-call")
    assert len(store.list(limit=1)) == 1


def test_an_index_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    store = TraceStore(tmp_path)
    record(tmp_path)
    (store.folder / "index.sqlite").mkdir()
    assert len(store.list()) == 1


def test_no_folder_yet_means_no_runs(tmp_path: Path) -> None:
    assert TraceStore(tmp_path / "never").list() == []


@pytest.mark.parametrize("id", ["../../etc/passwd", "", "*", "20990101", "20990101-000000-abcdef", "last"])
def test_an_unknown_or_hostile_id_is_not_found(tmp_path: Path, id: str) -> None:
    (tmp_path / "traces").mkdir()
    with pytest.raises(TraceNotFound, match="no trace"):
        TraceStore(tmp_path).load(id)


def test_a_beginning_finds_one_run_and_refuses_two(tmp_path: Path) -> None:
    store = TraceStore(tmp_path)
    id = record(tmp_path)
    assert store.load(id[:-2]).id == id
    (store.folder / "20200101-000000-aaaaaa.jsonl").touch()
    with pytest.raises(TraceNotFound, match="2 traces"):
        store.load("20")


@pytest.mark.parametrize(
    "content", [b"", b'{"event": "step"}\n', b'{"event": "start"}\n', b'{"event": "start", "version": 99}\n', b"x\ny\n"]
)
def test_a_broken_file_is_said_to_be_and_does_not_hide_the_others(tmp_path: Path, content: bytes) -> None:
    store = TraceStore(tmp_path)
    id = record(tmp_path)
    (store.folder / "20200101-000000-aaaaaa.jsonl").write_bytes(content)
    assert [run.id for run in store.list()] == [id]
    with pytest.raises((TraceBroken, UsageError)):
        store.load("20200101-000000-aaaaaa")


def test_a_home_that_cannot_be_written_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file, not a folder")
    with pytest.raises(UsageError, match="cannot be written") as caught:
        TraceStore(tmp_path / "home").start("task", {})
    assert "QUIVER_HOME" in caught.value.hint


def test_two_runs_that_draw_one_name_get_a_file_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter(["aaaaaa", "aaaaaa", "aaaaaa", "bbbbbb"])
    monkeypatch.setattr(trace, "datetime", Stopped)
    monkeypatch.setattr(trace.secrets, "token_hex", lambda size: next(drawn))
    store = TraceStore(tmp_path)
    with store.start("first", {}) as first, store.start("second", {}) as second:
        first.finish("ok", "1")
        second.finish("ok", "2")
    assert {run.task: run.answer for run in store.list()} == {"first": "1", "second": "2"}


class Stopped(datetime):
    """A clock that stands still."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Stopped:
        return cls(2031, 5, 17, 12, 0, 0, tzinfo=tz)


def test_what_settles_later_is_there_at_once(tmp_path: Path) -> None:
    store = TraceStore(tmp_path)
    store.settle_later()
    ids = []
    for number in range(100):  # more than may wait
        with store.start(str(number), {}) as recorder:
            recorder.step(CALL)
            recorder.finish("ok", "done")
        ids.append(recorder.id)
        assert store.load(recorder.id).status == "ok"
    store.close()
    assert {run.id: run.status for run in TraceStore(tmp_path).list()} == dict.fromkeys(ids, "ok")
    with store.start("after it was closed", {}) as recorder:
        recorder.finish("ok", "done")
    assert store.load(recorder.id).status == "ok"


def test_the_export_is_the_file(tmp_path: Path) -> None:
    store = TraceStore(tmp_path)
    id = record(tmp_path)
    assert list(store.export(id)) == list(jsonl.read(store.find(id)))
    assert [row["event"] for row in store.export(id)] == ["start", "generation", "step", "generation", "step", "finish"]
