"""What waits to be sent: nothing lost by a kill, taken over by the next process, thrown away once it was sent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from router import trace_outbox
from router.errors import TracesUnreachable, UsageError
from router.trace_database import RowsRefused
from router.trace_outbox import Outbox, Sent
from router.trace_shared import Sender


def drained(outbox: Outbox) -> list[tuple[str, int]]:
    found = []
    while batch := outbox.batch():
        found += [(row.run, row.number) for row in batch.rows]
        outbox.sent(batch)
    return found


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.jsonl"))


def test_rows_come_out_in_order_and_once(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    for number in range(5):
        outbox.append("a", number, {"event": "step"})
    assert outbox.waiting > 0
    assert drained(outbox) == [("a", number) for number in range(5)]
    assert outbox.waiting == 0
    outbox.append("b", 0, {"event": "start"})
    assert drained(outbox) == [("b", 0)]
    outbox.close()
    assert files(tmp_path) == []


def test_what_was_not_said_to_be_sent_comes_again(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    outbox.append("a", 0, {})
    assert outbox.batch() == outbox.batch()
    outbox.close()
    following = Outbox(tmp_path)
    following.adopt()
    assert drained(following) == [("a", 0)]
    following.close()
    assert files(tmp_path) == []


def test_segments_are_cut_and_thrown_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trace_outbox, "SEGMENT_BYTES", 200)
    monkeypatch.setattr(trace_outbox, "BATCH_BYTES", 64)
    outbox = Outbox(tmp_path)
    rows = [("run", number) for number in range(40)]
    for run, number in rows:
        outbox.append(run, number, {"text": "x" * (number * 7 % 150)})  # some longer than a batch
    assert len(files(tmp_path)) > 5
    assert drained(outbox) == rows
    assert len(files(tmp_path)) == 1
    outbox.close()


def test_a_living_process_keeps_what_is_its(tmp_path: Path) -> None:
    outbox, other = Outbox(tmp_path), Outbox(tmp_path)
    outbox.append("a", 0, {})
    other.adopt()
    assert drained(other) == []
    assert drained(outbox) == [("a", 0)]
    outbox.close()
    other.close()


def test_a_killed_process_leaves_all_it_was_told_was_kept(tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from router.trace_outbox import Outbox\n"
        "outbox = Outbox(Path(sys.argv[1])); [outbox.append('a', n, {'n': n}) for n in range(100)]\n"
        "print('ready', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    with files(tmp_path)[0].open("ab") as torn:
        torn.write(b'not a row\n{"run": "a", "number": 100, "ro')
    outbox = Outbox(tmp_path)
    outbox.adopt()
    assert drained(outbox) == [("a", number) for number in range(100)]
    assert files(tmp_path) == []


def test_a_disk_that_refuses_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be written"):
        Outbox(tmp_path / "file").append("a", 0, {})


# --- the sender, over a database that fails in every way -------------------------------------------------------------


class Told:
    """A database that does what it is told, once each; then it keeps rows."""

    def __init__(self, *does: Exception) -> None:
        self.does, self.kept, self.tries = list(does), list[Sent](), 0
        self.poison: str | None = None

    def send(self, rows: Sequence[Sent], writer: str) -> None:
        self.tries += 1
        if self.does:
            raise self.does.pop(0)
        if any(row.run == self.poison for row in rows):
            raise RowsRefused("too large")
        self.kept += rows

    def close(self) -> None:
        pass


class Logged:
    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def __call__(self, event: str, **fields: Any) -> None:
        self.rows.append(fields)


def sent_all(outbox: Outbox, database: Told, log: Logged) -> list[str]:
    sender = Sender(outbox, database, log)
    deadline = time.monotonic() + 20
    while outbox.waiting and time.monotonic() < deadline:
        time.sleep(0.01)
    assert sender.close(5)
    return [row.run for row in database.kept]


@pytest.mark.parametrize(
    "faults",
    [
        [TracesUnreachable("gone")],
        [TracesUnreachable("gone"), UsageError("the password was changed")],
        [OSError("no route")],
        [ZeroDivisionError("a mistake of ours")],
    ],
    ids=["gone", "refused", "system", "ours"],
)
def test_what_fails_is_sent_again_and_told_once(
    tmp_path: Path, faults: list[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("router.trace_shared._AGAIN_S", (0.01, 0.02))
    outbox, log = Outbox(tmp_path), Logged()
    for run in "abc":
        outbox.append(run, 0, {"event": "start"})
    assert sent_all(outbox, Told(*faults), log) == ["a", "b", "c"]
    assert [row["database"] for row in log.rows] == ["away", "back"]


def test_a_row_that_no_database_takes_holds_nobody_up(tmp_path: Path) -> None:
    outbox, log, database = Outbox(tmp_path / "outbox"), Logged(), Told()
    database.poison = "b"
    for run in "abc":
        outbox.append(run, 0, {"event": "start"})
    assert sent_all(outbox, database, log) == ["a", "c"]
    assert [(row["refused"], row["why"]) for row in log.rows] == [("b", "too large")]
    assert '"run": "b"' in (tmp_path / "refused.jsonl").read_text()


def test_many_threads_append_while_one_sends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trace_outbox, "SEGMENT_BYTES", 2000)
    outbox, database = Outbox(tmp_path), Told()
    sender = Sender(outbox, database, Logged())

    def record(who: str) -> None:
        for number in range(50):
            outbox.append(who, number, {"event": "step"})

    threads = [threading.Thread(target=record, args=(str(who),)) for who in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sender.close(20)
    outbox.close()
    assert files(tmp_path) == []
    by_run = {str(who): [row.number for row in database.kept if row.run == str(who)] for who in range(8)}
    assert by_run == {str(who): list(range(50)) for who in range(8)}
