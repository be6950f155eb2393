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
@click.option("--measure", is_flag=True, help="Train and score a method that no engine serves; no weights are written.")
@click.option("--fresh", is_flag=True, help="Begin anew, whatever was trained before.")
@click.option("--resume", is_flag=True, help="Go on where a run was interrupted: what happens anyway.", hidden=True)
@on_base
@as_json
def train(name: str, base: Path | None, as_json: bool, fresh: bool, resume: bool, **given: Any) -> int:
    """Train the weights of a skill being made, from its accepted rows.

    An interrupted run goes on where it was; a finished one is not run again.
    """
    from training.making import Making
    from training.train_making import default_plan, train_making

    making = Making.named(name)
    plan = default_plan(name, **given)
    card = train_making(making, plan, base or _bundled(), fresh=fresh, say=_say)
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
    from router.errors import UsageError

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
    from router.session import bundled_base

    return bundled_base()


def _say(record: dict[str, Any]) -> None:
    to_stderr(json.dumps(record))
