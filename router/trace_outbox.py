"""Rows on their way to the traces' database: kept in files here until the database has them. Sends nothing itself.

Whoever records appends, one thread takes. A row that `append` returned from outlives a kill of this process; a power
cut may take the last seconds. Files are cut into segments, so that what was sent can be thrown away, and each is locked
by whoever writes it: what a dead process left is taken over by the next.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Condition
from typing import Any

from router import jsonl
from router.trace import writing

SEGMENT_BYTES = 8 * 1024 * 1024
BATCH_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Sent:
    """A row as it goes to the database: line `number` of a `run`, recorded by the process `writer`."""

    writer: str
    run: str
    number: int
    row: dict[str, Any]


@dataclass(frozen=True)
class Batch:
    """What is to be sent next, and where in its segment it ends."""

    rows: Sequence[Sent]
    segment: _Segment
    end: int


class _Segment:
    """A file of rows, locked as long as this process has to do with it. `taken`: bytes that the database has."""

    def __init__(self, path: Path) -> None:
        """Raises BlockingIOError for the segment of a living process, FileNotFoundError for one that has gone."""
        self.path, self.taken = path, 0
        self._lock = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not os.fstat(self._lock).st_nlink:  # sent and thrown away by another before the lock was ours
                raise FileNotFoundError(path)
        except OSError:
            os.close(self._lock)
            raise

    @property
    def writer(self) -> str:
        return self.path.stem.partition("-")[0]

    @property
    def size(self) -> int:
        return os.fstat(self._lock).st_size

    def rows(self) -> tuple[list[Sent], int]:
        """The next rows, and where they end. A last line cut short by a kill is left; so is what is no row."""
        data = os.pread(self._lock, BATCH_BYTES, self.taken)
        while b"\n" not in data and len(data) < self.size - self.taken:
            data = os.pread(self._lock, 4 * len(data), self.taken)
        end = data.rfind(b"\n") + 1
        found = [_sent(self.writer, line) for line in data[:end].splitlines()]
        return [row for row in found if row is not None], self.taken + end

    def close(self, *, remove: bool) -> None:
        if remove:
            self.path.unlink(missing_ok=True)
        os.close(self._lock)


def _sent(writer: str, line: bytes) -> Sent | None:
    kept = jsonl.decode(line) or {}
    try:
        return Sent(writer, str(kept["run"]), int(kept["number"]), dict(kept["row"]))
    except (KeyError, TypeError, ValueError):
        return None


class Outbox:
    """The rows that wait under `folder`. `append` is for many threads, the rest for one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.writer = secrets.token_hex(8)
        self._segments: deque[_Segment] = deque()
        self._file: jsonl.JsonlWriter | None = None  # the last segment's, if it is ours to append to
        self._made = 0
        self._changed = Condition()

    # --- whoever records -----------------------------------------------------------------------------------------

    def append(self, run: str, number: int, row: jsonl.Row) -> None:
        """Raises UsageError when the disk does not take it."""
        with self._changed, writing(self.folder):
            if self._file is None or self._segments[-1].size >= SEGMENT_BYTES:
                self._begin_segment()
            assert self._file is not None
            self._file.write({"run": run, "number": number, "row": row}, sync=False)
            self._changed.notify()

    def _begin_segment(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self.folder / f"{self.writer}-{self._made:06d}.jsonl"
        unlocked = path.with_suffix(".new")  # a name nobody adopts
        file = jsonl.JsonlWriter(unlocked)
        segment = _Segment(unlocked)
        segment.path = unlocked.rename(path)
        self._segments.append(segment)
        self._made += 1
        if self._file is not None:
            self._file.close()
        self._file = file

    # --- whoever sends -------------------------------------------------------------------------------------------

    def wait(self, seconds: float) -> bool:
        """Until something waits here, at most so long; whether it does."""
        with self._changed:
            return self._changed.wait_for(lambda: self._bytes() > 0, seconds)

    @property
    def waiting(self) -> int:
        """Bytes that the database does not have yet."""
        with self._changed:
            return self._bytes()

    def _bytes(self) -> int:
        return sum(segment.size - segment.taken for segment in self._segments)

    def batch(self) -> Batch | None:
        """The oldest rows that wait; None for none."""
        for segment in self._oldest_first():
            written = self._is_written(segment)  # asked first: what is read afterwards is then all there is
            rows, end = segment.rows()
            while not rows and end > segment.taken:  # complete lines that are no rows
                segment.taken = end
                rows, end = segment.rows()
            if rows:
                return Batch(rows, segment, end)
            if not written:
                self._finish(segment)
        return None

    def sent(self, batch: Batch) -> None:
        """The database has it."""
        with self._changed:
            batch.segment.taken = batch.end

    def adopt(self) -> None:
        """Takes over what dead processes left."""
        with contextlib.suppress(OSError):
            known = {segment.path for segment in self._oldest_first()}
            for path in sorted(self.folder.glob("*.jsonl"), reverse=True):
                if path not in known:
                    self._adopt(path)

    def close(self) -> None:
        """What was not sent stays, for whoever comes next."""
        with self._changed:
            if self._file is not None:
                self._file.close()
                self._file = None
            while self._segments:
                segment = self._segments.popleft()
                segment.close(remove=segment.taken >= segment.size)

    def _adopt(self, path: Path) -> None:
        with self._changed, contextlib.suppress(BlockingIOError, FileNotFoundError):
            self._segments.appendleft(_Segment(path))

    def _oldest_first(self) -> Iterator[_Segment]:
        with self._changed:
            return iter(list(self._segments))

    def _is_written(self, segment: _Segment) -> bool:
        """Whether rows may still be appended to it."""
        with self._changed:
            return self._file is not None and segment is self._segments[-1]

    def _finish(self, segment: _Segment) -> None:
        """All of it was sent; a torn end belongs to a row that nobody was told was kept."""
        with self._changed:
            self._segments.remove(segment)
        segment.close(remove=True)
