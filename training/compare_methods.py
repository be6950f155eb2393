"""All methods on the same skills with the same budget: exactness, parameters, memory, time, whose mistakes differ, and
what ensembles of them are worth.

    python -m training.compare_methods answer safety-filter --data ../shared/data --steps 150 --out methods
    python -m training.compare_methods home/making/invoices --out methods      a skill that is being made, by its folder

Every method gets the same rows in the same order, as many updates, and a sweep of the same three multiples of its own
rate. Each run is a process of its own, so that its peak of memory is its own; records.jsonl in `--out` is added to, and
what is there is not run again. What no engine serves is trained and scored all the same. The tables are made in
training.compare_tables.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass
from itertools import cycle, islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from router import jsonl
from router.cache import write_atomically
from router.errors import QuiverError, TaskFailed
from training import compare_tables
from training.methods import METHODS

Record = Mapping[str, Any]
_ROWS = 2304  # learned from, over and over: three times what batches are grouped from


@dataclass(frozen=True)
class Budget:
    """The same for every method. `threads` of one run."""

    steps: int = 150
    batch_tokens: int = 1536
    seed: int = 1
    threads: int = 2


@dataclass(frozen=True)
class Run:
    """One method on one skill; `folder` holds the skill's rows, and takes the weights of what can be served."""

    skill: str
    method: str
    base: Path
    folder: Path
    budget: Budget

    @property
    def key(self) -> tuple[Any, ...]:
        return self.skill, self.method, self.budget.steps, self.budget.batch_tokens, self.budget.seed

    @property
    def weights(self) -> Path:
        return self.folder / f"{self.skill}-{self.method}-{self.budget.steps}-{self.budget.seed}"


def key_of(record: Record) -> tuple[Any, ...]:
    return tuple(record.get(name) for name in ("skill", "method", "steps", "batch_tokens", "seed"))


def run_one(run: Run) -> dict[str, Any]:
    """The record of one method on one skill, in this process; what went wrong under `failed`."""
    import torch

    from training.train import Plan, train_on

    budget = run.budget
    torch.set_num_threads(budget.threads)
    plan = Plan(
        run.skill, method=run.method, steps=budget.steps, batch_tokens=budget.batch_tokens, seed=budget.seed,
        sweep=True, measure=METHODS[run.method].leaves == "refused",
    )  # fmt: skip
    learned, test = read_rows(run.folder, run.skill)
    try:
        card = train_on(plan, lambda: cycle(learned), test, run.base, run.weights, say=lambda _: None)
    except QuiverError as error:
        return {"failed": error.message}
    except RuntimeError as error:  # a library's: the other methods are none the worse for it
        return {"failed": f"{type(error).__name__}: {error}"}
    return {
        "skill": run.skill, "method": run.method, "steps": budget.steps, "batch_tokens": budget.batch_tokens,
        "seed": budget.seed, "rate": card["plan"]["learning_rate"], **card["held_out"], **card["trained"],
        "left": card["left"],
    }  # fmt: skip


# --- rows, tokenised once for all ------------------------------------------------------------------------------------


def write_rows(folder: Path, skill: str, data: Path | None, base: Path, seed: int) -> None:
    """What every method learns from and is scored on, unless it is there. `skill`: a bundled one's name, or the folder
    of one that is being made."""
    path = folder / f"{Path(skill).name}.json"
    if path.is_file():
        return
    made = (Path(skill) / "rows.jsonl").is_file()
    learned, test = _made_rows(Path(skill), base, seed) if made else _bundled_rows(skill, data, base, seed)
    said = {name: [[row.ids, row.start] for row in rows] for name, rows in (("learned", learned), ("test", test))}
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(path, json.dumps(said).encode())


def _bundled_rows(skill: str, data: Path | None, base: Path, seed: int) -> tuple[Iterable[Any], list[Any]]:
    from transformers import PreTrainedTokenizerFast

    from training.train import Plan, held_out, skill_rows

    plan, tokenizer = Plan(skill, seed=seed), PreTrainedTokenizerFast.from_pretrained(str(base))
    return islice(skill_rows(plan, tokenizer, data), _ROWS), held_out(plan, tokenizer, data)


