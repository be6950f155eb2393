"""`quiver trace`: what was run, step by step; as text, as a page, as data, and once more."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from router.cli.output import columns, one_line, print_data, print_json, printable, to_stderr
from router.cli.steps import plain, why
from router.errors import UsageError

if TYPE_CHECKING:
    from router.trace import Trace, Traces

trace_id = click.argument("id", default="last")
as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@click.group()
@click.option(
    "--from",
    "place",
    metavar="URL",
    help="The database several gateways record in, postgresql://…; else that of QUIVER_TRACES, else QUIVER_HOME.",
)
@click.pass_context
def trace(context: click.Context, place: str | None) -> None:
    """Look at past runs. ID is a trace's id, an unambiguous beginning of one, or `last`."""
    context.obj = place


@trace.command("list")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="How many, newest first.")
@as_json
def list_(limit: int, as_json: bool) -> int:
    """List the runs, newest first."""
    from dataclasses import asdict

    runs = store().list(limit)
    if as_json:
        print_json({"traces": [asdict(run) for run in runs]})
    elif not runs:
        to_stderr('no runs yet; make one: quiver run "what is 15% of 240?"')
    else:
        rows = [
            (run.id, run.status, f"{run.steps} steps", ",".join(run.skills), one_line(run.task, 60)) for run in runs
        ]
        print_data("\n".join(columns(rows)))
    return 0


@trace.command()
@trace_id
@click.option("--html", "as_html", is_flag=True, help="Draw one self-contained page.")
@click.option("--output", "-o", type=click.Path(path_type=Path), metavar="FILE", help="Write the page there.")
@click.option("--explain", is_flag=True, help="Say why, and every output word for word.")
@as_json
def show(id: str, as_html: bool, output: Path | None, explain: bool, as_json: bool) -> int:
    """Show a run step by step."""
    run = store().load(id)
    if as_html or output:
        from router.trace_page import page

        _give(page(run), output, "the page")
    elif as_json:
        print_json({"id": run.id, "task": run.task, "started": run.started, **run.record.to_json()})
    else:
        print_data(as_text(run, explain=explain))
    return 0


@trace.command()
@trace_id
@click.option("--output", "-o", type=click.Path(path_type=Path), metavar="FILE", help="Write to this file.")
@as_json
def export(id: str, output: Path | None, as_json: bool) -> int:
    """Export a run's lines as they were recorded (JSONL), secrets already hidden."""
    rows = list(store().export(id))
    if as_json:
        print_json({"trace": rows})
    else:
        _give("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), output, None)
    return 0


@trace.command()
@trace_id
@click.option("--live", is_flag=True, help="Ask the real engine and run the real tools, and compare.")
@click.option("--yes", is_flag=True, help="With --live: approve every tool that writes or uses the network.")
@as_json
def replay(id: str, live: bool, yes: bool, as_json: bool) -> int:
    """Run a task again from its recorded outputs and observations, and say whether the same steps come out."""
    from router.cli.approval import Approval
    from router.replay import replay_live, replay_recorded

    run = store().load(id)
    result = replay_live(run, Approval(yes=yes)) if live else replay_recorded(run)
    if as_json:
        print_json(result.to_json())
    elif result.same:
        print_data(f"the same {len(run.steps)} steps and the same answer")
    else:
        print_data("\n".join(str(difference) for difference in result.differences))
    return 0 if result.same else 1


def store() -> Traces:
    from router.opening import open_store

    return open_store(click.get_current_context().obj)


def as_text(run: Trace, *, explain: bool) -> str:
    lines = [f"{run.id}  {run.status}  {run.started}", printable(run.task), ""]
    for number, (step, generations) in enumerate(zip(run.steps, run.generations, strict=False), start=1):
        lines.append(plain(number, step))
        if explain:
            said = [f"said     {generation.text}" for generation in generations if generation.scores is None]
            lines += [f"    {line}" for line in (*why(step), *said)]
    lines += ["", f"answer: {run.answer}"] if run.answer is not None else []
    lines += [f"error: {run.error['message']}"] if run.error else []
    return "\n".join(lines)


def _give(text: str, output: Path | None, too_long_for_a_terminal: str | None) -> None:
    """To the file, whole or not at all, and then its path to stdout; or the text itself to stdout."""
    if output is not None:
        from router.cache import write_atomically

        try:
            write_atomically(output, text.encode())
        except OSError as error:
            raise UsageError(f"cannot write {output}: {error.strerror}", hint="choose another file with -o") from error
        print_data(str(output))
    elif too_long_for_a_terminal and sys.stdout.isatty():
        raise UsageError(f"{too_long_for_a_terminal} would flood the terminal", hint="give it a file: -o run.html")
    else:
        click.echo(text, nl=False)
