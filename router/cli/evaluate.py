"""`quiver eval`: how good it is, measured. Each word hands its arguments to the evaluation of that name in `evals`."""

from __future__ import annotations

import importlib

import click

from router.errors import UsageError

EVALUATIONS = {
    "agent": ("evals.agent", "Whole tasks, done right or not, with an interval."),
    "bench": ("evals.bench", "What a step costs: prefill, reuse, switching skills, first token."),
    "calls": ("evals.function_calls", "Function calls: the right tool, and the exact call."),
    "compare": ("evals.compare", "Two runs, case by case: the difference and its interval."),
    "json": ("evals.schemas", "Schemas: compiled, obeyed, filled rightly, at what cost."),
    "loop": ("evals.loop.command", "A skill from nothing: teacher, filters, training, admission, and who is right."),
    "report": ("evals.report", "A run's records as one page, finished or not."),
    "routing": ("evals.routing", "The router: in scope, out of scope, calibration, time; against baselines."),
    "skills": ("evals.adapters", "What each skill adds to the base, all in one pass, here or spread by Ray."),
}


@click.group("eval")
def evaluate() -> None:
    """Measure: agent tasks, function calls, routing, JSON, speed."""


def _verb(name: str, module: str, summary: str) -> click.Command:
    @click.argument("words", nargs=-1, type=click.UNPROCESSED)
    def call(words: tuple[str, ...]) -> int:
        return hand_over(module, list(words))

    settings = {"ignore_unknown_options": True, "help_option_names": []}
    return click.command(name, help=summary, context_settings=settings)(call)


def hand_over(module: str, words: list[str]) -> int:
    """Runs an evaluation's own `main(words)`; its exit code is ours. A data folder that is missing is a usage error."""
    try:
        found = importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name != module:
            raise UsageError(
                f"this evaluation needs {error.name}, which is not installed", hint=f"pip install {error.name}"
            ) from error
        raise UsageError(f"this build has no {module}", hint="see what there is: quiver eval --help") from error
    try:
        return int(found.main(words) or 0)
    except FileNotFoundError as error:
        why = f"the evaluation needs data that is not here: {error.filename or error}"
        raise UsageError(why, hint="say where it is with --data FOLDER") from error


for _name, (_module, _summary) in EVALUATIONS.items():
    evaluate.add_command(_verb(_name, _module, _summary))
