"""The cache: right when it works, silent when it does not, never believed when it is damaged."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import numpy as np
import pytest

from router.cache import Floats, cache_folder, remembered, sha256_of, write_atomically


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QUIVER_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def ones() -> Floats:
    return np.ones((2, 3), np.float32)


def fail() -> Floats:
    raise AssertionError("computed again")


def test_a_digest_is_that_of_the_content_now(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for content in (b"one", b"three"):
        path.write_bytes(content)
        assert sha256_of(path) == sha256_of(path) == hashlib.sha256(content).hexdigest()


def test_a_digest_is_remembered_by_time_of_change(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"one")
    before = path.stat()
    digest = sha256_of(path)
    path.write_bytes(b"two")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert sha256_of(path) == digest  # read from the record, not from the file
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    assert sha256_of(path) != digest


@pytest.mark.parametrize("record", [b"", b"[]", b"{", b'{"x": 1}', b"\xff"])
def test_a_damaged_record_of_digests_is_only_slower(tmp_path: Path, record: bytes) -> None:
    write_atomically(cache_folder() / "digests.json", record)
    path = tmp_path / "file"
    path.write_bytes(b"one")
    assert sha256_of(path) == hashlib.sha256(b"one").hexdigest()


def test_an_array_is_computed_once() -> None:
    remembered("key", (2, 3), ones)
    assert np.array_equal(remembered("key", (2, 3), fail), ones())


@pytest.mark.parametrize("content", [b"", b"not numpy", b"\x93NUMPY"])
def test_a_damaged_array_is_computed_again(content: bytes) -> None:
    remembered("key", (2, 3), ones)
    (path,) = (cache_folder() / "vectors").iterdir()
    path.write_bytes(content)
    assert np.array_equal(remembered("key", (2, 3), ones), ones())


def test_an_array_of_another_shape_is_computed_again() -> None:
    remembered("key", (2, 3), ones)
    assert remembered("key", (3, 3), lambda: np.ones((3, 3), np.float32)).shape == (3, 3)


def test_a_cache_that_cannot_be_written_is_no_error(home: Path) -> None:
    home.write_text("a file where the folder should be")
    assert np.array_equal(remembered("key", (2, 3), ones), ones())


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "folder" / "file"
    write_atomically(path, b"old")

    def refuse(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OSError, match="disk full"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(path.parent.iterdir()) == [path]
