"""The trace of every run: one JSONL file a run, a line a thing that happened, each on disk before the run goes on.

    {"event": "start", "version", "id", "time", "task", "options"}
    {"event": "generation", "time", "skill", "text", "finish", "scores"}     what the engine said, before its step
    {"event": "observation", "time", "tool", "text", "kind", "ms"}           what a tool answered, before its step
    {"event": "step", "time", …}                                             `router.record.StepRecord`
    {"event": "finish", "time", "status", "answer", "error"}                 missing when the run was killed

These files are the truth; `router.trace_index` only finds them faster. Where several gateways record, the same lines go
to a database instead (`router.trace_shared`). Secrets are hidden before a line is written. Nothing here draws
(`router.trace_page`) or replays (`router.replay`).
"""

from __future__ import annotations

import contextlib
import re
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from queue import Queue
from threading import Thread
from types import TracebackType
from typing import Any, Protocol

from router import jsonl
from router.errors import Interrupted, QuiverError, TraceBroken, TraceNotFound, UsageError
from router.record import VERSION, GenerationRecord, ObservationRecord, RunRecord, Status, StepRecord
from router.redaction import Redactor
from router.trace_index import Summary, TraceIndex

_ID = re.compile(r"\d{8}-\d{6}-[0-9a-f]{6}(?:[0-9a-f]{6})?")
ID_BEGINNING = re.compile(r"[0-9a-f-]{1,28}")


@dataclass(frozen=True)
class Trace:
    """A run as read back. `generations[i]` led to `steps[i]`; the last group to a step that was never recorded."""

    id: str
    task: str
    options: Mapping[str, Any]
    started: str
    finished: str | None
    status: Status
    answer: str | None
    error: Mapping[str, str] | None
    steps: tuple[StepRecord, ...]
    generations: tuple[tuple[GenerationRecord, ...], ...]
    observations: tuple[ObservationRecord, ...] = ()

    @property
    def record(self) -> RunRecord:
        return RunRecord(self.status, self.answer, self.steps, self.id, self.error)


class Lines(Protocol):
    """Where the lines of one run go, in order."""

    def write(self, row: jsonl.Row) -> None:
        """Keeps the line: it outlives this process from now on. Raises UsageError where it cannot."""
        ...

    def close(self) -> None: ...


class Recorder:
    """Writes one run's lines. As a context manager it also writes the end when the run leaves by an exception.

    Raises UsageError, with the way out, when the trace cannot be written: a run without a trace is not started.
    """

    def __init__(self, id: str, lines: Lines, redactor: Redactor) -> None:
        self.id = id
        self.finished = False
        self._lines, self._redactor = lines, redactor

    def start(self, task: str, options: Mapping[str, Any]) -> None:
        self._write("start", {"version": VERSION, "id": self.id, "task": task, "options": options})

    def generation(self, record: GenerationRecord) -> None:
        self._write("generation", record.to_json())

    def observation(self, record: ObservationRecord) -> None:
        self._write("observation", record.to_json())

    def step(self, record: StepRecord) -> None:
        self._write("step", record.to_json())

    def finish(self, status: Status, answer: str | None, error: QuiverError | None = None) -> None:
        """The last line. A second call changes nothing: the first end of a run is its end."""
        if self.finished:
            return
        self.finished = True
        self._write("finish", {"status": status, "answer": answer, "error": error and error.to_json()["error"]})
        self._lines.close()

    def _write(self, event: str, fields: Mapping[str, Any]) -> None:
        self._lines.write(self._redactor.value({"event": event, "time": now(), **fields}))

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if isinstance(error, KeyboardInterrupt | Interrupted):
            self.finish("interrupted", None, Interrupted("stopped by the user"))
        elif isinstance(error, QuiverError):
            self.finish("failed", None, error)
        elif error is not None:
            self.finish("failed", None, QuiverError(f"{type(error).__name__}: {error}"))
        self._lines.close()


