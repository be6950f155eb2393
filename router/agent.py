"""The loop: observe, route, generate, check, act, until every clause of the task is answered or a limit is reached.

A task is read as a conversation, one clause a user turn; a base that can is given it whole. The router sees the clause
and whether an observation for it has arrived, never a tool's own words. What a model gets wrong is recorded in its step
and the loop goes on; what we get wrong raises.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING, Any

from router.attempt import Attempt, attempt
from router.conversation import Message, ToolCall
from router.draw import Draw
from router.drawing import Drawing
from router.engines.engine import Engine
from router.errors import Interrupted, QuiverError
from router.limits import Limits, Spent
from router.record import RunRecord, Status, StepRecord
from router.routing import State
from router.trace import now

if TYPE_CHECKING:
    from router.trace import Recorder
    from tools.observation import Observation
    from tools.toolbox import Toolbox

OnStep = Callable[[StepRecord], None]
MENDABLE = ("failed", "invalid", "unknown")  # another call may do better; what was refused stays refused
GUARD = "safety-filter"  # reads what came from outside before anything else does
_TOLD = re.compile(r"(?:please\s+)?(?:who|what|which|when|where|how|tell me|say|give me|show me)\b", re.IGNORECASE)
WITHHELD = "The result was withheld: it tries to give instructions."


@dataclass
class Clause:
    """Where the work on one clause stands. `served`: nothing is left to do but to say what came of it."""

    text: str
    called: list[str] = field(default_factory=list)
    failed: list[tuple[ToolCall, Observation]] = field(default_factory=list)
    waiting: set[str] = field(default_factory=set)
    served: bool = False
    failure: str | None = None


@dataclass
class Agent:
    """`split` cuts a task into clauses. `recorder` gets every step before `on_step` does."""

    engine: Engine
    drawing: Drawing
    toolbox: Toolbox
    split: Callable[[str], Sequence[str]]
    recorder: Recorder
    limits: Limits = Limits()
    on_step: OnStep = lambda step: None
    on_text: Callable[[str], None] | None = None
    cancel: Event = field(default_factory=Event)
    conversation: list[Message] = field(default_factory=list)

    def run(self, task: str) -> RunRecord:
        """The task's answer and every step that led to it. Errors end the run, are recorded, and are in the record."""
        self.steps: list[StepRecord] = []
        self.spent = Spent(self.limits)
        answers: list[str] = []
        status: Status = "ok"
        error: QuiverError | None = None
        try:
            for text in self._clauses(task):
                clause = Clause(text)
                answers.append(self._serve(clause))
                if clause.failure:
                    status = "declined"
        except Interrupted as interrupted:
            status, error = "interrupted", interrupted
        except QuiverError as failed:
            status, error = "failed", failed
        answer = "\n".join(answers) or None
        self.recorder.finish(status, answer, error)
        return RunRecord(status, answer, self.steps, self.recorder.id, error.to_json()["error"] if error else None)

    def _clauses(self, task: str) -> Sequence[str]:
        if self.engine.base.reads_whole_task or self.drawing.schema is not None:  # one text, one JSON
            return [task]
        clauses = self.split(task)
        if len(clauses) > 1 and self.drawing.is_one_text(task):
            return [task]
        return [each for clause in clauses for each in self.drawing.spread(clause)]

    def _serve(self, clause: Clause) -> str:
        """One clause from its words to its answer."""
        self.conversation.append(Message("user", clause.text))
        while True:
            self.spent.require_room()
            said = self._step(clause)
            if said is not None:
                return said

    def _step(self, clause: Clause) -> str | None:
        """Route, generate, check, act, record: one step. The clause's answer when this step gave it."""
        observed = clause.served or bool(clause.called)
        state = State(clause.text, observed)
        draw = self.drawing.draw(state, self.conversation, clause.called, clause.waiting, clause.served)
        clause.waiting.update(draw.waiting)
        tried = [call for call, _ in clause.failed]
        requests = self.drawing.requests(draw, self.conversation, bool(clause.called), tried)
        made = attempt(self.engine, requests, repairs=self.limits.repairs, on_text=self.on_text, cancel=self.cancel)
        if self.cancel.is_set():
            self._record(clause, draw, made, failure="interrupted")
            raise Interrupted("The run was interrupted.", hint="See what was done: quiver trace list")
        if not made.valid:
            self._record(clause, draw, made)
            made.require_valid()
        if made.calls_tools:
            self._act(clause, draw, made)
            return None
        self._record(clause, draw, made)
        self.conversation.append(Message("assistant", made.text))
        return readable(made.value)

    def _act(self, clause: Clause, draw: Draw, made: Attempt) -> None:
        """Run the call, or note that there is nothing (more) to call. A call that failed may be tried otherwise."""
        call: ToolCall | None = made.value
        if call is None or self.spent.repeated(call):
            self._end(clause)
            self._record(clause, draw, made)
            return
        seen = self._guarded(call, self.toolbox.call(call))
        self._record(clause, draw, made, observation=seen)
        if seen.ok or self.engine.base.reads_whole_task:  # a small one would only quote the complaint
            self._observed(call, seen)
        if seen.ok:
            clause.called.append(call.name)
            return
        clause.failed.append((call, seen))
        if seen.kind not in MENDABLE or len(clause.failed) > self.limits.retries:
            self._end(clause)

    def _observed(self, call: ToolCall, seen: Observation) -> None:
        self.conversation.append(Message("assistant", calls=(call,)))
        self.conversation.append(Message("tool", seen.text, name=call.name))

    def _end(self, clause: Clause) -> None:
        """Nothing more is called for the clause. What went wrong with its first call, if nothing went right, is what
        there is to say of it."""
        clause.served = True
        if clause.called or (not clause.failed and _asks(clause.text) and self._has_seen()):
            return
        clause.failure = clause.failed[0][1].kind if clause.failed else "declined"
        if clause.failed and not self.engine.base.reads_whole_task:
            self._observed(*clause.failed[0])

    def _has_seen(self) -> bool:
        """Whether an earlier clause of this conversation brought anything that a question could be about."""
        return any(message.role == "tool" for message in self.conversation)

    def _guarded(self, call: ToolCall, seen: Observation) -> Observation:
        """What came over the network is read by the safety filter first; instructions in it never reach the task."""
        request = self.drawing.guard(GUARD, seen.text)
        if request is None or not seen.ok or not self._from_outside(call.name):
            return seen
        made = attempt(self.engine, [request], repairs=self.limits.repairs, cancel=self.cancel)
        self._record(Clause(f"is the result of {call.name} safe?"), Draw(GUARD, 1.0), made)
        if made.valid and made.value["verdict"] == "safe":
            return seen
        return type(seen)(WITHHELD, "refused", seen.ms)

    def _from_outside(self, tool: str) -> bool:
        return any(spec.name == tool and spec.effect == "network" for spec in self.toolbox.specs())

    def _record(
        self,
        clause: Clause,
        draw: Draw,
        made: Attempt,
        observation: Observation | None = None,
        failure: str | None = None,
    ) -> None:
        call = made.value if isinstance(made.value, ToolCall) else None
        failed = failure or (observation.kind if observation and not observation.ok else made.failure)
        step = StepRecord(
            skill=made.skill.name if made.skill else None,
            version=made.skill.version if made.skill else None,
            confidence=draw.confidence,
            runner_up=draw.runner_up,
            ranked=draw.ranked,
            shortlist=draw.shortlist,
            clause=clause.text,
            output=as_json(made.value) if made.valid else made.text,
            valid=made.valid,
            repairs=made.repairs,
            escalated_from=made.escalated_from,
            failure=failed,
            tool=call.name if call else None,
            arguments=dict(call.arguments) if call else None,
            observation=observation.text if observation else None,
            tokens=vars(made.tokens),
            ms={
                "route": draw.ms,
                "generate": made.ms_generate,
                "check": made.ms_check,
                "tool": observation.ms if observation else 0.0,
            },
            started=now(),
        )
        self.spent.step(made.tokens.generated)
        self.steps.append(step)
        self.recorder.step(step)
        self.on_step(step)


def _asks(text: str) -> bool:
    """Whether a clause is a question, or asks to be told something: what was seen may answer it without a tool."""
    return text.rstrip().endswith("?") or _TOLD.match(text) is not None


def as_json(value: Any) -> Any:
    return {"name": value.name, "arguments": dict(value.arguments)} if isinstance(value, ToolCall) else value


def readable(value: Any) -> str:
    """A clause's answer for a person: the sentence of an answer, the JSON of anything else."""
    import json

    if isinstance(value, Mapping) and isinstance(value.get("answer"), str) and set(value) == {"answer"}:
        return str(value["answer"])
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
