"""`quiver eval loop`: make a teacher, serve it, add a skill from nothing, measure. Thin; the rest is in evals.loop."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import click

from router.cache import write_atomically
from router.cli.output import print_data, print_json, to_stderr

SECONDS = 600.0  # what adding a skill may take on two cores


@click.command("loop")
@click.option("--out", type=click.Path(path_type=Path), required=True, metavar="FOLDER", help="Everything goes there.")
@click.option(
    "--teacher",
    "kind",
    type=click.Choice(["model", "rules"]),
    default="model",
    show_default=True,
    help="A model of the domain behind vLLM (QUIVER_VLLM_PYTHON) or quiver serve, or the domain's rules behind HTTP.",
)
@click.option("--rows", type=click.IntRange(10), default=500, show_default=True)
@click.option("--samples", type=click.IntRange(1), default=1, show_default=True, help="Answers a request, voted on.")
@click.option("--cases", type=click.IntRange(10), default=100, show_default=True, help="Held-out requests.")
@click.option("--steps", type=click.IntRange(1), default=400, show_default=True, help="Updates of the skill at most.")
@click.option("--method", help="How the skill is trained; quiver's own choice unless given.")
@click.option("--teacher-steps", type=click.IntRange(1), default=300, show_default=True, help="Updates of the teacher.")
@click.option("--min-exact", type=click.FloatRange(0, 1), default=0.6, show_default=True, help="Admission's gate.")
@click.option("--base", type=click.Path(path_type=Path), metavar="FOLDER", help="The bundled one unless given.")
@click.option("--no-ablation", is_flag=True, help="Do not train on the unfiltered rows as well.")
@click.option("--teacher-only", is_flag=True, help="Make the teacher and stop.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def command(
    out: Path, kind: str, rows: int, samples: int, cases: int, steps: int, teacher_steps: int, min_exact: float,
    method: str | None, base: Path | None, no_ablation: bool, teacher_only: bool, as_json: bool,
) -> int:  # fmt: skip
    """A skill from nothing: twenty examples of a domain nobody here knows, a teacher over HTTP, `skill add`.

    Also whether a session that was open all the while draws it. What is made already is not made again.
    """
    from evals.loop import measure, teachers
    from router.opening import bundled_base

    on = base or bundled_base()
    loop = measure.Loop(out.absolute(), on, rows, cases, samples, min_exact, steps, not no_ablation, method)
    loop.out.mkdir(parents=True, exist_ok=True)
    os.environ["QUIVER_HOME"] = str(loop.home)
    making = measure.begin(loop, to_stderr)
    began = time.monotonic()
    with ExitStack() as held:
        if kind == "rules":
            address = held.enter_context(teachers.rules())
        else:
            folder = teachers.make(making, loop.base, loop.out / "teacher", teacher_steps)
            to_stderr(f"the teacher is {folder}, {time.monotonic() - began:.0f} s")
            if teacher_only:
                return 0
            address = held.enter_context(teachers.serving(folder, loop.out / "teacher.log"))
            to_stderr(f"{address.by} serves it at {address.url}")
        figures = measure.whole(loop, address, to_stderr)
    figures["targets_missed"] = measure.missed(figures, SECONDS)
    write_atomically(loop.out / "figures.json", json.dumps(figures, ensure_ascii=False, indent=1).encode())
    print_json(figures) if as_json else print_data(measure.told(figures))
    for what in figures["targets_missed"]:
        to_stderr(f"missed: {what}")
    return 1 if figures["targets_missed"] else 0


def main(words: Sequence[str]) -> int:
    return int(command.main(list(words), standalone_mode=False) or 0)
