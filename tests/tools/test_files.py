"""Files are read, written, listed and searched inside the work folder, and nowhere else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tools.conftest import Use
from tools.builtin.workfolder import WorkFolder
from tools.tool import ToolFailed

BY_PATH = [("read_file", {}), ("write_file", {"content": "x"})]


def test_a_text_is_written_and_read_back(use: Use, folder: Path) -> None:
    text = "Rent is due on 5 March.\r\nÄpfel\n"
    assert use("write_file", path="notes/may.txt", content=text).text == "Wrote notes/may.txt (31 characters)."
    assert (folder / "notes/may.txt").read_bytes() == text.encode()
    assert use("read_file", path="notes/may.txt").text == "Rent is due on 5 March.\nÄpfel\n"
    assert use("write_file", path="./notes/may.txt", content="").text == "Replaced notes/may.txt (0 characters)."
    assert use("read_file", path="notes/may.txt").text == "notes/may.txt is empty."


@pytest.mark.parametrize(("name", "more"), BY_PATH)
@pytest.mark.parametrize(
    "path", ["../secret.txt", "a/../../secret.txt", "/etc/passwd", "~/x", "out", "out/secret.txt", "file-out", ".."]
)
def test_nothing_outside_is_reached(use: Use, folder: Path, name: str, more: dict[str, str], path: str) -> None:
    (folder / "out").symlink_to(folder.parent)
    (folder / "file-out").symlink_to(folder.parent / "secret.txt")
    seen = use(name, path=path, **more)
    assert seen.kind == "refused"
    assert "the secret" not in seen.text
    assert (folder.parent / "secret.txt").read_text() == "the secret"


@pytest.mark.parametrize(("name", "more"), BY_PATH)
@pytest.mark.parametrize("path", ["", " ", "a\0b", "x" * 5000, "loop", ".", "sub"])
def test_what_is_no_file_is_told(use: Use, folder: Path, name: str, more: dict[str, str], path: str) -> None:
    (folder / "loop").symlink_to("loop")
    (folder / "sub").mkdir()
    seen = use(name, path=path, **more)
    assert seen.kind == "failed"
    assert len(seen.text) < 200
    assert str(folder) not in seen.text


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(alphabet="./~\\ab\0 \n\ud800é", max_size=20))
def test_every_path_stays_inside_or_is_refused(folder: Path, path: str) -> None:
    try:
        resolved = WorkFolder(folder).resolve(path)
    except ToolFailed:
        return
    assert resolved.is_relative_to(folder.resolve())


def test_a_link_within_the_folder_is_followed(use: Use, folder: Path) -> None:
    (folder / "real.txt").write_text("here")
    (folder / "link.txt").symlink_to("real.txt")
    assert use("read_file", path="link.txt").text == "here"


def test_a_pipe_is_not_waited_for(use: Use, folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    assert use("read_file", path="pipe").kind == "failed"
    assert use("search_files", text="x").ok


def test_a_missing_file_is_answered_with_similar_names(use: Use, folder: Path) -> None:
    (folder / "Notes.txt").write_text("x")
    assert use("read_file", path="notes.txt").text == "Failed: There is no file notes.txt. There is: Notes.txt."
    assert use("read_file", path="zebra").text == "Failed: There is no file zebra."


@pytest.mark.parametrize("content", [b"\x00\x01\x02", b"\xfe\xfa\x80\x80", b"PK\x03\x04\x00"])
def test_a_binary_file_is_not_text(use: Use, folder: Path, content: bytes) -> None:
    (folder / "a.bin").write_bytes(content)
    assert use("read_file", path="a.bin").text == f"Failed: a.bin is not a text file ({len(content)} bytes)."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_marked_encodings_are_read(use: Use, folder: Path, encoding: str) -> None:
    (folder / "a.txt").write_text("Grüße", encoding=encoding)
    assert use("read_file", path="a.txt").text == "Grüße"


def test_a_huge_file_is_read_in_part(use: Use, folder: Path) -> None:
    (folder / "huge.txt").write_text("é" * 10_000_000)
    seen = use("read_file", path="huge.txt")
    assert seen.ok
    assert len(seen.text) <= 4000
    assert "more characters cut" in seen.text


def test_too_much_is_not_written(use: Use, folder: Path) -> None:
    assert use("write_file", path="a.txt", content="x" * 1_000_001).kind == "failed"
    assert list(folder.iterdir()) == []


def test_a_failed_write_leaves_the_old_file(use: Use, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "a.txt").write_text("old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    seen = use("write_file", path="a.txt", content="new")
    assert (seen.kind, seen.text) == ("failed", "Failed: a.txt cannot be written: No space left on device.")
    assert [path.name for path in folder.iterdir()] == ["a.txt"]
    assert (folder / "a.txt").read_text() == "old"


def test_a_file_in_the_way_of_a_folder_is_told(use: Use, folder: Path) -> None:
    (folder / "a").write_text("x")
    assert use("write_file", path="a/b.txt", content="x").kind == "failed"


def test_folders_are_listed_without_what_is_hidden(use: Use, folder: Path) -> None:
    assert use("list_files").text == "The folder is empty."
    (folder / "sub").mkdir()
    for name in ("b.txt", "a.txt", ".hidden", "sub/c.txt"):
        (folder / name).write_text("x")
    assert use("list_files").text == "a.txt\nb.txt\nsub/"
    assert use("list_files", folder="sub").text == "c.txt"
    assert use("list_files", folder=".").text == use("list_files").text
    assert use("list_files", folder="nowhere").kind == "failed"
    assert use("list_files", folder="..").kind == "refused"


def test_a_long_listing_is_counted(use: Use, folder: Path) -> None:
    for number in range(203):
        (folder / f"{number:03}.txt").touch()
    assert use("list_files").text.endswith("199.txt\nand 3 more")


def test_found_lines_are_numbered_passages(use: Use, folder: Path) -> None:
    (folder / "a.txt").write_text("one\nThe Rent is due\n")
    (folder / "sub").mkdir()
    (folder / "sub/b.md").write_text("pay the  rent\n")
    (folder / "c.bin").write_bytes(b"rent\0")
    assert use("search_files", text="RENT").text == "[1] a.txt:2: The Rent is due\n[2] sub/b.md:1: pay the  rent"
    assert use("search_files", text="rent", folder="sub").text == "[1] sub/b.md:1: pay the  rent"
    assert use("search_files", text="zebra").text == "No file says 'zebra'."
    assert use("search_files", text="  ").kind == "failed"


def test_without_the_phrase_lines_sharing_its_words_are_found(use: Use, folder: Path) -> None:
    (folder / "a.txt").write_text("The sky is blue.\nThe rent is due on Friday.\nRent.\n")
    assert use("search_files", text="when is the rent due").text.startswith("[1] a.txt:2: The rent is due on Friday.")


def test_many_and_long_lines_are_shortened(use: Use, folder: Path) -> None:
    (folder / "a.txt").write_text(("y" * 1000 + " needle " + "z" * 1000 + "\n") * 30)
    lines = use("search_files", text="needle").text.splitlines()
    assert len(lines) <= 21
    assert all("needle" in line and len(line) < 300 for line in lines[:5])


def test_a_search_does_not_leave_by_links(use: Use, folder: Path) -> None:
    (folder / "out").symlink_to(folder.parent)
    (folder / "file-out.txt").symlink_to(folder.parent / "secret.txt")
    assert use("search_files", text="secret").text == "No file says 'secret'."
