"""Notes that outlast a run: one JSON line each in `.quiver-notes.jsonl` of the work folder. Saved and found, never
changed or removed here."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from router.narrowing import Here
from router.source import quotations
from tools.builtin.workfolder import WorkFolder
from tools.tool import Tool, ToolFailed

NOTES_FILE = ".quiver-notes.jsonl"

_SMALL = frozenset({"the", "and", "for", "with", "about", "note", "that", "thi", "from", "into"})
_MAX_NOTE = 4000  # characters
_MAX_FOUND = 20


def sharing(wanted: Sequence[str], notes: Sequence[str]) -> list[str]:
    """The notes that hold at least half of the wanted words of three letters or more, articles left out."""
    words = {
        stem for word in wanted if (stem := word.strip(".,:;!?'\"").removesuffix("s")) not in _SMALL and len(stem) > 2
    }
    shares = [(sum(word in note.casefold() for word in words), note) for note in notes]
    return [note for share, note in shares if share and share * 2 >= len(words)]


class Notes:
    def __init__(self, folder: WorkFolder, now: Callable[[], datetime]) -> None:
        self._folder = folder
        self._now = now

    def tools(self) -> list[Tool]:
        return [
            Tool.from_function(self.save_note, effect="write", candidates={"text": Here(quotations)}),
            Tool.from_function(self.find_notes, candidates={"text": Here(quotations)}),
        ]

    def save_note(self, text: str) -> str:
        """Save a short note or reminder, to be found again later.

        Args:
            text: What the note says.
        """
        note = " ".join(text.split())
        if not note or len(note) > _MAX_NOTE:
            raise ToolFailed(f"A note holds 1 to {_MAX_NOTE:,} characters.")
        line = json.dumps({"saved": self._now().isoformat(timespec="seconds"), "text": note}, ensure_ascii=False)
        self._append(line)
        return f"Saved the note: {note}"

    def find_notes(self, text: str | None = None) -> str:
        """Find saved notes that mention a word, or list the latest notes.

        Args:
            text: A word the note should mention; leave out for the latest notes.
        """
        wanted = (text or "").casefold().split()
        every = list(self._notes())
        notes = [note for note in every if all(word in note.casefold() for word in wanted)] or sharing(wanted, every)
        if not notes:
            return f"No note mentions '{text.strip()[:80]}'." if text and wanted else "There are no notes."
        return "\n".join(reversed(notes[-_MAX_FOUND:]))

    def _append(self, line: str) -> None:
        """One write in append mode: other writers' lines stay whole, and a torn last line is skipped on reading. The
        line begins with a newline of its own where a torn one was left."""
        path = self._folder.resolve(NOTES_FILE)
        torn = path.exists() and not path.read_bytes().endswith(b"\n") and path.stat().st_size > 0
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            os.write(descriptor, ("\n" * torn + line + "\n").encode("utf-8", errors="replace"))
        finally:
            os.close(descriptor)

    def _notes(self) -> Iterator[str]:
        """The texts, oldest first; lines that are no notes are passed over."""
        path = self._folder.resolve(NOTES_FILE)
        lines = path.read_text("utf-8", errors="replace").splitlines() if path.is_file() else []
        for line in lines:
            try:
                yield str(json.loads(line)["text"])
            except (ValueError, KeyError, TypeError):
                continue
