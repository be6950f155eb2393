"""`quiver eval routing`: does the router draw the right skill, know when none fits, and know how sure it may be?

One record a request; every request is routed alone and timed, as at run time. Baselines see the same skills, examples
and requests in the same run. Data: `evals.routing_data`; figures: `evals.routing_scores`; what right routing is worth
in outputs: `evals.routing_oracle`.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from adapters.skill import SkillExample
from evals import routing_baselines as baselines
from evals import routing_scores as scores
from evals.routing_data import SETS, KnownSkill, RoutedCase, RoutingSet, Split, available, files_of, read_set
from evals.run_options import RunOptions, conclude, resolve, run_options, tell_resumed
from evals.runs import NO_CLASS, Record, Run, open_run, run_cases
from router.errors import UsageError

if TYPE_CHECKING:
    from router.encoder import Encoder
    from router.engines.engine import Engine
    from router.routing import Decision, Router, State

PROMPTED = "prompted-base"
NAMES_SCORED = 2000  # by the prompted base, of each set: a name takes a pass of the model
TOGETHER = 500
UNRELATED = KnownSkill(
    "knitting-pattern",
    "Write out a knitting pattern, row by row. Use for garments to be knitted from a given yarn and gauge.",
    tuple(
        SkillExample(text)
        for text in (
            "cast on 84 stitches for a ribbed hat in worsted",
            "give me the raglan decreases for a child's jumper",
            "how should the heel flap of a size 38 sock go, row by row",
            "a moss stitch scarf for 200 grams of merino, please",
            "pattern for fingerless mitts at 22 stitches to 10 cm",
            "chart a cable panel of 16 stitches",
        )
    ),
)


@dataclass
class Bench:
    """One set, ready to be asked. `choices`: what each baseline chose, by case; `changed`: decisions of routers that
    learned in another order or one skill more."""

    router: Router
    choices: dict[str, dict[str, baselines.Choice | None]] = field(default_factory=dict)
    changed: dict[str, dict[str, str]] = field(default_factory=dict)


def prepare(
    routing_set: RoutingSet, cases: Sequence[RoutedCase], encoder: Encoder, engine: Engine | None, prompted: int,
    methods: Sequence[str],
) -> Bench:  # fmt: skip
    """Learns the skills, and asks everything that is not timed about all `cases` together."""
    texts = baselines.Remembering(encoder)
    bench = Bench(learned(routing_set.skills, texts))
    states, names = [case.state for case in cases], [case.id for case in cases]
    for method in methods:
        if method in baselines.BASELINES:
            chosen = baselines.BASELINES[method](routing_set.skills, states, texts)
            bench.choices[method] = dict(zip(names, chosen, strict=True))
    if engine is not None and prompted:
        affordable = max(1, NAMES_SCORED // len(routing_set.skills))
        said = baselines.prompted(engine, routing_set.skills, states[: min(prompted, affordable)])
        bench.choices[PROMPTED] = dict(zip(names, said, strict=False))
    shuffled = random.Random(1).sample(routing_set.skills, len(routing_set.skills))
    others = {"reordered": shuffled, "unrelated": [*routing_set.skills, UNRELATED]}
    for what, skills in others.items():
        bench.changed[what] = dict(zip(names, _decided(learned(skills, texts), states), strict=True))
    return bench


def _decided(router: Router, states: Sequence[State]) -> list[str]:
    """A few hundred at a time: every one is held against every example."""
    parts = [states[start : start + TOGETHER] for start in range(0, len(states), TOGETHER)]
    return [_class(decision) for part in parts for decision in router.route_all(part)]


def learned(skills: Sequence[KnownSkill], encoder: Any) -> Router:
    from router.routing import Router, State

    router = Router(encoder, remember=False)
    for skill in skills:
        router.learn(skill.name, skill.description, skill.examples)
    router.route(State("warm up"))
    return router


def ask(bench: Bench, name: str, case: RoutedCase) -> Record:
    """Routes one request, and puts beside it what the others made of it."""
    began = time.perf_counter()
    decision = bench.router.route(case.state)
    ms = (time.perf_counter() - began) * 1000
    chosen, first = _class(decision), decision.ranked[0][0]
    gold = _gold(case, chosen, first)
    right = chosen in case.skills if case.skills else chosen == NO_CLASS
    found = {"fit": sum(probability for _, probability in decision.ranked), **_first("first", case, first)}
    for method, choices in bench.choices.items():
        choice = choices.get(case.id)
        if choice is not None:
            found |= {f"{method} fit": choice[1], **_first(f"{method} first", case, choice[0])}
    found |= {what: float(kept[case.id] == chosen) for what, kept in bench.changed.items() if case.id in kept}
    ranked = [[each, round(probability, 4)] for each, probability in decision.ranked[:5]]
    return Record(
        case=case.id,
        slice={"set": name, "kind": case.kind, "observed": case.state.observed},
        right=right,
        scores=found,
        prompt=case.state.text + ("\n[observed]" if case.state.observed else ""),
        output=json.dumps({"skill": decision.skill, "ranked": ranked}, ensure_ascii=False),
        expected={"skills": list(case.skills)},
        reason=None if right else _reason(case, chosen, first),
        failure=None if right else "route" if chosen != NO_CLASS else "rejected",
        ms=ms,
        confidence=min(1.0, max(0.0, decision.confidence)),
        gold=gold,
        predicted=chosen,
    )


def _class(decision: Decision) -> str:
    return decision.skill or NO_CLASS


def _gold(case: RoutedCase, chosen: str, first: str) -> str:
    """Of several right skills, the one that was chosen; else the first listed."""
    return next((name for name in (chosen, first, *case.skills) if name in case.skills), NO_CLASS)


def _first(key: str, case: RoutedCase, name: str) -> dict[str, float]:
    return {key: float(name in case.skills)} if case.skills else {}


def _reason(case: RoutedCase, chosen: str, first: str) -> str:
    wanted = " or ".join(case.skills) or "none of the skills"
    return f"{chosen} was chosen ({first} ranked first), {wanted} is right"


def cases_of(routing_set: RoutingSet, how: RunOptions) -> list[RoutedCase]:
    """The set's cases that are asked: `limit` holds for each set, drawn so that strays are among them."""
    named = [replace(case, id=f"{routing_set.name}/{case.id}") for case in routing_set.cases]
    chosen = [case for case in named if not how.only or any(fnmatchcase(case.id, each) for each in how.only)]
    if how.limit is None or len(chosen) <= how.limit:
        return chosen
    return random.Random(0).sample(chosen, how.limit)


