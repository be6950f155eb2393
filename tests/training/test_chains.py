"""Requests that hang together: every part says what it needs, no slot stays open, tasks of two tools occur."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training import chains
from training.chains import chain
from training.clause_grammar import TaskMaker, tidy
from training.request_pools import in_the_box
from training.synthetic.builtin_calls import CASES
from training.synthetic.phrases import fill


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10**6))
def test_every_part_has_words_and_tools_in_the_box(seed: int) -> None:
    made = chain(random.Random(seed))
    assert made
    for part in made:
        assert part.text.strip()
        assert part.tools
        assert part.tools <= set(CASES)


def test_the_same_seed_the_same_chain() -> None:
    assert [chain(random.Random(seed)) for seed in range(40)] == [chain(random.Random(seed)) for seed in range(40)]


_TEMPLATES = [
    *(template for group in ("lookups", "uses") for found in chains._WORDS[group].values() for template in found),
    *(
        template
        for group in ("telling", "stated", "nobody", "background", "endings")
        for template in chains._WORDS[group]
    ),
    *(row[-1] for group in ("doubles", "single") for row in chains._WORDS[group]),
    *(value for found in chains._WORDS["words"].values() for value in found),
]


@pytest.mark.parametrize("template", _TEMPLATES)
def test_every_wording_can_be_filled(template: str) -> None:
    text = fill(random.Random(0), str(template), chains._Slots(random.Random(0)))
    assert not re.search(r"[\[\]|]|\{\w+\}", text.replace("[|", ""))


def test_chains_of_one_and_of_several_parts_and_parts_of_two_tools_occur() -> None:
    rng = random.Random(2)
    made = [chain(rng) for _ in range(400)]
    assert 0.3 < sum(len(parts) > 1 for parts in made) / 400 < 0.8
    assert sum(any(len(part.tools) > 1 for part in parts) for parts in made) > 60


def test_tasks_are_cut_between_the_parts_and_nowhere_else() -> None:
    rng = random.Random(3)
    maker = TaskMaker(["Set an alarm", "What's 3 and 4?"], rng)
    for _ in range(100):
        task = maker._chained()
        assert all(tidy(task.text[start:end]) for start, end in task.spans)


@pytest.mark.parametrize("text", ["1. read a.txt", "next, open b.md", "- list it", "a) add them", "finally, save it"])
def test_what_joins_begins_no_request(text: str) -> None:
    assert tidy(text) == ""


def test_the_box_holds_requests_for_nothing_for_one_tool_and_for_two() -> None:
    sizes = [len(row.right) for row in in_the_box(2000).rows]
    assert 0.15 < sizes.count(0) / 2000 < 0.3
    assert 0.05 < sizes.count(2) / 2000 < 0.25


def test_other_seeds_other_requests() -> None:
    first, second = ({row.request for row in in_the_box(300, seed=seed).rows} for seed in (1, 2))
    assert len(first & second) < 30
