"""`quiver skill new|add|publish|rollback|remove|export`: from nothing to a skill that serves, and back.

Thin: what is done is in training.scaffold, add and exports and in adapters.publish, imported when asked for.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from router.cli.output import print_data, print_json, to_stderr
from router.errors import UsageError

if TYPE_CHECKING:
    from training.add import Choices
    from training.making import Making

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
FOLDER = click.Path(path_type=Path)

as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@click.command()
@click.argument("name")
@click.option("--schema", type=FILE, metavar="FILE", help="The JSON Schema of its output.")
@click.option("--tools", type=FILE, metavar="FILE", help="A list of tools, if it is to call them.")
@click.option("--examples", type=FILE, metavar="FILE", help='JSON Lines: {"request": "…", "output": {…}}.')
@click.option("--description", default="", metavar="TEXT", help="What it does and when: the router reads it.")
@click.option("--licence", default="Apache-2.0", show_default=True, help="Of the skill and its rows.")
@as_json
def new(name: str, as_json: bool, **given: Any) -> int:
    """Begin a skill: a folder to edit that is valid as it stands. Without a schema or tools, a small example."""
    from training.scaffold import next_commands, scaffold

    making = scaffold(name, **given)
    commands = next_commands(name, making.folder)
    if as_json:
        print_json({"skill": name, "folder": str(making.folder), "next": commands})
    else:
        print_data("\n".join(commands))
        to_stderr(f"{making.folder} is ready; {len(making.seeds)} examples satisfy its contract. Next, the above.")
    return 0


@click.command()
@click.argument("name")
@click.option("--teacher", metavar="URL|FOLDER", help="An OpenAI-compatible endpoint, or a model's folder.")
@click.option("--model", metavar="NAME", default="", help="The model to ask for at the endpoint.")
@click.option("--rows", type=click.IntRange(1), default=500, show_default=True, help="Rows wanted, seeds not counted.")
@click.option("--samples", type=click.IntRange(1, 64), default=1, show_default=True, help="Answers to vote on, a row.")
@click.option("--exempt", multiple=True, metavar="FIELD", help="A field whose value need not be said in the request.")
@click.option("--method", help="One of `quiver plan --method all`.  [default: alora]")
@click.option("--rank", type=click.IntRange(1, 512), help="The method's own unless given.")
@click.option("--learning-rate", type=float, help="The method's own unless given.")
@click.option("--steps", type=click.IntRange(1), help="Updates at most.  [default: 400]")
@click.option("--batch-tokens", type=click.IntRange(64), help="Tokens in an update.  [default: 1024]")
@click.option("--seed", type=int, default=0, show_default=True, help="Draws what is asked and how training begins.")
@click.option("--base", type=FOLDER, metavar="FOLDER", help="The base; the bundled one unless given.")
@click.option("--min-exact", type=click.FloatRange(0, 1), help="The least share of held-out requests exactly right.")
@click.option("--budget-requests", type=click.IntRange(1), help="Requests to the teacher at most, over all sittings.")
@click.option("--budget-tokens", type=click.IntRange(1), help="Tokens of the teacher at most, over all sittings.")
@click.option("--concurrency", type=click.IntRange(1, 256), default=8, show_default=True, help="Requests at once.")
@click.option("--dry-run", is_flag=True, help="Show the plan; ask and train nothing.")
@click.option("--resume", is_flag=True, help="Go on with the data set that was begun; no answer is asked for twice.")
@as_json
def add(name: str, dry_run: bool, as_json: bool, **given: Any) -> int:
    """Make a skill and publish it: ask a teacher, filter, train, admit, publish.

    Whatever ends it, the same command goes on where it was. A chat or a gateway that runs draws the skill at its next
    task.
    """
    from training import add as adding
    from training.making import Making

    making = Making.named(name)
    choices = _choices(making, given)
    outlined = adding.outline(making, choices)
    if dry_run:
        print_json(outlined) if as_json else print_data("\n".join(adding.told(outlined)))
        return 0
    to_stderr("\n".join(adding.told(outlined)))
    added = adding.add(making, choices, say=to_stderr)
    if as_json:
        done = {"version": added.skill.version, "folder": str(added.skill.folder), "seconds": round(added.seconds, 1)}
        print_json({**outlined, **done, "figures": added.figures, "admission": added.report.to_json()})
    else:
        print_data(f"{added.skill.version} serves. {added.figures['check'] or ''}".rstrip())
        to_stderr(f"next: quiver run --skill {name} TASK; undo with: quiver skill rollback {name}")
    return 0


def _choices(making: Making, given: dict[str, Any]) -> Choices:
    from router.opening import bundled_base
    from training.add import Choices
    from training.budget import Budget
    from training.train_making import default_plan

    asked = ("method", "rank", "learning_rate", "steps", "batch_tokens")
    return Choices(
        data=_data_plan(making, given),
        training=default_plan(making.name, seed=given["seed"] + 1, **{name: given[name] for name in asked}),
        base=given["base"] or bundled_base(),
        min_exact=given["min_exact"],
        budget=Budget(given["budget_requests"], given["budget_tokens"]),
        concurrency=given["concurrency"],
    )


def _data_plan(making: Making, given: dict[str, Any]) -> Any:
    """The plan the words name; with --resume the one that was begun; None where rows are there and no teacher is."""
    from training.distill import Plan
    from training.filters import Rules

    state = making.state("distill")
    if given["resume"] and state is not None:
        from dataclasses import replace

        begun = Plan.from_json(state.config)
        return replace(begun, teacher=given["teacher"]) if given["teacher"] else begun
    if given["teacher"]:
        wanted = {name: given[name] for name in ("teacher", "model", "rows", "samples", "seed")}
        return Plan(rules=Rules(exempt=given["exempt"]), **wanted)
    if making.rows.is_file():
        return None
    raise UsageError("no teacher is named", hint="name one: --teacher http://host:port/v1 --model NAME")


@click.command()
@click.argument("skill", metavar="NAME|FOLDER")
@click.option(
    "--base", type=FOLDER, metavar="FOLDER", help="The base it should serve on; the bundled one unless given."
)
@click.option("--min-exact", type=click.FloatRange(0, 1), help="The least share of held-out requests exactly right.")
@as_json
def publish(skill: str, base: Path | None, min_exact: float | None, as_json: bool) -> int:
    """Admit a skill and make it the one that serves: one that was made here, or a skill's folder."""
    from router.opening import bundled_base

    on = base or bundled_base()
    done = (
        _publish_folder(Path(skill), on) if Path(skill, "SKILL.md").is_file() else _publish_made(skill, on, min_exact)
    )
    if as_json:
        print_json({"version": done.version, "folder": str(done.folder)})
    else:
        print_data(done.version)
    return 0


