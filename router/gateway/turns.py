"""The router and the shortlist for many threads: one reads at a time, and who waits is read together with the next.

Each call brings the encoder's own threads with it, so that several at once only hinder one another; several states in
one call cost little more than one. What was read lately is not read again: a conversation asks about the same words
until they are answered. Nothing is decided here.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import Future
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from router.conversation import ToolSpec
    from router.draw import Shortlists
    from router.encoder import Encoder, Floats
    from router.routing import Decision, State

_KEPT = 2048  # texts, about 5 KB each
_LONG = 10_000  # characters; what was said of longer texts is not kept
_MANY = 64  # texts of one call that are kept; more are a skill's examples, which nobody asks for again


class Remembering:
    """An encoder that keeps the vectors of the texts it was last asked for. For one thread at a time."""

    def __init__(self, inner: Encoder) -> None:
        self._inner = inner
        self._kept: OrderedDict[tuple[str, tuple[int, ...]], Floats] = OrderedDict()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def embed_layers(self, texts: Sequence[str], layers: Sequence[int]) -> Floats:
        """As `Encoder.embed_layers`."""
        import numpy as np

        if not 0 < len(texts) <= _MANY or max(map(len, texts)) > _LONG:
            return self._inner.embed_layers(texts, layers)
        keys = [(text, tuple(layers)) for text in texts]
        missing = list(dict.fromkeys(key for key in keys if key not in self._kept))
        if missing:
            made = self._inner.embed_layers([text for text, _ in missing], layers)
            self._kept.update(zip(missing, made, strict=True))
        found = np.stack([self._kept[key] for key in keys])
        for key in keys:
            self._kept.move_to_end(key)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return found


class RoutesAll(Protocol):
    def route_all(self, states: Sequence[State]) -> list[Decision]: ...


class RoutesInTurn:
    """`turn` is shared by all that read with one encoder. `inner` learns nothing any more, so that what it said of a
    state it would say again, and is not asked."""

    def __init__(self, inner: RoutesAll, turn: Lock) -> None:
        self._inner, self._turn = inner, turn
        self._waiting: list[tuple[State, Future[Decision]]] = []
        self._list = Lock()
        self._said: OrderedDict[State, Decision] = OrderedDict()

    def route(self, state: State) -> Decision:
        mine: Future[Decision] = Future()
        with self._list:
            said = self._said.get(state)
            if said is not None:
                self._said.move_to_end(state)
                return said
            self._waiting.append((state, mine))
        with self._turn:
            if not mine.done():
                self._route_waiting()
        return mine.result()

    def _route_waiting(self) -> None:
        """All that have come during another's turn."""
        with self._list:
            waiting, self._waiting = self._waiting, []
        try:
            decisions = self._inner.route_all([state for state, _ in waiting])
        except BaseException as error:
            for _, future in waiting:
                future.set_exception(error)
            return
        for (_, future), decision in zip(waiting, decisions, strict=True):
            future.set_result(decision)
        with self._list:
            for (state, _), decision in zip(waiting, decisions, strict=True):
                if len(state.text) <= _LONG:
                    self._said[state] = decision
            while len(self._said) > _KEPT:
                self._said.popitem(last=False)


class ShortlistInTurn:
    def __init__(self, inner: Shortlists, turn: Lock) -> None:
        self._inner, self._turn = inner, turn

    def rank(self, request: str, tools: Sequence[ToolSpec]) -> list[tuple[ToolSpec, float]]:
        if not tools:
            return []
        with self._turn:
            return self._inner.rank(request, tools)
