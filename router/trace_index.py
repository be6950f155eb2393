"""A SQLite index over the trace files, so that listing thousands of runs reads none of them twice.

It holds nothing of its own. Whatever is missing, changed or gone on disk is mended at every look, and an index that is
missing, of another version or corrupt is made anew. Where it cannot be written, one in memory does the same.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from router.errors import QuiverError

_VERSION = 1
_SCHEMA = """
    CREATE TABLE IF NOT EXISTS runs (
        id TEXT PRIMARY KEY, stamp TEXT NOT NULL, broken INTEGER NOT NULL,
        task TEXT, status TEXT, answer TEXT, started TEXT, finished TEXT, steps INTEGER, skills TEXT
    ) STRICT
"""


@dataclass(frozen=True)
class Summary:
    """One line of `quiver trace list`. Times are UTC, ISO 8601; `finished` is None for a run without an end."""

    id: str
    task: str
    status: str
    answer: str | None
    started: str
    finished: str | None
    steps: int
    skills: tuple[str, ...]


class TraceIndex:
    def __init__(self, folder: Path, summarise: Callable[[Path], Summary]) -> None:
        """`summarise` reads one trace file; what it raises as QuiverError marks the file as broken."""
        self.path = folder / "index.sqlite"
        self._folder = folder
        self._summarise = summarise

    def newest(self, limit: int | None = None) -> list[Summary]:
        """The runs on disk now, newest first."""
        try:
            return self._look(str(self.path), limit)
        except sqlite3.OperationalError:  # no folder yet, not ours to write, or held by another process for long
            return self._look(":memory:", limit)
        except sqlite3.DatabaseError:  # damaged, or of another version
            return self._look(self._removed(), limit)

    def _look(self, name: str, limit: int | None) -> list[Summary]:
        with closing(sqlite3.connect(name, timeout=5, isolation_level=None)) as database:
            _prepare(database)
            self._mend(database)
            database.row_factory = sqlite3.Row
            rows = database.execute(
                "SELECT id, task, status, answer, started, finished, steps, skills FROM runs"
                " WHERE NOT broken ORDER BY id DESC LIMIT ?",
                (-1 if limit is None else limit,),
            ).fetchall()
        return [Summary(**{**dict(row), "skills": tuple(json.loads(row["skills"]))}) for row in rows]

    def _removed(self) -> str:
        """Takes the index file away and says where the next one goes."""
        try:
            for suffix in ("", "-journal"):
                self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        except OSError:
            return ":memory:"
        return str(self.path)

    def _mend(self, database: sqlite3.Connection) -> None:
        """Brings the index level with the folder: reads files that are new or changed, forgets those that are gone."""
        known = dict(database.execute("SELECT id, CASE status WHEN 'running' THEN '' ELSE stamp END FROM runs"))
        found = {path.stem: _stamp(path) for path in self._folder.glob("*.jsonl")}
        changed = [id for id, stamp in found.items() if known.get(id) != stamp]
        rows = [self._row(id, found[id]) for id in changed]
        database.execute("BEGIN IMMEDIATE")
        database.executemany("DELETE FROM runs WHERE id = ?", [(id,) for id in known.keys() - found.keys()])
        database.executemany("INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        database.execute("COMMIT")

    def _row(self, id: str, stamp: str) -> tuple[object, ...]:
        try:
            run = self._summarise(self._folder / f"{id}.jsonl")
        except (QuiverError, OSError):
            return (id, stamp, 1, *[None] * 7)
        about = (run.task, run.status, run.answer, run.started, run.finished, run.steps, json.dumps(run.skills))
        return (id, stamp, 0, *about)


def _prepare(database: sqlite3.Connection) -> None:
    """Raises sqlite3.DatabaseError for a file that is no index, or one of another version."""
    (version,) = database.execute("PRAGMA user_version").fetchone()
    (tables,) = database.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if tables and (version != _VERSION or database.execute("PRAGMA quick_check").fetchone() != ("ok",)):
        raise sqlite3.DatabaseError("not an index of this version")
    database.execute(_SCHEMA)
    database.execute(f"PRAGMA user_version = {_VERSION}")


def _stamp(path: Path) -> str:
    """Size and time of change: what differs when a file has grown. Empty when it has just been removed."""
    try:
        status = path.stat()
    except OSError:
        return ""
    return f"{status.st_size}:{status.st_mtime_ns}"
