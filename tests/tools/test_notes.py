"""Notes are kept in the work folder, survive a torn line, and are found by their words."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tools.conftest import Use
from tools.builtin.notes import NOTES_FILE


def test_notes_are_saved_and_found(use: Use, folder: Path) -> None:
    assert use("find_notes").text == "There are no notes."
    assert use("save_note", text="Call Ann\n tomorrow").text == "Saved the note: Call Ann tomorrow"
    use("save_note", text="Buy milk")
    assert use("find_notes").text == "Buy milk\nCall Ann tomorrow"
    assert use("find_notes", text="ANN").text == "Call Ann tomorrow"
    assert use("find_notes", text="tomorrow ann").text == "Call Ann tomorrow"
    assert use("find_notes", text="zebra").text == "No note mentions 'zebra'."
    assert [path.name for path in folder.iterdir()] == [NOTES_FILE]


def test_only_the_latest_notes_are_listed(use: Use) -> None:
    for number in range(25):
        use("save_note", text=f"note {number}")
    lines = use("find_notes").text.splitlines()
    assert (lines[0], len(lines)) == ("note 24", 20)


@pytest.mark.parametrize("text", ["", " \n", "x" * 4001])
def test_a_note_has_a_length(use: Use, text: str) -> None:
    assert use("save_note", text=text).kind == "failed"


def test_a_torn_line_costs_only_itself(use: Use, folder: Path) -> None:
    use("save_note", text="first")
    with (folder / NOTES_FILE).open("a") as file:
        file.write('{"saved": "2031-03-05", "te')
    use("save_note", text="second")
    assert use("find_notes").text == "second\nfirst"


@pytest.mark.parametrize("line", ["[]", "{}", "3", "null", "\xff"])
def test_lines_that_are_no_notes_are_passed_over(use: Use, folder: Path, line: str) -> None:
    (folder / NOTES_FILE).write_text(line + "\n", encoding="latin-1")
    use("save_note", text="mine")
    assert use("find_notes").text == "mine"


def test_notes_do_not_leave_by_a_link(use: Use, folder: Path) -> None:
    (folder / NOTES_FILE).symlink_to(folder.parent / "secret.txt")
    assert use("save_note", text="mine").kind == "refused"
    assert (folder.parent / "secret.txt").read_text() == "the secret"
