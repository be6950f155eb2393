"""`quiver skill`: the skills the router can draw: list them, read one, admit one. Making them is in its own modules."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from router.cli import making, making_distill, making_train
from router.cli.output import columns, one_line, print_data, print_json, print_verdict, to_stderr

if TYPE_CHECKING:
    from adapters.admission import Report
    from adapters.registry import Registry
    from adapters.skill import Skill

COLOURS = {"pass": "green", "skip": "yellow", "fail": "red"}

as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@click.group()
def skill() -> None:
    """The skills: small adapters, each with its contract, examples and card."""


@skill.command("list")
@as_json
def list_(as_json: bool) -> int:
    """List the bundled skills and your own."""
    known = registry()
    skills, broken = known.all(), known.broken()
    if as_json:
        reasons = {name: error.to_json()["error"] for name, error in broken.items()}
        print_json({"skills": [summary(each) for each in skills], "broken": reasons})
    else:
        for name, error in broken.items():
            to_stderr(f"{name} cannot be used: {error.message}")
        rows = [(each.version, each.contract, one_line(each.description, 80)) for each in skills]
        print_data("\n".join(columns(rows)))
    return 0


@skill.command()
@click.argument("name")
@as_json
def show(name: str, as_json: bool) -> int:
    """Show one skill: what it is for, its contract, its checks, its scores."""
    found = registry().get(name)
    about = {**summary(found), "instructions": found.instructions, "schema": found.schema, "card": found.card}
    if as_json:
        print_json(about)
    else:
        print_data("\n".join(_paragraphs(found)))
    return 0


@skill.command()
@click.argument("skill", metavar="NAME|FOLDER")
@click.option("--base", type=click.Path(path_type=Path), metavar="FOLDER", help="The base it should serve on.")
@click.option("--min-exact", type=click.FloatRange(0, 1), help="The least share of held-out requests exactly right.")
@as_json
def check(skill: str, base: Path | None, min_exact: float | None, as_json: bool) -> int:
    """Put a skill through admission: everything it must pass before it may serve. One that is being made is tried on
    its held-out requests, beside the version it would replace."""
    report = _checked(skill, base, min_exact)
    if as_json:
        print_json(report.to_json())
    else:
        for each in report.checks:
            print_verdict(each.verdict, COLOURS[each.verdict], each.name, each.why, each.fix)
    return 0 if report.passed else 1


def _checked(skill: str, base: Path | None, min_exact: float | None) -> Report:
    from adapters.admission import Gate, check_skill
    from adapters.registry import home
    from adapters.skill import is_name
    from router.opening import bundled_base, open_engine
    from router.options import Options

    is_folder = Path(skill, "SKILL.md").is_file()
    if not is_folder and is_name(skill) and (home() / "making" / skill / "SKILL.md").is_file():
        from training import add
        from training.making import Making

        return add.check(Making.named(skill), base or bundled_base(), min_exact, say=to_stderr)
    folder = Path(skill) if is_folder else registry().get(skill).folder
    engine = open_engine(Options(base=str(base) if base else None))
    return check_skill(folder, base or bundled_base(), engine, Gate(min_exact=min_exact))


def registry() -> Registry:
    from router.opening import open_registry

    return open_registry()


def summary(skill: Skill) -> dict[str, Any]:
    return {
        "name": skill.name,
        "version": skill.version,
        "description": skill.description,
        "contract": skill.contract,
        "checks": list(skill.checks),
        "examples": len(skill.examples),
        "weights": skill.weights is not None,
        "folder": str(skill.folder),
    }


def _paragraphs(skill: Skill) -> list[str]:
    import json

    parts = [f"{skill.version}  ({skill.folder})", skill.description, ""]
    parts += [f"contract  {skill.contract}", f"checks    {', '.join(skill.checks) or 'none'}"]
    parts += [f"examples  {len(skill.examples)}", f"weights   {skill.weights or 'none: the base alone'}", ""]
    if skill.schema is not None:
        parts += ["schema", json.dumps(skill.schema, ensure_ascii=False, indent=2), ""]
    if skill.card:
        parts += ["card", json.dumps(skill.card, ensure_ascii=False, indent=2), ""]
    return [*parts, skill.instructions]


for _verb in (*making.VERBS, making_distill.distill, making_train.train, making_train.merge, making_train.combine):
    skill.add_command(_verb)
