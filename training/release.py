"""The folder of a finished skill, put together from its workspace: what admission judges and publishing copies.

Its examples are the seeds and accepted requests, because the router learns a skill from them; what was asked of a
teacher and what was dropped stays behind. Decides nothing.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from adapters.held_out import Case, case_of
from router import jsonl
from router.errors import UsageError
from training import rows
from training.making import Making

MOST_EXAMPLES = 500  # a skill with more examples is taken to be due more often: no more than the bundled ones have
_MOST_CASES = 200
_COPIED = ("SKILL.md", "schema.json", "tools.json", "card.json")


def assemble(making: Making) -> Path:
    """Writes WORKSPACE/release/NAME anew; its path. Raises UsageError for a skill that is not trained."""
    if not (making.weights / "adapter_model.safetensors").is_file():
        raise UsageError(f"{making.name} has no weights yet", hint=f"quiver skill train {making.name}")
    folder = making.folder / "release" / making.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in _COPIED:
        if (making.folder / name).is_file():
            shutil.copyfile(making.folder / name, folder / name)
    shutil.copytree(making.weights, folder / "weights")
    jsonl.write(folder / "examples.jsonl", examples(making))
    return folder


def examples(making: Making) -> list[dict[str, Any]]:
    """Seeds first, then as many of the accepted requests as fit; those that the skill declines are not its own."""
    seeds = [_seed_row(seed) for seed in making.seeds if not (seed.answered and seed.output is None)]
    known = {row["request"] for row in seeds}
    learned = rows.read(making.rows, "train") if making.rows.is_file() else []
    found = [{"request": _asked(row.messages), "output": row.output} for row in learned if row.output is not None]
    fresh = [row for row in found if row["request"] not in known]
    random.Random(0).shuffle(fresh)
    return [*seeds, *fresh[: max(0, MOST_EXAMPLES - len(seeds))]]


def cases(making: Making) -> list[Case]:
    """What the skill is measured on: what a person kept apart, then the held-out rows."""
    kept = [seed for seed in making.held_out if seed.answered]
    own = [making.example(seed.request, seed.output, "held out") for seed in kept]
    drawn = rows.read(making.rows, "held-out") if making.rows.is_file() else []
    return [case_of(rows.to_json(row)) for row in [*own, *drawn][:_MOST_CASES]]


def _seed_row(seed: Any) -> dict[str, Any]:
    row: dict[str, Any] = {"request": seed.request, "observed": seed.observed}
    return {**row, "output": seed.output} if seed.answered else row


def _asked(messages: Any) -> str:
    said: Iterator[str] = (message["content"] for message in reversed(messages) if message["role"] == "user")
    return next(said, "")
