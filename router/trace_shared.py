"""The traces of several gateways in one database: the same records as in files, sent by a thread beside the requests.

A line is on this machine's disk before the run goes on (`router.trace_outbox`) and in the database a moment later.
While the database is away it stays there, over restarts too, and is sent when the database is back; a line that no
database takes is put aside in `refused.jsonl`. What is read is what the database has.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

from router import jsonl
from router.errors import QuiverError, TracesUnreachable
from router.redaction import Redactor
from router.trace import ID_BEGINNING, Recorder, Trace, Traces, TraceStore, assemble, new_id, only
from router.trace_database import BEAT_S, Address, Database, RowsRefused
from router.trace_index import Summary
from router.trace_outbox import Batch, Outbox, Sent

T = TypeVar("T")
Log = Callable[..., None]

VARIABLE = "QUIVER_TRACES"  # the database's address
_GATHER_S = 0.05  # what comes within it is sent together
_AGAIN_S = (0.5, 30.0)  # between two tries while the database is away: the first pause, and the longest
_MOST = 1000  # runs that one beginning of an id may find before they are counted no further


class Sends(Protocol):
    """What of a `Database` the sender needs."""

    def send(self, rows: Sequence[Sent], writer: str) -> None: ...

    def close(self) -> None: ...


class Sender:
    """Takes rows from the outbox to the database, in order, in a thread of its own. `log`: told when the database goes
    away, when it is back, and of rows it refuses."""

    def __init__(self, outbox: Outbox, database: Sends, log: Log) -> None:
        self._outbox, self._database, self._log = outbox, database, log
        self._stopping = threading.Event()
        self._hurry = threading.Event()
        self._away, self._failures = False, 0
        self._beat = 0.0
        self._thread = threading.Thread(target=self._run, daemon=True, name="quiver-traces")
        self._thread.start()

    def close(self, seconds: float) -> bool:
        """Sends what waits, for so long at most, or until that has failed twice. Whether the thread has ended."""
        deadline, before = time.monotonic() + seconds, self._failures
        self._hurry.set()
        while self._outbox.waiting and self._failures < before + 2 and time.monotonic() < deadline:
            time.sleep(0.01)
        self._stopping.set()
        self._thread.join(max(0.1, deadline - time.monotonic()))
        return not self._thread.is_alive()

    def _run(self) -> None:
        pause = _AGAIN_S[0]
        while not self._stopping.is_set():
            try:
                self._send_all()
                pause = _AGAIN_S[0]
            except Exception as error:  # whatever it is, what waits is kept, and tried again
                self._tell_away(error)
                self._failures += 1
                self._hurry.wait(pause)
                self._stopping.wait(_AGAIN_S[0] if self._hurry.is_set() else 0)
                pause = min(2 * pause, _AGAIN_S[1])
        self._database.close()

    def _send_all(self) -> None:
        """All that waits; a sign of life where nothing does, now and then."""
        came = self._outbox.wait(min(BEAT_S, 1.0))
        if came:
            self._stopping.wait(_GATHER_S)
        due = time.monotonic() - self._beat >= BEAT_S
        if due:
            self._outbox.adopt()
        while batch := self._outbox.batch():
            self._deliver(batch)
            self._outbox.sent(batch)
            due = False
        if due:
            self._sent([])

    def _deliver(self, batch: Batch) -> None:
        """Where one row is refused, the others of the batch are sent one by one."""
        try:
            self._sent(batch.rows)
        except RowsRefused:
            for row in batch.rows:
                self._deliver_alone(row)

    def _deliver_alone(self, row: Sent) -> None:
        try:
            self._sent([row])
        except RowsRefused as error:
            aside = self._outbox.folder.parent / "refused.jsonl"
            with jsonl.JsonlWriter(aside) as file:
                file.write({"run": row.run, "number": row.number, "row": row.row})
            self._log("traces", level="error", refused=row.run, number=row.number, why=str(error), kept=str(aside))

    def _sent(self, rows: Sequence[Sent]) -> None:
        self._database.send(rows, self._outbox.writer)
        self._beat = time.monotonic()
        if self._away:
            self._away = False
            self._log("traces", database="back", waiting_bytes=self._outbox.waiting)

    def _tell_away(self, error: Exception) -> None:
        """Once, however long it lasts."""
        if not self._away:
            self._away = True
            why = error.message if isinstance(error, QuiverError) else f"{type(error).__name__}: {error}"
            self._log("traces", level="error", database="away", why=why, kept=str(self._outbox.folder))


class _Lines:
    """One run's lines on their way."""

    def __init__(self, outbox: Outbox, run: str) -> None:
        self._outbox, self._run, self._number = outbox, run, 0

    def write(self, row: jsonl.Row) -> None:
        self._outbox.append(self._run, self._number, row)
        self._number += 1

    def close(self) -> None:
        """Nothing is held for one run."""


