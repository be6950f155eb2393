"""A recorded run once more: with the engine's recorded words and the tools' recorded answers, or live.

Replayed from its recording a run takes no model and touches nothing, so what differs is the code's doing: the router,
the contracts, the checks or the loop have changed. Live, the model and the world may differ as well.
"""

from __future__ import annotations

import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from router.conversation import ToolCall, ToolSpec
from router.engines.engine import BaseInfo, Completion, Tokens
from router.engines.scripted import ScriptedEngine
from router.errors import TaskFailed, TraceBroken
from router.narrowing import Finders
from router.options import Options
from router.record import GenerationRecord, RunRecord, StepRecord
from router.redaction import Redactor
from router.session import Session
from router.switching import Readers
from router.trace import Trace, TraceStore
from tools.observation import Observation
from tools.toolbox import Toolbox

if TYPE_CHECKING:
    from tools.toolbox import Approve

T = TypeVar("T")

COMPARED = (
    "clause",
    "skill",
    "output",
    "valid",
    "repairs",
    "tool",
    "arguments",
    "observation",
    "failure",
    "escalated_from",
)
"""What makes two steps the same. Times, token counts and the last digits of a probability may differ."""


@dataclass(frozen=True)
class Difference:
    """`step` counts from 1; None is the run as a whole. `what` is a key of the step or of the run."""

    step: int | None
    what: str
    recorded: Any
    replayed: Any

    def __str__(self) -> str:
        where = f"step {self.step}" if self.step else "the run"
        return f"{where}, {self.what}: recorded {self.recorded!r}, now {self.replayed!r}"


@dataclass(frozen=True)
class Replay:
    run: RunRecord
    differences: Sequence[Difference]

    @property
    def same(self) -> bool:
        return not self.differences

    def to_json(self) -> dict[str, Any]:
        return {
            "same": self.same,
            "differences": [asdict(difference) for difference in self.differences],
            "run": self.run.to_json(),
        }


def replay_recorded(trace: Trace) -> Replay:
    """Raises TraceBroken for a run that was recorded without what a replay needs, and what `Session.open` raises."""
    engine = recorded_engine(trace)
    toolbox = RecordedToolbox(trace)
    return _replay(trace, lambda options, store: Session.open(options, engine=engine, toolbox=toolbox, store=store))


def replay_live(trace: Trace, approve: Approve) -> Replay:
    """The same task with the same options, engine and tools as they are today."""
    return _replay(trace, lambda options, store: Session.open(options, approve, store=store))


def _replay(trace: Trace, open_session: Callable[[Options, TraceStore], Session]) -> Replay:
    """The replay's own trace is thrown away: it is not a run of the user's."""
    options = Options.from_json(_kept(trace, "asked"))
    with tempfile.TemporaryDirectory() as folder, open_session(options, TraceStore(Path(folder))) as session:
        session.schema = trace.options.get("schema")
        run = session.run(trace.task)
    return Replay(run, list(compare(trace.record, run)))


def _kept(trace: Trace, what: str) -> Any:
    if what not in trace.options:
        raise TraceBroken(f"trace {trace.id} does not hold what a replay needs: {what}", hint="record it anew")
    return trace.options[what]


def compare(recorded: RunRecord, replayed: RunRecord) -> Iterator[Difference]:
    """What differs, step by step and at the end. Both sides with secrets hidden, as the recorded one is already."""
    hide = Redactor().value
    for number, (was, now) in enumerate(zip_longest(recorded.steps, replayed.steps), start=1):
        if was is None or now is None:
            yield Difference(number, "step", was and _name(was), now and _name(now))
            continue
        before, after = hide(was.to_json()), hide(now.to_json())
        for key in COMPARED:
            if before[key] != after[key]:
                yield Difference(number, key, before[key], after[key])
    for key in ("status", "answer"):
        before, after = hide(getattr(recorded, key)), hide(getattr(replayed, key))
        if before != after:
            yield Difference(None, key, before, after)


def _name(step: StepRecord) -> str:
    return " ".join(filter(None, (step.skill or "base", step.tool)))


def recorded_engine(trace: Trace) -> ScriptedEngine:
    """The engine's words and scores once more, in order. It raises when it is asked for more than was recorded."""
    every = [generation for group in trace.generations for generation in group]
    scores = deque(score for generation in every for score in generation.scores or ())
    script = [_completion(generation) for generation in every if generation.scores is None]
    engine = ScriptedEngine(script, base=BaseInfo(**_kept(trace, "base")), score=lambda *_: _next(scores, "a score"))
    engine.readers = Readers() if trace.options.get("counts_switches") else None
    return engine


def _completion(generation: GenerationRecord) -> Completion:
    finish: Literal["stop", "length"] = "length" if generation.finish == "length" else "stop"
    return Completion(generation.text, finish, Tokens(**generation.tokens), generation.logprob)


class RecordedToolbox(Toolbox):
    """The tools as they were offered, answering what they answered, whatever they are asked."""

    def __init__(self, trace: Trace) -> None:
        self._offered = [ToolSpec(**spec) for spec in _kept(trace, "tools")]
        self._answers = deque(trace.observations)

    def specs(self) -> list[ToolSpec]:
        return self._offered

    def candidates(self, name: str) -> Finders:
        return {}  # what was said was held to them when it was said

    def call(self, call: ToolCall) -> Observation:
        seen = _next(self._answers, "an observation")
        return Observation(seen.text, seen.kind, seen.ms)  # type: ignore[arg-type]  # a kind, as it was recorded


def _next(recorded: deque[T], what: str) -> T:
    if not recorded:
        raise TaskFailed(f"the recording has ended, and {what} more is asked for than before")
    return recorded.popleft()
