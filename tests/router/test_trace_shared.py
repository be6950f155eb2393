"""Traces in a real PostgreSQL: the same records as in files, by the same words, and none lost however it fails."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from router.errors import TraceBroken, TraceNotFound, TracesUnreachable, UsageError
from router.record import GenerationRecord, ObservationRecord, StepRecord
from router.trace import Recorder, Traces, TraceStore
from router.trace_shared import SharedTraces
from tests.router.postgres_server import PASSWORD, Postgres, running, why_not

pytestmark = [pytest.mark.server, pytest.mark.skipif(why_not() is not None, reason=why_not() or "")]

CALL = StepRecord("tool-call", 0.9, output={"name": "read_file", "arguments": {"path": "köln.txt"}}, valid=True)
ANSWER = StepRecord("answer", output={"answer": "12"}, valid=True, version="answer@0123456789ab")


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with running() as postgres:
        yield postgres


@pytest.fixture
def url(server: Postgres) -> Iterator[str]:
    """A database of its own, on a server that runs."""
    if server.process is None:
        server.start()
    name = f"test_{time.monotonic_ns()}"
    asked(server.url(), f"CREATE DATABASE {name}")
    yield server.url(name)
    if server.process is None:
        server.start()
    asked(server.url(), f"DROP DATABASE {name} WITH (FORCE)")


def asked(url: str, words: str, *values: Any) -> list[tuple[Any, ...]]:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(words, values)
        return cursor.fetchall() if cursor.description else []


class Logged:
    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def __call__(self, event: str, **fields: Any) -> None:
        self.rows.append(fields)

    def saw(self, database: str) -> bool:
        return any(row.get("database") == database for row in self.rows)


def opened(url: str, folder: Path, log: Logged | None = None) -> SharedTraces:
    from router.trace_database import Address

    return SharedTraces(Address.of(url), folder, log or Logged())


def recorded(recorder: Recorder, answer: str = "12") -> str:
    with recorder:
        recorder.generation(GenerationRecord("tool-call", text="<tool_call>…"))
        recorder.observation(ObservationRecord("read_file", '12 "apples"', "ok", 3.0))
        recorder.step(CALL)
        recorder.generation(GenerationRecord("answer", scores=(-1.5, -2.0)))
        recorder.step(ANSWER)
        recorder.finish("ok", answer)
    return recorder.id


def until(holds: Callable[[], bool], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.02)


def delivered(traces: SharedTraces) -> None:
    until(lambda: not traces.waiting)


# --- the same as in files --------------------------------------------------------------------------------------------


def test_a_run_reads_back_as_from_a_file(url: str, tmp_path: Path) -> None:
    def of(traces: Traces) -> tuple[Any, ...]:
        id = recorded(traces.start("read köln.txt", {"max_steps": 3, "text": "\x00 \ud800 \u2028"}))
        if isinstance(traces, SharedTraces):
            delivered(traces)
        run, rows = traces.load(id), list(traces.export(id))
        summary = traces.list()[0]
        assert run.id == summary.id == id
        assert (run.started, run.finished) == (summary.started, summary.finished)
        for row in rows:
            del row["time"]
        del rows[0]["id"]
        about = (summary.task, summary.status, summary.answer, summary.steps, summary.skills)
        return run.task, run.options, run.status, run.steps, run.generations, run.observations, rows, about

    shared = opened(url, tmp_path / "shared")
    assert of(shared) == of(TraceStore(tmp_path))
    shared.close()
    assert list((tmp_path / "shared" / "outbox").iterdir()) == []


def test_the_readers_of_the_command_line_read_it_too(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from router.cli.trace import trace

    monkeypatch.setenv("QUIVER_HOME", str(tmp_path))
    shared = opened(url, tmp_path)
    id = recorded(shared.start("read köln.txt", {}))
    shared.close()

    def said(*words: str) -> Any:
        result = CliRunner().invoke(trace, ["--from", url, *words, "--json"], catch_exceptions=False)
        return json.loads(result.stdout)

    assert [run["id"] for run in said("list")["traces"]] == [id]
    assert said("show", "last")["answer"] == "12"
    assert next(row["event"] for row in said("export", id)["trace"]) == "start"
    monkeypatch.setenv("QUIVER_TRACES", url)
    result = CliRunner().invoke(trace, ["list", "--json"])
    assert json.loads(result.stdout)["traces"][0]["task"] == "read köln.txt"


def test_a_run_of_a_database_is_replayed(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without what a replay needs it says so, as for a file: the run itself was found and read."""
    from router.cli.trace import trace

    monkeypatch.setenv("QUIVER_HOME", str(tmp_path))
    shared = opened(url, tmp_path)
    recorded(shared.start("by a gateway", {"gateway": {}}))
    shared.close()
    with pytest.raises(TraceBroken, match="does not hold what a replay needs"):
        CliRunner().invoke(trace, ["--from", url, "replay"], catch_exceptions=False)


