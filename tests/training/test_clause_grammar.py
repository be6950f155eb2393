"""Marked tasks: their spans are exact, their slots are filled, and each kind of joint and of trap occurs."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training import clause_grammar, request_grammar
from training.clause_grammar import MarkedTask, TaskMaker, lower_first, tidy

REQUESTS = ("play some jazz", "What's the weather in Oslo?", "I want salt and pepper, then bread", "Set an alarm")


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10**6))
def test_spans_are_in_order_and_hold_words(seed: int) -> None:
    task = TaskMaker(REQUESTS, random.Random(seed)).task()
    ends = [0]
    for start, end in task.spans:
        assert ends[-1] <= start < end <= len(task.text)
        assert task.text[start:end].strip()
        ends.append(end)
    between = [task.text[a:b] for a, b in zip(ends[1:], [start for start, _ in task.spans][1:], strict=False)]
    assert all(len(joint) < 80 for joint in between)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**6))
def test_no_slot_is_left_open(seed: int) -> None:
    assert not re.search(r"\{\w+\}", TaskMaker(REQUESTS, random.Random(seed)).task().text)


def test_single_and_joined_tasks_both_occur() -> None:
    maker = TaskMaker(REQUESTS, random.Random(4))
    counts = [len(maker.task().spans) for _ in range(300)]
    assert 0.25 < counts.count(1) / 300 < 0.6
    assert max(counts) >= 4


def test_marks_are_read_back() -> None:
    task = MarkedTask.parse(r"1. [[read a.txt]]\n2. [[add 3 and 4.]]")
    assert task.text == "1. read a.txt\n2. add 3 and 4."
    assert task.clauses == ["read a.txt", "add 3 and 4"]
    assert MarkedTask.parse("[[what is this.]]").clauses == ["what is this."]


@pytest.mark.parametrize(
    ("text", "lowered"),
    [("Read it", "read it"), ("I am late", "I am late"), ("NASA news", "NASA news"), ("iPhone", "iPhone"), ("", "")],
)
def test_only_a_plain_capital_is_lowered(text: str, lowered: str) -> None:
    assert lower_first(text) == lowered


@pytest.mark.parametrize(("request_text", "kept"), [("  two   words ", "two words"), ("and then go", ""), ("ok", "")])
def test_requests_that_begin_with_a_joint_are_left_out(request_text: str, kept: str) -> None:
    assert tidy(request_text) == kept


def test_every_wording_can_be_filled() -> None:
    rng = random.Random(0)
    wordings = [wording for family in request_grammar.WORDINGS.values() for wording in family]
    wordings += [*clause_grammar.ONES, *clause_grammar.FOLLOW_UPS, *clause_grammar.CONTEXTS, *clause_grammar.STATEMENTS]
    assert all("{" not in request_grammar.expand(wording, rng) for wording in wordings)


def test_every_family_has_tools_and_wordings() -> None:
    assert set(request_grammar.WORDINGS) == set(request_grammar.FAMILY_TOOLS)
