"""States the router meets, each with the skill that should act, or None when none should: the clause and whether an
observation for it has arrived. Derived from the same rows that train the skills, so that both see the same requests,
and from wider wordings of the same wishes (state_requests.py), which strangers use.

For writing a skill's examples.jsonl and for calibrating the router. Never holds what a tool said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import NamedTuple

from training.example import Example, SkillName
from training.synthetic import (
    builtin_calls,
    extraction,
    near_tools,
    out_of_scope,
    retrieval,
    safety,
    state_requests,
)
from training.synthetic import trajectories as following
from training.synthetic import values as v
from training.synthetic.asking import question
from training.synthetic.beyond import beyond
from training.synthetic.phrases import wording
from training.synthetic.prose import told

SKILLS: tuple[SkillName, ...] = ("tool-call", "json-extract", "answer", "retrieval-format", "safety-filter")
WIDER = 0.6  # share of a reading skill's states that are put as its own rows never are
_CITING = re.compile(r"\b(?:cite|citing|citation|source|passage|which file|files|documents)", re.IGNORECASE)


class RoutedState(NamedTuple):
    text: str
    observed: bool
    skill: str | None


def states(rng: Random) -> Iterator[RoutedState]:
    """States without end: every skill as often as the others, one in seven with no skill."""
    drawn = {skill: of_skill(rng, skill) for skill in SKILLS}
    while True:
        if rng.random() < 1 / 7:
            yield RoutedState(talk(rng), False, None)
        else:
            yield next(drawn[rng.choice(SKILLS)])


def of_skill(rng: Random, skill: SkillName) -> Iterator[RoutedState]:
    """States of one skill without end. Raises KeyError for an unknown skill."""
    return _SOURCES[skill](rng)


def _acting(rng: Random) -> Iterator[RoutedState]:
    """Requests that begin with a tool: for a built-in one, for one of the user's own, for a file to look at, or for a
    tool nobody has, which it is for the same skill to decline. Small talk is not among these, whatever that skill is
    trained to decline: no skill is for it."""
    followed = following.generate(rng)
    reading = [maker.generate(rng) for maker in (extraction, retrieval, safety)]
    while True:
        kind = rng.random()
        if kind < 0.1:
            yield RoutedState(_beyond(rng), False, "tool-call")
        elif kind < 0.38:
            yield RoutedState(builtin_calls.case(rng).request, False, "tool-call")
        elif kind < 0.52:
            yield RoutedState(_last_request(next(followed)), False, "tool-call")
        elif kind < 0.65:
            yield RoutedState(state_requests.everyday(rng), False, "tool-call")
        elif kind < 0.78:
            yield RoutedState(errand(rng), False, "tool-call")
        else:
            yield RoutedState(_to_read(rng, reading), False, "tool-call")


def _beyond(rng: Random) -> str:
    """A request close to what tools do, and beyond those there are."""
    if rng.random() < 0.5:
        return beyond(rng)[0]
    return wording(rng, rng.choice(near_tools.ERRANDS).forms, v.slots(rng))


def _to_read(rng: Random, rows: Sequence[Iterator[Example]]) -> str:
    """A request for another skill about something that has to be looked at first."""
    while True:
        text, read = rng.choice(state_requests.READABLE)(rng)
        if rng.random() < 0.5:
            row = next(rng.choice(rows))
            text, read = _last_request(row), row.messages[-1]["role"] == "tool"
        if read:
            return text


def _answering(rng: Random) -> Iterator[RoutedState]:
    """The same requests once the tool has spoken."""
    followed = following.generate(rng)
    while True:
        kind = rng.random()
        if kind < 0.5:
            yield RoutedState(builtin_calls.case(rng).request, True, "answer")
        elif kind < 0.7:
            yield RoutedState(_last_request(next(followed)), True, "answer")
        elif kind < 0.92:
            yield RoutedState(state_requests.everyday(rng), True, "answer")
        elif kind < 0.96:
            yield RoutedState(errand(rng), True, "answer")
        else:
            yield RoutedState(question(rng, rng.choice(told(rng)[1]), "file", v.file_name(rng))[0], True, "answer")


def errand(rng: Random) -> str:
    """Work for a tool that is not built in, but that somebody may offer."""
    return rng.choice((out_of_scope.errand, state_requests.errand))(rng)


def talk(rng: Random) -> str:
    """Nothing that any skill is for."""
    return rng.choice((out_of_scope.talk, state_requests.talk))(rng)


def _extracting(rng: Random) -> Iterator[RoutedState]:
    drawn = _as_drawn(extraction.generate(rng), lambda row, text: True)
    return _wider(rng, "json-extract", drawn, state_requests.extracting)


def _citing(rng: Random) -> Iterator[RoutedState]:
    drawn = _as_drawn(retrieval.generate(rng), lambda row, text: bool(_CITING.search(text) or "[1]" in text))
    return _wider(rng, "retrieval-format", drawn, state_requests.citing)


def _filtering(rng: Random) -> Iterator[RoutedState]:
    """Requests to check a text, and bare texts that need it; a bare harmless request is the other skills' business."""
    drawn = _as_drawn(safety.generate(rng), lambda row, text: _flagged(row) or safety.is_check(text))
    return _wider(rng, "safety-filter", drawn, state_requests.checking)


def _wider(
    rng: Random, skill: SkillName, drawn: Iterator[RoutedState], more: Callable[[Random], state_requests.Requested]
) -> Iterator[RoutedState]:
    while True:
        yield RoutedState(*more(rng), skill) if rng.random() < WIDER else next(drawn)


def _flagged(row: Example) -> bool:
    return row.output is not None and row.output["verdict"] != "safe"


def _as_drawn(rows: Iterator[Example], belongs: Callable[[Example, str], bool]) -> Iterator[RoutedState]:
    for row in rows:
        text = _last_request(row)
        if belongs(row, text):
            yield RoutedState(text, row.messages[-1]["role"] == "tool", row.skill)


def _last_request(row: Example) -> str:
    request: str = next(message["content"] for message in reversed(row.messages) if message["role"] == "user")
    return request


_SOURCES: dict[str, Callable[[Random], Iterator[RoutedState]]] = {
    "tool-call": _acting,
    "json-extract": _extracting,
    "answer": _answering,
    "retrieval-format": _citing,
    "safety-filter": _filtering,
}