def measure(
    run: Run, routing_set: RoutingSet, cases: Sequence[RoutedCase], encoder: Encoder, engine: Engine | None,
    prompted: int, methods: Sequence[str], jobs: int = 1,
) -> list[Record]:  # fmt: skip
    """The records of one set. A set that is done already is not learned again."""
    left = [case for case in cases if case.id not in run.done]
    if not left:
        return run_cases(run, cases, lambda case: Record(case.id))
    bench = prepare(routing_set, left, encoder, engine, prompted, methods)
    return run_cases(run, cases, partial(ask, bench, routing_set.name), jobs=jobs)


def summary(records: Sequence[Record], methods: Sequence[str]) -> dict[str, Any]:
    sets = [name for name in SETS if any(record.slice.get("set") == name for record in records)]
    by_set = {name: [record for record in records if record.slice.get("set") == name] for name in sets}
    return {"sets": {name: scores.figures(rows, methods) for name, rows in by_set.items()}}


def _methods(skipped: dict[str, str], prompted: int, plain: bool) -> list[str]:
    if plain:
        return []
    if not baselines.has_peer():
        skipped[baselines.PEER] = f"not installed: pip install {baselines.PEER}"
    if not prompted:
        skipped[PROMPTED] = "not asked for: --prompted"
    return [name for name in (*baselines.BASELINES, PROMPTED) if name not in skipped]


