"""The gateway over a server whose adapters keep caches of their own: a close call is left to whoever has read most."""

from __future__ import annotations

from pathlib import Path
from threading import Event
from typing import Any

import pytest

from adapters.skill import load_skill
from router.engines.engine import Tokens
from router.gateway.asking import read_ask
from router.gateway.offering import Offer
from router.gateway.step import Outcome, Tally, answer
from router.routing import Decision, State
from router.switching import Readers
from tests.gateway.scripted_gateway import EchoEngine, InOrder, write_skill

TURNS: list[dict[str, Any]] = [
    {"role": "user", "content": "Read the ledger."},
    {"role": "assistant", "content": "It is read."},
    {"role": "user", "content": "What does it say?"},
]


class Close:
    def route(self, state: State) -> Decision:
        return Decision("answer", 0.5, [("answer", 0.5), ("cite", 0.45)])


@pytest.fixture
def offer(tmp_path: Path) -> Offer:
    skills = {name: load_skill(write_skill(tmp_path / name)) for name in ("answer", "cite")}
    return Offer(EchoEngine(), skills, Close(), InOrder())


def asked(offer: Offer, model: str = "quiver") -> Outcome:
    ask = read_ask({"model": model, "messages": TURNS})
    return answer(offer, ask, lambda text: None, Event(), Tally())


def version(offer: Offer, name: str) -> str:
    return offer.skills[name].version


@pytest.mark.parametrize(("tokens", "name"), [(None, "answer"), (500, "answer"), (4000, "cite")])
def test_a_close_call_is_left_to_whoever_has_read_the_conversation(offer: Offer, tokens: int | None, name: str) -> None:
    if tokens is not None:
        readers = Readers()
        readers.note(
            read_ask({"model": "quiver", "messages": TURNS[:1]}).messages, version(offer, "cite"), Tokens(tokens)
        )
        offer.engine.readers = readers  # type: ignore[attr-defined]
    outcome = asked(offer)
    assert outcome.skill is not None
    assert outcome.skill.name == name
    assert outcome.confidence == {"answer": 0.5, "cite": 0.45}[name]


def test_who_is_asked_for_by_name_acts_whatever_it_costs(offer: Offer) -> None:
    readers = Readers()
    readers.note(read_ask({"model": "quiver", "messages": TURNS}).messages, version(offer, "cite"), Tokens(10_000))
    offer.engine.readers = readers  # type: ignore[attr-defined]
    outcome = asked(offer, "answer")
    assert outcome.skill is not None
    assert outcome.skill.name == "answer"
