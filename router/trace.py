"""The trace of every run: one JSONL file a run, a line a thing that happened, each on disk before the run goes on.

    {"event": "start", "version", "id", "time", "task", "options"}
    {"event": "generation", "time", "skill", "text", "finish", "scores"}     what the engine said, before its step
    {"event": "observation", "time", "tool", "text", "kind", "ms"}           what a tool answered, before its step
    {"event": "step", "time", …}                                             `router.record.StepRecord`
    {"event": "finish", "time", "status", "answer", "error"}                 missing when the run was killed

These files are the truth; `router.trace_index` only finds them faster. Secrets are hidden before a line is written.
Nothing here draws (`router.trace_page`) or replays (`router.replay`).
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from router import jsonl
from router.errors import Interrupted, QuiverError, TraceBroken, TraceNotFound, UsageError
from router.record import VERSION, GenerationRecord, ObservationRecord, RunRecord, Status, StepRecord
from router.redaction import Redactor
from router.trace_index import Summary, TraceIndex

_ID = re.compile(r"\d{8}-\d{6}-[0-9a-f]{6}")
_ID_BEGINNING = re.compile(r"[0-9a-f-]{1,22}")


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


class Recorder:
    """Writes one run's lines. As a context manager it also writes the end when the run leaves by an exception.

    Raises UsageError, with the way out, when the trace cannot be written: a run without a trace is not started.
    """

    def __init__(self, path: Path, redactor: Redactor) -> None:
        self.id = path.stem
        self.path = path
        self.finished = False
        self._redactor = redactor
        with _writing(path):
            self._file = jsonl.JsonlWriter(path)
        self._file.hold()

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
        self._file.close()

    def _write(self, event: str, fields: Mapping[str, Any]) -> None:
        row = {"event": event, "time": now(), **fields}
        with _writing(self.path):
            self._file.write(self._redactor.value(row))

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if isinstance(error, KeyboardInterrupt | Interrupted):
            self.finish("interrupted", None, Interrupted("stopped by the user"))
        elif isinstance(error, QuiverError):
            self.finish("failed", None, error)
        elif error is not None:
            self.finish("failed", None, QuiverError(f"{type(error).__name__}: {error}"))
        self._file.close()


class TraceStore:
    """The traces under one QUIVER_HOME. Several processes may record and read at the same time."""

    def __init__(self, home: Path, redactor: Redactor | None = None) -> None:
        self.folder = home / "traces"
        self._redactor = redactor or Redactor()
        self._index = TraceIndex(self.folder, summarise)

    def start(self, task: str, options: Mapping[str, Any]) -> Recorder:
        with _writing(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        moment = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
        recorder = Recorder(self.folder / f"{moment}-{secrets.token_hex(3)}.jsonl", self._redactor)
        recorder.start(task, options)
        return recorder

    def list(self, limit: int | None = None) -> list[Summary]:
        """The runs, newest first. Broken files are left out here; `load` says what is wrong with one."""
        return self._index.newest(limit)

    def find(self, id: str) -> Path:
        """The file of a run, by id, by an unambiguous beginning of one, or `last`. Raises TraceNotFound."""
        ids = sorted(path.stem for path in self.folder.glob("*.jsonl") if _ID.fullmatch(path.stem))
        found = (
            ids[-1:] if id == "last" else [each for each in ids if _ID_BEGINNING.fullmatch(id) and each.startswith(id)]
        )
        if len(found) == 1:
            return self.folder / f"{found[0]}.jsonl"
        why = f"{len(found)} traces begin with {id!r}" if found else f"there is no trace {id!r}"
        raise TraceNotFound(f"{why} in {self.folder}", hint="see what there is with: quiver trace list")

    def load(self, id: str) -> Trace:
        """Raises TraceNotFound, and TraceBroken for a file that is not a trace or is of a newer Quiver."""
        return read_trace(self.find(id))

    def export(self, id: str) -> Iterator[dict[str, Any]]:
        """The lines of a run as they stand in its file: complete, and with secrets hidden."""
        return jsonl.read(self.find(id))


def read_trace(path: Path) -> Trace:
    try:
        rows = list(jsonl.read(path))
        return _assemble(rows, path)
    except (KeyError, TypeError, ValueError, OSError) as error:
        raise TraceBroken(f"{path} cannot be read as a trace: {error!r}", hint=f"remove it with: rm {path}") from error


def _assemble(rows: list[dict[str, Any]], path: Path) -> Trace:
    if not rows or rows[0].get("event") != "start":
        raise TraceBroken(f"{path} does not begin as a trace does", hint=f"remove it with: rm {path}")
    start, last = rows[0], rows[-1]
    if start["version"] > VERSION:
        raise TraceBroken(f"{path} was written by a newer Quiver", hint="update Quiver to read it")
    finish = last if last["event"] == "finish" else {}
    return Trace(
        id=path.stem,
        task=start["task"],
        options=start["options"],
        started=start["time"],
        finished=finish.get("time"),
        status=finish["status"] if finish else "running" if jsonl.is_held(path) else "killed",
        answer=finish.get("answer"),
        error=finish.get("error"),
        steps=tuple(StepRecord.from_json(row) for row in rows if row["event"] == "step"),
        generations=_group(rows),
        observations=tuple(ObservationRecord.from_json(row) for row in rows if row["event"] == "observation"),
    )


def _group(rows: list[dict[str, Any]]) -> tuple[tuple[GenerationRecord, ...], ...]:
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


def now() -> str:
    """This moment in UTC, ISO 8601 with milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        why = f"the trace cannot be written to {path}: {error.strerror}"
        raise UsageError(
            why, hint="free or choose another place: QUIVER_HOME=FOLDER quiver …, then quiver doctor"
        ) from error
