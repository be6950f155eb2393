"""Train one skill by any method: an activated LoRA on a frozen base unless told otherwise, from the rows of that skill.

    python -m training.train tool-call --data ../shared/data --minutes 4

An activated adapter acts from the assistant header on, so everything before it stays the base's. Written in PEFT's own
format into the skill's folder, with what it was made of and what it scores on held-out rows, with and without the
adapter, in card.json. Rows come from training.corpus here, or from a skill being made (training.train_making); the base
is not changed.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from transformers import PreTrainedTokenizerFast

from router.engines.loading import base_digest
from router.errors import UsageError
from training import corpus, fit, leaving, shapes, targets
from training.batches import Batch, batches
from training.curriculum import Curriculum, Tokenised, dress, tokenise
from training.forward import exact_rows
from training.memory import Precision
from training.methods import Setting, method
from training.workers import Workers

ADAPTERS = Path(__file__).parent.parent / "adapters"
STEPS_A_MINUTE = 80  # about, on two cores: what a schedule of ranks needs to know beforehand


@dataclass(frozen=True)
class Plan:
    """Zeros stand for the method's own rank and rate, empty targets for every linear layer. An activated adapter wants
    more rank than a plain one (Greenewald et al. 2025, arXiv:2504.12397)."""

    skill: str
    method: str = "alora"
    minutes: float = 4.0
    steps: int = 0  # instead of minutes, where above 0
    rank: int = 0
    learning_rate: float = 0.0
    warmup_steps: int = 20
    batch_tokens: int = 1536
    seed: int = 1
    patience: int = 0  # looks at held-out rows without a better one before it stops; 0 never
    look_every: int = 50
    sweep: bool = False  # try three rates first
    measure: bool = False  # train and score a method that no engine serves; nothing is written but the card
    recompute: bool = False  # activations again on the way back: less memory, a third more time
    targets: tuple[str, ...] = ()
    mixture: corpus.Mixture = "everyday"
    further: bool = False  # go on from the weights that are there, rather than from none
    curriculum: Curriculum = field(default_factory=Curriculum)

    def resolved(self) -> Plan:
        """With the method's own settings where none were given. Raises UsageError for an unknown method, or one that
        cannot be served and is not only to be measured."""
        chosen = method(self.method)
        if chosen.leaves == "refused" and not self.measure:
            raise UsageError(
                f"{chosen.title} cannot be served: {chosen.why}",
                hint="train with --method lora or alora; with --measure it is trained and scored only",
            )
        if self.further and chosen.leaves != "as is":
            raise UsageError(f"{chosen.title} leaves as other weights than it trained", hint="train without --further")
        return replace(self, rank=self.rank or chosen.rank, learning_rate=self.learning_rate or chosen.rate)

    @property
    def course(self) -> fit.Course:
        return fit.Course(
            self.learning_rate, 0.0 if self.steps else self.minutes, self.steps, self.warmup_steps, self.rank,
            self.patience, self.look_every,
        )  # fmt: skip


def skill_rows(plan: Plan, tokenizer: PreTrainedTokenizerFast, data: Path | None) -> Iterator[Tokenised]:
    """The skill's own rows out of the stream a base is made from, dressed and tokenised."""
    rng = random.Random(plan.seed)
    pool = corpus.tool_pool(data)
    for row in corpus.training_rows(data, rng, plan.mixture):
        if row.skill == plan.skill:
            ready = tokenise(tokenizer, dress(row, pool, rng, plan.curriculum))
            if len(ready.ids) <= plan.curriculum.longest:
                yield ready


def held_out(plan: Plan, tokenizer: PreTrainedTokenizerFast, data: Path | None) -> list[Tokenised]:
    pool = corpus.tool_pool(data)
    rows = [row for row in corpus.held_out_rows(data) if row.skill == plan.skill]
    return [tokenise(tokenizer, dress(row, pool, random.Random(i), plan.curriculum)) for i, row in enumerate(rows)]


def load_base(folder: Path, precision: Precision = "float32") -> Any:
    """The base as transformers loads it; in four bits for QLoRA. Raises UsageError where that needs a library."""
    from transformers import AutoModelForCausalLM
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()
    if precision != "nf4":
        on_gpu = torch.cuda.is_available() and precision == "bfloat16"
        dtype = torch.bfloat16 if on_gpu else torch.float32  # a CPU is no faster in bfloat16, and small bases fit
        base: Any = AutoModelForCausalLM.from_pretrained(str(folder), dtype=dtype)
        return base.to("cuda" if torch.cuda.is_available() else "cpu")
    try:
        import bitsandbytes  # noqa: F401
    except ImportError:
        raise UsageError("QLoRA needs bitsandbytes", hint="pip install 'quiver-agent[train]'") from None
    import peft
    from transformers import BitsAndBytesConfig

    bits = BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.bfloat16,
    )
    base = AutoModelForCausalLM.from_pretrained(str(folder), quantization_config=bits, dtype=torch.bfloat16)
    prepare: Any = peft.prepare_model_for_kbit_training
    base = prepare(base, use_gradient_checkpointing=False)
    for table in (base.get_input_embeddings(), base.get_output_embeddings()):
        table.to(torch.bfloat16)  # frozen as well: float32 would cost memory and add nothing
    for layer in base.modules():
        if hasattr(layer, "support_avx512bf16_for_cpu"):  # else the first look at held-out rows packs it for good, and
            layer.support_avx512bf16_for_cpu = False  # nothing is learned through a packed layer
    return base


