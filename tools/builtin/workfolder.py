"""The work folder: every path a model names is resolved here, and nothing outside the folder is reached.

Symbolic links count as where they lead. The check is made when a path is resolved; another program that swaps a folder
for a link at that very moment could still get between, which only the operating system could prevent.
"""

from __future__ import annotations

import difflib
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from router.source import file_names, words
from tools.tool import ToolFailed, ToolRefused

_MAX_WALK = 5000  # files looked at in one search


_NO_FOLDER = frozenset({
    "a", "all", "an", "and", "any", "called", "current", "directory", "each", "every", "file", "files", "folder",
    "for", "here", "in", "is", "it", "main", "my", "named", "new", "of", "on", "our", "root", "same", "subfolder",
    "that", "the", "there", "this", "to", "top", "what", "which", "with", "work", "working",
})  # fmt: skip

FilePath = Annotated[str, {"format": "path"}]  # tells a small base that one word of the request is meant


def files_said(text: str) -> list[str]:
    """The words of a text that look like names of files."""
    return file_names(words(text))


class WorkFolder:
    """`root` must exist. Paths given to the methods are relative to it, as a model writes them."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()

    def resolve(self, path: str) -> Path:
        """The real path of a name, whether or not it exists. Errors: `ToolRefused` outside the folder, `ToolFailed`
        for a name no file system takes."""
        name = path.strip()
        if not name or "\0" in name:
            raise ToolFailed("That is not a file name.")
        if Path(name).is_absolute() or name.startswith("~"):
            raise ToolRefused(f"'{name}' is not inside the work folder. Use a name relative to it, such as notes.txt.")
        try:
            resolved = (self.root / name).resolve()
            resolved.exists()
        except (OSError, RuntimeError, ValueError) as error:  # too long, a loop of links, lone surrogates
            raise ToolFailed(f"'{name[:60]}' is not a file name.") from error
        if not resolved.is_relative_to(self.root):
            raise ToolRefused(f"'{name}' leads out of the work folder.")
        return resolved

    def file(self, path: str) -> Path:
        """An existing regular file. Errors: `ToolFailed`, naming files of similar name where there are some; a pipe or
        device is refused because reading it may never end."""
        resolved = self.resolve(path)
        if resolved.is_dir():
            raise ToolFailed(f"{path.strip()} is a folder, not a file.")
        if not resolved.exists():
            raise ToolFailed(f"There is no file {path.strip()}.{self._similar(path.strip())}")
        if not resolved.is_file():
            raise ToolFailed(f"{path.strip()} is not a regular file.")
        return resolved

    def folder(self, path: str | None) -> Path:
        """An existing folder; the work folder itself for None, an empty name or a dot. Errors: `ToolFailed`."""
        if path is None or path.strip() in ("", ".", "./", "/"):
            return self.root
        resolved = self.resolve(path)
        if not resolved.is_dir():
            raise ToolFailed(f"There is no folder {path.strip()}.")
        return resolved

    def files_said(self, text: str) -> list[str]:
        """The files a text names; one that lies deeper, and alone bears its name, by its whole path."""
        names = files_said(text)
        missing = {name for name in names if (path := self._resolved(name)) is not None and not path.exists()}
        deeper = [path for path in self.walk(self.root) if path.name in missing] if missing else []
        places = {name: [self.name(path) for path in deeper if path.name == name] for name in missing}
        found = (places[name][0] if len(places.get(name, ())) == 1 else name for name in names)
        return list(dict.fromkeys(found))

    def files_there(self, text: str) -> list[str]:
        """Those files a text names that exist."""
        return [name for name in self.files_said(text) if (path := self._resolved(name)) is not None and path.is_file()]

    def _resolved(self, name: str) -> Path | None:
        """As `resolve`; None for what is refused or no name at all."""
        try:
            return self.resolve(name)
        except ToolFailed:
            return None

    def folders_said(self, text: str) -> list[str]:
        """The folders a text names: by a slash at the end, by the word folder beside them, or by being there."""
        chunks = [chunk for chunk in words(text) if re.search(r"[\w/]", chunk)]
        found = []
        for at, chunk in enumerate(chunks):
            beside = [each.casefold() for each in (*chunks[at + 1 : at + 2], *chunks[max(0, at - 2) : at])]
            named = bool({"folder", "directory", "subfolder"} & set(beside[:1] + beside[-1:])) or (
                beside[-2:] in (["folder", "called"], ["folder", "named"], ["directory", "called"])
            )
            if (named and chunk.casefold() not in _NO_FOLDER) or chunk.endswith("/") or self._has_folder(chunk):
                found.append(chunk)
        return found

    def _has_folder(self, name: str) -> bool:
        return name.strip("./") != "" and (path := self._resolved(name)) is not None and path.is_dir()

    def name(self, path: Path) -> str:
        """How a model is told of a path: relative to the work folder, with forward slashes."""
        return path.relative_to(self.root).as_posix()

    def walk(self, folder: Path) -> Iterator[Path]:
        """Regular files below a folder in order of name; hidden ones and links to folders left out; at most 5000."""
        seen = 0
        for place, folders, files in os.walk(folder):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for file in sorted(name for name in files if not name.startswith(".")):
                if self._is_inside(Path(place) / file):
                    yield Path(place) / file
                seen += 1
                if seen >= _MAX_WALK:
                    return

    def write(self, path: Path, content: bytes) -> None:
        """Whole or not at all: a temporary file beside the target takes its place. Keeps an existing file's mode."""
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            os.chmod(temporary, path.stat().st_mode & 0o777 if path.exists() else 0o644)
            os.replace(temporary, path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise

    def _is_inside(self, path: Path) -> bool:
        try:
            resolved = path.resolve()
            return resolved.is_relative_to(self.root) and resolved.is_file()
        except (OSError, RuntimeError):  # a link that leads round in a circle
            return False

    def _similar(self, name: str) -> str:
        names = {self.name(path).lower(): self.name(path) for path in self.walk(self.root)}
        near = difflib.get_close_matches(name.lower(), list(names), n=3, cutoff=0.5)
        return f" There is: {', '.join(names[match] for match in near)}." if near else ""
