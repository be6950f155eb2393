"""`quiver eval agent`: runs every task n times and counts: done right, at what cost, and where it went wrong."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from evals.agent.outcome import Attempt, hold, measure, open_session
from evals.agent.tasks import BUNDLED, read_tasks
from evals.breakdown import accuracy
from evals.intervals import Share, bootstrap
from evals.run_options import RunOptions, conclude, resolve, run_options, tell_resumed
from evals.runs import Record, open_run, processes, run_cases


def figures(records: Sequence[Record]) -> dict[str, Any]:
    """Over all runs of all tasks. Intervals are drawn over tasks: runs of one are alike."""
    by_task: dict[str | None, list[bool]] = defaultdict(list)
    for record in records:
        by_task[record.group].append(bool(record.right))
    found: dict[str, Any] = {"done": accuracy(records)}
    if len(records) > len(by_task):
        found["done_in_every_run"] = Share(sum(map(all, by_task.values())), len(by_task)).to_json()
        found["done_in_some_run"] = Share(sum(map(any, by_task.values())), len(by_task)).to_json()
    for kind in sorted({str(record.slice["asks_for"]) for record in records}):
        found[f"done_{kind.replace(' ', '_')}"] = accuracy([r for r in records if r.slice["asks_for"] == kind])
    for name in ("steps", "switches", "repairs", "valid_steps"):
        found[name] = mean(records, name)
    found["seconds"] = bootstrap([(r.ms or 0) / 1000 for r in records], [r.group for r in records]).to_json()
    found["tokens"] = {
        kind: sum((r.tokens or {}).get(kind, 0) for r in records)
        for kind in ("prompt", "reused", "generated", "forced")
    }
    found["failures"] = dict(Counter(r.failure for r in records if r.failure).most_common())
    return found


def mean(records: Sequence[Record], score: str) -> dict[str, object]:
    having = [record for record in records if score in record.scores]
    return bootstrap([record.scores[score] for record in having], [record.group for record in having]).to_json()


@click.command("agent")
@click.option("--tasks", type=click.Path(path_type=Path), default=BUNDLED, help="A list of tasks, one JSON a line.")
@click.option("--runs", type=click.IntRange(1, 1000), default=1, show_default=True, help="Runs of each task.")
@click.option("--temperature", type=click.FloatRange(0, 2), default=0.0, show_default=True,
              help="How freely the model samples; runs differ by their seed.")  # fmt: skip
@click.option("--engine", metavar="NAME", default="local", show_default=True, help="What runs base and skills.")
@click.option("--base", help="A base by folder or name; the bundled one unless given.")
@click.option("--no-skill", is_flag=True, help="The base alone.")
@run_options
def command(
    how: RunOptions, tasks: Path, runs: int, temperature: float, engine: str, base: str | None, no_skill: bool
) -> int:
    """Whole tasks, done right or not: end state, answer, tools really called."""
    from router.opening import preload
    from router.options import Options
    from router.session import Session

    chosen = how.choose(read_tasks(tasks))
    cases = [Attempt(task, run, temperature) for task in chosen for run in range(runs)]
    options = Options(engine=engine, base=base, no_skill=no_skill)
    asked = {"runs": runs, "temperature": temperature, "engine": engine, "no_skill": no_skill}
    preload()
    with Session.open(options) as session:
        config = resolve(asked, how, engine=session.engine, skills=session.registry.all(), data=[tasks])
        with open_run("agent", config, how.out, fresh=how.fresh) as run:
            tell_resumed(run, len(cases))
            hold(session)
            workers = processes(open_session, options)
            records = run_cases(run, cases, measure, jobs=how.jobs, workers=workers, on_record=show)
            found = figures(records)
            return conclude(run, found, how, found["done"]["share"])


def show(record: Record) -> None:
    from router.cli.output import to_stderr

    mark = "right" if record.right else f"WRONG  {record.failure}: {record.reason}"
    to_stderr(f"{record.case:24} {(record.ms or 0) / 1000:5.1f} s  {record.scores['steps']:.0f} steps  {mark}")


def main(words: Sequence[str]) -> int:
    return int(command.main(list(words), standalone_mode=False) or 0)
