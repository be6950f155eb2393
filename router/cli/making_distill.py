"""`quiver skill distill`: a data set for a skill that is being made, asked of a teacher and sifted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from router.cli.output import print_data, print_json, tell_problems, to_stderr
from router.errors import UsageError

if TYPE_CHECKING:
    from training.distill import Cost, Counts, Plan
    from training.making import Making
    from training.teacher import Teacher

_OF_THE_PLAN = ("teacher", "model", "rows", "samples", "seed", "without", "exempt")
_SHOWN_EVERY = 25  # answers


@click.command()
@click.argument("name")
@click.option(
    "--teacher",
    metavar="URL|FOLDER",
    help="An OpenAI-compatible endpoint (its key: QUIVER_API_KEY), or a model's folder.",
)
@click.option("--model", metavar="NAME", default="", help="The model to ask for at the endpoint.")
@click.option("--rows", type=click.IntRange(1), default=500, show_default=True, help="Rows wanted, seeds not counted.")
@click.option(
    "--samples", type=click.IntRange(1, 64), default=1, show_default=True, help="Answers to vote on, each row."
)
@click.option("--seed", type=int, default=0, show_default=True, help="Draws what is asked for.")
@click.option("--without", multiple=True, metavar="FILTER", help="Leave a filter out, or `all`. May be repeated.")
@click.option(
    "--exempt",
    multiple=True,
    metavar="FIELD",
    help="A field whose value need not be said in the request, as `items.note`.",
)
@click.option("--budget-requests", type=click.IntRange(1), help="Requests at most, over all sittings.")
@click.option("--budget-tokens", type=click.IntRange(1), help="Tokens at most, over all sittings.")
@click.option("--concurrency", type=click.IntRange(1, 256), default=8, show_default=True, help="Requests at once.")
@click.option(
    "--timeout",
    type=click.FloatRange(0.1),
    default=120.0,
    show_default=True,
    metavar="SECONDS",
    help="The longest silence before an answer.",
)
@click.option("--ray", "workers", type=click.IntRange(1), help="Ask from so many workers of a Ray cluster.")
@click.option("--dry-run", is_flag=True, help="Say what would be asked and what it costs at most; ask nothing.")
@click.option("--resume", is_flag=True, help="Go on with the plan that was begun; no answer is asked for twice.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def distill(context: click.Context, /, name: str, **given: Any) -> int:
    """Ask a teacher for requests and answers, and keep the rows that pass every filter."""
    from training.making import Making

    making = Making.named(name)
    plan = _resumed(context, making) if given["resume"] else _planned(given)
    if given["dry_run"]:
        return _dry_run(making, plan, given["as_json"])
    if making.is_done("distill", plan.to_json()) and making.rows.is_file() and making.rejected.is_file():
        to_stderr(f"{name}: this data set is made already; another --seed makes another one")
        return _show(making, given["as_json"])
    counts = _distil(making, plan, given)
    tell_problems(_problems(counts, plan))
    return _show(making, given["as_json"]) if counts.rows else 1


def _planned(given: dict[str, Any]) -> Plan:
    from training.distill import Plan
    from training.filters import FILTERS, Rules

    if not given["teacher"]:
        raise UsageError("no teacher is named", hint="name one: --teacher http://host:port/v1 --model NAME")
    for unknown in set(given["without"]) - {*FILTERS, "all"}:
        raise UsageError(f"there is no filter {unknown!r}", hint=f"the filters are: {', '.join(FILTERS)}")
    rules = Rules(exempt=given["exempt"], without=given["without"])
    wanted = {name: given[name] for name in ("teacher", "model", "rows", "samples", "seed")}
    return Plan(rules=rules, **wanted)


def _resumed(context: click.Context, making: Making) -> Plan:
    """The plan that was begun. Raises UsageError where there is none, or where the words name another one."""
    from training.distill import Plan

    said = [name for name in _OF_THE_PLAN if context.get_parameter_source(name) is ParameterSource.COMMANDLINE]
    if again := [name for name in said if name != "teacher"]:
        raise UsageError(
            f"--resume goes on with the plan that was begun; --{again[0]} names another", hint="leave it out"
        )
    state = making.state("distill")
    if state is None:
        raise UsageError(f"no data set of {making.name} was begun", hint="begin one with --teacher")
    try:
        plan = Plan.from_json(state.config)
    except (KeyError, TypeError, AttributeError) as error:
        raise UsageError("the plan that was begun is of another version", hint="begin anew with --teacher") from error
    return replace(plan, teacher=context.params["teacher"]) if said else plan


def _dry_run(making: Making, plan: Plan, as_json: bool) -> int:
    from training.distill import cost

    asked = cost(making, plan)
    if as_json:
        print_json({"plan": plan.to_json(), "cost": asked.__dict__})
    else:
        print_data("\n".join(_told(making, plan, asked)))
    return 0


def _told(making: Making, plan: Plan, asked: Cost) -> list[str]:
    from training.filters import FILTERS, applies

    filters = [each.name for each in FILTERS.values() if applies(each, plan.rules)]
    return [
        f"{making.name}: {plan.rows} rows from {plan.model or plan.teacher}, {len(making.seeds)} seeds",
        f"requests  {asked.query_requests} prompts for {plan.batch} each",
        f"answers   {asked.answer_requests}, {plan.samples} for each request",
        f"tokens    {asked.tokens:,} at most, if as many pass as usual; a round more where fewer do",
        f"filters   {', '.join(filters)}",
        f"folder    {making.folder}",
    ]


def _distil(making: Making, plan: Plan, given: dict[str, Any]) -> Counts:
    from training.budget import Budget
    from training.distill import distil
    from training.responses import Responses
    from training.teacher import TeacherLimits, open_teacher

    limits = TeacherLimits(concurrency=given["concurrency"], read_s=given["timeout"])
    budget = Budget(given["budget_requests"], given["budget_tokens"])
    with Responses(making.responses) as responses:
        if len(responses):
            to_stderr(f"{making.name}: {len(responses)} answers are there already")
        if given["workers"]:
            from training.teacher_ray import RayTeacher

            teacher: Teacher = RayTeacher(
                plan.teacher, plan.model, responses, workers=given["workers"], limits=limits, budget=budget
            )
        else:
            teacher = open_teacher(plan.teacher, plan.model, responses, limits, budget)
        try:
            return distil(making, teacher, plan, _say)
        finally:
            teacher.close()


def _say(what: str, number: int) -> None:
    if what != "answers" or number % _SHOWN_EVERY == 0:
        to_stderr(f"  {number} {what}")


def _problems(counts: Counts, plan: Plan) -> list[str]:
    found = []
    made = counts.rows - counts.seeds
    if not counts.complete:
        found.append(f"the budget ended it at {made} of {plan.rows} rows; go on with --resume and a larger one")
    elif made < plan.rows:
        found.append(f"{made} of {plan.rows} rows passed the filters; see what they dropped below")
    return found


def _show(making: Making, as_json: bool) -> int:
    import json

    from training.data_report import text

    figures = json.loads(making.report.read_text(encoding="utf-8"))
    if as_json:
        print_json({"name": making.name, "folder": str(making.folder), **figures})
    else:
        print_data(text(figures))
    return 0
