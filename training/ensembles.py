"""Ensembles of what training.compare_methods trained: a skill's best plain LoRAs summed in weight space, and voted.

Weights are combined as `quiver skill combine` combines them; a vote is counted as right where most of the members are,
which is the least it can be, since right answers agree and wrong ones need not. Trains nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from training import combine
from training.leaving import save_lora
from training.methods import METHODS

if TYPE_CHECKING:
    from adapters.skill import Skill
    from training.compare_methods import Run

MEMBERS = 3
_ACTIVATED = "alora"  # begins to act elsewhere: it has no common meaning with the others


def members(skill: str, records: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The records of the best methods that left plain LoRAs; ties go to the one trained first."""
    served = [
        record for record in records
        if record["skill"] == skill and record["method"] != _ACTIVATED
        and METHODS[record["method"]].leaves in ("as is", "converted")
    ]  # fmt: skip
    return sorted(served, key=lambda record: -record["exact"])[:MEMBERS]


def ensembles(skill: str, records: Sequence[Mapping[str, Any]], runs: Sequence[Run]) -> list[dict[str, Any]]:
    """A record for every way of combining the best, and one for their vote; none where there are not enough."""
    best = members(skill, records)
    if len(best) < MEMBERS:
        return []
    by_method = {run.method: run for run in runs if run.skill == skill}
    chosen = [by_method[record["method"]] for record in best]
    named = ", ".join(run.method for run in chosen)
    found = [_vote(skill, best, named)]
    for way in combine.WAYS:
        found.append(_combined(skill, way, chosen, named))
    return found


def _vote(skill: str, best: Sequence[Mapping[str, Any]], named: str) -> dict[str, Any]:
    missed = [sum(at in set(record["wrong"]) for record in best) for at in range(best[0]["rows"])]
    wrong = [at for at, count in enumerate(missed) if 2 * count > len(best)]
    rows = best[0]["rows"]
    about = {"skill": skill, "method": f"vote ({named})", "rows": rows, "exact": rows - len(wrong), "wrong": wrong}
    return {**about, "left": {"form": "as many runs"}}


def _combined(skill: str, way: str, chosen: Sequence[Run], named: str) -> dict[str, Any]:
    from training.compare_methods import read_rows
    from training.forward import exact_rows
    from training.train import load_base

    made = combine.combine([_skill(run) for run in chosen], way, rank=None if way == "linear" else 64)
    folder = chosen[0].folder / f"{skill}-{way}"
    save_lora(made.factors, made.rank, folder)
    from peft import PeftModel

    _, test = read_rows(chosen[0].folder, skill)
    right = exact_rows(PeftModel.from_pretrained(load_base(chosen[0].base), str(folder)), test)
    return {
        "skill": skill, "method": f"{way} ({named})", "rows": len(test), "exact": sum(right),
        "wrong": [at for at, each in enumerate(right) if not each],
        "left": {"form": "LoRA", "rank": made.rank, "energy": made.energy},
    }  # fmt: skip


def _skill(run: Run) -> Skill:
    """What combining reads of a skill."""
    from adapters.skill import Skill

    weights: Path = run.weights / "weights"
    return Skill(run.method, "", "", run.weights, "given", None, (), (), weights)
