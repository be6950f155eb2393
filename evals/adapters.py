"""`quiver eval skills`: what every adapter adds to the base, all of them in one pass.

Each skill's own kind of step is asked of the base and of the skill, under the same contract; with `--crossed` of every
other skill too, which shows whether an adapter is for its own steps only. A row names the model that answers it, so one
engine with all adapters loaded serves the whole table, here or, with `--ray N`, in N processes of a cluster. Steps come
from the generators of `training.synthetic` with a seed that training does not use.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import click

from evals import routing_oracle
from evals.intervals import Share, bootstrap
from evals.routing_oracle import Step, plain
from evals.run_options import RunOptions, conclude, resolve, run_options, tell_resumed
from evals.runs import Record, Run, open_run, run_cases
from router.contract import ContractViolation
from router.errors import ContextOverflow, SchemaRefused

if TYPE_CHECKING:
    from adapters.skill import Skill
    from router.engines.engine import Engine

BASE = "base"


@dataclass(frozen=True)
class Asked:
    """One step for one model: `base`, or the name of a skill."""

    id: str
    step: Step
    model: str


def asked(steps: Sequence[Step], names: Sequence[str], crossed: bool) -> list[Asked]:
    """Every step of a skill in `names`, for the base and its own skill, or for all."""
    known = [step for step in steps if step.row.skill in names]
    models = {step.id: [BASE, *names] if crossed else [BASE, step.row.skill] for step in known}
    return [Asked(f"{step.id} {model}", step, model) for step in known for model in models[step.id]]


def answer(engine: Engine, skills: Mapping[str, Skill], case: Asked) -> Record:
    """The step with the weights of the case's model and the contract of its own skill."""
    own = skills[case.step.row.skill]
    expected = plain(case.step.row.output)
    known = Record(
        case.id, {"skill": own.name, "model": _model(case)}, prompt=case.step.state.text, expected=expected,
        group=case.step.id,
    )  # fmt: skip
    try:
        request = routing_oracle.request_of(own, case.step.row, own_words=not engine.base.reads_whole_task)
        began = time.perf_counter()
        completion = engine.generate(replace(request, skill=skills.get(case.model)))
    except (SchemaRefused, ContextOverflow) as error:
        return replace(known, right=False, scores={"valid": 0.0}, reason=error.message, failure=error.type)
    ms = (time.perf_counter() - began) * 1000
    try:
        said, violation = routing_oracle.said(request, completion), None
    except ContractViolation as found:
        said, violation = None, str(found)
    right = violation is None and said == expected
    return replace(
        known,
        right=right,
        scores={"valid": float(violation is None)},
        output=completion.text,
        reason=None if right else violation or "the output is another",
        failure=None if right else "invalid" if violation else "output",
        ms=ms,
        tokens=vars(completion.tokens),
    )


def _model(case: Asked) -> str:
    return case.model if case.model == BASE else "own" if case.model == case.step.row.skill else case.model


def figures(records: Sequence[Record]) -> dict[str, Any]:
    """By skill: exact and valid of every model, and what the skill gains over the base, step by step."""
    found: dict[str, Any] = {}
    for name in dict.fromkeys(str(record.slice["skill"]) for record in records):
        rows = [record for record in records if record.slice["skill"] == name]
        models = dict.fromkeys(str(record.slice["model"]) for record in rows)
        by_model = {model: [record for record in rows if record.slice["model"] == model] for model in models}
        right = {model: {r.group: float(r.right is True) for r in some} for model, some in by_model.items()}
        found[name] = {f"{model}_exact": _share([r.right for r in some]) for model, some in by_model.items()}
        found[name] |= {f"{model}_valid": _share([r.scores["valid"] for r in some]) for model, some in by_model.items()}
        if {BASE, "own"} <= right.keys():
            paired = [right["own"][step] - right[BASE][step] for step in right["own"] if step in right[BASE]]
            found[name]["gained"] = bootstrap(paired).to_json()
    return {"skills": found}