def build(plan: Plan, base: Any, tokenizer: PreTrainedTokenizerFast, weights: Path) -> Any:
    """The base with what the plan's method trains, fresh or as `weights` left it."""
    chosen = method(plan.method)
    if plan.further:
        from peft import PeftModel

        return PeftModel.from_pretrained(base, str(weights), is_trainable=True)
    size = chosen.size(shapes.from_config(base.config.to_dict(), "the base"), plan.rank, plan.targets)
    invocation = targets.header(tokenizer) if chosen.name == "alora" else ()
    steps = plan.steps or round(plan.minutes * STEPS_A_MINUTE)
    if plan.recompute:
        _recomputing(base, chosen.name)
    return chosen.build(base, Setting(size, invocation, steps, plan.seed))


def _recomputing(base: Any, name: str) -> None:
    """Gradient checkpointing (Chen et al. 2016, arXiv:1604.06174). Raises UsageError where it would compute something
    else the second time: an activated adapter is told its places for one forward, an OPT draws its dropout anew."""
    if name == "alora" or base.config.model_type == "opt":
        raise UsageError(
            "activations of an activated adapter, or of an OPT base, cannot be computed again",
            hint="train with --method lora or qlora, or with fewer --batch-tokens",
        )
    base.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    base.train()  # transformers checkpoints in this mode only; these bases have no dropout


Stream = Callable[[], Iterator[Tokenised]]


def train_on(
    plan: Plan, stream: Stream, test: Sequence[Tokenised], base_folder: Path, out: Path, *,
    checkpoints: Path | None = None, say: fit.Say = fit.tell,
) -> dict[str, Any]:  # fmt: skip
    """Trains on an endless stream of rows, writes what comes of it under `out`, and tells of it: a card without data.

    `stream` begins anew at every call. Figures are of what leaves, not of what was trained, where the two differ. Of
    several processes (training.workers) the first one measures and writes.
    """
    plan, workers = plan.resolved(), Workers.join()
    test = test if workers.rank == 0 else ()
    chosen = method(plan.method)
    tokenizer = PreTrainedTokenizerFast.from_pretrained(str(base_folder))
    base = load_base(base_folder, chosen.precision)
    before = exact_rows(base, test)
    model = build(plan, base, tokenizer, out / "weights")

    def rows() -> Iterator[Batch]:
        return batches(stream(), plan.batch_tokens, random.Random(plan.seed))

    rates: list[dict[str, float]] = []
    if plan.sweep:
        tries = min(fit.SWEEP_STEPS, max(5, (plan.steps or fit.SWEEP_STEPS * 3) // 3))  # as long as the run in all
        best, rates = fit.sweep(model, chosen, plan.course, rows, test, steps=tries, say=say, workers=workers)
        plan = replace(plan, learning_rate=best)
    trained = sum(p.numel() for p in model.parameters() if p.requires_grad)
    progress = fit.fit(model, chosen, plan.course, rows(), test, folder=checkpoints, say=say, workers=workers)
    after = exact_rows(model, test)
    left = None if plan.measure or workers.rank else leaving.leave(model, chosen, out, base_folder)
    if left is not None and chosen.leaves == "converted":
        after = exact_rows(_served(base_folder, left.folder), test)
    return {
        "base": {"digest": base_digest(base_folder)},
        "method": chosen.title,
        "plan": asdict(plan),
        "processes": workers.count,
        "steps": progress.steps,
        "tokens": progress.tokens,
        "teacher": None,
        "held_out": {"rows": len(test), "exact": sum(after), "exact_base": sum(before)},
        "trained": {
            "parameters": trained,
            "seconds": round(progress.seconds, 1),
            "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
            "ended": progress.ended,
            "best_step": progress.best_step,
            "sweep": rates,
            "wrong": [at for at, right in enumerate(after) if not right],
        },
        "left": left.to_json() if left else {"form": "nothing", "why": chosen.why},
    }


def _served(base_folder: Path, weights: Path) -> Any:
    from peft import PeftModel

    return PeftModel.from_pretrained(load_base(base_folder), str(weights))


def train(plan: Plan, data: Path | None, base_folder: Path, out: Path) -> dict[str, Any]:
    """Train a bundled skill for the plan's minutes; the card of what came out."""
    tokenizer = PreTrainedTokenizerFast.from_pretrained(str(base_folder))
    test = held_out(plan, tokenizer, data)
    card = train_on(plan, lambda: skill_rows(plan, tokenizer, data), test, base_folder, out)
    rows = (
        row for row in corpus.training_rows(data, random.Random(plan.seed), plan.mixture) if row.skill == plan.skill
    )
    del card["trained"]["wrong"]  # for comparing methods; a card has no use for it
    return {**card, "data": corpus.composition(rows, 3000)}


def main() -> None:
    parser = argparse.ArgumentParser(description="Train one bundled skill on the base.")
    parser.add_argument("skill")
    parser.add_argument("--data", type=Path, help="folder of the public data sets")
    parser.add_argument("--base", type=Path, default=ADAPTERS / "base")
    parser.add_argument("--out", type=Path, help="the skill's folder; adapters/SKILL unless given")
    for name, default in asdict(Plan("")).items():
        if isinstance(default, bool):
            parser.add_argument(f"--{name.replace('_', '-')}", action="store_true")
        elif isinstance(default, int | float | str) and name != "skill":
            parser.add_argument(f"--{name.replace('_', '-')}", type=type(default), default=default)
    given = vars(parser.parse_args())
    data, base, out = given.pop("data"), given.pop("base"), given.pop("out")
    plan = Plan(**given)
    folder = out or ADAPTERS / plan.skill
    card = train(plan, data, base, folder)
    if Workers.join().rank:
        return
    (folder / "card.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(card["held_out"]))


if __name__ == "__main__":
    main()
