"""States for the router: every skill and none of them come up, clauses only, the same again from the same seed."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from random import Random

import pytest

from training.synthetic.states import SKILLS, of_skill, states

DRAWN = list(itertools.islice(states(Random(5)), 1400))


def test_every_skill_has_its_share_and_some_states_have_none() -> None:
    counted = Counter(state.skill for state in DRAWN)
    assert set(counted) == {None, *SKILLS}
    assert all(count > 120 for count in counted.values()), counted


def test_only_reading_skills_act_after_an_observation() -> None:
    """Before a tool has spoken nothing is to be answered; without a skill nothing has been observed."""
    assert all(state.observed for state in DRAWN if state.skill == "answer")
    assert not any(state.observed for state in DRAWN if state.skill in ("tool-call", None))


def test_the_same_seed_gives_the_same_states() -> None:
    assert list(itertools.islice(states(Random(5)), 200)) == DRAWN[:200]


def test_states_seldom_repeat() -> None:
    assert len(set(DRAWN)) > 1250


@pytest.mark.parametrize("skill", SKILLS)
def test_states_of_one_skill_are_of_that_skill(skill: str) -> None:
    drawn = list(itertools.islice(of_skill(Random(1), skill), 100))  # type: ignore[arg-type]
    assert {state.skill for state in drawn} == {skill}


PROOF = (
    "archive backs basis bibliograph binder check cit collection correspond document endnote evidence file folder"
    " footnote grounds ground how~do~you~know knowledge library line list manual minutes note number on~file origin"
    " page paper paragraph passage place proof provenance quot record refer report rest saved says~who source spot"
    " statement stored support attribut tells title trace verif where wiki"
)
ROOTS = tuple(root.replace("~", " ") for root in PROOF.split())


def test_a_citing_state_names_sources_or_brings_them() -> None:
    for state in itertools.islice(of_skill(Random(2), "retrieval-format"), 300):
        asks = any(root in state.text.lower() for root in ROOTS)
        assert asks or re.search(r"(?m)^\W*(\d+[.)\]]|-) ", state.text), state
