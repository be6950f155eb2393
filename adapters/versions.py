"""The published versions of skills on disk, and which of them is current.

    VERSIONS/NAME@DIGEST12/      one version: a skill's folder, never changed once there
    VERSIONS/NAME.json           the pointer: {"current": "NAME@DIGEST12" | null, "history": [what was current before]}

A pointer is replaced in one step, so that a reader sees the old version or the new one and nothing between. It copies
no skill and admits none: `adapters.publish` does.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from adapters.skill import check_name, is_name
from router.errors import SkillBroken

Stamp = tuple[int, int, int]  # of a pointer's file: when it was written, its inode, its size
_ENTRY = re.compile(r"([a-z0-9-]+)@[0-9a-f]{12}(\+[0-9a-f]{6})?")


@dataclass(frozen=True)
class Pointer:
    """`current` None: published once, removed since. `history`: oldest first."""

    current: str | None = None
    history: tuple[str, ...] = ()


class Versions:
    """The folder of versions under QUIVER_HOME; it need not exist."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, entry: str) -> Path:
        """Where the version `entry` lies. Raises SkillBroken for what is no version's name."""
        match = _ENTRY.fullmatch(entry)
        if match is None or not is_name(match.group(1)):
            raise SkillBroken(f"{entry[:80]!r} is no version of a skill.", hint="A version is written name@digest.")
        return self.folder / entry

    def pointer(self, name: str) -> Pointer:
        """An empty one for a skill that was never published. Raises SkillBroken for a damaged one."""
        file = self._file(name)
        try:
            row = json.loads(file.read_bytes())
        except FileNotFoundError:
            return Pointer()
        except (OSError, ValueError, RecursionError) as error:
            raise self._damaged(file) from error
        if not isinstance(row, Mapping) or not _well_formed(row):
            raise self._damaged(file)
        return Pointer(row["current"], tuple(row["history"]))

    def point(self, name: str, pointer: Pointer) -> None:
        """Replaces the pointer in one step; it outlives a power cut."""
        self.folder.mkdir(parents=True, exist_ok=True)
        file, temporary = tempfile.mkstemp(dir=self.folder, prefix=".pointer")
        try:
            with os.fdopen(file, "w", encoding="utf-8") as stream:
                json.dump(asdict(pointer), stream, indent=1)
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(temporary, self._file(name))
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise

    def forget(self, name: str) -> None:
        self._file(name).unlink(missing_ok=True)

    def stamps(self) -> dict[str, Stamp]:
        """The name of every skill that has a pointer, and what changes whenever the pointer does: costs a look at the
        folder."""
        found = {}
        try:
            with os.scandir(self.folder) as entries:
                for entry in entries:
                    name, ending = os.path.splitext(entry.name)
                    if ending == ".json" and is_name(name):
                        status = entry.stat()
                        found[name] = (status.st_mtime_ns, status.st_ino, status.st_size)
        except FileNotFoundError:
            return {}
        return found

    def entries(self, name: str) -> list[str]:
        """Every version of the skill that is on disk."""
        found = (path.name for path in self.folder.glob(f"{check_name(name)}@*") if path.is_dir())
        return sorted(entry for entry in found if _ENTRY.fullmatch(entry))

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One writer at a time, over all processes."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _file(self, name: str) -> Path:
        return self.folder / f"{check_name(name)}.json"

    def _damaged(self, file: Path) -> SkillBroken:
        kept = ", ".join(self.entries(file.stem)) or "none"
        return SkillBroken(
            f"{file} does not say which version is current; there are: {kept}.",
            hint=f"quiver skill rollback {file.stem} --to VERSION",
        )


def _well_formed(row: Mapping[str, object]) -> bool:
    current, history = row.get("current", 0), row.get("history")
    entries = [*history, *([] if current is None else [current])] if isinstance(history, list) else [None]
    return all(isinstance(entry, str) and _ENTRY.fullmatch(entry) for entry in entries)
