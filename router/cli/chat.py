"""`quiver chat`: tasks one after another in one conversation, until /exit."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from router.cli.approval import Approval
from router.cli.options import session_options, to_options
from router.cli.output import columns, one_line, print_data, tell_problems, to_stderr
from router.cli.steps import StepPrinter

if TYPE_CHECKING:
    from router.session import Session

HELP = "/skills lists the skills, /new begins a new conversation, /exit leaves"


@click.command()
@session_options
def chat(**given: Any) -> int:
    """Talk: every line is a task, and what was said before is remembered until you leave.

    What the engine computed for the conversation so far is kept, so a later line costs only its own tokens.
    """
    from router.opening import preload
    from router.session import Session

    preload()
    printer = StepPrinter(explain=given["explain"], quiet=given["quiet"])
    with Session.open(to_options(given), Approval(yes=given["yes"])) as session:
        tell_problems(session.problems)
        to_stderr(click.style(HELP, dim=True))
        while (line := _ask()) is not None:
            if line in ("/exit", "/quit"):
                break
            if line:
                answer(session, line, printer)
    return 0


def answer(session: Session, line: str, printer: StepPrinter) -> None:
    """One line of the user: a word to the prompt itself, or a task. A task that fails leaves the conversation open."""
    if line == "/skills":
        session.renew()
        skills = session.registry.all()
        to_stderr("\n".join(columns((skill.name, one_line(skill.description, 80)) for skill in skills)))
    elif line == "/new":
        session.forget()
    elif line.startswith("/"):
        to_stderr(HELP)
    else:
        record = session.run(line, printer.show, printer.hear)
        if record.answer is not None:
            print_data(record.answer)
        if record.error is not None:
            to_stderr(f"{click.style('quiver:', fg='red', bold=True)} {record.error['message']}")


def _ask() -> str | None:
    """The next line, None at the end of input. The prompt is for people only."""
    if sys.stdin.isatty():
        to_stderr(click.style("› ", fg="cyan", bold=True), newline=False)
    line = sys.stdin.readline()
    return line.strip() if line else None
