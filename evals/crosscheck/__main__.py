"""Holds our checker of calls against bfcl-eval's own, on its own cases: python -m evals.crosscheck.

Makes an environment of its own, puts bfcl-eval into it without what it depends on (its AST checker needs none of it),
reads the cases from there, and compares verdicts on right outputs, changed ones and, with --run, what a model really
said in runs of `quiver eval calls --set bfcl`. Every disagreement is printed; exit code 1 when there is one.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import venv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from evals.call_cases import Case, find_bfcl, read_bfcl
from evals.call_check import check
from evals.crosscheck.mutate import Call, mutated, right_calls
from router.conversation import ToolCall
from router.errors import QuiverError, UsageError

PACKAGE = "bfcl-eval==2026.3.23"
JUDGE = Path(__file__).with_name("judge.py")
Output = tuple[Case, list[Call]]


def environment(folder: Path) -> Path:
    """The Python of an environment with bfcl-eval in it, made when it is not there."""
    python = folder / "bin" / "python"
    if not any(folder.glob("lib/python3*/site-packages/bfcl_eval")):
        venv.create(folder, with_pip=True)
        done = subprocess.run([python, "-m", "pip", "install", "--quiet", "--no-deps", PACKAGE], check=False)
        if done.returncode:
            raise UsageError(f"{PACKAGE} could not be installed into {folder}", hint="is there a package index?")
    return python


def cases_of(folder: Path) -> list[Case]:
    """The cases that have answers, from the package in the environment."""
    packages = next(folder.glob("lib/python3*/site-packages"))
    place = find_bfcl(packages)
    assert place is not None
    return [case for case in read_bfcl(place) if case.wanted]


def made_outputs(cases: Sequence[Case], count: int, seed: int) -> Iterator[Output]:
    """A right output of every case, then changed ones of cases drawn, at least `count` in all."""
    rng = random.Random(seed)
    for case in cases:
        yield case, right_calls(case.wanted, rng)
    for case in rng.choices(cases, k=max(0, count - len(cases))):
        yield case, mutated(right_calls(case.wanted, rng), rng)


def real_outputs(cases: Sequence[Case], runs: Sequence[Path]) -> Iterator[Output]:
    """What a model said in runs: the calls read from the outputs of their records."""
    from evals.call_schemas import as_offered
    from evals.call_step import read_calls
    from evals.runs import read_run

    by_id = {case.id: case for case in cases}
    for folder in runs:
        for record in read_run(folder).records():
            case = by_id.get(record.group or record.case)
            if case is not None:
                calls = as_offered(read_calls(record.output).calls, case.tools)
                yield case, [{call.name: dict(call.arguments)} for call in calls]


def verdicts_upstream(python: Path, outputs: Sequence[Output]) -> list[bool | str]:
    rows = "".join(json.dumps(_row(case, calls)) + "\n" for case, calls in outputs)
    done = subprocess.run([python, JUDGE], input=rows, capture_output=True, text=True, check=False)
    said = [json.loads(line) for line in done.stdout.splitlines()]
    if len(said) != len(outputs):
        raise UsageError(f"bfcl-eval's checker stopped: {done.stderr[-500:]}", hint=f"try: {python} {JUDGE}")
    return said


def _row(case: Case, calls: Sequence[Call]) -> dict[str, Any]:
    functions = [{"name": t.name, "description": t.description, "parameters": t.parameters} for t in case.tools]
    accepted = [{each.name: each.arguments} for each in case.wanted]
    return {"functions": functions, "calls": calls, "accepted": accepted, "category": case.category.replace("-", "_")}


def ours(case: Case, calls: Sequence[Call]) -> str | None:
    plain = json.loads(json.dumps(calls))
    made = [ToolCall(name, arguments) for call in plain for name, arguments in call.items()]
    return check(case.tools, made, case.wanted)


def compare(outputs: Sequence[Output], upstream: Sequence[bool | str]) -> dict[str, Any]:
    """Counts, and every disagreement. Where upstream's checker failed there is no verdict to agree with."""
    counts = {"outputs": len(outputs), "judged": 0, "agreed": 0, "right": 0, "upstream_failed": 0}
    apart: list[Mapping[str, Any]] = []
    for (case, calls), theirs in zip(outputs, upstream, strict=True):
        if isinstance(theirs, str):
            counts["upstream_failed"] += 1
            continue
        why = ours(case, calls)
        counts["judged"] += 1
        counts["right"] += theirs
        counts["agreed"] += (why is None) == theirs
        if (why is None) != theirs:
            apart.append({"case": case.id, "upstream": theirs, "ours": why or "right", "calls": calls,
                          "accepted": [{each.name: each.arguments} for each in case.wanted]})  # fmt: skip
    return {**counts, "disagreements": apart}


@click.command()
@click.option("--venv", "folder", type=click.Path(path_type=Path), default=Path("build/crosscheck"), show_default=True,
              help="Where the environment is, or is to be made.")  # fmt: skip
@click.option("--outputs", type=click.IntRange(1), default=10_000, show_default=True, help="How many to make.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--run", "runs", type=click.Path(path_type=Path), multiple=True, help="A run of quiver eval calls.")
def command(folder: Path, outputs: int, seed: int, runs: Sequence[Path]) -> int:
    """Our checker of calls against bfcl-eval's."""
    python = environment(folder)
    cases = cases_of(folder)
    disagreements = 0
    for name, some in (("made", made_outputs(cases, outputs, seed)), ("real", real_outputs(cases, runs))):
        drawn = list(some)
        found = compare(drawn, verdicts_upstream(python, drawn)) if drawn else None
        if found is not None:
            disagreements += len(found["disagreements"])
            _tell(name, found)
    return 1 if disagreements else 0


def _tell(name: str, found: Mapping[str, Any]) -> None:
    for each in found["disagreements"]:
        click.echo(json.dumps(each, ensure_ascii=False))
    share = found["agreed"] / found["judged"] if found["judged"] else 0.0
    click.echo(
        f"{name} outputs: {found['agreed']} of {found['judged']} verdicts agree ({share:.2%}), "
        f"{found['right']} of them right; upstream's checker failed on {found['upstream_failed']} more"
    )


if __name__ == "__main__":
    try:
        sys.exit(command.main(standalone_mode=False))
    except QuiverError as error:
        sys.exit(f"{error.message}\n→ {error.hint}")
