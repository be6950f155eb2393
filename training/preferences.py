"""Learning from what is better and what is worse: DPO on pairs of outputs to one request, KTO on outputs one by one.

The reference is the skill as it was before: what it thinks of every output is computed once, so that no second model is
held. TRL has both losses, but computes them by a forward in which PEFT cannot activate an adapter on the bundled base
(training.forward does), so they stand here, flat; batches and numbers only, no rows are chosen and nothing is updated.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from training.batches import Batch, collate
from training.curriculum import IGNORE, Tokenised
from training.forward import device_of, log_probabilities, moved


@dataclass(frozen=True)
class Pair:
    """Two outputs to one prompt."""

    chosen: Tokenised
    rejected: Tokenised


@dataclass(frozen=True)
class Judged:
    """An output, and whether it is wanted. `astray`: an output to another prompt, put after this one: how likely those
    have become says how far the skill has moved in general."""

    row: Tokenised
    wanted: bool
    astray: Tokenised


@dataclass(frozen=True)
class Compared:
    """The first half of the rows against the second. `reference` [B]: nats before anything was learned. For KTO
    `wanted` [B / 2] says which of the first half are; the second half are those astray."""

    batch: Batch
    reference: Tensor
    wanted: Tensor | None = None

    @property
    def tokens(self) -> int:
        return self.batch.tokens


# --- batches ---------------------------------------------------------------------------------------------------------


def pairs_in_batches(model: Any, pairs: Sequence[Pair], size: int, seed: int) -> Iterator[Compared]:
    """Endless batches of `size` pairs, in another order every round; the reference is `model` as it is at this call."""
    chosen, rejected = [pair.chosen for pair in pairs], [pair.rejected for pair in pairs]
    return _compared(chosen, rejected, reference(model, chosen), reference(model, rejected), None, size, seed)


def judged_in_batches(model: Any, judged: Sequence[Judged], size: int, seed: int) -> Iterator[Compared]:
    """The same of `size` outputs, wanted and unwanted mixed, and as many astray."""
    rows, astray = [each.row for each in judged], [each.astray for each in judged]
    wanted = torch.tensor([each.wanted for each in judged])
    return _compared(rows, astray, reference(model, rows), reference(model, astray), wanted, size, seed)


def _compared(
    one: Sequence[Tokenised], other: Sequence[Tokenised], of_one: Tensor, of_other: Tensor, wanted: Tensor | None,
    size: int, seed: int,
) -> Iterator[Compared]:  # fmt: skip
    rng, order = random.Random(seed), list(range(len(one)))
    while True:
        rng.shuffle(order)
        for first in range(0, len(order), size):
            some = order[first : first + size]
            rows = [one[at] for at in some] + [other[at] for at in some]
            said = torch.cat([of_one[some], of_other[some]])
            yield Compared(collate(rows), said, None if wanted is None else wanted[some])


@torch.no_grad()
def reference(model: Any, rows: Sequence[Tokenised], size: int = 8) -> Tensor:
    """[rows] float32: what the model gives each output now."""
    found = torch.zeros(len(rows))
    order = sorted(range(len(rows)), key=lambda at: len(rows[at].ids))
    for first in range(0, len(order), size):
        some = order[first : first + size]
        batch = moved(collate([rows[at] for at in some]), device_of(model))
        found[some] = log_probabilities(model, batch).cpu()
    return found


# --- losses ----------------------------------------------------------------------------------------------------------


def dpo(gained: Tensor, beta: float) -> Tensor:
    """`gained` [2n]: nats over the reference, those of the chosen first. −log σ(β (chosen − rejected))
    (Rafailov et al. 2023, arXiv:2305.18290, eq. 7)."""
    chosen, rejected = gained.chunk(2)
    return -F.logsigmoid(beta * (chosen - rejected)).mean()


def kto(gained: Tensor, wanted: Tensor, beta: float, weights: tuple[float, float]) -> Tensor:
    """`gained` [2n], those astray second; `wanted` [n]; `weights` λ of wanted and unwanted. λ (1 − v) with v =
    σ(β (gained − z)) for the wanted and σ(β (z − gained)) for the others, where z is the mean gain of those astray, at
    least 0 and not learned from (Ethayarajh et al. 2024, arXiv:2402.01306, eq. 8)."""
    here, astray = gained.chunk(2)
    middle = astray.detach().mean().clamp_min(0.0)
    value = torch.sigmoid(beta * torch.where(wanted, here - middle, middle - here))
    weight = torch.where(wanted, weights[0], weights[1])
    return (weight * (1 - value)).mean()


def balance(wanted: int, unwanted: int) -> tuple[float, float]:
    """Weights of either kind, the rarer one's larger, so that both count alike; never more than 8 times."""
    most = max(wanted, unwanted)
    return min(8.0, most / max(1, wanted)), min(8.0, most / max(1, unwanted))


@dataclass(frozen=True)
class DpoLoss:
    """`anchor` weighs plain training on the chosen, without which DPO may make both outputs less likely as long as the
    rejected one falls faster (Pang et al. 2024, arXiv:2404.19733, eq. 2: weight 1)."""

    beta: float
    anchor: float = 1.0

    def __call__(self, model: Any, each: Compared) -> Tensor:
        batch = moved(each.batch, device_of(model))
        now = log_probabilities(model, batch)
        half = len(now) // 2
        plain = -now[:half].sum() / (batch.targets[:half] != IGNORE).sum()
        return dpo(now - each.reference.to(now.device), self.beta) + self.anchor * plain


@dataclass(frozen=True)
class KtoLoss:
    beta: float
    weights: tuple[float, float] = (1.0, 1.0)

    def __call__(self, model: Any, each: Compared) -> Tensor:
        assert each.wanted is not None, "these are pairs"
        batch = moved(each.batch, device_of(model))
        gained = log_probabilities(model, batch) - each.reference.to(batch.ids.device)
        return kto(gained, each.wanted.to(batch.ids.device), self.beta, self.weights)
