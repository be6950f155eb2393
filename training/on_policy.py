"""On-policy distillation: the skill speaks, a teacher with the same words says at every token what it would have said.

Half of the updates are on the skill's own samples and half on accepted rows (generalised knowledge distillation,
Agarwal et al. 2024, arXiv:2306.13649); the divergence is forward, over the teacher's likeliest tokens and everything
else as one more, because the reverse one, truncated, collapses. Samples are drawn anew for every update. Reads no rows
from disk and updates nothing.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from training.batches import collate
from training.curriculum import Tokenised
from training.forward import device_of, learned, moved, next_logits, precision

TOP = 32
_LEAST = 1e-6  # share of everything outside the likeliest tokens, on either side


@dataclass(frozen=True)
class Spoken:
    """Rows to learn from; `own`: their outputs are drawn from the model before it learns, by `seed`."""

    rows: Sequence[Tokenised]
    own: bool
    seed: int

    @property
    def tokens(self) -> int:
        return sum(len(row.ids) for row in self.rows)


def in_batches(rows: Sequence[Tokenised], size: int, own_share: float, seed: int) -> Iterator[Spoken]:
    """Endless batches of `size` rows of about one length, an `own_share` of them for samples."""
    rng, number = random.Random(seed), 0
    while True:
        order = sorted(rng.sample(range(len(rows)), len(rows)), key=lambda at: len(rows[at].ids) // 32)
        groups = [order[first : first + size] for first in range(0, len(order), size)]
        rng.shuffle(groups)
        for some in groups:
            number += 1
            yield Spoken([rows[at] for at in some], rng.random() < own_share, seed * 1_000_003 + number)


@torch.no_grad()
def sampled(model: Any, rows: Sequence[Tokenised], limit: int, seed: int, temperature: float = 1.0) -> list[Tokenised]:
    """The rows' prompts, each with an output of at most `limit` tokens drawn from the model. A row's last token is the
    end of turn, which ends an output.

    Every token is a forward over the whole row: slow a token, but right for every method and every base.
    """
    rng = torch.Generator().manual_seed(seed)
    said = [list(row.ids[: row.start]) for row in rows]
    speaking = set(range(len(rows)))
    for _ in range(limit):
        if not speaking:
            break
        some = sorted(speaking)
        shares = torch.softmax(next_logits(model, [said[at] for at in some]).cpu() / temperature, dim=-1)
        for at, token in zip(some, torch.multinomial(shares, 1, generator=rng)[:, 0].tolist(), strict=True):
            said[at].append(token)
            if token == rows[at].ids[-1]:
                speaking.discard(at)
    return [Tokenised(ids, row.start, row.source) for ids, row in zip(said, rows, strict=True)]


def divergence(teacher: Tensor, student: Tensor, top: int = TOP) -> Tensor:
    """Logits [N, V] of both → the mean over N of KL(teacher ‖ student) in nats, over the teacher's `top` likeliest
    tokens and all others as one. At least 0; 0 where both agree."""
    likeliest = teacher.log_softmax(-1).topk(min(top, teacher.shape[-1]), dim=-1)
    theirs, ours = likeliest.values, student.log_softmax(-1).gather(-1, likeliest.indices)
    kept = (theirs.exp() * (theirs - ours)).sum(-1)
    rest_theirs, rest_ours = _rest(theirs), _rest(ours)
    return (kept + rest_theirs * (rest_theirs.log() - rest_ours.log())).mean()


def _rest(likeliest: Tensor) -> Tensor:
    return (1 - likeliest.exp().sum(-1)).clamp_min(_LEAST)


@dataclass(frozen=True)
class OnPolicyLoss:
    """`teacher` is frozen. `limit`: tokens of a sample."""

    teacher: Any
    limit: int
    temperature: float = 1.0
    top: int = TOP

    def __call__(self, model: Any, each: Spoken) -> Tensor:
        rows = each.rows
        if each.own:
            rows = sampled(model, rows, self.limit, each.seed, self.temperature)
        batch = moved(collate(list(rows)), device_of(model))
        with precision(batch.ids):
            with torch.no_grad():
                theirs, _, _ = learned(self.teacher, batch)
            ours, _, _ = learned(model, batch)
        return divergence(theirs.float(), ours.float(), self.top)
