"""All methods on the same skills with the same budget: exactness, parameters, memory, time, and whose mistakes differ.

    python -m training.compare_methods answer safety-filter --data ../shared/data --steps 150 --out methods

Every method gets the same rows in the same order, as many updates, and a sweep of the same three multiples of its own
rate. Each run is a process of its own, so that its peak of memory is its own; records.jsonl in `--out` is added to, and
what is there is not run again. What no engine serves is trained and scored all the same.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from router import jsonl
from router.errors import TaskFailed
from training.methods import METHODS


def run_one(skill: str, method: str, data: Path | None, base: Path, steps: int, seed: int) -> dict[str, Any]:
    """One method on one skill, in this process."""
    from transformers import PreTrainedTokenizerFast

    from training.train import Plan, held_out, skill_rows, train_on

    plan = Plan(skill, method=method, steps=steps, seed=seed, sweep=True, measure=METHODS[method].leaves == "refused")
    tokenizer = PreTrainedTokenizerFast.from_pretrained(str(base))
    test = held_out(plan, tokenizer, data)
    with tempfile.TemporaryDirectory() as out:
        card = train_on(plan, lambda: skill_rows(plan, tokenizer, data), test, base, Path(out), say=lambda _: None)
    return {
        "skill": skill, "method": method, "steps": steps, "seed": seed, "rate": card["plan"]["learning_rate"],
        **card["held_out"], **card["trained"], "left": card["left"],
    }  # fmt: skip


def run_all(given: argparse.Namespace, methods: Sequence[str]) -> list[dict[str, Any]]:
    """Runs what records.jsonl does not have yet; all records. Raises TaskFailed when a run ends badly."""
    path = given.out / "records.jsonl"
    records = list(jsonl.read(path)) if path.is_file() else []
    finished = {_key(record) for record in records}
    with jsonl.JsonlWriter(path) as writer:
        for skill in given.skills:
            for method in methods:
                if (skill, method, given.steps, given.seed) not in finished:
                    records.append(_in_a_process(skill, method, given))
                    writer.write(records[-1])
    return [record for record in records if (record["steps"], record["seed"]) == (given.steps, given.seed)]


def _key(record: Mapping[str, Any]) -> tuple[str, str, int, int]:
    return record["skill"], record["method"], record["steps"], record["seed"]


def _in_a_process(skill: str, method: str, given: argparse.Namespace) -> dict[str, Any]:
    words = [sys.executable, "-m", "training.compare_methods", skill, "--one", method, "--base", str(given.base)]
    words += ["--steps", str(given.steps), "--seed", str(given.seed)] + (
        ["--data", str(given.data)] if given.data else []
    )
    print(f"{skill}: {method}", file=sys.stderr, flush=True)
    ended = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=False)
    if ended.returncode:
        raise TaskFailed(f"{method} on {skill} ended with {ended.returncode}", hint="its words are above")
    found: dict[str, Any] = json.loads(ended.stdout.strip().splitlines()[-1])
    return found


def table(records: Sequence[Mapping[str, Any]]) -> str:
    """One line a method and skill, the interval of its share by Wilson."""
    from evals.intervals import Share

    lines = [
        "| skill | method | exact | 95% | trained | rate | peak GB | seconds | leaves |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for one in sorted(records, key=lambda record: (record["skill"], -record["exact"])):
        low, high = Share(one["exact"], one["rows"]).interval
        lines.append(
            f"| {one['skill']} | {one['method']} | {one['exact']} of {one['rows']} | {low:.0%}–{high:.0%} | "
            f"{one['parameters']:,} | {one['rate']:.0e} | {one['peak_bytes'] / 1e9:.2f} | {one['seconds']:.0f} | "
            f"{one['left']['form']} |"
        )
    return "\n".join(lines)


def overlap(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, float]:
    """How alike the mistakes of two runs are: shared over all (Jaccard), and the share right by at least one."""
    wrong, missed = set(one["wrong"]), set(other["wrong"])
    either = wrong | missed
    alike = len(wrong & missed) / len(either) if either else 1.0
    return {"alike": alike, "one_of_both": 1 - len(wrong & missed) / max(1, one["rows"])}


def overlaps(records: Sequence[Mapping[str, Any]]) -> str:
    """For every skill the pairs whose mistakes are the least alike."""
    lines = []
    for skill in dict.fromkeys(record["skill"] for record in records):
        here = [record for record in records if record["skill"] == skill]
        pairs = [(overlap(a, b), a["method"], b["method"]) for i, a in enumerate(here) for b in here[i + 1 :]]
        for found, a, b in sorted(pairs, key=lambda pair: pair[0]["alike"])[:5]:
            lines.append(
                f"| {skill} | {a} and {b} | {found['alike']:.0%} of mistakes shared | "
                f"{found['one_of_both']:.0%} right by one of them |"
            )
    return "\n".join(["| skill | methods | mistakes | together |", "|---|---|---|---|", *lines])


def main() -> None:
    from training.train import ADAPTERS, Plan

    parser = argparse.ArgumentParser(description="All methods, the same budget.")
    parser.add_argument("skills", nargs="+")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--base", type=Path, default=ADAPTERS / "base")
    parser.add_argument("--steps", type=int, default=150)
    parser.add_argument("--seed", type=int, default=asdict(Plan(""))["seed"])
    parser.add_argument("--methods", nargs="+", default=list(METHODS))
    parser.add_argument("--out", type=Path, default=Path("methods"))
    parser.add_argument("--one", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(run_one(given.skills[0], given.one, given.data, given.base, given.steps, given.seed)))
        return
    records = run_all(given, given.methods)
    print(table(records), overlaps(records), sep="\n\n")


if __name__ == "__main__":
    main()
