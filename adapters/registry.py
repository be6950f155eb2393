"""Finds skills by name: those in the box, and a person's own under QUIVER_HOME. A name is checked before a path.

The current version of a published skill comes before a folder of a person's own, and that before a bundled one of the
same name. Which versions are current is read once and again by `refresh`, so that a task sees one state of them. A
broken folder does not stop the others: `all` leaves it out, `broken` says why, `get` raises.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

from adapters.skill import Skill, is_name, load_skill
from adapters.versions import Stamp, Versions
from router.errors import QuiverError, SkillBroken, SkillNotFound

BUNDLED = Path(__file__).parent


def home() -> Path:
    """$QUIVER_HOME, or where this system keeps a person's data. Not created here."""
    named = os.environ.get("QUIVER_HOME")
    if named:
        return Path(named).expanduser()
    from platformdirs import user_data_path

    return user_data_path("quiver")


def open_versions() -> Versions:
    """The published versions under `home`."""
    return Versions(home() / "versions")


class Registry:
    """The skills of two folders, and the published ones (beside `own` unless told), read on first use and kept."""

    def __init__(self, bundled: Path = BUNDLED, own: Path | None = None, versions: Versions | None = None) -> None:
        own = own if own is not None else home() / "skills"
        self._roots = (own, bundled)
        self._versions = versions or Versions(own.parent / "versions")
        self._read: dict[str, Skill] = {}
        self._stamps: dict[str, Stamp] = {}
        self._current: dict[str, Path | QuiverError] = {}
        self.refresh()

    def refresh(self) -> set[str]:
        """The names of skills published, rolled back or removed since the last time, for the better part of a
        millisecond; what was read of them is forgotten."""
        before, self._stamps = self._stamps, self._versions.stamps()
        changed = {name for name in {*before, *self._stamps} if before.get(name) != self._stamps.get(name)}
        for name in changed:
            self._read.pop(name, None)
            self._current.pop(name, None)
            if (folder := self._pointed(name)) is not None:
                self._current[name] = folder
        return changed

    def _pointed(self, name: str) -> Path | QuiverError | None:
        try:
            entry = self._versions.pointer(name).current
            return self._versions.path(entry) if entry else None
        except QuiverError as error:
            return error

    def names(self) -> list[str]:
        """Every folder that holds a SKILL.md, readable or not, in alphabetical order."""
        return sorted({*self._current, *(folder.name for folder in self._folders())})

    def get(self, name: str) -> Skill:
        """Raises `SkillNotFound` naming near ones, `SkillBroken` or `WeightsRefused` for one that cannot be read."""
        if name not in self._read:
            self._read[name] = load_skill(self._folder(name))
        return self._read[name]

    def all(self) -> list[Skill]:
        return [skill for name in self.names() if (skill := self._try(name)) is not None]

    def broken(self) -> dict[str, QuiverError]:
        """Why each of the others cannot be read."""
        reasons = {}
        for name in self.names():
            try:
                self.get(name)
            except QuiverError as error:
                reasons[name] = error
        return reasons

    def _try(self, name: str) -> Skill | None:
        try:
            return self.get(name)
        except QuiverError:
            return None

    def _folder(self, name: str) -> Path:
        current = self._current.get(name)
        if isinstance(current, QuiverError):
            raise current
        if current is not None:
            return current
        if is_name(name):
            for root in self._roots:
                folder = root / name
                if (folder / "SKILL.md").is_file():
                    return _checked(folder, root)
        known = self.names()
        near = get_close_matches(name[:64], known, n=3, cutoff=0.5)
        asked = f"Did you mean {' or '.join(near)}?" if near else f"There are: {', '.join(known) or 'none yet'}."
        raise SkillNotFound(f"There is no skill {name[:80]!r}. {asked}", hint="quiver skill list")

    def _folders(self) -> Iterator[Path]:
        for root in self._roots:
            if root.is_dir():
                yield from (path.parent for path in root.glob("*/SKILL.md") if is_name(path.parent.name))


def _checked(folder: Path, root: Path) -> Path:
    """A link inside a skills folder must not lead out of it."""
    if not folder.resolve().is_relative_to(root.resolve()):
        raise SkillBroken(f"{folder} links to a place outside {root}.", hint="Copy the skill's folder there.")
    return folder
