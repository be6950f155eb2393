"""The training forward of an OPT-shaped model: hidden states without a mask, loss only where something is to learn.

Reads the weights of a transformers model in place; gives the same numbers as its own forward (tested), faster, because
right-padded causal rows need no mask and most positions need no vocabulary.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F

from training.curriculum import IGNORE

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import OPTForCausalLM

    from training.batches import Batch


def hidden_states(model: OPTForCausalLM, ids: Tensor, first: int = 0) -> Tensor:
    """ids [B, T] → last hidden states [B, T, width]. Positions count from `first` at the row's beginning."""
    decoder = model.model.decoder
    heads = decoder.config.num_attention_heads
    positions = torch.arange(first, first + ids.shape[1], device=ids.device) + decoder.embed_positions.offset
    x: Tensor = decoder.embed_tokens(ids) + F.embedding(positions, decoder.embed_positions.weight)
    for layer in decoder.layers:
        attention = layer.self_attn
        q, k, v = (
            proj(x).unflatten(-1, (heads, -1)).transpose(1, 2)
            for proj in (attention.q_proj, attention.k_proj, attention.v_proj)
        )
        mixed = attend(q, k, v)
        x = layer.self_attn_layer_norm(x + attention.out_proj(mixed.transpose(1, 2).flatten(-2)))
        x = layer.final_layer_norm(x + layer.fc2(F.gelu(layer.fc1(x))))
    return x


def attend(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Causal attention over [B, heads, T, width]. On a CPU as plain matrix products: torch's fused kernel spends longer
    on the way back than everything else in the layer together (training/LOG.md)."""
    if q.device.type != "cpu":
        return F.scaled_dot_product_attention(q, k, v, is_causal=True)
    length, scale = q.shape[-2], q.shape[-1] ** -0.5
    later = torch.full((length, length), float("-inf"), dtype=q.dtype).triu(1)
    queries, keys, values = (part.flatten(0, 1).contiguous() for part in (q, k, v))
    scores = torch.baddbmm(later.expand(queries.shape[0], -1, -1), queries, keys.transpose(1, 2), alpha=scale)
    return torch.bmm(scores.softmax(-1, dtype=values.dtype), values).view_as(q)


def learned_logits(model: OPTForCausalLM, hidden: Tensor, batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
    """Logits [N, V], targets [N] and weights [N] of the N positions that have a target."""
    chosen = batch.targets != IGNORE
    return model.lm_head(hidden[chosen]), batch.targets[chosen], batch.weights[chosen]


def loss(logits: Tensor, targets: Tensor, weights: Tensor) -> Tensor:
    """Cross-entropy in nats, averaged by weight."""
    each = F.cross_entropy(logits.float(), targets, reduction="none")
    mean: Tensor = (each * weights).sum() / weights.sum()
    return mean
