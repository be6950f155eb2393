"""The operation of a sum told as a story: numbers as letters, the bundled head, and files that are none."""

from __future__ import annotations

import random
import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.encoder import WIDTH, Encoder
from router.errors import WeightsRefused
from router.grounding import spelt_in_digits
from router.logistic import Head
from router.operations import LETTERS, Operations, features, fitting, lettered, load, load_voters, needed
from router.voters import read_voters
from tools.builtin.expression import evaluate
from training.operation_forms import canonical
from training.operations import stories, write
from training.synthetic.sum_meanings import Story
from training.synthetic.sum_stories import ORDERS, QUESTIONS
from training.voters import fit_voters, write_voters


@pytest.mark.parametrize(
    ("text", "sentence", "numbers"),
    [
        ("6 of us, the bill is 1,214.50", "X of us, the bill is Y", ["6", "1214.50"]),
        ("3 and 3 more, 12% off", "X and X more, Y% off", ["3", "12"]),
        ("due on 2031-03-05 at 06:40", "due on 2031-03-05 at 06:40", []),
        ("1, 2, 3, 4 and 5", "X, Y, Z, W and 5", ["1", "2", "3", "4"]),
        ("40km in 2h", "X km in Y h", ["40", "2"]),
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
        ("3 friends share 90 equally, how much per person?", ("90 / 3",)),
        ("2 lamps at 39.50 and a desk for 240, what's the sum?", ("2 * 39.50 + 240",)),
        ("two coffees at 3.20 and a cake for 4.50, how much?", ("2 * 3.20 + 4.50",)),
    ],
)
def test_the_bundled_networks_read_plain_stories(story: str, sums: tuple[str, ...]) -> None:
    (read,) = Operations(Encoder.load())(story)
    assert read in sums


@pytest.mark.parametrize(
    ("story", "told"),
    [
        ("We were 6 at the table and the bill is 214.50. How much does each of us owe?", "214.50 / 6"),
        ("a lamp costs 80 euros and there is 15% off, what do I pay", "80 - 15%"),
        ("I have 500 and spend 135, what is left?", "500 - 135"),
        ("we split a bill of 84.60 between 4", "84.60 / 4"),
    ],
)
def test_a_plain_story_is_read_rightly_or_not_at_all(story: str, told: str) -> None:
    assert Operations(Encoder.load())(story) in ([told], [])


@pytest.mark.parametrize(
    ("operation", "same"),
    [
        ("Y * X", "X * Y"),
        ("Z + Y * X", "X * Y + Z"),
        ("Z / Y * X", "X * Z / Y"),
        ("X - Y + Z", "X + Z - Y"),
        ("(Y + X) / Z", "(X + Y) / Z"),
        ("(Y - X) / X * 100", "(Y - X) * 100 / X"),
        ("Z% of (Y * X)", "Z% of (X * Y)"),
        ("(Y + X) - Z%", "(X + Y) - Z%"),
        ("X - Y%", "X - Y%"),
        ("2 * (Y + X)", "(X + Y) * 2"),
    ],
)
def test_equal_operations_are_written_alike(operation: str, same: str) -> None:
    assert canonical(operation) == same


@pytest.mark.parametrize("story", ORDERS + QUESTIONS, ids=lambda story: story[0][:40])
def test_an_operation_written_alike_has_the_same_value(story: Story) -> None:
    _, symbols, meaning = story
    letters = dict(zip(sorted(set(re.findall(r"{(\w)}", symbols))), LETTERS, strict=False))
    values = dict(zip(LETTERS, ("84.5", "12", "9", "6"), strict=True))
    written = canonical(re.sub(r"{(\w)}", lambda slot: letters[slot[1]], symbols))
    found = evaluate(re.sub("[XYZW]", lambda letter: values[letter[0]], written))
    assert found == meaning({slot.lower(): Fraction(values[letter]) for slot, letter in letters.items()})


