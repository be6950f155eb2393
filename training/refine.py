"""Refine a skill that is trained: by preferences over a teacher's samples (DPO, KTO), or on its own samples.

    refine(making, Plan(name, "dpo"), base)      weights/ refined, before-refining/ what they were

It begins from the weights that training left, however often it is called, and leaves them as they were unless held-out
rows come out better: as many exact and less loss, or more exact. The losses are in training.preferences and
training.on_policy, the loop is training.fit's.
"""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from router.cache import write_atomically
from router.engines.loading import base_digest
from router.errors import UsageError
from training import fit, on_policy, preferences, rejected, targets
from training.curriculum import Tokenised
from training.example import Example
from training.leaving import replaced, save_adapter
from training.making import Making
from training.methods import METHODS
from training.train import load_base
from training.train_making import default_plan, prepared, read_rows

How = Literal["dpo", "kto", "on-policy"]
WAYS: tuple[How, ...] = ("dpo", "kto", "on-policy")
_SHOWN = 4  # tools beside a call
_FEWEST = 2
_TITLES = {"dpo": "DPO", "kto": "KTO", "on-policy": "on-policy distillation"}


@dataclass(frozen=True)
class Plan:
    """`rate`: a tenth of what a LoRA is trained with, because a preference pulls at what is right already. `beta`: the
    larger, the nearer the skill stays to what it was. `teacher`: the folder of a model, for on-policy; `own`: the share
    of updates on the skill's own samples, `limit` their tokens."""

    skill: str
    how: How
    steps: int = 120
    rows: int = 8
    rate: float = 1e-4
    beta: float = 0.1
    anchor: float = 1.0
    seed: int = 1
    patience: int = 3
    look_every: int = 20
    teacher: str = ""
    own: float = 0.5
    limit: int = 96


@dataclass
class _Run:
    """What one way of refining gives the loop."""

    batches: Callable[[Any], Iterator[Any]]
    loss: Callable[[Any, Any], Any]
    learned: dict[str, int] = field(default_factory=dict)


def refine(
    making: Making, plan: Plan, base_folder: Path, *, fresh: bool = False, say: fit.Say = fit.tell
) -> dict[str, Any]:
    """The skill's card, with what came of it under `refined`. Raises UsageError where there is nothing to refine, to
    learn from or to measure on. What is finished is not done again."""
    from peft import PeftModel
    from transformers import PreTrainedTokenizerFast

    if plan.how not in WAYS:
        raise UsageError(f"there is no way {plan.how!r} to refine a skill", hint=f"one of {', '.join(WAYS)}")
    card = _trained(making, base_folder)
    learned, kept = read_rows(making)
    if not kept:
        raise UsageError("no rows are held out: nobody could tell better from worse", hint="quiver skill distill")
    before = _set_apart(making)
    config = {"plan": asdict(plan), "base": base_digest(base_folder)}
    if not fresh and making.is_done("refine", config) and "refined" in card:
        return card
    tokenizer = PreTrainedTokenizerFast.from_pretrained(str(base_folder))
    run = _run(making, plan, learned, tokenizer, base_folder)
    digest = making.begin("refine", config)
    _, test = prepared(default_plan(plan.skill, seed=plan.seed), learned, kept, base_folder)
    model = PeftModel.from_pretrained(load_base(base_folder), str(before), is_trainable=True)
    was = fit.score(model, test)
    course = fit.Course(
        plan.rate, steps=plan.steps, warmup_steps=10, patience=plan.patience, look_every=plan.look_every
    )
    folder = making.checkpoints / digest[:12]
    progress = fit.fit(model, METHODS["lora"], course, run.batches(model), test, loss=run.loss, folder=folder, say=say)
    better = progress.best > was
    if better:
        save_adapter(model, making.weights)
    else:
        _put_back(making)
    figures: dict[str, Any] = {
        "how": _TITLES[plan.how], "kept": better, **run.learned, "steps": progress.steps,
        "best_step": progress.best_step, "before": _told(was, len(test)), "after": _told(progress.best, len(test)),
        "plan": asdict(plan),
    }  # fmt: skip
    exact = figures["after" if better else "before"]["exact"]
    card = {**card, "held_out": {**card["held_out"], "exact": exact}, "refined": figures}
    write_atomically(making.card, (json.dumps(card, ensure_ascii=False, indent=1) + "\n").encode())
    making.finish("refine", figures)
    return card


def _told(score: tuple[float, float], rows: int) -> dict[str, Any]:
    return {"exact": round(score[0] * rows), "of": rows, "loss": round(-score[1], 4)}


# --- the weights it begins from --------------------------------------------------------------------------------------


def _trained(making: Making, base_folder: Path) -> dict[str, Any]:
    if not (making.weights / "adapter_model.safetensors").is_file() or not making.card.is_file():
        raise UsageError(f"{making.name} has no weights to refine", hint=f"quiver skill train {making.name}")
    card: dict[str, Any] = json.loads(making.card.read_text(encoding="utf-8"))
    if card["base"]["digest"] != base_digest(base_folder):
        raise UsageError(
            f"{making.name} was trained on another base than {base_folder.name}",
            hint=f"quiver skill train {making.name}",
        )
    return card


def _set_apart(making: Making) -> Path:
    """The weights as training left them, copied away before they are first refined."""
    if not making.before_refining.is_dir():
        with replaced(making.before_refining) as new:
            shutil.copytree(making.weights, new, dirs_exist_ok=True)
    return making.before_refining


