"""MetaTool: queries labelled with one of 199 described tools (HowieHwong/MetaTool, MIT).

For choosing only: the tools have no parameters, so a call has no arguments.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from training.example import Example
from training.sources import rows
from training.sources.mcp import MAX_DESCRIPTION, first_sentence

SOURCE = "metatool"
LICENCE = "MIT"
HELD_OUT_EVERY = 10  # every tenth query is the test split: upstream has none
ALTERNATIVES = 4


def read(folder: Path, split: str) -> Iterator[Example]:
    """Rows of `train` or `test`. Raises UsageError when the folder has another layout or the split does not exist."""
    rows.require_split(split, ("train", "test"), source=SOURCE)
    rng = rows.seeded(SOURCE, split)
    described = rows.load_json(rows.paths(folder, "plugin_des.json", source=SOURCE)[0])
    tools = {name: rows.build_tool(rows.snake_case(name), _short(text), {}) for name, text in described.items()}
    with rows.paths(folder, "data/all_clean_data.csv", source=SOURCE)[0].open(encoding="utf-8", newline="") as lines:
        for number, record in enumerate(csv.DictReader(lines)):
            if record["Tool"] not in tools or (number % HELD_OUT_EVERY == 0) != (split == "test"):
                continue
            others = rng.sample(sorted(tools), min(len(tools), ALTERNATIVES + 1))
            yield rows.call_row(
                tools[record["Tool"]],
                {},
                [rows.user(" ".join(record["Query"].split()))],
                source=SOURCE,
                licence=LICENCE,
                alternatives=[tools[name] for name in others if name != record["Tool"]][:ALTERNATIVES],
            )


def _short(description: str) -> str:
    """The first sentence where it can stand alone, as tools are described elsewhere."""
    return first_sentence(description, MAX_DESCRIPTION) or description[:MAX_DESCRIPTION]
