"""A run of an evaluation: a folder with its resolved configuration, one record a case, a summary and a report.

`records.jsonl` is only ever appended to, a whole line at a time, so that a run that was killed goes on where it was:
no finished case is run again and none is counted twice. What a case is and when it is right, the evaluations know;
the options of their commands are `evals.run_options`, the page is drawn by `evals.report`.
"""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar

from adapters.registry import home
from router import jsonl
from router.errors import UsageError

Kind = Literal["calls", "routing", "json", "agent", "skills"]
Workers = Callable[[int], Executor]
NO_CLASS = "(none)"
"""The class of `gold` where no skill or tool is right, and of `predicted` where none was chosen."""

CONFIG, RECORDS, SUMMARY, REPORT = "config.json", "records.jsonl", "summary.json", "report.html"
SHOWN_DIFFERENCES = 4
SYNC_S = 1.0  # between writes that wait for the disk: a decision may take less time than the disk does


class Case(Protocol):
    """Anything with an id that is unique in its run and the same in every run of the same configuration."""

    @property
    def id(self) -> str: ...


C = TypeVar("C", bound=Case)


@dataclass(frozen=True)
class Record:
    """What one case came to.

    slice: dimension → value, what the figures are broken down by. right: None where that is not asked.
    scores: metric → number; one that is not finite is left out when written, as not defined for this case.
    prompt, output, expected: what a reader needs to judge it himself. reason: why it is wrong, in words;
    failure: the same as one short word to count by ("route", "arguments", "tool", "answer" …).
    ms: milliseconds of the decision or generation measured. tokens: {"prompt", "reused", "generated", "forced"}.
    confidence: calibrated probability that it is right. gold, predicted: classes (`NO_CLASS` for none).
    group: cases of one group are not independent (runs of one task): intervals resample groups.
    """

    case: str
    slice: Mapping[str, Any] = field(default_factory=dict)
    right: bool | None = None
    scores: Mapping[str, float] = field(default_factory=dict)
    prompt: str = ""
    output: str = ""
    expected: Any = None
    reason: str | None = None
    failure: str | None = None
    ms: float | None = None
    tokens: Mapping[str, int] | None = None
    confidence: float | None = None
    gold: str | None = None
    predicted: str | None = None
    group: str | None = None

    def to_json(self) -> dict[str, Any]:
        row = {each.name: getattr(self, each.name) for each in fields(self)}
        row["slice"] = dict(self.slice)
        row["scores"] = {name: value for name, value in self.scores.items() if math.isfinite(value)}
        row["tokens"] = None if self.tokens is None else dict(self.tokens)
        return row

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Record:
        """Reads what `to_json` wrote. Keys it does not know are ignored. Raises UsageError for what is no record."""
        known = {each.name: row[each.name] for each in fields(cls) if each.name in row}
        if not isinstance(known.get("case"), str) or not all(
            isinstance(known.get(name, {}), Mapping) for name in ("slice", "scores")
        ):
            raise UsageError(f"this is not the record of a case: {str(dict(row))[:80]}", hint=f"see {RECORDS}")
        return cls(**known)


@dataclass(frozen=True)
class Run:
    """One folder. `resumed`: how many cases were done when it was opened. Close it, or use it as a context."""

    folder: Path
    kind: Kind
    config: Mapping[str, Any]
    digest: str
    version: str
    _done: dict[str, Record]
    _writer: jsonl.JsonlWriter | None = None
    resumed: int = 0
    _synced: list[float] = field(default_factory=lambda: [0.0])

    @property
    def done(self) -> frozenset[str]:
        return frozenset(self._done)

    def add(self, record: Record) -> None:
        """Outlives a kill when this returns, and a power cut a second later.

        A case that is there already is a mistake of the caller's: ValueError.
        """
        if self._writer is None:
            raise ValueError("this run was opened to be read")
        if record.case in self._done:
            raise ValueError(f"the case {record.case!r} is recorded already")
        now = time.monotonic()
        due = now - self._synced[0] > SYNC_S
        self._writer.write(record.to_json(), sync=due)
        if due:
            self._synced[0] = now
        self._done[record.case] = record

    def records(self) -> list[Record]:
        return list(self._done.values())

    def finish(self, figures: Mapping[str, Any]) -> Path:
        """Writes summary.json and report.html, each whole or not at all; the report's path."""
        from evals.report import page
        from router.cache import write_atomically

        summary = {"kind": self.kind, "digest": self.digest, "cases": len(self._done), "figures": dict(figures)}
        write_atomically(self.folder / SUMMARY, _pretty(summary))
        report = self.folder / REPORT
        write_atomically(report, page(self, figures).encode("utf-8", "backslashreplace"))
        return report

    def close(self) -> None:
        if self._writer is not None:
            self._writer.sync()
            self._writer.close()

    def __enter__(self) -> Run:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()


def open_run(kind: Kind, config: Mapping[str, Any], out: Path | None = None, *, fresh: bool = False) -> Run:
    """The run of this configuration, new or resumed; `fresh` drops the records of an earlier one.

    `out` None: a folder under $QUIVER_HOME/evals that is named by the configuration's digest. Raises UsageError for a
    folder that belongs to another configuration, that holds something else, or that another process is writing to.
    """
    resolved = json.loads(json.dumps({"kind": kind, "config": config}, allow_nan=False))
    digest = hashlib.sha256(json.dumps(resolved, sort_keys=True).encode()).hexdigest()
    folder = out or home() / "evals" / f"{kind}-{digest[:12]}"
    version = project_version()
    try:
        _claim(folder, {**resolved, "digest": digest, "version": version})
        writer = _writer(folder / RECORDS, fresh)
    except OSError as error:
        raise UsageError(f"cannot write to {folder}: {error.strerror}", hint="choose another folder: --out") from error
    try:
        done = _read_records(folder)
    except UsageError:
        writer.close()
        raise
    return Run(folder, kind, resolved["config"], digest, version, done, writer, len(done))


