"""Runs agent tasks one by one over one engine, and counts: done right, steps, switches, tokens, time, failures."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from evals.agent.tasks import BUNDLED, Task, by_id, read_tasks
from evals.intervals import Share
from router.record import RunRecord

if TYPE_CHECKING:
    from router.session import Session


@dataclass(frozen=True)
class Outcome:
    """`wrong`: why the task was not done right, None when it was. `seconds`: wall time of the run."""

    task: Task
    run: RunRecord
    wrong: str | None
    seconds: float

    @property
    def switches(self) -> int:
        """How often a step's skill differs from the step before."""
        skills = [step.skill for step in self.run.steps]
        return sum(a != b for a, b in pairwise(skills))

    def to_json(self) -> dict[str, Any]:
        return {"id": self.task.id, "right": self.wrong is None, "wrong": self.wrong, "seconds": round(self.seconds, 2),
                "switches": self.switches, **self.run.to_json()}  # fmt: skip


def run_task(session: Session, task: Task) -> Outcome:
    """One task in a fresh folder with a fresh conversation."""
    with tempfile.TemporaryDirectory(prefix="quiver-task-") as name:
        folder = Path(name)
        task.prepare(folder)
        session.forget()
        working = in_folder(session, folder, task)
        began = time.monotonic()
        run = working.run(task.task)
        return Outcome(task, run, task.judge(run, folder), time.monotonic() - began)


def in_folder(session: Session, folder: Path, task: Task) -> Session:
    """The same session over another work directory and schema: everything is loaded once for all tasks."""
    from router.session import open_toolbox

    options = replace(session.options, workdir=folder)
    toolbox = open_toolbox(options, approve=lambda call, spec: spec.effect != "network")
    return replace(session, options=options, toolbox=toolbox, schema=task.schema)


def summary(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The figures of a run of tasks; times are medians."""
    steps = [step for outcome in outcomes for step in outcome.run.steps]
    seconds = sorted(outcome.seconds for outcome in outcomes)
    declined = [o for o in outcomes if o.task.expect.get("status") == "declined"]
    return {
        "done": Share(sum(o.wrong is None for o in outcomes), len(outcomes)).to_json(),
        "declined_rightly": Share(sum(o.wrong is None for o in declined), len(declined)).to_json(),
        "valid_outputs": Share(sum(step.valid for step in steps), len(steps)).to_json(),
        "steps": len(steps),
        "switches": sum(o.switches for o in outcomes),
        "generated_tokens": sum(step.tokens["generated"] for step in steps),
        "forced_tokens": sum(step.tokens["forced"] for step in steps),
        "seconds_a_task": round(seconds[len(seconds) // 2], 2) if seconds else 0.0,
        "failures": dict(Counter(step.failure for step in steps if step.failure)),
    }


def evaluate(tasks: Sequence[Task], session: Session, on_outcome: Callable[[Outcome], None]) -> list[Outcome]:
    outcomes = []
    for task in tasks:
        outcomes.append(run_task(session, task))
        on_outcome(outcomes[-1])
    return outcomes


@click.command("agent")
@click.option("--tasks", type=click.Path(path_type=Path), default=BUNDLED, help="A list of tasks, one JSON a line.")
@click.option("--only", multiple=True, help="Run the task of this id; may be given again.")
@click.option("--limit", type=int, help="Run only so many.")
@click.option("--base", help="A base by folder or name; the bundled one unless given.")
@click.option("--no-skill", is_flag=True, help="The base alone.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object: the figures and every run.")
@click.option("--min-accuracy", type=float, default=0.0, help="Exit 1 when less is done right (0 to 1).")
def command(
    tasks: Path,
    only: Sequence[str],
    limit: int | None,
    base: str | None,
    no_skill: bool,
    as_json: bool,
    min_accuracy: float,
) -> int:
    """Whole tasks, done right or not: end state, answer, tools really called."""
    from router.cli.output import print_data, print_json, to_stderr
    from router.session import Options, Session, preload

    preload()
    chosen = by_id(read_tasks(tasks), only)[:limit]

    def show(outcome: Outcome) -> None:
        mark = "right" if outcome.wrong is None else f"WRONG  {outcome.wrong}"
        to_stderr(f"{outcome.task.id:24} {outcome.seconds:5.1f} s  {len(outcome.run.steps)} steps  {mark}")

    with Session.open(Options(base=base, no_skill=no_skill)) as session:
        outcomes = evaluate(chosen, session, show)
    figures = summary(outcomes)
    if as_json:
        print_json({**figures, "runs": [outcome.to_json() for outcome in outcomes]})
    else:
        print_data(table(figures))
    return 1 if figures["done"]["share"] < min_accuracy else 0


def table(figures: dict[str, Any]) -> str:
    """The figures as lines: name, value, interval where there is one."""
    lines = []
    for name, value in figures.items():
        if isinstance(value, dict) and "share" in value:
            value = Share(value["hits"], value["n"])
        lines.append(f"{name.replace('_', ' '):20} {value}")
    return "\n".join(lines)


def main(words: Sequence[str]) -> int:
    return int(command.main(list(words), standalone_mode=False) or 0)
