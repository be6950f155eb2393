"""The clause splitter: what decoding can never do, what it may not invent, how well it cuts tasks written by hand."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router import clauses
from router.clauses import BEGIN, INSIDE, JOINT, best_labels, clause_spans, split
from router.encoder import Encoder
from router.errors import WeightsRefused
from training.clauses import labels_of, measure, read_tasks

FIXTURES = Path(__file__).parent / "fixtures"
TASKS = FIXTURES / "clauses.txt"


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder.load()


@st.composite
def scored(draw: st.DrawFn) -> tuple[np.ndarray, list[bool]]:
    size = draw(st.integers(1, 30))
    scores = draw(st.lists(st.tuples(*[st.floats(-20, 0, width=32)] * 3), min_size=size, max_size=size))
    quoted = draw(st.lists(st.booleans(), min_size=size, max_size=size))
    return np.array(scores, dtype=np.float32), quoted


@given(scored())
def test_a_clause_begins_before_it_goes_on(case: tuple[np.ndarray, list[bool]]) -> None:
    scores, _ = case
    labels = best_labels(scores, [False] * len(scores))
    assert labels[0] != INSIDE
    assert all((a, b) != (JOINT, INSIDE) for a, b in pairwise(labels))
    assert len(clause_spans(labels, [(n, n + 1) for n in range(len(labels))])) == labels.count(BEGIN)


@given(scored())
def test_quoted_word_pieces_go_on_with_their_clause(case: tuple[np.ndarray, list[bool]]) -> None:
    scores, quoted = case
    scores[0] = (0.0, -20.0, -20.0)
    inside = [False] + [n % 7 in (3, 4, 5) and held for n, held in enumerate(quoted[1:])]
    scores[np.array(inside)] = (0.0, -1.0, -0.5)  # every temptation to begin within quotes
    labels = best_labels(scores, inside)
    assert all(label == INSIDE for label, held in zip(labels, inside, strict=True) if held)


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ('say "a, then b" now', 'a, then b"'),
        ("run `SELECT 1; SELECT 2` here", "SELECT 1; SELECT 2`"),
        ("write 'one and two' to x", "one and two'"),
        ("it's Tom's and Ann's turn", ""),
        ("the dogs' bowls and the cats' beds", ""),
        ("a “b” c", "b”"),
        ('no closing " mark', ""),
        ("```\na; b\n```", "``\na; b\n```"),
    ],
)
def test_what_counts_as_quoted(text: str, inside: str) -> None:
    marks = clauses.inside_quotes(text)
    assert "".join(character for character, held in zip(text, marks, strict=True) if held) == inside


def test_labels_follow_the_marked_spans() -> None:
    pieces = [(0, 4), (5, 6), (6, 7), (8, 12), (13, 16), (17, 18)]
    assert labels_of(pieces, [(0, 6), (13, 18)]) == [BEGIN, INSIDE, JOINT, JOINT, BEGIN, INSIDE]


@pytest.mark.parametrize("blank", ["", "  \n\t"])
def test_nothing_in_a_blank_task(encoder: Encoder, blank: str) -> None:
    assert split(encoder, blank) == []


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=120))
def test_clauses_are_spans_of_the_task_in_order(encoder: Encoder, task: str) -> None:
    position = 0
    for clause in split(encoder, task):
        assert clause
        assert clause == clause.strip() or not task.strip()
        position = task.index(clause, position) + len(clause)


@pytest.mark.parametrize("quote", ['"{}"', "`{}`", "“{}”", "'{}'"])
def test_a_quotation_is_never_cut(encoder: Encoder, quote: str) -> None:
    quoted = quote.format("open a.txt; then read b.txt. After that, add 3 and 4")
    found = split(encoder, f"Write {quoted} to list.txt, then read list.txt")
    assert [quoted in clause for clause in found].count(True) == 1


def test_a_long_pasted_text_stays_with_its_request(encoder: Encoder) -> None:
    text = "Summarise this: " + "The river rose and then it fell. " * 80
    assert len(split(encoder, text.strip())) == 1


@pytest.mark.parametrize(("name", "count"), [("clauses.txt", 120), ("clauses_fresh.txt", 60)])
def test_tasks_written_by_hand(encoder: Encoder, name: str, count: int) -> None:
    tasks = read_tasks(FIXTURES / name)
    assert len(tasks) >= count
    scores = measure(lambda task: split(encoder, task), tasks)
    assert scores["exact"] >= 0.93, scores
    assert scores["f1"] >= 0.94, scores


def test_a_wrong_answer_is_measured_as_wrong() -> None:
    tasks = read_tasks(TASKS)
    assert measure(lambda task: [task], tasks)["recall"] == 0
    assert measure(lambda task: task.split(), tasks)["exact"] < 0.1


@pytest.mark.parametrize("content", [None, b"", b"no tensors", b"\x08\x00\x00\x00\x00\x00\x00\x00{}      "])
def test_weights_that_cannot_be_read_are_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "clauses.safetensors"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(WeightsRefused, match="clause splitter"):
        clauses.load(path)


@pytest.mark.parametrize(
    ("clause", "left"),
    [
        ("List the folder and", "List the folder"),
        ("read a.txt, and then ", "read a.txt"),
        ("read a.txt;", "read a.txt"),
        ("buy salt and pepper", "buy salt and pepper"),
        ("the brand", "the brand"),
        ("what happened then?", "what happened then?"),
    ],
)
def test_a_joining_word_left_at_the_end_is_dropped(clause: str, left: str) -> None:
    assert clauses.cleaned(clause) == left


def test_a_file_name_at_the_end_of_a_sentence_ends_the_clause(encoder: Encoder) -> None:
    assert split(encoder, "Read budget.txt. Work out 420 + 75.5.") == ["Read budget.txt", "Work out 420 + 75.5"]
    assert len(split(encoder, 'Save a note: "Read budget.txt. Work out 420 + 75.5"')) == 1
