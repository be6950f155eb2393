"""The operation of a sum told as a story: numbers as letters, the bundled head, and files that are none."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.encoder import Encoder
from router.errors import WeightsRefused
from router.logistic import Head
from router.operations import LETTERS, Operations, lettered, load
from training.operations import stories, write


@pytest.mark.parametrize(
    ("text", "sentence", "numbers"),
    [
        ("6 of us, the bill is 1,214.50", "X of us, the bill is Y", ["6", "1214.50"]),
        ("3 and 3 more, 12% off", "X and X more, Y% off", ["3", "12"]),
        ("due on 2031-03-05 at 06:40", "due on 2031-03-05 at 06:40", []),
        ("1, 2, 3, 4 and 5", "X, Y, Z, W and 5", ["1", "2", "3", "4"]),
    ],
)
def test_numbers_become_letters_in_the_order_they_are_said(text: str, sentence: str, numbers: list[str]) -> None:
    assert lettered(text) == (sentence, dict(zip(LETTERS, numbers, strict=False)))


@given(st.text(max_size=120))
def test_any_text_can_be_lettered(text: str) -> None:
    _, numbers = lettered(text)
    assert len(set(numbers.values())) == len(numbers) <= len(LETTERS)


@pytest.mark.parametrize(
    ("story", "sums"),
    [
        ("how much do 3 tables at 420 euros each cost?", ("3 * 420", "420 * 3")),
        ("We were 6 at the table and the bill is 214.50. How much does each of us owe?", ("214.50 / 6",)),
        ("a lamp costs 80 euros and there is 15% off, what do I pay", ("80 - 15%",)),
        ("I have 500 and spend 135, what is left?", ("500 - 135",)),
    ],
)
def test_the_bundled_head_reads_plain_stories(story: str, sums: tuple[str, ...]) -> None:
    (read,) = Operations(Encoder.load())(story)
    assert read in sums


@pytest.mark.parametrize("text", ["add 5 to it", "1, 2, 3, 4 and 5 and 6", "hello", "the 40 pigeons of room 12 sleep"])
def test_where_no_sum_is_surely_told_none_is_read(text: str) -> None:
    assert Operations(Encoder.load())(text) == []


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    weights: npt.NDArray[np.float32] = np.ones((384, 2), np.float32)
    head = Head(weights, np.array([0.5, -0.5], np.float32), ("X + Y", "X * Y"))
    write(tmp_path / "head.safetensors", head, {"stories": 2}, "a head", "python -m training.operations")
    again = load(tmp_path / "head.safetensors")
    assert again.classes == head.classes
    assert again.shares(np.zeros((1, 384), np.float32)).argmax() == 0


@pytest.mark.parametrize("content", [b"", b"not weights"])
def test_what_is_no_head_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "head.safetensors").write_bytes(content)
    with pytest.raises(WeightsRefused, match="cannot be used"):
        load(tmp_path / "head.safetensors")
    with pytest.raises(WeightsRefused, match="cannot be used"):
        load(tmp_path / "absent.safetensors")


def test_stories_are_told_with_every_number_in_their_operation() -> None:
    told = stories(400, random.Random(1))
    assert len({story.operation for story in told}) > 5
    assert all({"X", "Y"} <= set(story.operation) for story in told)
