"""Files as a model uses them: read, write, list, search. Text only; where they may lie is `workfolder`'s business."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from router.narrowing import Here, There
from router.source import quotations
from tools.builtin.tables import is_database
from tools.builtin.workfolder import FilePath, WorkFolder, files_said
from tools.tool import Tool, ToolFailed

_MAX_READ = 200_000  # bytes of one file that are read
_HEAD = 8_192  # bytes that tell a text
_MAX_WRITE = 1_000_000  # characters
_MAX_SEARCHED = 2_000_000  # bytes; a larger file is not searched
_MAX_SEARCHED_LINES = 200_000  # in all
_MAX_LISTED = 200
_MAX_HITS = 20
_MAX_LINE = 240  # characters of a found line


class Files:
    def __init__(self, folder: WorkFolder) -> None:
        self._folder = folder

    def tools(self) -> list[Tool]:
        quoted = Here(quotations)
        paths, folders = There(self._folder.files_said, self._texts_there), {"folder": self._folder.folders_said}
        return [
            Tool.from_function(self.read_file, candidates={"path": paths}),
            Tool.from_function(self.write_file, effect="write", candidates={"path": files_said, "content": quoted}),
            Tool.from_function(self.list_files, candidates=folders),
            Tool.from_function(self.search_files, candidates={"text": quoted, **folders}),
        ]

    def _texts_there(self, text: str) -> list[str]:
        there = self._folder.files_there(text)
        return [name for name in there if read_text(self._folder.resolve(name), _HEAD) is not None]

    def read_file(self, path: FilePath) -> str:
        """Read a text file and return what it says.

        Args:
            path: Name of the file inside the work folder, such as notes.txt or reports/may.md.
        """
        file = self._folder.file(path)
        size = file.stat().st_size
        text = read_text(file, _MAX_READ)
        if text is None:
            hint = " It is a database: name a table and a column of it, or give the SQL." if is_database(file) else ""
            raise ToolFailed(f"{path.strip()} is not a text file ({size:,} bytes).{hint}")
        if size > _MAX_READ:
            return f"{text}\n[the file goes on: {size - _MAX_READ:,} more bytes]"
        return text or f"{path.strip()} is empty."

    def write_file(self, path: FilePath, content: str) -> str:
        """Write a text to a file, creating it or replacing what it said.

        Args:
            path: Name of the file inside the work folder, such as summary.txt.
            content: The whole text the file shall hold.
        """
        target = self._folder.resolve(path)
        if target.is_dir():
            raise ToolFailed(f"{path.strip()} is a folder, not a file.")
        if len(content) > _MAX_WRITE:
            raise ToolFailed(f"That is more than {_MAX_WRITE:,} characters.")
        done = "Replaced" if target.exists() else "Wrote"
        try:
            self._folder.write(target, content.encode("utf-8", errors="replace"))
        except OSError as error:
            raise ToolFailed(f"{path.strip()} cannot be written: {error.strerror}.") from error
        return f"{done} {self._folder.name(target)} ({len(content):,} characters)."

    def list_files(self, folder: str | None = None) -> str:
        """List the names of the files and folders in the work folder or in one of its folders.

        Args:
            folder: Name of the folder to list; leave out for the work folder itself.
        """
        place = self._folder.folder(folder)
        entries = sorted(entry for entry in place.iterdir() if not entry.name.startswith("."))
        names = [f"{entry.name}/" if entry.is_dir() else entry.name for entry in entries]
        if len(names) > _MAX_LISTED:
            names = [*names[:_MAX_LISTED], f"and {len(names) - _MAX_LISTED:,} more"]
        return "\n".join(names) or "The folder is empty."

    def search_files(self, text: str, folder: str | None = None) -> str:
        """Search all text files for words and return the lines that hold them, as numbered passages.

        Args:
            text: The words to look for, in any case.
            folder: Name of the folder to search; leave out for the whole work folder.
        """
        phrase = " ".join(text.split()).casefold()
        if not phrase:
            raise ToolFailed("Say what to search for.")
        lines = list(islice(self._lines(self._folder.folder(folder)), _MAX_SEARCHED_LINES))
        found = [line for line in lines if phrase in line[2].casefold()] or _sharing_words(phrase, lines)
        passages = [f"[{n}] {name}:{at}: {_around(line, phrase)}" for n, (name, at, line) in enumerate(found, 1)]
        if not passages:
            return f"No file says '{text.strip()[:80]}'."
        more = len(passages) - _MAX_HITS
        return "\n".join([*passages[:_MAX_HITS], *([f"and {more:,} more lines"] if more > 0 else [])])

    def _lines(self, place: Path) -> Iterator[tuple[str, int, str]]:
        """(file name, line number from 1, line) of every text file of bearable size."""
        for path in self._folder.walk(place):
            if path.stat().st_size > _MAX_SEARCHED:
                continue
            for at, line in enumerate((read_text(path, _MAX_SEARCHED) or "").splitlines(), 1):
                yield self._folder.name(path), at, line.strip()


def read_text(path: Path, limit: int) -> str | None:
    """The first `limit` bytes as text (UTF-8, or UTF-16 with its mark), or None for what is no text."""
    with path.open("rb") as file:
        head = file.read(limit)
    utf16 = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if b"\0" in head and not utf16:
        return None
    decoder = codecs.getincrementaldecoder("utf-16" if utf16 else "utf-8-sig")()
    try:
        return decoder.decode(head, final=False)  # not final: the cut may fall inside a character
    except UnicodeDecodeError:
        return None


def _sharing_words(phrase: str, lines: list[tuple[str, int, str]]) -> list[tuple[str, int, str]]:
    """Where no line holds the phrase: the lines holding at least half of its words of three letters or more, those with
    most of them first."""
    words = {word.removesuffix("s") for word in re.findall(r"\w+", phrase) if len(word) > 2}
    shares = [
        (len(words & {w.removesuffix("s") for w in re.findall(r"\w+", line[2].casefold())}), line) for line in lines
    ]
    close = [(share, line) for share, line in shares if share and share * 2 >= len(words)]
    return [line for _, line in sorted(close, key=lambda pair: -pair[0])]


def _around(line: str, phrase: str) -> str:
    """A long line shortened to the surroundings of the phrase."""
    if len(line) <= _MAX_LINE:
        return line
    start = max(0, line.casefold().find(phrase) - _MAX_LINE // 3)
    return ("…" if start else "") + line[start : start + _MAX_LINE] + "…"
