"""`quiver skill train|merge|combine`: weights for a skill being made, one checkpoint of base and skill, one of several.

Thin: what is done is in training.train_making, training.merge and training.combine, imported when asked for.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from router.cli.output import print_data, print_json, to_stderr
from router.errors import UsageError

FOLDER = click.Path(path_type=Path)

as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
on_base = click.option("--base", type=FOLDER, metavar="FOLDER", help="The base; the bundled one unless given.")


@click.command()
@click.argument("name")
@click.option("--method", help="One of `quiver plan --method all`.  [default: alora]")
@click.option("--rank", type=click.IntRange(1, 512), help="The method's own unless given.")
@click.option("--learning-rate", type=float, help="The method's own unless given; --sweep finds one.")
@click.option("--steps", type=click.IntRange(1), help="Updates at most.  [default: 400]")
@click.option("--batch-tokens", type=click.IntRange(64), help="Tokens in an update.  [default: 1024]")
@click.option("--patience", type=click.IntRange(0), help="Looks at held-out rows without a better one; 0: never stop.")
@click.option("--seed", type=int, help="Of initialisation and order.")
@click.option("--sweep", is_flag=True, help="Try three rates first, 30 updates each.")
@click.option("--recompute", is_flag=True, help="Compute activations again on the way back: less memory, more time.")
@click.option(
    "--refine",
    "how",
    type=click.Choice(["dpo", "kto", "on-policy"]),
    help="Refine what is trained: on accepted and rejected samples of the teacher, or on its own against a --teacher.",
)
@click.option("--teacher", metavar="FOLDER", help="For --refine on-policy: a model with the base's words.")
@click.option(
    "--beta", type=click.FloatRange(0, min_open=True), help="For dpo and kto: how near it stays.  [default: 0.1]"
)
@click.option("--measure", is_flag=True, help="Train and score a method that no engine serves; no weights are written.")
@click.option("--processes", type=click.IntRange(1), default=1, show_default=True, help="One a device, or a core.")
@click.option("--fresh", is_flag=True, help="Begin anew, whatever was trained before.")
@click.option("--resume", is_flag=True, help="Go on where a run was interrupted: what happens anyway.", hidden=True)
@on_base
@as_json
@click.pass_context
def train(
    context: click.Context, /, name: str, processes: int, base: Path | None, as_json: bool, fresh: bool, resume: bool,
    how: str | None, teacher: str | None, beta: float | None, **given: Any,
) -> int:  # fmt: skip
    """Train the weights of a skill being made, from its accepted rows; or refine them.

    An interrupted run goes on where it was; a finished one is not run again.
    """
    from training.making import Making
    from training.train_making import default_plan, train_making
    from training.workers import Workers

    making = Making.named(name)
    if processes > 1:
        return _in_processes(context, processes)
    if how is not None:
        return _refine(making, base or _bundled(), how, fresh, as_json, {**given, "teacher": teacher, "beta": beta})
    if teacher or beta:
        raise UsageError("--teacher and --beta are for a refinement", hint="say which: --refine dpo, kto or on-policy")
    plan = default_plan(name, **given)
    card = train_making(making, plan, base or _bundled(), fresh=fresh, say=_say)
    if Workers.join().rank:
        return 0  # the first process has spoken
    if as_json:
        print_json({"skill": name, **card})
    else:
        held = card["held_out"]
        print_data(
            f"{name}: {held['exact']} of {held['rows']} held-out rows exact, {held['exact_base']} without; "
            f"{card['left']['form']}"
        )
        to_stderr(f"next: quiver skill check {making.folder}")
    return 0


def _in_processes(context: click.Context, processes: int) -> int:
    """The same command again, in several processes that train together."""
    import subprocess

    from click.core import ParameterSource

    from training.launching import command

    if context.params["how"] is not None:
        raise UsageError("a refinement is trained in one process", hint="leave --processes out")
    words = []
    for option in context.command.params:
        value = context.params.get(option.name or "")
        said = context.get_parameter_source(option.name or "") is ParameterSource.COMMANDLINE
        if isinstance(option, click.Option) and said and option.name != "processes":
            words += [option.opts[0]] if option.is_flag else [option.opts[0], str(value)]
    return subprocess.run(command(processes, ["skill", "train", context.params["name"], *words])).returncode


def _refine(making: Any, base: Path, how: Any, fresh: bool, as_json: bool, given: dict[str, Any]) -> int:
    from training.refine import Plan, refine

    words = {"learning_rate": "rate", "steps": "steps", "patience": "patience", "seed": "seed", "beta": "beta",
             "teacher": "teacher"}  # fmt: skip
    unused = [name for name, value in given.items() if value and name not in words]
    if unused:
        raise UsageError(f"--{unused[0].replace('_', '-')} is not for a refinement", hint="leave it out")
    said = {words[name]: value for name, value in given.items() if value is not None and name in words}
    card = refine(making, Plan(making.name, how, **said), base, fresh=fresh, say=_say)
    refined = card["refined"]
    if as_json:
        print_json({"skill": making.name, **card})
        return 0
    before, after = refined["before"], refined["after"]
    print_data(
        f"{making.name}, {refined['how']}: {before['exact']} → {after['exact']} of {after['of']} held-out rows exact, "
        f"{before['loss']} → {after['loss']} nats a token"
    )
    to_stderr("the refined weights are kept" if refined["kept"] else "no better: the weights are as they were")
    return 0


@click.command()
@click.argument("name")
@click.option("--out", type=FOLDER, required=True, metavar="FOLDER", help="Where the merged base is written.")
@click.option("--anyway", is_flag=True, help="Merge an activated skill too; it then acts on the whole conversation.")
@on_base
@as_json
def merge(name: str, out: Path, anyway: bool, base: Path | None, as_json: bool) -> int:
    """Merge a skill into its base: one checkpoint, for a deployment of this skill alone."""
    from training.merge import merge as merged

    difference = merged(_skill(name), base or _bundled(), out, anyway=anyway)
    if as_json:
        print_json({"folder": str(out), **asdict(difference)})
    else:
        print_data(
            f"{out}: logits differ by {difference.relative:.3%} of their size, at most {difference.largest:.4f}; "
            f"first choices alike on {difference.alike:.1%} of {difference.tokens} tokens"
        )
    return 0


@click.command()
@click.argument("skills", nargs=-1, required=True, metavar="SKILL SKILL...")
@click.option("--as", "name", required=True, metavar="NAME", help="What the result is called.")
@click.option("--how", type=click.Choice(["linear", "svd", "ties", "dare"]), default="linear", show_default=True)
@click.option("--weights", metavar="W,W,…", help="A weight for each skill; equal ones summing to 1 unless given.")
@click.option("--rank", type=click.IntRange(1, 512), help="Of the result, but for linear; the largest unless given.")
@click.option("--density", type=click.FloatRange(0, 1, min_open=True), default=0.5, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="Of what DARE drops.")
@click.option("--out", type=FOLDER, metavar="FOLDER", help="$QUIVER_HOME/making/NAME unless given.")
@as_json
def combine(
    skills: tuple[str, ...], name: str, how: str, weights: str | None, rank: int | None, density: float, seed: int,
    out: Path | None, as_json: bool,
) -> int:  # fmt: skip
    """Make one skill of several, in weight space; its contract and instructions are the first one's."""
    from adapters.registry import home
    from training import combine as combining

    found = [_skill(each) for each in skills]
    shares = _numbers(weights)
    made = combining.combine(found, how, shares, rank=rank, density=density, seed=seed)
    folder = out or home() / "making" / name
    about = {"way": how, "weights": shares or "equal", "density": density if how in ("ties", "dare") else None}
    combining.write(made, found, name, folder, about)
    if as_json:
        print_json({"skill": name, "folder": str(folder), "rank": made.rank, "energy": made.energy})
    else:
        print_data(f"{folder}: rank {made.rank}, {made.energy:.2%} of the combined change kept")
        to_stderr(f"next: quiver skill check {folder}")
    return 0


def _numbers(text: str | None) -> list[float]:
    try:
        return [float(part) for part in (text or "").replace(",", " ").split()]
    except ValueError:
        raise UsageError(f"{text!r} is no list of weights", hint="write them as 0.7,0.3") from None


def _skill(name: str) -> Any:
    """A skill by name, or one in a folder, as what is being made is."""
    from adapters.skill import load_skill
    from router.cli.skill import registry

    return load_skill(Path(name)) if Path(name, "SKILL.md").is_file() else registry().get(name)


def _bundled() -> Path:
    from router.opening import bundled_base

    return bundled_base()


def _say(record: dict[str, Any]) -> None:
    to_stderr(json.dumps(record))
