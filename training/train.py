"""Train one skill: an activated LoRA on a frozen base, from the rows of that skill.

    python -m training.train tool-call --data ../shared/data --minutes 4

The adapter acts from the assistant header on, so everything before it stays the base's. Written in PEFT's own format
into the skill's folder, with what it was made of and what it scores on held-out rows, with and without the adapter, in
card.json. Rows come from training.corpus; the base is not changed.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from transformers import OPTForCausalLM, PreTrainedTokenizerFast

from router.engines.loading import base_digest
from training import corpus, decoder
from training.batches import Batch, batches, collate
from training.curriculum import Curriculum, Tokenised, dress, tokenise

ADAPTERS = Path(__file__).parent.parent / "adapters"
INVOCATION = "<|assistant|>"
TARGETS = ["q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2"]


@dataclass(frozen=True)
class Plan:
    """Rank 32: an activated adapter wants more than a plain one (Greenewald et al. 2025, arXiv:2504.12397)."""

    skill: str
    minutes: float = 4.0
    rank: int = 32
    learning_rate: float = 1e-3
    warmup_steps: int = 20
    batch_tokens: int = 1536
    seed: int = 1
    mixture: corpus.Mixture = "everyday"
    further: bool = False  # go on from the weights that are there, rather than from none
    curriculum: Curriculum = field(default_factory=Curriculum)


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


def activated(base: OPTForCausalLM, tokenizer: PreTrainedTokenizerFast, plan: Plan) -> Any:
    """The base wrapped in a fresh adapter that the assistant header invokes."""
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(plan.seed)
    return get_peft_model(
        base,
        LoraConfig(
            task_type="CAUSAL_LM",
            r=plan.rank,
            lora_alpha=2 * plan.rank,
            target_modules=TARGETS,
            alora_invocation_tokens=tokenizer.encode(INVOCATION, add_special_tokens=False),
        ),
    )


def further(base: OPTForCausalLM, weights: Path) -> Any:
    """The base with an adapter trained before, to be trained on."""
    from peft import PeftModel

    return PeftModel.from_pretrained(base, str(weights), is_trainable=True)


@contextmanager
def invoked(model: Any, batch: Batch, invocation: int) -> Iterator[OPTForCausalLM]:
    """The base with its adapter acting, in every row of `batch`, from the row's last invocation token on.

    PEFT's own forward hooks are given the places (counted from the row's end, as it counts them), because the forward
    used here is ours: transformers' OPT folds rows and tokens into one axis before its feed-forward layers, where PEFT
    can no longer tell the rows apart.
    """
    length = batch.ids.shape[1]
    last = ((batch.ids == invocation) * torch.arange(length)).argmax(-1)
    with model._enable_peft_forward_hooks(alora_offsets=(length - last).tolist()):
        yield model.get_base_model()


def loss_of(model: Any, batch: Batch, invocation: int) -> torch.Tensor:
    """Cross-entropy (nats a token) on the outputs alone."""
    with torch.autocast("cpu", dtype=torch.bfloat16), invoked(model, batch, invocation) as acting:
        logits, targets, weights = decoder.learned_logits(acting, decoder.hidden_states(acting, batch.ids), batch)
        assert len(targets), "a batch without one output token teaches nothing"
        return decoder.loss(logits, targets, weights)


@torch.inference_mode()
def exact(model: Any, rows: list[Tokenised], invocation: int, acting: bool) -> int:
    """How many outputs are, token for token, the model's first choice (greedy, unconstrained)."""
    right, ordered = 0, sorted(rows, key=lambda row: len(row.ids))
    for first in range(0, len(ordered), 8):
        batch = collate(ordered[first : first + 8])
        with torch.autocast("cpu", dtype=torch.bfloat16), ExitStack() as stack:
            base = stack.enter_context(invoked(model, batch, invocation)) if acting else model.get_base_model()
            if not acting:
                stack.enter_context(model.disable_adapter())
            chosen = base.lm_head(decoder.hidden_states(base, batch.ids)).argmax(-1)
        right += int((~((chosen != batch.targets) & (batch.weights == 1.0)).any(-1)).sum())
    return right