def _publish_made(name: str, base: Path, min_exact: float | None) -> Any:
    from adapters.verdicts import required
    from training import add as adding
    from training.making import Making

    making = Making.named(name)
    required(adding.check(making, base, min_exact, say=to_stderr))
    return adding.publish_made(making)


def _publish_folder(folder: Path, base: Path) -> Any:
    from adapters.admission import Gate, check_skill
    from adapters.publish import publish, replaced
    from adapters.registry import open_versions
    from adapters.skill import load_skill
    from adapters.verdicts import required
    from router.opening import open_engine
    from router.options import Options

    before = replaced(load_skill(folder).name, open_versions())
    engine = open_engine(Options(base=str(base)))
    required(check_skill(folder, base, engine, Gate(before=before)))
    return publish(folder, open_versions())


@click.command()
@click.argument("name")
@click.option(
    "--to", metavar="VERSION", help="A version of it, or the beginning of its digest; the last one unless given."
)
@as_json
def rollback(name: str, to: str | None, as_json: bool) -> int:
    """Make the version before the present one serve again."""
    from adapters import publish as publishing
    from adapters.registry import open_versions

    found = publishing.rollback(name, open_versions(), to)
    if as_json:
        print_json({"version": found.version, "folder": str(found.folder)})
    else:
        print_data(found.version)
    return 0


@click.command()
@click.argument("name")
@click.option("--purge", is_flag=True, help="Delete its versions as well; they cannot be brought back.")
@as_json
def remove(name: str, purge: bool, as_json: bool) -> int:
    """Take a published skill out of service. `rollback` brings it back, unless --purge."""
    from adapters import publish as publishing
    from adapters.registry import open_versions

    left = publishing.remove(name, open_versions(), purge=purge)
    if as_json:
        print_json({"skill": name, "versions": left})
    else:
        to_stderr(f"{name} serves no more." + (f" Bring it back: quiver skill rollback {name}" if left else ""))
    return 0


@click.command()
@click.argument("name")
@click.option(
    "--for", "trainer", required=True, metavar="TRAINER", help="trl, axolotl, llama-factory, unsloth or nemo."
)
@click.option("--out", type=FOLDER, metavar="FOLDER", help="WORKSPACE/export/TRAINER unless given.")
@click.option("--base", "on", default="Qwen/Qwen3-0.6B", show_default=True, metavar="MODEL", help="What it trains.")
@click.option(
    "--devices", type=click.IntRange(1), default=1, show_default=True, help="GPUs to train on together (trl)."
)
@click.option("--sharded", is_flag=True, help="The base does not fit on one of them: FSDP.")
@as_json
def export(
    name: str, trainer: str, out: Path | None, on: str, devices: int, sharded: bool, as_json: bool
) -> int:  # fmt: skip
    """Write the accepted rows and a ready configuration for another trainer."""
    from training.exports import TRAINERS, Settings
    from training.exports import export as write
    from training.making import Making

    making = Making.named(name)
    folder = out or making.folder / "export" / trainer
    settings = Settings(base=on, devices=devices, sharded=sharded)
    paths = write(making, trainer, folder, settings)
    command = f"cd {folder} && {TRAINERS[trainer].start(settings)}"
    if as_json:
        print_json({"skill": name, "files": [str(path) for path in paths], "command": command})
    else:
        print_data(command)
        to_stderr(f"{folder}: {', '.join(path.name for path in paths)}")
    return 0


VERBS = (new, add, publish, rollback, remove, export)
