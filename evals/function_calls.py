"""`quiver eval calls`: does the right tool get called with the right arguments, and nothing where nothing serves?

The command alone: it chooses sets and slices, opens an engine, runs every case in every slice asked for, and prints
figures. What a case is: `evals.call_cases`; how one is run: `evals.call_step`; when it is right: `evals.call_check`. An
engine is known here by its interface only, so that an endpoint is measured as the bundled base is.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from evals.call_cases import CATEGORIES, Case
from evals.call_scores import figures, record_of, table
from evals.call_sets import PARAPHRASED, SETS, Names, default_sets, read_set, with_offered
from evals.call_step import SKILL, Caller, DrawnBy, How
from evals.call_variants import masked
from evals.run_options import RunOptions, conclude, resolve, run_options, tell_resumed
from evals.runs import Record, open_run, run_cases, threads

if TYPE_CHECKING:
    from router.engines.engine import Engine
    from router.options import Options

MODES = ("constrained", "raw")
WITH, WITHOUT = "with", "without"
AS_GIVEN = 0  # tools offered: those that the case comes with


@dataclass(frozen=True)
class Trial:
    """One case in one slice. `case` is as it is offered there; `of`: the id it has in every slice."""

    id: str
    of: str
    case: Case
    how: How
    slice: Mapping[str, str]


@dataclass(frozen=True)
class Slices:
    """What is varied. Every combination is measured."""

    modes: Sequence[str] = MODES
    skills: Sequence[str] = (WITH,)
    drawn: Sequence[DrawnBy] = ("router",)
    names: Sequence[Names] = ("named",)
    offered: Sequence[int] = (AS_GIVEN,)
    stepwise: bool = False

    def trials(self, cases: Mapping[Names, Sequence[Case]], seed: int) -> Iterator[Trial]:
        """`cases`: those chosen, under each way of naming. Where something has one value, ids do not name it, so that
        two runs that differ in it can be compared case by case."""
        for names, offered in product(self.names, self.offered):
            some = with_offered(cases[names], offered, seed) if offered else cases[names]
            some = [masked(case, seed) for case in some] if names == "masked" else some
            for mode, skill, drawn in product(self.modes, self.skills, self.drawn):
                how = How(mode == "constrained", skill == WITH, drawn, self.stepwise)
                for case in some:
                    if case.must_call or drawn != "oracle":
                        about = {"mode": mode, "skill": f"{skill} skill", "drawn": drawn, "names": names}
                        yield self._trial(case, how, {**about, "offered": f"{offered} offered" if offered else ""})

    def _trial(self, case: Case, how: How, about: Mapping[str, str]) -> Trial:
        values = (self.modes, self.skills, self.drawn, self.names, self.offered)
        varied = [value for value, choices in zip(about.values(), values, strict=True) if len(choices) > 1]
        where = {"set": case.set, **({"part": case.part} if case.part else {})}
        return Trial(" ".join([case.id, *varied]), case.id, case, how, {**where, **about})


def read_all(sets: Sequence[str], data: Path | None, each: int, slices: Slices, seed: int, categories: Sequence[str],
             choose: Callable[[Sequence[Case]], Sequence[Case]]) -> dict[Names, list[Case]]:  # fmt: skip
    """The cases to measure, under each way of naming; all of them are chosen from the first."""
    found: dict[Names, list[Case]] = {}
    kept: set[str] | None = None
    for names in slices.names:
        having = [name for name in sets if names != "paraphrased" or name in PARAPHRASED or len(sets) == 1]
        cases = [case for name in having for case in read_set(name, data, each, names, seed)]
        cases = [case for case in cases if case.category in categories]
        if kept is None:
            cases = list(choose(cases))
            kept = {case.id for case in cases}
        found[names] = [case for case in cases if case.id in kept]
    return found


def digest_of(cases: Mapping[Names, Sequence[Case]]) -> str:
    """Names the cases by their content, wherever they were read from."""
    rows = [asdict(case) for some in cases.values() for case in some]
    return hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()


def open_caller(engine: Engine, drawn: Sequence[DrawnBy], skills: Sequence[str]) -> Caller:
    """What runs the cases. The encoder is loaded only where something is to be chosen for the model."""
    from router.drawing import Drawing
    from router.opening import open_choosing, open_registry

    registry = open_registry()
    skill = registry.get(SKILL) if WITH in skills else None
    if engine.base.reads_whole_task and "router" not in drawn:
        return Caller(engine, skill=skill)
    choosing = open_choosing(registry)
    served = {each.name: each for each in registry.all()}
    drawing = Drawing(engine, choosing.router, choosing.shortlist, served, reading=choosing.reading)
    return Caller(engine, drawing, skill, choosing.split)


def open_engine(options: Options) -> Engine:
    """Raises UsageError for an engine that is not there, EngineUnreachable for one that does not answer."""
    from router import opening
    from router.options import check

    opening.preload()
    check(options, opening.open_registry())
    return opening.open_engine(options)


def accuracy_of(found: Mapping[str, Any]) -> float:
    """What `--min-accuracy` is held against: the lowest share of right cases of a constrained, named slice, or of any
    where there is no such."""
    plain = [row["all"]["right"]["share"] for name, row in found.items() if "constrained" in name and "· named" in name]
    return float(min(plain or [row["all"]["right"]["share"] for row in found.values()], default=0.0))


_OPTIONS = (
    click.option("--data", type=click.Path(path_type=Path, exists=True), metavar="PATH",
                  help="A folder with BFCL's files or the public sets, or a .jsonl file of cases."),
    click.option("--set", "sets", multiple=True, metavar="NAME",
                  help=f"{', '.join(SETS)}, or a .jsonl file; all that PATH holds, or what ships."),
    click.option("--category", "categories", multiple=True, type=click.Choice(CATEGORIES), help="Only these."),
    click.option("--each", type=click.IntRange(1), default=200, show_default=True, help="Cases drawn from each set."),
    click.option("--mode", "modes", multiple=True, type=click.Choice(MODES), default=MODES, show_default=True,
                  help="Under the grammar of the tools, or freely."),
    click.option("--skill", "skills", multiple=True, type=click.Choice((WITH, WITHOUT)),
                  help="With the skill's weights or the base alone; the bundled base has the skill unless told."),
    click.option("--drawn", multiple=True, type=click.Choice(get_args(DrawnBy)),
                  help="The skill is drawn by the router, forced, or known to be right; a base that reads whole tasks "
                       "has no router unless told."),
    click.option("--names", multiple=True, type=click.Choice(get_args(Names)), default=("named",), show_default=True,
                  help="The tools' own names, random ones, or a paraphrased schema."),
    click.option("--offered", multiple=True, type=click.IntRange(1), metavar="N",
                  help="Offer N tools, with distractors from the set; as many as the case has unless given."),
    click.option("--stepwise", is_flag=True, help="Work off every case clause by clause, not only the parallel ones."),
    click.option("--seed", type=int, default=0, show_default=True, help="Draws cases, distractors and random names."),
    click.option("--engine", default="local", show_default=True, metavar="NAME", help="What runs the base, or a URL."),
    click.option("--base", "--model", "base", metavar="NAME", help="A base by folder or name; bundled unless given."),
)  # fmt: skip


def _own_options(command: Callable[..., int]) -> Callable[..., int]:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.command("calls")
@_own_options
@run_options
def command(how: RunOptions, data: Path | None, sets: Sequence[str], categories: Sequence[str], each: int,
            engine: str, base: str | None, seed: int, **varied: Any) -> int:  # fmt: skip
    """Function calls: tool, arguments, exact calls, refusals; raw and constrained, with a copier's ceiling beside."""
    from router.options import Options

    opened = open_engine(Options(engine=engine, base=base))
    slices = resolved(varied, bundled=engine == "local" and base is None, whole=opened.base.reads_whole_task)
    cases = read_all(sets or default_sets(data), data, each, slices, seed, categories or CATEGORIES, how.choose)
    trials = list(slices.trials(cases, seed))
    caller = open_caller(opened, slices.drawn, slices.skills)
    options = {**asdict(slices), "seed": seed, "each": each, "engine": engine, "cases": digest_of(cases)}
    config = resolve(options, how, engine=opened, skills=[caller.skill] if caller.skill else [])

    def do(trial: Trial) -> Record:
        made = caller.run(trial.case, trial.how)
        return record_of(trial.case, made, trial.id, trial.slice, group=trial.of)

    with open_run("calls", config, how.out, fresh=how.fresh) as run:
        tell_resumed(run, len(trials))
        workers = None if engine == "local" else threads
        records = run_cases(run, trials, do, jobs=how.jobs, workers=workers, on_record=_progress(len(trials)))
        found = figures(records)
        opened.close()
        return conclude(run, found, how, accuracy_of(found), table(found))


def resolved(varied: Mapping[str, Any], *, bundled: bool, whole: bool) -> Slices:
    """The slices asked for, with what fits the base where nothing was said."""
    fitting: Mapping[str, Any] = {
        "skills": (WITH,) if bundled else (WITHOUT,),
        "drawn": ("forced",) if whole else ("router",),
        "offered": (AS_GIVEN,),
        "stepwise": False,
    }
    given: dict[str, Any] = {name: value or fitting.get(name) for name, value in varied.items()}
    return Slices(**given)


def _progress(total: int) -> Callable[[Record], None]:
    """On a terminal, how far it is."""
    done = 0

    def tell(record: Record) -> None:
        nonlocal done
        done += 1
        if sys.stderr.isatty():
            click.echo(f"\r{done} of {total}", err=True, nl=done == total)

    return tell


def main(words: Sequence[str]) -> int:
    return int(command.main(list(words), standalone_mode=False) or 0)