def test_numbers_said_in_words_are_numbers_of_the_story() -> None:
    told = [story for story in stories(1500, random.Random(4)) if story.needed < story.said]
    assert any(len(story.needed) < len(set(story.operation) & set(LETTERS)) for story in told)


@pytest.mark.parametrize(
    ("request_", "operations", "possible"),
    [
        ("3 share 90", ("X / Y", "Y / X", "X + Y + Z"), [True, True, False]),
        ("the two of them share 90 with 5", ("Y / Z", "X / Y", "X + Y + Z"), [True, False, True]),
        ("1, 2, 3, 4 and 5", ("X + Y + Z + W",), [False]),
    ],
)
def test_an_operation_takes_every_number_said_in_digits(
    request_: str, operations: tuple[str, ...], possible: list[bool]
) -> None:
    _, numbers = lettered(spelt_in_digits(request_))
    assert fitting(operations, needed(request_, numbers), numbers).tolist() == possible


def test_a_letter_has_a_vector_where_it_is_said() -> None:
    two, one, none = features(Encoder.load(), ["X of us share Y", "X and X again", ""]).reshape(3, 2, -1, WIDTH)
    assert (np.linalg.norm(two, axis=-1) > 0).tolist() == [
        [True, True, True, False, False],
        [False, True, *3 * [False]],
    ]
    assert (np.linalg.norm(one, axis=-1) > 0).tolist() == [[True, True, *3 * [False]], [*4 * [False], True]]
    assert not none.any()


@pytest.mark.parametrize("text", ["add 5 to it", "1, 2, 3, 4 and 5 and 6", "hello", "the pigeons of room 12 sleep"])
def test_where_no_sum_is_surely_told_none_is_read(text: str) -> None:
    assert Operations(Encoder.load())(text) == []


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    weights: npt.NDArray[np.float32] = np.ones((384, 2), np.float32)
    head = Head(weights, np.array([0.5, -0.5], np.float32), ("X + Y", "X * Y"))
    write(tmp_path / "head.safetensors", head, {"stories": 2}, "a head", "python -m training.operations")
    again = load(tmp_path / "head.safetensors")
    assert again.classes == head.classes
    assert again.shares(np.zeros((1, 384), np.float32)).argmax() == 0


def test_voters_are_read_as_they_were_written(tmp_path: Path) -> None:
    rng, classes = np.random.default_rng(0), ("X * Y", "X + Y")
    vectors = rng.standard_normal((60, 8)).astype(np.float32)
    told = [classes[int(vector[0] > 0)] for vector in vectors]
    possible = np.ones((60, 2), bool)
    voters = fit_voters(vectors, told, classes, possible)
    write_voters(tmp_path / "voters.safetensors", voters, {"stories": 60})
    again = read_voters(tmp_path / "voters.safetensors", 8)
    assert again.classes == classes
    assert np.allclose(again.shares(vectors, possible), voters.shares(vectors, possible), atol=0.02)
    only = again.shares(vectors, np.array([[True, False]] * 60))
    assert np.allclose(only, [[1, 0]] * 60)
    with pytest.raises(ValueError, match="features"):
        read_voters(tmp_path / "voters.safetensors", 9)
    with pytest.raises(WeightsRefused, match="cannot be used"):
        load_voters(tmp_path / "voters.safetensors")


@pytest.mark.parametrize("content", [b"", b"not weights"])
def test_what_is_no_head_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "head.safetensors").write_bytes(content)
    with pytest.raises(WeightsRefused, match="cannot be used"):
        load(tmp_path / "head.safetensors")
    for reads in (load, load_voters):
        with pytest.raises(WeightsRefused, match="cannot be used"):
            reads(tmp_path / "absent.safetensors")


def test_stories_are_told_with_every_number_in_their_operation() -> None:
    told = stories(1500, random.Random(1))
    assert len({story.operation for story in told}) > 5
    assert all(story.needed <= set(story.operation) for story in told)