@click.command("routing")
@click.option("--data", type=click.Path(path_type=Path, exists=True, file_okay=False),
              help="Folder of the public sets, each in its upstream layout. Without it: our own states.")  # fmt: skip
@click.option("--set", "sets", multiple=True, type=click.Choice(SETS), help="Which sets; all there are by default.")
@click.option("--split", type=click.Choice(["val", "test"]), default="test", show_default=True,
              help="Of CLINC150 and our own states; val is for choices.")  # fmt: skip
@click.option("--examples", type=click.IntRange(1), help="Examples a skill is learned from; all by default.")
@click.option("--seed", type=int, default=0, show_default=True, help="Which examples are drawn.")
@click.option("--prompted", type=click.IntRange(0), default=60, show_default=True,
              help="Requests a set that the base is asked in a prompt; fewer where skills are many.")  # fmt: skip
@click.option("--tasks", type=click.IntRange(0), default=60, show_default=True,
              help="Steps with a known output: how much of it survives the routing.")  # fmt: skip
@click.option("--engine", "engine_name", default="local", show_default=True, metavar="NAME|URL",
              help="What runs the base: local, or an OpenAI-compatible endpoint.")  # fmt: skip
@click.option("--base", metavar="PATH|MODEL", help="Another base than the bundled one.")
@click.option("--no-baselines", "plain", is_flag=True, help="The router alone.")
@run_options
def command(
    how: RunOptions, data: Path | None, sets: Sequence[str], split: Split, examples: int | None, seed: int,
    prompted: int, tasks: int, engine_name: str, base: str | None, plain: bool,
) -> int:  # fmt: skip
    """The router: right skill, out of scope, calibration, time; against baselines."""
    from evals import routing_oracle
    from router.encoder import Encoder
    from router.opening import open_engine, open_registry
    from router.options import Options

    names = list(sets) or available(data)
    skipped: dict[str, str] = {}
    prompted = 0 if plain else prompted
    methods = _methods(skipped, prompted, plain)
    read = [read_set(name, data, split=split, seed=seed, examples=examples) for name in names]
    chosen = {each.name: cases_of(each, how) for each in read}
    if not any(chosen.values()):
        raise UsageError(f"no case is called {', '.join(how.only)}", hint="see their ids in a run's records.jsonl")
    drawn = routing_oracle.steps(tasks, seed)
    options = {"sets": names, "split": split, "examples": examples, "seed": seed, "prompted": prompted,
               "methods": methods, "tasks": tasks, "drawn": routing_oracle.digest(drawn)}  # fmt: skip
    engine = open_engine(Options(engine=engine_name, base=base)) if prompted or tasks else None
    skills = open_registry().all()
    config = resolve(options, how, engine=engine, skills=skills, data=files_of(names, data))
    encoder = Encoder.load()
    with open_run("routing", config, how.out, fresh=how.fresh) as run:
        tell_resumed(run, sum(map(len, chosen.values())))
        records = []
        for each in read:
            records += measure(run, each, chosen[each.name], encoder, engine, prompted, methods, how.jobs)
        figures = summary(records, methods)
        if tasks and engine is not None:
            figures["oracle"] = routing_oracle.measure(run, engine, learned_bundled(encoder), skills, drawn)
        figures["skipped"] = skipped
        return conclude(run, figures, how, least_accurate(figures))


def learned_bundled(encoder: Encoder) -> Router:
    """As at run time: the bundled examples' vectors are shipped, and not computed."""
    from router.opening import open_registry
    from router.routing import Router

    router = Router(encoder)
    for skill in open_registry().all():
        router.learn(skill.name, skill.description, skill.examples)
    return router


def least_accurate(figures: Mapping[str, Any]) -> float:
    """What `--min-accuracy` is held against: how often a right skill ranks first, in the set where that is rarest."""
    shares = [row["accuracy"]["share"] for row in figures["sets"].values() if "accuracy" in row]
    return min(shares, default=0.0)


def main(words: Sequence[str]) -> int:
    return int(command.main(list(words), standalone_mode=False) or 0)