class SharedTraces:
    """A `router.trace.Traces`. `folder`: where rows wait. Nothing is opened before it is needed."""

    def __init__(
        self, address: Address, folder: Path, log: Log = lambda event, **fields: None, redactor: Redactor | None = None
    ) -> None:
        self.address = address
        self._outbox = Outbox(folder / "outbox")
        self._log = log
        self._redactor = redactor or Redactor()
        self._sender: Sender | None = None
        self._turn = threading.Lock()

    # --- recording -----------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Begins to send. Raises UsageError for what only a person can change: the address, the password, the rights,
        tables of a newer Quiver. That the database is away is told, and waited out."""
        database = Database(self.address)
        try:
            database.check()
        except TracesUnreachable as error:
            self._log("traces", level="error", database="away", why=error.message)
        finally:
            database.close()
        self._sending()

    @property
    def waiting(self) -> int:
        """Bytes of rows that the database does not have yet."""
        return self._outbox.waiting

    def start(self, task: str, options: Mapping[str, Any]) -> Recorder:
        self._sending()
        id = new_id(6)  # many machines draw names in the same second, and none sees the others'
        recorder = Recorder(id, _Lines(self._outbox, id), self._redactor)
        recorder.start(task, options)
        return recorder

    def close(self, seconds: float = 5.0) -> None:
        with self._turn:
            if self._sender is not None and self._sender.close(seconds):
                self._outbox.close()
            self._sender = None

    def _sending(self) -> None:
        with self._turn:
            if self._sender is None:
                self._sender = Sender(self._outbox, Database(self.address), self._log)

    # --- reading -------------------------------------------------------------------------------------------------

    def find(self, id: str) -> str:
        """The run, by id, by an unambiguous beginning of one, or `last`. Raises TraceNotFound."""
        return self._read(lambda database: self._found(database, id))

    def load(self, id: str) -> Trace:
        """Raises TraceNotFound, TraceBroken for a run of a newer Quiver, TracesUnreachable and UsageError."""
        run, rows, alive = self._read(lambda database: self._rows(database, id))
        return assemble(run, rows, f"{run} in {self.address.name}", lambda: alive)

    def export(self, id: str) -> Iterator[dict[str, Any]]:
        """The lines of a run as they were recorded: complete as far as they have come, and with secrets hidden."""
        _, rows, _ = self._read(lambda database: self._rows(database, id))
        return iter(rows)

    def list(self, limit: int | None = None) -> Sequence[Summary]:
        """The runs of every gateway, newest first. Those of a newer Quiver are left out."""
        found = self._read(lambda database: database.newest(limit))
        return [summary for row in found if (summary := _summary(*row)) is not None]

    def _found(self, database: Database, id: str) -> str:
        """What begins so has begun like an id, whatever else stands in it: nothing else is looked up."""
        known = database.ids(id, _MOST) if ID_BEGINNING.fullmatch(id) else []
        return only(database.ids(None, 1) if id == "last" else known, id, self.address.name)

    def _rows(self, database: Database, id: str) -> tuple[str, Sequence[dict[str, Any]], bool]:
        run = self._found(database, id)
        return run, *database.rows(run)

    def _read(self, look: Callable[[Database], T]) -> T:
        database = Database(self.address)
        try:
            return look(database)
        except RowsRefused as error:
            raise TracesUnreachable(f"{self.address.name} cannot be read: {error}") from error
        finally:
            database.close()


def _summary(
    run: str, rows: Sequence[Mapping[str, Any]], steps: int, skills: Sequence[str], alive: bool
) -> Summary | None:
    try:
        trace = assemble(run, rows, run, lambda: alive)
    except QuiverError:
        return None
    return Summary(run, trace.task, trace.status, trace.answer, trace.started, trace.finished, steps, tuple(skills))


def open_traces(home: Path, place: str | None = None, log: Log = lambda event, **fields: None) -> Traces:
    """The database `place` names, else that of QUIVER_TRACES, else the files under `home`. Raises UsageError."""
    place = place or os.environ.get(VARIABLE, "")
    return SharedTraces(Address.of(place), home / "traces", log) if place else TraceStore(home)
