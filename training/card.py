"""Write a base's card: what it was made from, on what, for how long, under which licence. Counts; trains nothing.

    python -m training.card --base adapters/base --data ../shared/data --machine "2 CPU cores"

card.json is read by the run time (how many tools a step may show, whether a task is given whole), README.md by people.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from router.engines.loading import base_digest
from training import corpus
from training.convert import MINILM_SHA256
from training.pretrain import rounds

NAME = "quiver-base-14m"
TOOLS_SHOWN = 4
COUNTED_ROWS = 20_000
MIXTURES: tuple[corpus.Mixture, ...] = ("wide", "everyday", "agent")

_README = """---
license: cc-by-sa-4.0
base_model: sentence-transformers/all-MiniLM-L6-v2
pipeline_tag: text-generation
---

# {name}

The base in Quiver's box: a causal language model of {parameters:,} parameters in the stock OPT shape, grown from
all-MiniLM-L6-v2 and trained on tool calls, JSON extraction, short answers, cited answers and safety verdicts. It exists
so that an agent, its skills and its router run on a bare CPU without a network. It knows little of the world: it reads
what it is given, copies values and fills schemas.

- **Made from**: all-MiniLM-L6-v2 (Apache-2.0, sha256 `{minilm}`), its encoder turned into a decoder by
  `training/convert.py`; a byte-level tokenizer of its own ({vocabulary:,} tokens).
- **Trained** by `training/pretrain.py` on {machine}: {tokens:,} tokens in all.
{rounds}
- **Weights**: bfloat16 safetensors; digest of config, tokenizer and weights `{digest}`.
- **Reads** at most {context} tokens; conversation first, then this step's tool signatures, then its turn
  (`chat_template.jinja`).
- **Licence**: CC BY-SA 4.0, because SGD and SGD-X are; every other source permits it.

## What it was trained on

Share of rows, counted over {rows:,} rows of each mixture.

| source | licence | wide | everyday | agent |
|---|---|---|---|---|
{sources}

No split named test, and nothing from any benchmark, is in there.

## Held-out rows, exact to the token (greedy, free generation)

| source | exact |
|---|---|
{scores}

## Limits

English. Values are copied, not worked out; sums belong to the calculator. Nested schemas deeper than one level, texts
longer than a page and requests with more than a few values are often wrong. Use it behind a schema check, as Quiver
does.
"""


def card(base: Path, data: Path | None, machine: str) -> dict[str, Any]:
    """card.json's content, from the weights and what pretraining wrote beside them."""
    training = json.loads((base / "training.json").read_text(encoding="utf-8"))
    config = json.loads((base / "config.json").read_text(encoding="utf-8"))
    return {
        "name": NAME,
        "digest": base_digest(base),
        "context": config["max_position_embeddings"],
        "tools_shown": TOOLS_SHOWN,
        "reads_whole_task": False,
        "invocation": "<|assistant|>",
        "licence": "CC-BY-SA-4.0",
        "made_from": {"name": "all-MiniLM-L6-v2", "sha256": MINILM_SHA256, "licence": "Apache-2.0"},
        "machine": machine,
        "training": training,
        "data": {
            name: corpus.composition(corpus.training_rows(data, random.Random(3), name), COUNTED_ROWS)
            for name in MIXTURES
        },
    }


def readme(base: Path, made: dict[str, Any], scores: dict[str, str]) -> str:
    from safetensors import safe_open

    with safe_open(base / "model.safetensors", "pt") as file:
        parameters = sum(_size(file.get_slice(name).get_shape()) for name in file.keys())  # noqa: SIM118
    done = rounds(base)
    return _README.format(
        name=made["name"],
        parameters=parameters,
        minilm=MINILM_SHA256,
        vocabulary=done[-1]["plan"]["vocabulary"],
        machine=made["machine"],
        tokens=sum(each["tokens"] for each in done),
        rounds="\n".join(map(_round, done)),
        digest=made["digest"],
        context=made["context"],
        rows=COUNTED_ROWS,
        sources="\n".join(_sources(made["data"])),
        scores="\n".join(f"| {name} | {score} |" for name, score in scores.items()),
    )


def _round(done: Mapping[str, Any]) -> str:
    """One round in words: "14,534 updates, 31,658,017 tokens, 173 minutes: wide from 0%, everyday from 60% …"."""
    plan = done["plan"]
    begins = {"wide": 0.0, "everyday": plan["everyday_from"], "agent": plan.get("agent_from", 1.0)}
    ends = [*list(begins.values())[1:], 1.0]
    read = [f"{name} from {begin:.0%}" for (name, begin), end in zip(begins.items(), ends, strict=True) if end > begin]
    said = f"{done['step']:,} updates, {done['tokens']:,} tokens, {done['seconds'] / 60:.0f} minutes"
    return f"  - {said}: {', '.join(read)} of the time"


def _sources(data: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for name in dict.fromkeys(source for mixture in MIXTURES for source in data[mixture]):
        rows = [data[mixture].get(name, {}) for mixture in MIXTURES]
        licence = next(row["licence"] for row in rows if row)
        yield f"| {name} | {licence} | " + " | ".join(f"{row.get('share', 0):.1%}" for row in rows) + " |"


def last_scores(base: Path) -> dict[str, str]:
    """The held-out scores that pretraining wrote last."""
    found: dict[str, str] = {}
    for line in (base / "progress.jsonl").read_text(encoding="utf-8").splitlines():
        found = json.loads(line).get("by_source", found)
    return found


def _size(shape: list[int]) -> int:
    size = 1
    for side in shape:
        size *= side
    return size


def main() -> None:
    parser = argparse.ArgumentParser(description="Write a base's card.json and README.md.")
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--machine", required=True, help="what it was trained on, in words")
    given = parser.parse_args()
    made = card(given.base, given.data, given.machine)
    (given.base / "card.json").write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    (given.base / "README.md").write_text(readme(given.base, made, last_scores(given.base)), encoding="utf-8")


if __name__ == "__main__":
    main()
