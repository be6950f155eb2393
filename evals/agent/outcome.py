"""One agent task run once: the session that runs it, what came of it, and the record of that. Counting is `command`'s.

The run number seeds what is sampled, so that a run can be had again; at temperature 0 only repairs are sampled.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from evals.agent.tasks import Task
from evals.runs import Record
from router.engines.engine import BaseInfo, Completion, Engine, Request
from router.errors import EngineUnreachable
from router.record import RunRecord, no_tokens

if TYPE_CHECKING:
    from router.options import Options
    from router.session import Session

SEEDS_A_RUN = 1000  # a request asked again takes the next seed


@dataclass(frozen=True)
class Attempt:
    """A task's n-th run, a case of the evaluation."""

    task: Task
    run: int = 0
    temperature: float = 0.0

    @property
    def id(self) -> str:
        return f"{self.task.id}#{self.run}"


class SeededEngine:
    """An `Engine` over another that samples as an attempt says. What was lent is not closed."""

    def __init__(self, inner: Engine, attempt: Attempt) -> None:
        self._inner = inner
        self._attempt = attempt

    @property
    def base(self) -> BaseInfo:
        return self._inner.base

    def generate(
        self, request: Request, *, on_text: Callable[[str], None] | None = None, cancel: Event | None = None
    ) -> Completion:
        seed = request.seed + SEEDS_A_RUN * self._attempt.run
        temperature = max(request.temperature, self._attempt.temperature)
        seeded = replace(request, seed=seed, temperature=temperature)
        return self._inner.generate(seeded, on_text=on_text, cancel=cancel)

    def score(self, request: Request, candidates: Sequence[str]) -> list[float]:
        return self._inner.score(request, candidates)

    def close(self) -> None:
        """Nothing: the session that lent the engine closes it."""


_held: list[Session] = []


def hold(session: Session) -> None:
    """The session that this process measures with."""
    _held[:] = [session]


def open_session(options: Options) -> None:
    """What a worker process does first: the session stays open for all its tasks."""
    from router.session import Session

    hold(Session.open(options))


def measure(attempt: Attempt) -> Record:
    """The task in a fresh folder, with a fresh conversation, over the session this process holds."""
    session, task = _held[0], attempt.task
    with tempfile.TemporaryDirectory(prefix="quiver-task-") as name:
        folder = Path(name)
        task.prepare(folder)
        session.forget()
        working = in_folder(session, folder, attempt)
        began = time.monotonic()
        run = working.run(task.task)
        ms = (time.monotonic() - began) * 1000
        if run.status == "interrupted":
            raise KeyboardInterrupt
        if run.error is not None and run.error["type"] == "engine-unreachable":  # no fault of the task: go on later
            raise EngineUnreachable(run.error["message"], hint=run.error.get("hint", ""))
        return to_record(attempt, run, task.judge(run, folder), ms)


def in_folder(session: Session, folder: Path, attempt: Attempt) -> Session:
    """The same session over another work directory and schema: everything is loaded once for all tasks."""
    from router.opening import open_toolbox

    options = replace(session.options, workdir=folder)
    toolbox = open_toolbox(options, approve=lambda call, spec: spec.effect != "network")
    engine = SeededEngine(session.engine, attempt)
    return replace(session, options=options, toolbox=toolbox, schema=attempt.task.schema, engine=engine)


def to_record(attempt: Attempt, run: RunRecord, wrong: str | None, ms: float) -> Record:
    steps = run.steps
    return Record(
        case=attempt.id,
        slice={"tools_expected": len(attempt.task.expect.get("tools", ())), "asks_for": asks_for(attempt.task)},
        right=wrong is None,
        scores={
            "steps": len(steps),
            "switches": sum(before.skill != after.skill for before, after in pairwise(steps)),
            "repairs": sum(step.repairs for step in steps),
            "valid_steps": sum(step.valid for step in steps) / len(steps) if steps else float("nan"),
        },
        prompt=attempt.task.task,
        output=transcript(run),
        expected=dict(attempt.task.expect),
        reason=wrong,
        failure=boundary(attempt.task, run) if wrong else None,
        ms=round(ms, 1),
        tokens={kind: sum(step.tokens[kind] for step in steps) for kind in no_tokens()},
        group=attempt.task.id,
    )


def asks_for(task: Task) -> str:
    """What a task is judged by, in a word."""
    expect = task.expect
    if expect.get("status") == "declined":
        return "declining"
    return "JSON" if "json" in expect else "files" if expect.get("files") else "an answer"


def transcript(run: RunRecord) -> str:
    """Every step on a line, then the answer or the error: enough to see where it went wrong."""
    from router.cli.steps import plain

    told = [plain(number, step) for number, step in enumerate(run.steps, start=1)]
    told.append(f"{run.status}: {run.error['message'] if run.error else run.answer}")
    return "\n".join([*told, f"trace {run.trace}"])


def boundary(task: Task, run: RunRecord) -> str:
    """Where a task that was not done right went wrong: the first thing on a step's way that was not as expected.

    "contract", "task-failed" …: the run ended in an error of that kind. "route": a skill it needs was never drawn.
    "decline": it gave up what could be done, or did what could not. "tool": one that was needed was never chosen.
    "arguments": it was chosen and never succeeded. "answer": all that was done, and the answer or the state is wrong.
    """
    expect: Any = task.expect
    if run.error is not None:
        return "contract" if run.error["type"] == "contract-failed" else run.error["type"]
    if set(expect.get("skills", ())) - {step.skill for step in run.steps}:
        return "route"
    chosen = {step.tool for step in run.steps if step.tool}
    done = {step.tool for step in run.steps if step.tool and step.failure is None and step.observation is not None}
    needed = set(expect.get("tools", ()))
    if needed - chosen and run.status != "declined":
        return "tool"
    if needed - done and needed & chosen - done:
        return "arguments"
    if run.status != expect.get("status", "ok") or (expect.get("no_tools") and done):
        return "decline"
    return "tool" if needed - chosen else "answer"
