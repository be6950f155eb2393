"""JSON Lines: what is written comes back, and a kill at any byte loses at most the row being written."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router import jsonl
from router.errors import UsageError

text = st.text(st.characters(exclude_categories=()))  # lone surrogates included
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=6,
)


@settings(deadline=None)  # a busy machine is no failure
@given(st.lists(st.dictionaries(text, values, max_size=3), max_size=4))
def test_rows_come_back_as_they_were(tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, object]]) -> None:
    path = tmp_path_factory.mktemp("rows") / "rows.jsonl"
    with jsonl.JsonlWriter(path) as writer:
        for row in rows:
            writer.write(row)
    assert list(jsonl.read(path)) == rows
    jsonl.write(path, rows)
    assert list(jsonl.read(path)) == rows


def test_a_cut_at_every_byte_keeps_the_rows_before_and_appending_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    first, second, third = {"a": "é"}, {"b": 'quoted "brace} \n'}, {"c": 1}
    whole = jsonl.encode(first) + jsonl.encode(second)
    for cut in range(len(jsonl.encode(first)), len(whole) + 1):
        path.write_bytes(whole[:cut])
        kept = [first, second] if cut >= len(whole) - 1 else [first]
        assert list(jsonl.read(path)) == kept
        with jsonl.JsonlWriter(path) as writer:
            writer.write(third)
        assert list(jsonl.read(path)) == [*kept, third]


def test_a_torn_line_longer_than_the_window_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b'{"a": 1}\n{"b": "' + b"x" * 200_000)
    with jsonl.JsonlWriter(path) as writer:
        writer.write({"c": 3})
    assert list(jsonl.read(path)) == [{"a": 1}, {"c": 3}]


@pytest.mark.parametrize("line", [b"{", b"[1]", b"null", b"\xff\xfe", b"[" * 100_000])
def test_a_broken_line_before_the_last_is_an_error_that_names_it(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b'{"a": 1}\n' + line + b'\n{"b": 2}\n')
    with pytest.raises(UsageError, match="line 2"):
        list(jsonl.read(path))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object()])
def test_what_json_cannot_hold_is_refused_and_nothing_is_written(tmp_path: Path, value: object) -> None:
    path = tmp_path / "rows.jsonl"
    with jsonl.JsonlWriter(path) as writer, pytest.raises((ValueError, TypeError)):
        writer.write({"value": value})
    assert path.read_bytes() == b""


def test_a_failed_write_of_a_whole_file_leaves_the_old_one_and_no_litter(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    jsonl.write(path, [{"a": 1}])
    with pytest.raises(TypeError):
        jsonl.write(path, [{"a": 2}, {"a": object()}])
    assert list(jsonl.read(path)) == [{"a": 1}]
    assert [each.name for each in tmp_path.iterdir()] == ["rows.jsonl"]


def test_a_file_is_held_while_its_writer_lives(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    with jsonl.JsonlWriter(path) as writer:
        assert not jsonl.is_held(path)
        writer.hold()
        assert jsonl.is_held(path)
    assert not jsonl.is_held(path)