def train(plan: Plan, data: Path | None, base_folder: Path, out: Path) -> dict[str, Any]:
    """Train for the plan's minutes; the card of what came out."""
    tokenizer = PreTrainedTokenizerFast.from_pretrained(str(base_folder))
    base = OPTForCausalLM.from_pretrained(str(base_folder), dtype=torch.float32)
    test = held_out(plan, tokenizer, data)
    model = further(base, out / "weights") if plan.further else activated(base, tokenizer, plan)
    invocation = tokenizer.convert_tokens_to_ids(INVOCATION)
    before = exact(model, test, invocation, acting=False)
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=plan.learning_rate, weight_decay=0.0, fused=True)
    learned = batches(skill_rows(plan, tokenizer, data), plan.batch_tokens, random.Random(plan.seed))
    began, steps, tokens = time.monotonic(), 0, 0
    while (spent := (time.monotonic() - began) / 60) < plan.minutes:
        rate = plan.learning_rate * min(1.0, (steps + 1) / plan.warmup_steps) * (1 - spent / plan.minutes)
        for group in optimizer.param_groups:
            group["lr"] = rate
        batch = next(learned)
        value = loss_of(model, batch, invocation)
        value.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        steps, tokens = steps + 1, tokens + batch.tokens
        if steps % 25 == 0:
            print(
                json.dumps({"step": steps, "minutes": round(spent, 2), "loss": round(float(value.detach()), 4)}),
                flush=True,
            )
    after = exact(model, test, invocation, acting=True)
    _save(model, out / "weights")
    rows = (
        row for row in corpus.training_rows(data, random.Random(plan.seed), plan.mixture) if row.skill == plan.skill
    )
    return {
        "base": {"digest": base_digest(base_folder)},
        "method": "activated LoRA",
        "plan": asdict(plan),
        "steps": steps,
        "tokens": tokens,
        "teacher": None,
        "data": corpus.composition(rows, 3000),
        "held_out": {"rows": len(test), "exact": after, "exact_base": before},
    }


def _save(model: Any, folder: Path) -> None:
    """PEFT's format, weights in bfloat16; the base's path is left out: the card's digest names the base."""
    model.save_pretrained(str(folder), safe_serialization=True)
    (folder / "README.md").unlink(missing_ok=True)  # a template nobody filled in
    config = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))
    config["base_model_name_or_path"] = "base"
    (folder / "adapter_config.json").write_text(json.dumps(config, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    from safetensors.torch import load_file

    path = folder / "adapter_model.safetensors"
    save_file({name: value.to(torch.bfloat16) for name, value in load_file(path).items()}, path, {"format": "pt"})


def main() -> None:
    parser = argparse.ArgumentParser(description="Train one bundled skill on the base.")
    parser.add_argument("skill")
    parser.add_argument("--data", type=Path, help="folder of the public data sets")
    parser.add_argument("--base", type=Path, default=ADAPTERS / "base")
    parser.add_argument("--out", type=Path, help="the skill's folder; adapters/SKILL unless given")
    for name, default in asdict(Plan("")).items():
        if isinstance(default, bool):
            parser.add_argument(f"--{name}", action="store_true")
        elif isinstance(default, int | float | str) and name != "skill":
            parser.add_argument(f"--{name.replace('_', '-')}", type=type(default), default=default)
    given = vars(parser.parse_args())
    data, base, out = given.pop("data"), given.pop("base"), given.pop("out")
    plan = Plan(**given)
    folder = out or ADAPTERS / plan.skill
    card = train(plan, data, base, folder)
    (folder / "card.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(card["held_out"]))


if __name__ == "__main__":
    main()