class Traces(Protocol):
    """A place where runs are recorded and read, whatever holds it. Each method as `TraceStore` has it."""

    def start(self, task: str, options: Mapping[str, Any]) -> Recorder: ...

    def load(self, id: str) -> Trace: ...

    def export(self, id: str) -> Iterator[dict[str, Any]]: ...

    def list(self, limit: int | None = None) -> Sequence[Summary]: ...

    def close(self) -> None: ...


class _File:
    """The lines of one run in a file of its own, each on disk before `write` returns; or, with a `settling`, when that
    has come to it."""

    def __init__(self, path: Path, settling: Settling | None) -> None:
        self._path, self._settling = path, settling
        with writing(path):
            self._file = jsonl.JsonlWriter(path, sync=settling is None)
        self._file.hold()

    def write(self, row: jsonl.Row) -> None:
        with writing(self._path):
            self._file.write(row, sync=self._settling is None)

    def close(self) -> None:
        if self._settling is None or not self._settling.take(self._file):
            self._file.close()


class Settling:
    """Waits for the disk in a thread of its own, for the files of runs that have ended: their lines outlived a kill of
    this process from the first, and outlive a power cut from then on. Whoever ends a run while many wait, waits too."""

    def __init__(self, folder: Path, most: int = 64) -> None:
        self._folder = folder
        self._files: Queue[jsonl.JsonlWriter | None] = Queue(most)
        self._thread = Thread(target=self._run, daemon=True, name="quiver-traces")
        self._thread.start()

    def take(self, file: jsonl.JsonlWriter) -> bool:
        """False once nothing is taken any more."""
        if not self._thread.is_alive():
            return False
        self._files.put(file)
        return True

    def close(self) -> None:
        self._files.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (file := self._files.get()) is not None:
            with contextlib.suppress(OSError):  # the lines are written; nobody is left to be told
                file.sync()
                jsonl.sync_folder(self._folder)
            file.close()


