"""JSON Lines, in one place: append a row so that a kill loses at most that row; write a whole file at once; read both,
and files of one JSON object beside them.

A row is a JSON object on one line. It does not know what rows mean, and hides no secrets (`router.redaction` does).
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from router.errors import UsageError

Row = Mapping[str, Any]


def encode(row: Row) -> bytes:
    """One line, newline included. A lone surrogate leaves as its JSON escape, so that it comes back as it was.

    Raises ValueError for NaN and infinities and TypeError for what JSON cannot hold.
    """
    text = json.dumps(row, ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "backslashreplace") + b"\n"


class JsonlWriter:
    """Appends rows, each by one write and one fsync: a row that `write` returned from outlives a power cut.

    Several processes may append to one file. An unfinished last line that an earlier process left is cut off first.
    """

    def __init__(self, path: Path, *, sync: bool = True) -> None:
        """Without `sync` the file's name outlives a power cut after the next `sync` of its folder."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        _mend_tail(self._file)
        if sync:
            sync_folder(path.parent)

    def write(self, row: Row, *, sync: bool = True) -> None:
        """Without `sync` the row outlives a kill of this process, and a power cut only after the next `sync`."""
        left = memoryview(encode(row))
        try:
            while left:  # a full disk may take a part of the line first, and say no only then
                left = left[os.write(self._file, left) :]
            if sync:
                os.fsync(self._file)
        except OSError:
            _mend_tail(self._file)
            raise

    def sync(self) -> None:
        if self._file >= 0:
            os.fsync(self._file)

    def hold(self) -> None:
        """Marks the file as being written, until `close` or the end of this process, however it ends."""
        with contextlib.suppress(OSError):  # some network file systems have no locks; then nobody can tell
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def __enter__(self) -> JsonlWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def is_held(path: Path) -> bool:
    """Whether a living process holds the file (`JsonlWriter.hold`)."""
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    else:
        return False
    finally:
        os.close(file)


def write(path: Path, rows: Iterable[Row]) -> None:
    """The whole file or none of it: a reader sees the old rows or the new ones."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(encode(row) for row in rows)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def read(path: Path) -> Iterator[dict[str, Any]]:
    """Every row, in order. A last line cut short by a kill is passed over; a broken one before it raises UsageError."""
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            row = decode(line)
            if row is not None:
                yield row
            elif line.endswith(b"\n") and line.strip():
                raise UsageError(
                    f"{path} is broken at line {number}: it is not a JSON object on one line",
                    hint=f"look at it with: sed -n {number}p {path}",
                )


def read_object(path: Path, what: str = "", hint: str = "check the path") -> dict[str, Any]:
    """The one JSON object of a file. `what` it is, for the UsageError where it is none or cannot be read."""
    named = f"{what} {path}".strip()
    try:
        content = json.loads(path.read_bytes())
    except OSError as error:
        raise UsageError(f"{named} cannot be read: {error.strerror}", hint=hint) from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{named} is not JSON: {error}", hint=f"python -m json.tool {path}") from error
    if not isinstance(content, dict):
        raise UsageError(f"{named} holds no JSON object", hint=hint)
    return content


def decode(line: bytes) -> dict[str, Any] | None:
    """The object on the line, or None. A torn line is never one: no part of an object that lacks its end is."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) else None


def _mend_tail(file: int) -> None:
    """Cuts an unfinished last line off, or ends it when only its newline is missing."""
    tail = _last_line(file)
    if not tail:
        return
    if decode(tail) is None:
        os.ftruncate(file, os.fstat(file).st_size - len(tail))
    else:
        os.write(file, b"\n")
    os.fsync(file)


def _last_line(file: int) -> bytes:
    """What stands after the last newline, read from the end so that a long file costs no more than a short one."""
    size, window = os.fstat(file).st_size, 1 << 16
    while True:
        data = os.pread(file, window, max(0, size - window))
        if b"\n" in data or window >= size:
            return data[data.rfind(b"\n") + 1 :]
        window *= 2


def sync_folder(folder: Path) -> None:
    """A new name in a folder is durable only once the folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