@pytest.mark.parametrize("id", ["../../etc/passwd", "", "%", "20990101", "' OR ''='", "20990101-000000-abcdefabcdef"])
def test_an_unknown_or_hostile_id_is_not_found(url: str, tmp_path: Path, id: str) -> None:
    shared = opened(url, tmp_path)
    recorded(shared.start("a task", {}))
    shared.close()
    with pytest.raises(TraceNotFound, match="no trace"):
        shared.load(id)


def test_a_beginning_finds_one_run_and_refuses_two(url: str, tmp_path: Path) -> None:
    shared = opened(url, tmp_path)
    first, second = recorded(shared.start("first", {})), recorded(shared.start("second", {}))
    shared.close()
    assert shared.load(first[:-2]).task == "first"
    assert {run.id for run in shared.list()} == {first, second}
    with pytest.raises(TraceNotFound, match="2 traces begin"):
        shared.load("20")


def test_a_run_lives_as_long_as_its_gateway_is_heard_of(url: str, tmp_path: Path) -> None:
    shared = opened(url, tmp_path)
    id = shared.start("endless", {}).id
    delivered(shared)
    assert shared.load(id).status == shared.list()[0].status == "running"
    shared.close()
    asked(url, "UPDATE quiver_traces_writer SET seen = now() - interval '1 minute'")
    assert shared.load(id).status == shared.list()[0].status == "killed"


def test_gateways_record_side_by_side(url: str, tmp_path: Path) -> None:
    """All make the tables at the same moment."""
    gateways = [opened(url, tmp_path / str(number)) for number in range(4)]

    def record(gateway: SharedTraces) -> None:
        for _ in range(25):
            recorded(gateway.start("a task", {}))

    threads = [threading.Thread(target=record, args=(gateway,)) for gateway in gateways]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for gateway in gateways:
        gateway.close(30)
    runs = gateways[0].list()
    assert len(runs) == 100
    assert {(run.status, run.steps) for run in runs} == {("ok", 2)}
    assert len(gateways[1].list(limit=7)) == 7