def _share(values: Iterable[Any]) -> dict[str, object]:
    counted = Counter(bool(value) for value in values)
    return Share(counted[True], counted.total()).to_json()


def measure(
    run: Run, cases: Sequence[Asked], engine: Engine, skills: Mapping[str, Skill], spread: Mapping[str, Any] | None
) -> list[Record]:
    """The records of all `cases`; `spread`: how Ray's workers open the engine, None to ask here."""
    if spread is not None:
        from evals.ray_pass import one_pass

        left = [case for case in cases if case.id not in run.done]
        for record in one_pass(left, **spread):
            run.add(record)
    return run_cases(run, cases, lambda case: answer(engine, skills, case))


@click.command("skills")
@click.option("--each", type=click.IntRange(1), default=20, show_default=True, help="Steps of each skill.")
@click.option("--skill", "names", multiple=True, metavar="NAME", help="Only these; all that are installed by default.")
@click.option("--crossed", is_flag=True, help="Ask every skill for every other skill's steps as well.")
@click.option("--seed", type=int, default=0, show_default=True, help="Which steps are drawn.")
@click.option("--engine", "engine_name", default="local", show_default=True, metavar="NAME|URL",
              help="What runs base and skills: local, or an OpenAI-compatible endpoint.")  # fmt: skip
@click.option("--base", metavar="PATH|MODEL", help="Another base than the bundled one.")
@click.option("--ray", "workers", type=click.IntRange(1), metavar="N",
              help="Spread over N processes of Ray, each with the base and all skills.")  # fmt: skip
@run_options
def command(
    how: RunOptions, each: int, names: Sequence[str], crossed: bool, seed: int, engine_name: str, base: str | None,
    workers: int | None,
) -> int:  # fmt: skip
    """What each skill adds to the base on its own steps: exact, valid, gained; all models in one pass."""
    from router.opening import open_engine, open_registry
    from router.options import Options

    registry = open_registry()
    skills = {skill.name: skill for skill in registry.all() if not names or skill.name in names}
    for name in names:
        registry.get(name)  # says so where it is not there
    drawn = routing_oracle.steps(each * len(routing_oracle.GENERATORS), seed)
    cases = how.choose(asked(drawn, list(skills), crossed))
    engine = open_engine(Options(engine=engine_name, base=base))
    options = {"each": each, "crossed": crossed, "seed": seed, "drawn": routing_oracle.digest(drawn)}
    config = resolve(options, how, engine=engine, skills=skills.values())
    spread = {"engine": engine_name, "base": base, "workers": workers} if workers else None
    with open_run("skills", config, how.out, fresh=how.fresh) as run:
        tell_resumed(run, len(cases))
        records = measure(run, cases, engine, skills, spread)
        found = figures(records)
        engine.close()
        return conclude(run, found, how, least_exact(found))


def least_exact(found: Mapping[str, Any]) -> float:
    """What `--min-accuracy` is held against: the least exact skill on its own steps."""
    return min(
        (float(row["own_exact"]["share"]) for row in found["skills"].values() if "own_exact" in row), default=0.0
    )


def rows_of(cases: Iterable[Asked]) -> Iterator[dict[str, str]]:
    """Cases as rows of text, which any worker can read: `model` names the one that answers."""
    from training.rows import to_json

    for case in cases:
        state = {"text": case.step.state.text, "observed": case.step.state.observed}
        step = {"id": case.step.id, "row": to_json(case.step.row), "state": state}
        yield {"case": case.id, "model": case.model, "step": json.dumps(step, default=dict)}


def case_of(row: Mapping[str, Any]) -> Asked:
    from router.routing import State
    from training.rows import from_json

    step = json.loads(row["step"])
    return Asked(str(row["case"]), Step(step["id"], from_json(step["row"]), State(**step["state"])), str(row["model"]))


def main(words: Sequence[str]) -> int:
    return int(command.main(list(words), standalone_mode=False) or 0)