def _made_rows(folder: Path, base: Path, seed: int) -> tuple[Iterable[Any], list[Any]]:
    """Its accepted rows; scored on those held out, and on the requests that somebody keeps apart."""
    from training.making import Making
    from training.train_making import default_plan, prepared, sayable
    from training.train_making import read_rows as accepted

    making = Making(folder)
    learned, kept = accepted(making)
    apart = [making.example(seed.request, seed.output, "kept apart") for seed in making.held_out if seed.answered]
    stream, test = prepared(default_plan(making.name, seed=seed), learned, [*kept, *sayable(making, apart)], base)
    return islice(stream(), _ROWS), test


def read_rows(folder: Path, skill: str) -> tuple[list[Any], list[Any]]:
    from training.curriculum import Tokenised

    said = json.loads((folder / f"{skill}.json").read_text(encoding="utf-8"))
    learned, test = ([Tokenised(ids, start, skill) for ids, start in said[name]] for name in ("learned", "test"))
    return learned, test


# --- all of them -----------------------------------------------------------------------------------------------------


def run_all(
    runs: Sequence[Run], path: Path, jobs: int = 1, one: Callable[[Run], dict[str, Any]] = run_one
) -> list[Record]:
    """Runs what `path` does not have yet, `jobs` at a time; the records of all `runs`. Raises TaskFailed when some end
    badly, once all the others are kept."""
    records = list(jsonl.read(path)) if path.is_file() else []
    finished = {key_of(record) for record in records}
    failed = []
    with jsonl.JsonlWriter(path) as writer:
        for run, record in _ran([run for run in runs if run.key not in finished], jobs, one):
            if "failed" in record:
                failed.append(f"{run.method} on {run.skill} failed: {record['failed']}")
                print(failed[-1], file=sys.stderr, flush=True)
                continue
            print(f"{run.skill}: {run.method} {record['exact']} of {record['rows']}", file=sys.stderr, flush=True)
            writer.write(record)
            records.append(record)
    if failed:
        raise TaskFailed("; ".join(failed), hint="run the same again, without them by --methods: the others are kept")
    wanted = {run.key for run in runs}
    return [record for record in records if key_of(record) in wanted]


def _ran(runs: Sequence[Run], jobs: int, one: Callable[[Run], dict[str, Any]]) -> Iterator[tuple[Run, dict[str, Any]]]:
    """A process each, of a server that has imported everything already. One that is killed takes the others that run
    beside it along."""
    context = get_context("forkserver")
    context.set_forkserver_preload(["training.train", "peft"])
    with ProcessPoolExecutor(jobs, mp_context=context, max_tasks_per_child=1) as pool:
        begun = {pool.submit(one, run): run for run in runs}
        for future in as_completed(begun):
            try:
                yield begun[future], future.result()
            except BrokenProcessPool:
                yield begun[future], {"failed": "a process was killed"}


def main() -> None:
    from training.train import ADAPTERS

    parser = argparse.ArgumentParser(description="All methods, the same budget.")
    parser.add_argument("skills", nargs="+", help="bundled ones by name, others by the folder they are made in")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--base", type=Path, default=ADAPTERS / "base")
    for name, default in asdict(Budget()).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, default=default)
    parser.add_argument("--jobs", type=int, default=1, help="runs at a time, of --threads each")
    parser.add_argument("--methods", nargs="+", default=list(METHODS))
    parser.add_argument("--out", type=Path, default=Path("methods"))
    given = parser.parse_args()
    budget = Budget(given.steps, given.batch_tokens, given.seed, given.threads)
    for skill in given.skills:
        write_rows(given.out, skill, given.data, given.base, given.seed)
    skills = [Path(skill).name for skill in given.skills]
    runs = [Run(skill, method, given.base, given.out, budget) for skill in skills for method in given.methods]
    records = run_all(runs, given.out / "records.jsonl", given.jobs)
    from training.ensembles import ensembles

    ensembled = [each for skill in skills for each in ensembles(skill, records, runs)]
    print(compare_tables.methods([*records, *ensembled]), compare_tables.overlaps(records), sep="\n\n")


if __name__ == "__main__":
    main()