def read_run(folder: Path) -> Run:
    """A run as it is, finished or not, to be read only. Raises UsageError when there is none."""
    row = jsonl.read_object(folder / CONFIG, hint="give the folder of a run")
    if not {"kind", "config", "digest"} <= row.keys():
        raise UsageError(f"{folder} is not the folder of a run", hint="give a folder made by: quiver eval … --out")
    done = _read_records(folder)
    return Run(folder, row["kind"], row["config"], row["digest"], str(row.get("version", "")), done, None, len(done))


def read_figures(folder: Path) -> dict[str, Any]:
    """The figures of summary.json; empty for a run that was not finished."""
    path = folder / SUMMARY
    return dict(jsonl.read_object(path, hint="give the folder of a run").get("figures", {})) if path.is_file() else {}


def run_cases(
    run: Run,
    cases: Iterable[C],
    do: Callable[[C], Record],
    *,
    jobs: int = 1,
    workers: Workers | None = None,
    on_record: Callable[[Record], None] = lambda record: None,
) -> list[Record]:
    """Runs what is not done; the records of all `cases`, in their order, those of earlier sittings included.

    `workers` makes the executor for `jobs` > 1: `threads` where `do` may be called from several at once (an engine
    behind HTTP), `processes(…)` where each needs an engine of its own; None where neither is possible: UsageError.
    Each record is in the file before the next is asked for: a Ctrl-C or a kill loses only what is being worked on.
    """
    wanted = list(cases)
    if len({case.id for case in wanted}) < len(wanted):
        raise ValueError("two cases have the same id")
    left = [case for case in wanted if case.id not in run.done]
    made = map(do, left) if jobs == 1 else _side_by_side(left, do, jobs, workers)
    for record in made:
        run.add(record)
        on_record(record)
    by_id = {record.case: record for record in run.records()}
    return [by_id[case.id] for case in wanted]


def threads(jobs: int) -> Executor:
    return ThreadPoolExecutor(jobs)


def processes(set_up: Callable[..., None], *arguments: Any) -> Workers:
    """Workers that are processes: each calls `set_up` once (open an engine, keep it in its module). Both `set_up` and
    the `do` that is run in them must be functions of a module."""
    import multiprocessing

    def start(jobs: int) -> Executor:
        return ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), set_up, arguments)

    return start


def _side_by_side(
    cases: Sequence[C], do: Callable[[C], Record], jobs: int, workers: Workers | None
) -> Iterator[Record]:
    """As they come to an end. When one fails, or the reader stops, those not begun are dropped."""
    if workers is None:
        raise UsageError("this engine runs one case at a time", hint="leave --jobs out, or measure an HTTP endpoint")
    executor = workers(jobs)
    try:
        futures: list[Future[Record]] = [executor.submit(do, case) for case in cases]
        for future in as_completed(futures):
            yield future.result()
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def project_version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("quiver-agent")
    except PackageNotFoundError:
        return "source"


# --- the folder -------------------------------------------------------------------------------------------------------


def _claim(folder: Path, config: Mapping[str, Any]) -> None:
    """Writes the configuration, or finds the same one there."""
    from router.cache import write_atomically

    folder.mkdir(parents=True, exist_ok=True)
    if (folder / CONFIG).is_file():
        there = jsonl.read_object(folder / CONFIG, hint="give the folder of a run")
        if there.get("digest") != config["digest"]:
            why = "; ".join(differences(there, config)[:SHOWN_DIFFERENCES]) or "its digest is another"
            raise UsageError(
                f"{folder} holds a run of another configuration: {why}", hint="choose another folder: --out FOLDER"
            )
    elif strangers := sorted(path.name for path in folder.iterdir() if not path.name.startswith(".")):
        raise UsageError(f"{folder} holds {strangers[0]} and no run", hint="choose another folder: --out FOLDER")
    else:
        write_atomically(folder / CONFIG, _pretty(config))


def differences(there: Mapping[str, Any], here: Mapping[str, Any]) -> list[str]:
    """Where two configurations differ, as "options.offered is 5 there and 8 here"; digest and version are not told."""
    old, new = dict(_leaves(there)), dict(_leaves(here))
    names = [name for name in {**old, **new} if name not in ("digest", "version") and old.get(name) != new.get(name)]
    return [
        f"{name.removeprefix('config.')} is {_short(old.get(name, 'absent'))} there and "
        f"{_short(new.get(name, 'absent'))} here"
        for name in names
    ]


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and value:
        for name, below in value.items():
            yield from _leaves(below, f"{path}.{name}" if path else str(name))
    else:
        yield path, value


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else f"{text[:24]}…"


def _writer(path: Path, fresh: bool) -> jsonl.JsonlWriter:
    """Holds the file, so that two processes never measure the same cases into one folder."""
    if path.exists() and jsonl.is_held(path):
        raise UsageError(f"another process is writing to {path.parent}", hint="wait for it, or choose another: --out")
    if fresh:
        path.unlink(missing_ok=True)
    writer = jsonl.JsonlWriter(path)
    writer.hold()
    return writer


def _read_records(folder: Path) -> dict[str, Record]:
    path = folder / RECORDS
    records = [Record.from_json(row) for row in jsonl.read(path)] if path.is_file() else []
    done: dict[str, Record] = {}
    for record in records:
        done.setdefault(record.case, record)
    return done


def _pretty(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "backslashreplace")
