"""The forward of a base with something learning in it: loss on outputs, first choices, exactness. Updates nothing.

Two lanes. Bases of the bundled shape go through training.decoder, which computes only what a batch needs; all others,
and what is put before the tokens (prefixes, prompts), through transformers' and PEFT's own forward.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from training import decoder
from training.batches import Batch, collate
from training.curriculum import IGNORE, Tokenised

Invocation = Sequence[int]


def is_bundled_shape(base: Any) -> bool:
    """Whether training.decoder computes this base exactly."""
    config = base.config
    return (
        config.model_type == "opt"
        and not config.do_layer_norm_before
        and config.activation_function == "gelu"
        and config.word_embed_proj_dim == config.hidden_size
    )


def base_of(model: Any) -> Any:
    return model.get_base_model() if hasattr(model, "get_base_model") else model


def invocation_of(model: Any) -> Invocation:
    """The tokens that activate the model's adapter; none for all but an activated LoRA."""
    config = getattr(model, "peft_config", {}).get("default")
    return tuple(getattr(config, "alora_invocation_tokens", None) or ())


@contextmanager
def invoked(model: Any, ids: Tensor, invocation: Invocation) -> Iterator[Any]:
    """The base with its adapter acting, in every row of `ids` [B, T], from the row's last invocation on.

    PEFT's own forward hooks are given the places (counted from the row's end, as it counts them), because it cannot
    find them itself where the forward is not its own.
    """
    if not invocation:
        yield base_of(model)
        return
    with model._enable_peft_forward_hooks(alora_offsets=(ids.shape[1] - last(ids, invocation)).tolist()):
        yield base_of(model)


def last(ids: Tensor, invocation: Invocation) -> Tensor:
    """[B]: where the last occurrence of `invocation` begins in each row of [B, T]; 0 where there is none."""
    places = ids.shape[1] - len(invocation) + 1
    found = torch.ones(ids.shape[0], places, dtype=torch.bool, device=ids.device)
    for offset, token in enumerate(invocation):
        found &= ids[:, offset : offset + places] == token
    return (found * torch.arange(places, device=ids.device)).argmax(-1)


def precision(ids: Tensor) -> Any:
    return torch.autocast(ids.device.type, dtype=torch.bfloat16)


def learned(model: Any, batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
    """Logits [N, V], targets [N] and weights [N] of the N positions that have a target. Other positions need no
    vocabulary, which for a large one is most of the memory."""
    chosen = batch.targets != IGNORE
    if _own_lane(model):
        with invoked(model, batch.ids, invocation_of(model)) as base:
            return decoder.learned_logits(base, decoder.hidden_states(base, batch.ids), batch)
    if _puts_in_front(model):
        output = model(input_ids=batch.ids, attention_mask=torch.ones_like(batch.ids), use_cache=False)
        logits: Tensor = output.logits[:, -batch.ids.shape[1] :][chosen]  # what was put in front is cut off again
    else:
        logits = _after_the_layers(model, batch.ids, chosen)
    return logits, batch.targets[chosen], batch.weights[chosen]


def _after_the_layers(model: Any, ids: Tensor, chosen: Tensor) -> Tensor:
    """Through transformers' own layers. Padding stands on the right only, where a causal model need not see it."""
    with invoked(model, ids, invocation_of(model)) as base:
        output = base.model(input_ids=ids, attention_mask=torch.ones_like(ids), use_cache=False)
        logits: Tensor = base.lm_head(output.last_hidden_state[chosen])
        return logits


def loss_of(model: Any, batch: Batch) -> Tensor:
    """Cross-entropy (nats a token) on the outputs alone."""
    with precision(batch.ids):
        logits, targets, weights = learned(model, batch)
        assert len(targets), "a batch without one output token teaches nothing"
        return decoder.loss(logits, targets, weights)


def log_probabilities(model: Any, batch: Batch) -> Tensor:
    """[B] float32: of each row's output, in nats, summed over its tokens."""
    with precision(batch.ids):
        logits, targets, _ = learned(model, batch)
    each = -F.cross_entropy(logits.float(), targets, reduction="none")
    owner = (batch.targets != IGNORE).nonzero()[:, 0]
    return torch.zeros(len(batch.ids), device=each.device).index_add(0, owner, each)


def next_logits(model: Any, rows: Sequence[Sequence[int]]) -> Tensor:
    """[B, V] float32: of the token that follows each row."""
    batch = collate([Tokenised([*row, 0], len(row), "") for row in rows], multiple=1)
    batch = moved(Batch(batch.ids[:, :-1], batch.targets[:, :-1], batch.weights[:, :-1], ()), device_of(model))
    with precision(batch.ids):
        logits, _, _ = learned(model, batch)
    return logits.float()


@torch.inference_mode()
def exact_rows(model: Any, rows: Sequence[Tokenised], size: int = 8) -> list[bool]:
    """For each row whether its output is, token for token, the model's first choice (greedy, unconstrained)."""
    right = [False] * len(rows)
    order = sorted(range(len(rows)), key=lambda at: len(rows[at].ids))
    for first in range(0, len(order), size):
        some = order[first : first + size]
        batch = moved(collate([rows[at] for at in some]), device_of(model))
        with precision(batch.ids):
            logits, targets, _ = learned(model, batch)
        owner = (batch.targets != IGNORE).nonzero()[:, 0]  # the row each of these positions is in
        wrong = set(owner[logits.argmax(-1) != targets].tolist())
        for row, at in enumerate(some):
            right[at] = row not in wrong
    return right


@torch.inference_mode()
def mean_loss(model: Any, rows: Sequence[Tokenised], size: int = 8) -> float:
    """Nats an output token over all rows."""
    total = count = 0.0
    ordered = sorted(rows, key=lambda row: len(row.ids))
    for first in range(0, len(ordered), size):
        batch = moved(collate(ordered[first : first + size]), device_of(model))
        learned_here = float((batch.targets != IGNORE).sum())
        total, count = total + float(loss_of(model, batch)) * learned_here, count + learned_here
    return total / max(1.0, count)


def moved(batch: Batch, device: torch.device) -> Batch:
    if batch.ids.device == device:
        return batch
    return Batch(batch.ids.to(device), batch.targets.to(device), batch.weights.to(device), batch.sources)


def device_of(model: Any) -> torch.device:
    device: torch.device = next(model.parameters()).device
    return device


def _own_lane(model: Any) -> bool:
    return is_bundled_shape(base_of(model)) and not _puts_in_front(model)


def _puts_in_front(model: Any) -> bool:
    """Prefixes and prompts."""
    return bool(getattr(getattr(model, "peft_config", {}).get("default"), "is_prompt_learning", False))
