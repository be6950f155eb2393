"""Train a skill that is being made, on its accepted rows: looked at first, stopped when held-out rows get no better.

The same loop and the same methods as for the bundled skills (training.train). What is finished is not done again; what
was interrupted goes on from its checkpoint.
"""

from __future__ import annotations

import json
import random
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from router.cache import write_atomically
from router.contract import Contract
from router.engines.loading import base_digest
from training import fit, rows, targets
from training.curriculum import Curriculum, Tokenised, dress
from training.example import Example
from training.making import Making
from training.methods import method
from training.train import Plan, train_on
from training.workers import Workers

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

# A skill's own tools keep their names: only a few rows hide them, so that descriptions are read as well.
OWN_TOOLS = Curriculum(mask_names=0.1, drop_descriptions=0.2)


def default_plan(name: str, **given: Any) -> Plan:
    """At least 300 updates of less than 32 rows: what a small adapter wants, whatever the number of rows."""
    plan = Plan(name, steps=400, batch_tokens=1024, patience=4, look_every=40, curriculum=OWN_TOOLS)
    return replace(plan, **{key: value for key, value in given.items() if value is not None})


def train_making(
    making: Making, plan: Plan, base_folder: Path, *, fresh: bool = False, say: fit.Say = fit.tell
) -> dict[str, Any]:
    """The skill's card. Raises UsageError for rows that cannot be learned from, ContractFailed for one that could never
    be said."""
    plan, workers = plan.resolved(), Workers.join()
    config = _config(plan, base_folder)
    if not fresh and is_trained(making, plan, base_folder):
        found: dict[str, Any] = json.loads(making.card.read_text(encoding="utf-8"))
        return found
    learned, kept = read_rows(making)
    digest = making.begin("train", config) if workers.rank == 0 else making.digest("train", config)
    checkpoint = making.checkpoints / digest[:12]
    if fresh and workers.rank == 0:
        from training.checkpoints import forget

        forget(checkpoint)
    if workers.rank == 0:
        shutil.rmtree(making.before_refining, ignore_errors=True)  # of weights that are about to be replaced
    workers.told(0.0)  # nobody goes on before the first process has put the folder in order
    stream, test = prepared(plan, learned, kept, base_folder)
    if not test:
        plan = replace(plan, patience=0)
    made = train_on(plan, stream, test, base_folder, making.folder, checkpoints=checkpoint, say=say)
    if workers.rank:
        return made
    del made["trained"]["wrong"]
    if method(plan.method).leaves not in ("as is", "converted"):
        shutil.rmtree(making.weights, ignore_errors=True)  # of a method before: they are not what the card tells of
    card = {**made, "teacher": _teacher(making), "data": composition(learned), "rows": len(learned)}
    write_atomically(making.card, (json.dumps(card, ensure_ascii=False, indent=1) + "\n").encode())
    making.finish("train", {"held_out": card["held_out"], "steps": card["steps"], **card["left"]})
    return card


def is_trained(making: Making, plan: Plan, base_folder: Path) -> bool:
    """Whether this very plan was finished on these rows and this base."""
    return making.is_done("train", _config(plan.resolved(), base_folder)) and making.card.is_file()


def _config(plan: Plan, base_folder: Path) -> dict[str, Any]:
    return {"plan": json.loads(json.dumps(asdict(plan))), "base": base_digest(base_folder)}


def read_rows(making: Making) -> tuple[list[Example], list[Example]]:
    """Rows to learn from and rows held out, as `sayable` has them."""
    return sayable(making, rows.read(making.rows, "train")), sayable(making, rows.read(making.rows, "held-out"))


def sayable(making: Making, found: Sequence[Example]) -> list[Example]:
    """Rows shown as their contract is, keys in schema order. Raises ContractFailed for one that could never be said."""
    contract = making.contract if making.manifest.contract != "given" else None

    def of(row: Example) -> Contract:
        return contract or Contract.for_schema(row.schema or {})

    like = "json-extract" if making.manifest.contract == "given" else making.name  # whose way its schema is shown
    ready = [targets.in_order(replace(row, skill=like), of(row)) for row in found]
    targets.verify(ready, of)
    return ready


def prepared(
    plan: Plan, learned: Sequence[Example], kept: Sequence[Example], base_folder: Path
) -> tuple[Any, list[Tokenised]]:
    """The endless stream of rows, shuffled and dressed anew every round, and the held-out rows, always the same."""
    from transformers import PreTrainedTokenizerFast

    tokenizer = PreTrainedTokenizerFast.from_pretrained(str(base_folder))
    test = [_ready(tokenizer, row, random.Random(i), plan.curriculum) for i, row in enumerate(kept)]
    ready = [_ready(tokenizer, row, random.Random(0), plan.curriculum) for row in learned]
    fitting = [row for row, made in zip(learned, ready, strict=True) if len(made.ids) <= plan.curriculum.longest]
    targets.check_mask([made for made in ready if len(made.ids) <= plan.curriculum.longest])

    def stream() -> Iterator[Tokenised]:
        rng = random.Random(plan.seed)
        order = list(fitting)
        while True:
            rng.shuffle(order)
            for row in order:
                yield _ready(tokenizer, row, rng, plan.curriculum)

    return stream, test


def _ready(tokenizer: PreTrainedTokenizerFast, row: Example, rng: random.Random, how: Curriculum) -> Tokenised:
    return targets.tokenised(tokenizer, dress(row, (), rng, how))


def composition(learned: Sequence[Example]) -> dict[str, dict[str, Any]]:
    """Each source's licence and share of the rows."""
    counted = Counter((row.source, row.licence) for row in learned)
    return {
        source: {"licence": licence, "share": round(count / len(learned), 4)}
        for (source, licence), count in counted.most_common()
    }


def _teacher(making: Making) -> Any:
    state = making.state("distill")
    return state.config.get("teacher") if state else None
