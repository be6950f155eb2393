"""Train the small networks of `router.voters` and write them.

Dropout (Srivastava et al. 2014) and few passes keep them from learning single frames by heart; AdamW with one cycle of
the rate, a few seconds a network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F

from router.encoder import Floats
from router.logistic import Head
from router.voters import Voter, Voters
from training.heads import write_head

VOTERS, HIDDEN, PASSES, BATCH = 3, 128, 10, 128
RATE, DECAY, DROPPED, DROPPED_HIDDEN = 2e-3, 0.05, 0.2, 0.5
SCALE = 10.0  # unit vectors are short


def fit_voters(
    vectors: Floats, told: Sequence[str], classes: tuple[str, ...], possible: npt.NDArray[np.bool_]
) -> Voters:
    """`vectors` [n, f] and the class each of the n is told to be, among those that are `possible` [n, classes]."""
    x, y = torch.from_numpy(vectors), torch.tensor([classes.index(each) for each in told])
    barred = torch.from_numpy(np.where(possible, 0, -1e9).astype(np.float32))
    return Voters([_fitted(x, y, barred, classes, seed) for seed in range(VOTERS)])


def _fitted(x: torch.Tensor, y: torch.Tensor, barred: torch.Tensor, classes: tuple[str, ...], seed: int) -> Voter:
    torch.manual_seed(seed)
    inward, outward = torch.nn.Linear(x.shape[1], HIDDEN), torch.nn.Linear(HIDDEN, len(classes))
    parameters = [*inward.parameters(), *outward.parameters()]
    optimizer = torch.optim.AdamW(parameters, lr=RATE, weight_decay=DECAY)
    updates = PASSES * -(-len(x) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=updates)
    for _ in range(PASSES):
        for rows in torch.randperm(len(x)).split(BATCH):
            hidden = F.relu(inward(F.dropout(x[rows] * SCALE, DROPPED)))
            loss = F.cross_entropy(outward(F.dropout(hidden, DROPPED_HIDDEN)) + barred[rows], y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    first, bias, last, last_bias = (each.detach().numpy() for each in parameters)
    return Voter(first.T * np.float32(SCALE), bias, Head(last.T, last_bias, classes))


def write_voters(path: Path, voters: Voters, described: Mapping[str, str | float]) -> None:
    """In half precision, as `router.voters.read_voters` reads them; the card beside them."""
    layers = {
        "inward": [voter.inward for voter in voters.each],
        "inward_bias": [voter.bias for voter in voters.each],
        "weights": [voter.head.weights for voter in voters.each],
        "bias": [voter.head.bias for voter in voters.each],
    }
    tensors = {name: torch.from_numpy(np.stack(arrays)).half() for name, arrays in layers.items()}
    write_head(path, tensors, dict(described), {"classes": "\n".join(voters.classes)})
