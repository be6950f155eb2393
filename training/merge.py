"""Merge a skill into its base: one checkpoint for a deployment of one skill, and how far its logits are from the two.

A plain LoRA acts on every token, so base and skill become one matrix. An activated one acts from the assistant's header
on: merged it would act on the conversation as well, which is another model. That is refused unless it is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from adapters.skill import Skill
from router.engines.lora import Adapter, read_adapter
from router.errors import UsageError, WeightsRefused
from training.leaving import save_base

if TYPE_CHECKING:
    from torch import Tensor

TOLERANCE = 0.02  # of the logits' own size: a weight in bfloat16 is right to one part in 256


@dataclass(frozen=True)
class Difference:
    """Between base with skill, in float32, and what was written: logits relative to their size, first choices alike."""

    relative: float
    largest: float
    alike: float
    tokens: int


def merge(skill: Skill, base_folder: Path, out: Path, *, anyway: bool = False) -> Difference:
    """Writes a base folder. Raises WeightsRefused for weights of another base, UsageError for a skill without weights,
    an activated one without `anyway`, or a result that is not the same within TOLERANCE."""
    adapter = _adapter(skill, base_folder)
    if adapter.invocation and not anyway:
        raise UsageError(
            f"{skill.name} is an activated LoRA: merged it would act on the conversation too, not only on its answer",
            hint=f"train it plain: quiver skill train {skill.name} --method lora; or merge it --anyway",
        )
    probes = _probes(skill, base_folder)
    wanted = _with_skill(adapter, base_folder, probes)
    base = _load(base_folder)
    with torch.no_grad():
        for path, delta in adapter.deltas.items():
            base.get_submodule(path).weight.add_(delta.up @ delta.down)
    save_base(base, out, base_folder)
    difference = compared(wanted, _logits(_load(out), probes))
    if not adapter.invocation and difference.relative > TOLERANCE:
        raise UsageError(f"the merged base differs by {difference.relative:.1%}", hint="keep base and skill apart")
    return difference


def _adapter(skill: Skill, base_folder: Path) -> Adapter:
    from router.engines.loading import base_digest

    if skill.weights is None:
        raise UsageError(f"{skill.name} has no weights to merge", hint=f"quiver skill train {skill.name}")
    made_for, here = skill.card.get("base", {}).get("digest"), base_digest(base_folder)
    if made_for and made_for != here:
        raise WeightsRefused(
            f"{skill.name} was trained on the base {made_for[:12]}, not on {here[:12]}",
            hint=f"quiver skill train {skill.name}",
        )
    base = _load(base_folder)
    linear = {
        path: (layer.out_features, layer.in_features)
        for path, layer in base.named_modules()
        if isinstance(layer, torch.nn.Linear)
    }
    return read_adapter(skill.weights, skill.version, linear)


def _load(folder: Path) -> Any:
    from training.train import load_base

    return load_base(folder).cpu()


def _probes(skill: Skill, base_folder: Path) -> list[list[int]]:
    """The skill's own first requests, as the base reads them."""
    from transformers import PreTrainedTokenizerFast

    tokenizer = PreTrainedTokenizerFast.from_pretrained(str(base_folder))
    texts = [[{"role": "user", "content": example.request}] for example in skill.examples[:8]]
    rendered = [str(tokenizer.apply_chat_template(text, add_generation_prompt=True, tokenize=False)) for text in texts]
    return [tokenizer.encode(text, add_special_tokens=False) for text in rendered]


@torch.inference_mode()
def _with_skill(adapter: Adapter, base_folder: Path, probes: Sequence[Sequence[int]]) -> list[Tensor]:
    """Logits of every probe with the skill acting beside the base from where it begins."""
    base = _load(base_folder)
    begins = 0

    def acting(delta: Any) -> Any:
        def hook(layer: Any, given: tuple[Tensor], y: Tensor) -> Tensor:
            changed = delta.add(given[0], y)
            if not begins:
                return changed  # type: ignore[no-any-return]
            return torch.cat((y[..., :begins, :], changed[..., begins:, :]), -2)

        return hook

    for path, delta in adapter.deltas.items():
        base.get_submodule(path).register_forward_hook(acting(delta))
    found = []
    for probe in probes:
        begins = adapter.begins(list(probe))
        found.append(_logits(base, [probe])[0])
    return found


@torch.inference_mode()
def _logits(model: Any, probes: Sequence[Sequence[int]]) -> list[Tensor]:
    return [model(input_ids=torch.tensor([probe]), use_cache=False).logits[0].float() for probe in probes]


def compared(wanted: Sequence[Tensor], found: Sequence[Tensor]) -> Difference:
    one, other = torch.cat(list(wanted)), torch.cat(list(found))
    return Difference(
        relative=float((one - other).norm() / one.norm()),
        largest=float((one - other).abs().max()),
        alike=float((one.argmax(-1) == other.argmax(-1)).float().mean()),
        tokens=len(one),
    )
