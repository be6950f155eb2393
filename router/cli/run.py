"""`quiver run`: one task, its steps on stderr, its answer on stdout."""

from __future__ import annotations

import sys
from typing import Any

import click

from router.cli.approval import Approval
from router.cli.options import session_options, to_options
from router.cli.output import print_data, print_json, tell_problems, to_stderr
from router.cli.steps import StepPrinter
from router.errors import UsageError, exit_code_of


@click.command()
@click.argument("task")
@session_options
@click.option("--json", "as_json", is_flag=True, help="Print the whole run as one JSON object.")
def run(task: str, as_json: bool, **given: Any) -> int:
    """Do TASK with the bundled base, its skills and tools. TASK is `-` to read it from standard input."""
    from router.opening import preload
    from router.session import Session

    preload()
    task = (sys.stdin.read() if task == "-" else task).strip()
    if not task:
        raise UsageError("the task is empty", hint='say what to do: quiver run "what is 15% of 240?"')
    printer = StepPrinter(explain=given["explain"], quiet=given["quiet"])
    with Session.open(to_options(given), Approval(yes=given["yes"])) as session:
        tell_problems(session.problems)
        record = session.run(task, printer.show, printer.hear)
    if as_json:
        print_json(record.to_json())
    elif record.answer is not None:
        print_data(record.answer)
    if record.error is None:
        return 0 if record.status == "ok" else 1  # declined: there is an answer, and it says what could not be done
    if not as_json:
        to_stderr(f"{click.style('quiver:', fg='red', bold=True)} {record.error['message']}")
        to_stderr(f"        {click.style(record.error['hint'] or f'see: quiver trace show {record.trace}', dim=True)}")
    return exit_code_of(record.error["type"])