def test_a_gateway_records_there_and_counts_what_waits(
    server: Postgres, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("starlette", reason="the extra `serve` is not installed")
    from starlette.testclient import TestClient

    from router import opening, serving
    from router.gateway.app import create_app
    from router.reading import Reading
    from tests.gateway.scripted_gateway import ByWord, EchoEngine, InOrder, write_box

    monkeypatch.setenv("QUIVER_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(opening, "BUNDLED", write_box(tmp_path / "box"))
    monkeypatch.setitem(opening.ENGINES, "local", lambda options: EchoEngine())
    monkeypatch.setattr(serving, "choosing", lambda: (lambda skills: (ByWord(skills), InOrder()), Reading()))
    body = {"model": "answer", "messages": [{"role": "user", "content": "is it done?"}]}
    with ExitStack() as held:
        server.stop()
        gateway = serving.open_gateway(serving.Serving(traces=url), held)
        with TestClient(create_app(gateway)) as client:
            assert client.post("/v1/chat/completions", json=body).status_code == 200
            assert " 0\n" not in waiting_of(client.get("/metrics").text)
            server.start()
            until(lambda: " 0\n" in waiting_of(client.get("/metrics").text))
    run = opened(url, tmp_path).load("last")
    assert (run.status, run.answer, run.steps[0].skill) == ("ok", '{"answer": "answer: is it done?"}', "answer")


def waiting_of(metrics: str) -> str:
    return next(line for line in metrics.splitlines(True) if line.startswith("quiver_traces_waiting_bytes "))


def test_secrets_reach_neither_disk_nor_database_nor_log(url: str, tmp_path: Path) -> None:
    log = Logged()
    shared = opened(url, tmp_path, log)
    with shared.start("use password=hunter2hunter2", {"base": "https://u:hunter2hunter2@h/"}) as recorder:
        recorder.step(StepRecord("answer", arguments={"password": "hunter2hunter2"}))
        kept = b"".join(path.read_bytes() for path in (tmp_path / "outbox").iterdir())
        recorder.finish("ok", "Authorization: Bearer hunter2hunter2")
    shared.close()
    assert b"password=" in kept
    assert b"hunter2hunter2" not in kept
    assert "hunter2hunter2" not in json.dumps(list(shared.export("last")))
    with pytest.raises(UsageError) as caught:
        opened(url.replace("s3cret", "another"), tmp_path, log).open()
    told = json.dumps([log.rows, caught.value.to_json(), repr(shared.address), str(caught.value.__cause__)])
    assert PASSWORD not in told
    assert "s3cret" not in told
    assert "another" not in told


# --- what can go wrong -----------------------------------------------------------------------------------------------


def test_a_database_that_is_away_is_waited_for(server: Postgres, url: str, tmp_path: Path) -> None:
    """Away when the gateway starts, and again in between."""
    log = Logged()
    server.stop()
    shared = opened(url, tmp_path, log)
    shared.open()
    ids = [recorded(shared.start("while it is away", {})) for _ in range(3)]
    until(lambda: log.saw("away"))
    assert shared.waiting > 0
    with pytest.raises(TracesUnreachable, match="cannot be used"):
        shared.list()
    server.start()
    delivered(shared)
    server.stop()
    ids += [recorded(shared.start("away again", {})) for _ in range(3)]
    server.start()
    delivered(shared)
    assert {run.id: run.status for run in shared.list()} == dict.fromkeys(ids, "ok")
    assert log.saw("back")
    shared.close()


def test_a_connection_dropped_in_the_middle_of_a_batch_costs_nothing(url: str, tmp_path: Path) -> None:
    import psycopg

    shared = opened(url, tmp_path)
    shared.open()
    with psycopg.connect(url) as holding:
        holding.execute("LOCK TABLE quiver_traces_row IN ACCESS EXCLUSIVE MODE")
        ids = [recorded(shared.start("a task", {})) for _ in range(20)]
        waiting = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        until(lambda: bool(asked(url, waiting)))
        assert asked(url, f"SELECT pg_terminate_backend(pid) FROM ({waiting}) AS stuck") == [(True,)]
    delivered(shared)
    shared.close()
    assert {run.id for run in shared.list()} == set(ids)
    assert asked(url, "SELECT count(*), count(DISTINCT (run, number)) FROM quiver_traces_row") == [(140, 140)]


def test_a_wrong_password_is_told_at_once_and_one_that_changes_is_waited_out(url: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="refuses us") as caught:
        opened(url.replace("s3cret", "another"), tmp_path).open()
    assert "PGPASSWORD" in caught.value.hint
    log = Logged()
    shared = opened(url, tmp_path, log)
    shared.open()
    first = recorded(shared.start("before", {}))
    delivered(shared)
    others = "pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'quiver'"
    asked(url, "ALTER ROLE quiver PASSWORD 'changed'")
    try:
        changed = url.replace("s3cret%2Fof%20the%20test", "changed")
        asked(changed, f"SELECT {others}")
        second = recorded(shared.start("after", {}))
        until(lambda: log.saw("away"))
    finally:
        asked(changed, f"ALTER ROLE quiver PASSWORD '{PASSWORD}'")
    delivered(shared)
    shared.close()
    assert {run.id for run in shared.list()} == {first, second}


def test_tables_of_a_newer_quiver_are_left_alone(url: str, tmp_path: Path) -> None:
    shared = opened(url, tmp_path)
    shared.open()
    shared.close()
    asked(url, "UPDATE quiver_traces_version SET version = 99")
    with pytest.raises(UsageError, match="of a newer Quiver") as caught:
        opened(url, tmp_path).open()
    assert "update Quiver" in caught.value.hint
    with pytest.raises(UsageError, match="newer"):
        shared.list()
    log = Logged()
    late = opened(url, tmp_path, log)
    recorded(late.start("a task", {}))
    until(lambda: log.saw("away"))
    late.close(0.1)
    assert asked(url, "SELECT count(*) FROM quiver_traces_row") == [(0,)]
    asked(url, "UPDATE quiver_traces_version SET version = 1")
    following = opened(url, tmp_path)
    following.open()
    until(lambda: len(following.list()) == 1)
    following.close()


def test_a_record_that_comes_twice_is_kept_once(url: str, tmp_path: Path) -> None:
    from router.trace_database import Address, Database
    from router.trace_outbox import Sent

    database = Database(Address.of(url))
    rows = [Sent("w", "20310517-120000-abcdefabcdef", number, {"event": "step", "n": number}) for number in range(3)]
    database.send(rows[:2], "w")
    database.send([*rows, rows[2]], "w")
    assert [row["n"] for row in database.rows(rows[0].run)[0]] == [0, 1, 2]
    database.close()


def test_tables_that_are_taken_away_are_made_again(url: str, tmp_path: Path) -> None:
    shared = opened(url, tmp_path)
    shared.open()
    asked(url, "DROP TABLE quiver_traces_row, quiver_traces_writer, quiver_traces_version")
    recorded(shared.start("a task", {}))
    delivered(shared)
    shared.close()
    assert len(shared.list()) == 1


def test_who_finds_the_tables_needs_no_right_to_make_any(server: Postgres, url: str, tmp_path: Path) -> None:
    opened(url, tmp_path).open()
    asked(url, "DROP ROLE IF EXISTS recorder")
    asked(url, "CREATE ROLE recorder LOGIN PASSWORD 'only-records'")
    asked(url, "REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    mine = url.replace("quiver:s3cret%2Fof%20the%20test", "recorder:only-records")
    with pytest.raises(UsageError, match="permission denied"):
        opened(mine, tmp_path).open()
    asked(url, "GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO recorder")
    shared = opened(mine, tmp_path)
    shared.open()
    recorded(shared.start("a task", {}))
    shared.close()
    assert len(shared.list()) == 1
    asked(url, "DROP OWNED BY recorder")
    asked(url, "DROP ROLE recorder")


def test_what_a_killed_gateway_left_is_sent_by_the_next(server: Postgres, url: str, tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from router.trace_database import Address\n"
        "from router.trace_shared import SharedTraces; from router.record import StepRecord\n"
        "shared = SharedTraces(Address.of(sys.argv[1]), Path(sys.argv[2]))\n"
        "for number in range(10):\n"
        "    recorder = shared.start(str(number), {}); recorder.step(StepRecord('answer'))\n"
        "    number % 2 and recorder.finish('ok', 'done')\n"
        "print('ready', flush=True); time.sleep(60)"
    )
    server.stop()
    words = [sys.executable, "-c", script, url, str(tmp_path)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    server.start()
    shared = opened(url, tmp_path)
    shared.open()
    until(lambda: len(shared.list()) == 10)
    shared.close()
    assert {run.task: run.status for run in shared.list()} == {
        str(number): "ok" if number % 2 else "killed" for number in range(10)
    }
    assert list((tmp_path / "outbox").iterdir()) == []


@pytest.mark.parametrize("address", ["http://host/db", "postgresql", "postgresql://u:hunter2%zz@h/d", ""])
def test_what_is_no_address_is_refused_without_being_repeated(address: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not one of PostgreSQL") as caught:
        opened(address, tmp_path)
    assert "hunter2" not in json.dumps(caught.value.to_json())
