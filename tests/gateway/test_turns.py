"""Many threads route: each gets the decision for its own state, and those who wait are read together."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from router.conversation import ToolSpec
from router.gateway.turns import Remembering, RoutesInTurn, ShortlistInTurn
from router.routing import Decision, State
from tests.gateway.scripted_gateway import InOrder
from tests.gateway.test_server_faults import until


class Counting:
    """Routes each state to the skill its words name; the first call waits until it may go on."""

    def __init__(self) -> None:
        self.calls: list[int] = []
        self.begun, self.go = threading.Event(), threading.Event()

    def route_all(self, states: Sequence[State]) -> list[Decision]:
        self.calls.append(len(states))
        self.begun.set()
        assert self.go.wait(60)
        if any(state.text == "broken" for state in states):
            raise ValueError("broken")
        return [Decision(state.text, 1.0, [(state.text, 1.0)]) for state in states]


def test_each_gets_its_own_decision_and_those_who_wait_are_read_together() -> None:
    inner = Counting()
    routes = RoutesInTurn(inner, threading.Lock())
    with ThreadPoolExecutor(16) as pool:
        first = pool.submit(routes.route, State("first"))
        assert inner.begun.wait(60)
        others = [pool.submit(routes.route, State(f"skill-{number}")) for number in range(15)]
        until(lambda: len(routes._waiting) == 15)
        inner.go.set()
        assert first.result().skill == "first"
        assert [other.result().skill for other in others] == [f"skill-{number}" for number in range(15)]
    assert inner.calls == [1, 15]


def test_what_was_said_is_said_again_without_asking() -> None:
    inner = Counting()
    inner.go.set()
    routes = RoutesInTurn(inner, threading.Lock())
    said = [routes.route(State(text, observed)) for text in ("a", "b") for observed in (False, True)]
    assert [routes.route(State(text, observed)) for text in ("a", "b") for observed in (False, True)] == said
    assert len(inner.calls) == 4
    for _ in range(2):
        routes.route(State("x" * 20_000))
    assert len(inner.calls) == 6


def test_what_fails_fails_for_those_it_was_done_for_and_nobody_else() -> None:
    inner = Counting()
    inner.go.set()
    routes = RoutesInTurn(inner, threading.Lock())
    with pytest.raises(ValueError, match="broken"):
        routes.route(State("broken"))
    assert routes.route(State("whole")).skill == "whole"


def test_no_tools_cost_no_turn() -> None:
    turn = threading.Lock()
    shortlist = ShortlistInTurn(InOrder(), turn)
    tool = ToolSpec("find", "", {})
    assert shortlist.rank("x", [tool]) == [(tool, 0.8)]
    with turn:
        assert shortlist.rank("x", []) == []


class Reading:
    """An encoder whose vector of a text is its length, and that counts what it reads."""

    digest = "d"

    def __init__(self) -> None:
        self.read: list[list[str]] = []

    def embed_layers(self, texts: Sequence[str], layers: Sequence[int]) -> np.ndarray:
        self.read.append(list(texts))
        return np.array([[[float(len(text)), float(layer)] for layer in layers] for text in texts], dtype=np.float32)


def test_what_was_read_lately_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    inner = Reading()
    encoder = Remembering(inner)  # type: ignore[arg-type]
    assert encoder.digest == "d"
    for texts in (["a", "bb", "a"], ["bb", "ccc"], ["ccc"], []):
        assert np.array_equal(encoder.embed_layers(texts, (4, 6)), Reading().embed_layers(texts, (4, 6)))
    assert inner.read == [["a", "bb"], ["ccc"], []]
    encoder.embed_layers(["a"], (5,))
    assert inner.read[-1] == ["a"], "of another layer nothing is known"
    many = [str(number) for number in range(100)]
    encoder.embed_layers(many, (4,))
    encoder.embed_layers(many, (4,))
    assert inner.read[-2:] == [many, many], "a skill's examples are not kept"
    monkeypatch.setattr("router.gateway.turns._KEPT", 2)
    encoder.embed_layers(["new", "newer"], (4, 6))
    encoder.embed_layers(["a"], (4, 6))
    assert inner.read[-1] == ["a"], "the oldest are forgotten"