def _put_back(making: Making) -> None:
    with replaced(making.weights) as new:
        shutil.copytree(making.before_refining, new, dirs_exist_ok=True)


# --- what each way learns from ---------------------------------------------------------------------------------------


def _run(making: Making, plan: Plan, learned: Sequence[Example], tokenizer: Any, base_folder: Path) -> _Run:
    rng = random.Random(plan.seed)
    if plan.how == "on-policy":
        teacher = _teacher(plan, tokenizer)
        rows = [_ready(tokenizer, _shown(row, (), rng)) for row in learned]
        loss = on_policy.OnPolicyLoss(teacher, plan.limit)
        return _Run(
            lambda model: on_policy.in_batches(rows, plan.rows, plan.own, plan.seed), loss, {"prompts": len(rows)}
        )
    refused = _sayable(making, rejected.read(making))
    if plan.how == "dpo":
        pairs = list(_pairs(tokenizer, learned, refused, rng))
        _enough(making, len(pairs), "requests have an accepted and a rejected answer")
        return _Run(
            lambda model: preferences.pairs_in_batches(model, pairs, plan.rows, plan.seed),
            preferences.DpoLoss(plan.beta, plan.anchor), {"pairs": len(pairs)},
        )  # fmt: skip
    _enough(making, len(refused), "rejected answers could be said at all")
    judged = _judged(tokenizer, learned, refused, rng)
    return _Run(
        lambda model: preferences.judged_in_batches(model, judged, plan.rows, plan.seed),
        preferences.KtoLoss(plan.beta, preferences.balance(len(learned), len(refused))),
        {"wanted": len(learned), "unwanted": len(refused)},
    )


def _enough(making: Making, count: int, what: str) -> None:
    if count < _FEWEST:
        raise UsageError(
            f"{count} {what}: too few to learn from",
            hint=f"quiver skill distill {making.name} --samples 3: outvoted samples are kept; or --refine on-policy",
        )


def _sayable(making: Making, refused: Sequence[Example]) -> list[Example]:
    """Those that the grammar admits: what it forbids is never said, and need not be unlearned."""
    from router.contract import Contract

    given = making.manifest.contract == "given"
    found = []
    for row in refused:
        contract = Contract.for_schema(row.schema or {}) if given else making.contract
        ready = targets.in_order(replace(row, skill="json-extract" if given else row.skill), contract)
        if targets.refusal(contract.dump(ready.output), contract) is None:
            found.append(ready)
    return found


def _pairs(
    tokenizer: Any, learned: Sequence[Example], refused: Sequence[Example], rng: random.Random
) -> Iterator[preferences.Pair]:
    by_request = {_asked(row): row for row in learned}
    for wrong in refused:
        right = by_request.get(_asked(wrong))
        if right is not None and right.output != wrong.output:
            chosen = _shown(right, wrong.tools, rng)
            other = replace(chosen, output=wrong.output)
            yield preferences.Pair(_ready(tokenizer, chosen), _ready(tokenizer, other))


def _judged(
    tokenizer: Any, learned: Sequence[Example], refused: Sequence[Example], rng: random.Random
) -> list[preferences.Judged]:
    rows = [(_ready(tokenizer, _shown(row, (), rng)), True) for row in learned]
    rows += [(_ready(tokenizer, _shown(row, (), rng)), False) for row in refused]
    rng.shuffle(rows)
    others = [*rows[1:], rows[0]]
    return [
        preferences.Judged(row, wanted, _astray(row, other))
        for (row, wanted), (other, _) in zip(rows, others, strict=True)
    ]


def _astray(row: Tokenised, other: Tokenised) -> Tokenised:
    return Tokenised([*row.ids[: row.start], *other.ids[other.start :]], row.start, row.source)


def _shown(row: Example, also: Sequence[Any], rng: random.Random) -> Example:
    """The row with the tools it is asked with: its own, those of `also`, and some of the others, in any order."""
    if not row.calls:
        return row
    needed = {tool["name"]: tool for tool in (*row.tools, *also)}
    others = [tool for tool in row.alternatives if tool["name"] not in needed]
    some = rng.sample(others, min(len(others), max(0, _SHOWN - len(needed))))
    shown = [*needed.values(), *some]
    rng.shuffle(shown)
    return replace(row, tools=tuple(shown), alternatives=())


def _ready(tokenizer: Any, row: Example) -> Tokenised:
    return targets.tokenised(tokenizer, row)


def _asked(row: Example) -> str:
    return json.dumps(list(row.messages), sort_keys=True)


def _teacher(plan: Plan, tokenizer: Any) -> Any:
    from transformers import PreTrainedTokenizerFast

    folder = Path(plan.teacher)
    if not plan.teacher or not (folder / "config.json").is_file():
        raise UsageError(
            "on-policy distillation needs a teacher that is a model's folder here", hint="--teacher FOLDER"
        )
    if PreTrainedTokenizerFast.from_pretrained(str(folder)).get_vocab() != tokenizer.get_vocab():
        raise UsageError(
            "the teacher has other words than the base: their tokens cannot be compared",
            hint="train on its answers instead: quiver skill distill --teacher FOLDER",
        )
    return load_base(folder).eval().requires_grad_(False)