class TraceStore:
    """The traces under one QUIVER_HOME. Several processes may record and read at the same time."""

    def __init__(self, home: Path, redactor: Redactor | None = None) -> None:
        self.folder = home / "traces"
        self._redactor = redactor or Redactor()
        self._index = TraceIndex(self.folder, summarise)
        self._settling: Settling | None = None

    def settle_later(self) -> None:
        """From now on nobody who records waits for the disk."""
        self._settling = self._settling or Settling(self.folder)

    def start(self, task: str, options: Mapping[str, Any]) -> Recorder:
        with writing(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._new()
        recorder = Recorder(path.stem, _File(path, self._settling), self._redactor)
        recorder.start(task, options)
        return recorder

    def _new(self) -> Path:
        """A file of its own: at a few hundred runs a second, two draw the same name every few minutes."""
        while True:
            path = self.folder / f"{new_id(3)}.jsonl"
            with writing(path), contextlib.suppress(FileExistsError):
                path.touch(mode=0o600, exist_ok=False)
                return path

    def list(self, limit: int | None = None) -> list[Summary]:
        """The runs, newest first. Broken files are left out here; `load` says what is wrong with one."""
        return self._index.newest(limit)

    def find(self, id: str) -> Path:
        """The file of a run, by id, by an unambiguous beginning of one, or `last`. Raises TraceNotFound."""
        ids = sorted(path.stem for path in self.folder.glob("*.jsonl") if _ID.fullmatch(path.stem))
        known = [each for each in ids if ID_BEGINNING.fullmatch(id) and each.startswith(id)]
        return self.folder / f"{only(ids[-1:] if id == 'last' else known, id, str(self.folder))}.jsonl"

    def load(self, id: str) -> Trace:
        """Raises TraceNotFound, and TraceBroken for a file that is not a trace or is of a newer Quiver."""
        return read_trace(self.find(id))

    def export(self, id: str) -> Iterator[dict[str, Any]]:
        """The lines of a run as they stand in its file: complete, and with secrets hidden."""
        return jsonl.read(self.find(id))

    def close(self) -> None:
        """Waits for what has not settled."""
        settling, self._settling = self._settling, None
        if settling is not None:
            settling.close()


def only(found: Sequence[str], id: str, where: str) -> str:
    """The one that was found. Raises TraceNotFound for none and for several."""
    if len(found) == 1:
        return found[0]
    why = f"{len(found)} traces begin with {id!r}" if found else f"there is no trace {id!r}"
    raise TraceNotFound(f"{why} in {where}", hint="see what there is with: quiver trace list")


def read_trace(path: Path) -> Trace:
    try:
        return assemble(path.stem, list(jsonl.read(path)), str(path), lambda: jsonl.is_held(path), f"rm {path}")
    except OSError as error:
        raise TraceBroken(f"{path} cannot be read as a trace: {error!r}", hint=f"remove it with: rm {path}") from error


def assemble(
    id: str, rows: Sequence[Mapping[str, Any]], where: str, alive: Callable[[], bool], remove: str = ""
) -> Trace:
    """The run whose lines these are. `where` they stand; `alive`: whether who wrote them still runs; `remove`: the
    command that takes away what is no trace. Raises TraceBroken."""
    hint = f"remove it with: {remove}" if remove else ""
    if not rows or rows[0].get("event") != "start":
        raise TraceBroken(f"{where} does not begin as a trace does", hint=hint)
    try:
        return _assembled(id, rows, where, alive)
    except (KeyError, TypeError, ValueError) as error:
        raise TraceBroken(f"{where} cannot be read as a trace: {error!r}", hint=hint) from error


def _assembled(id: str, rows: Sequence[Mapping[str, Any]], where: str, alive: Callable[[], bool]) -> Trace:
    start, last = rows[0], rows[-1]
    if start["version"] > VERSION:
        raise TraceBroken(f"{where} was written by a newer Quiver", hint="update Quiver to read it")
    finish: Mapping[str, Any] = last if last["event"] == "finish" else {}
    return Trace(
        id=id,
        task=start["task"],
        options=start["options"],
        started=start["time"],
        finished=finish.get("time"),
        status=finish["status"] if finish else "running" if alive() else "killed",
        answer=finish.get("answer"),
        error=finish.get("error"),
        steps=tuple(StepRecord.from_json(row) for row in rows if row["event"] == "step"),
        generations=_group(rows),
        observations=tuple(ObservationRecord.from_json(row) for row in rows if row["event"] == "observation"),
    )


def _group(rows: Sequence[Mapping[str, Any]]) -> tuple[tuple[GenerationRecord, ...], ...]:
    """Generations by the step they led to; one more group at the end for those whose step never came."""
    groups: list[list[GenerationRecord]] = [[]]
    for row in rows:
        if row["event"] == "generation":
            groups[-1].append(GenerationRecord.from_json(row))
        elif row["event"] == "step":
            groups.append([])
    return tuple(map(tuple, groups))


def summarise(path: Path) -> Summary:
    """What the index keeps of a run. Raises TraceBroken."""
    trace = read_trace(path)
    skills = sorted({step.skill for step in trace.steps if step.skill})
    return Summary(
        trace.id, trace.task, trace.status, trace.answer, trace.started, trace.finished, len(trace.steps), tuple(skills)
    )


def new_id(random_bytes: int) -> str:
    """The second and some random digits, so that ids in order are runs in order."""
    return f"{datetime.now(UTC).strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(random_bytes)}"


def now() -> str:
    """This moment in UTC, ISO 8601 with milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@contextmanager
def writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        why = f"the trace cannot be written to {path}: {error.strerror}"
        raise UsageError(
            why, hint="free or choose another place: QUIVER_HOME=FOLDER quiver …, then quiver doctor"
        ) from error
