"""The command group: the verbs, and one place where every error becomes an exit code and a line or a JSON object.

The answer and the data go to stdout, everything else to stderr. With `--json` stdout holds exactly one object, errors
included. The verbs themselves are in the other modules of this package.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from router.cli.chat import chat
from router.cli.doctor import doctor
from router.cli.evaluate import evaluate
from router.cli.making_distill import distill
from router.cli.making_train import combine, merge, train
from router.cli.output import print_json, to_stderr
from router.cli.plan import plan
from router.cli.run import run
from router.cli.serve import serve
from router.cli.skill import skill
from router.cli.trace import trace
from router.errors import Interrupted, QuiverError, UsageError

EPILOG = "Exit codes: 0 ok, 1 failed, 2 usage, 3 engine unreachable, 4 output broke its contract, 130 interrupted."


class Quiver(click.Group):
    """A click group whose errors are Quiver's."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> NoReturn:
        """Runs the verb and leaves by SystemExit, whatever `standalone_mode` says: the exit codes are ours."""
        words = list(sys.argv[1:] if args is None else args)
        try:
            code = super().main(words, prog_name or "quiver", complete_var, standalone_mode=False, **extra)
            sys.stdout.flush()
        except BrokenPipeError:  # the reader of our output has gone, as `quiver trace list | head` does
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = 0
        except (Exception, KeyboardInterrupt) as error:
            code = report(as_quiver_error(error), json=wants_json(words))
        sys.exit(code if isinstance(code, int) else 0)


def wants_json(words: Sequence[str]) -> bool:
    """Whether `--json` was asked for, read off the words themselves: some errors come before they are parsed."""
    return "--json" in words[: words.index("--")] if "--" in words else "--json" in words


def as_quiver_error(error: BaseException) -> QuiverError:
    if isinstance(error, QuiverError):
        return error
    if isinstance(error, KeyboardInterrupt | click.Abort):
        return Interrupted("stopped by the user")
    if isinstance(error, click.ClickException):
        where = getattr(error, "ctx", None)
        return UsageError(error.format_message(), hint=f"see: {where.command_path if where else 'quiver'} --help")
    if os.environ.get("QUIVER_DEBUG"):
        raise error
    return QuiverError(
        f"an error of Quiver's own, {type(error).__name__}: {error}", hint="see where it comes from with QUIVER_DEBUG=1"
    )


def report(error: QuiverError, *, json: bool) -> int:
    """Says what went wrong, where and how the caller asked for it. An error that brings data brings it along."""
    if json:
        print_json(error.to_json())
    else:
        to_stderr(f"{click.style('quiver:', fg='red', bold=True)} {error.message}")
        if error.hint:
            to_stderr(f"        {click.style(error.hint, dim=True)}")
    return error.exit_code


def _print_version(context: click.Context, option: click.Parameter, wanted: bool) -> None:
    if wanted:
        from importlib.metadata import PackageNotFoundError, version

        try:
            click.echo(f"quiver {version('quiver-agent')}")
        except PackageNotFoundError:
            click.echo("quiver, run from its source tree")
        context.exit()


@click.group(
    cls=Quiver, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version, help="Show the version."
)
def quiver() -> None:
    """One base model, a quiver of small skills, and a router that draws the right one at every step.

    \b
    quiver run "read notes.txt, then add the two amounts"
    """


for verb in (run, chat, skill, trace, evaluate, doctor, plan, serve):
    quiver.add_command(verb)
for verb in (train, merge, combine):
    skill.add_command(verb)
skill.add_command(distill)
