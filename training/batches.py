"""Rows to padded batches of about equal size in tokens, short rows with short, long with long. Knows no model."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from training.curriculum import IGNORE, Tokenised

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Batch:
    """`ids` [B, T] padded on the right; `targets` [B, T] the next token, or IGNORE; `weights` [B, T] of their loss.

    Padding stands only on the right, so a causal model needs no mask to keep rows apart.
    """

    ids: Tensor
    targets: Tensor
    weights: Tensor
    sources: tuple[str, ...]

    @property
    def tokens(self) -> int:
        return int((self.ids != 0).sum())


def collate(rows: list[Tokenised], prompt_weight: float = 0.0, multiple: int = 32) -> Batch:
    """Loss falls on outputs with weight 1 and, where `prompt_weight` is above 0, on prompts with that."""
    longest = max(len(row.ids) for row in rows)
    width = -(-longest // multiple) * multiple
    ids = torch.zeros(len(rows), width, dtype=torch.long)
    targets = torch.full((len(rows), width), IGNORE)
    weights = torch.zeros(len(rows), width)
    for i, row in enumerate(rows):
        tokens = torch.tensor(row.ids)
        ids[i, : len(tokens)] = tokens
        first = 1 if prompt_weight else row.start
        targets[i, first - 1 : len(tokens) - 1] = tokens[first:]
        weights[i, : row.start - 1] = prompt_weight
        weights[i, row.start - 1 : len(tokens) - 1] = 1.0
    return Batch(ids, targets, weights, tuple(row.source for row in rows))


def batches(
    rows: Iterator[Tokenised], size: int, rng: random.Random, *, prompt_share: float = 0.0, prompt_weight: float = 0.2
) -> Iterator[Batch]:
    """Endless batches of about `size` padded tokens; a `prompt_share` of them also learns its prompts' tokens."""
    while True:
        pool = sorted((next(rows) for _ in range(768)), key=lambda row: len(row.ids))
        groups: list[list[Tokenised]] = [[]]
        for row in pool:
            if groups[-1] and (len(groups[-1]) + 1) * len(row.ids) > size:
                groups.append([])
            groups[-1].append(row)
        rng.shuffle(groups)
        for group in groups:
            yield collate(group, prompt_weight if rng.random() < prompt_share else 0.0)
