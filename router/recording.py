"""An engine and a toolbox that tell somebody every word of another: what was generated, scored and observed, in order.

The trace keeps it, so that a run can be replayed without model and tools. Nothing that passes through is changed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Event

from router.conversation import ToolCall, ToolSpec
from router.engines.engine import BaseInfo, Completion, Engine, Request
from router.narrowing import Finders
from router.record import GenerationRecord, ObservationRecord
from tools.observation import Observation
from tools.toolbox import Toolbox


class RecordingEngine:
    """An `Engine`. `note` gets each record as soon as it is complete; the inner engine stays its owner's to close."""

    def __init__(self, inner: Engine, note: Callable[[GenerationRecord], None]) -> None:
        self._inner = inner
        self._note = note

    @property
    def base(self) -> BaseInfo:
        return self._inner.base

    def generate(
        self, request: Request, *, on_text: Callable[[str], None] | None = None, cancel: Event | None = None
    ) -> Completion:
        completion = self._inner.generate(request, on_text=on_text, cancel=cancel)
        record = GenerationRecord(
            skill=_skill(request),
            text=completion.text,
            finish=completion.finish,
            logprob=completion.logprob,
            tokens=dict(vars(completion.tokens)),
        )
        self._note(record)
        return completion

    def score(self, request: Request, candidates: Sequence[str]) -> list[float]:
        scores = self._inner.score(request, candidates)
        self._note(GenerationRecord(_skill(request), scores=scores))
        return scores

    def close(self) -> None:
        """Nothing: what was lent is not closed here."""


class RecordingToolbox(Toolbox):
    """A toolbox over another, which finds, asks and runs."""

    def __init__(self, inner: Toolbox, note: Callable[[ObservationRecord], None]) -> None:
        self._inner = inner
        self._note = note

    def specs(self) -> list[ToolSpec]:
        return self._inner.specs()

    def candidates(self, name: str) -> Finders:
        return self._inner.candidates(name)

    def call(self, call: ToolCall) -> Observation:
        seen = self._inner.call(call)
        self._note(ObservationRecord(call.name, seen.text, seen.kind, seen.ms))
        return seen


def _skill(request: Request) -> str | None:
    return request.skill.name if request.skill else None
