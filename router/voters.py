"""A few small networks of one hidden layer that vote: the mean of their probabilities.

Each ends in a `logistic.Head`. Networks that were begun differently agree on what is in their data and differ where
they guess, so that their mean is sure only where there is reason to be. What the classes mean, whoever asks knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from router.encoder import Floats
from router.logistic import Head, Shares


class Voter(NamedTuple):
    """`inward` [features, hidden] and `bias` [hidden] of the hidden layer, `head` on what is above zero of it."""

    inward: Floats
    bias: Floats
    head: Head

    def shares(self, features: Floats, possible: npt.NDArray[np.bool_]) -> Shares:
        return self.head.shares(np.maximum(features @ self.inward + self.bias, 0), possible)


class Voters(NamedTuple):
    each: Sequence[Voter]

    @property
    def classes(self) -> tuple[str, ...]:
        return self.each[0].head.classes

    def shares(self, features: Floats, possible: npt.NDArray[np.bool_]) -> Shares:
        """Probabilities [b, n] for features [b, features], among the classes that are `possible` [b, n], one at least
        in each row."""
        shares: Shares = np.mean([voter.shares(features, possible) for voter in self.each], 0)
        return shares


def read_voters(path: Path, features: int) -> Voters:
    """From `inward` [k, features, hidden], `inward_bias` [k, hidden], `weights` [k, hidden, n] and `bias` [k, n], the
    classes a line each in the metadata's `classes`. Raises what safetensors raises, and ValueError for other shapes."""
    from safetensors import safe_open

    with safe_open(path, "np") as file:
        classes = tuple((file.metadata() or {})["classes"].split("\n"))
        names = ("inward", "inward_bias", "weights", "bias")
        tensors = [file.get_tensor(name).astype(np.float32) for name in names]
    if tensors[0].ndim != 3 or len({len(tensor) for tensor in tensors}) != 1:
        raise ValueError(f"{[tensor.shape for tensor in tensors]} are no layers of as many networks each")
    layers = zip(*tensors, strict=True)
    voters = [Voter(inward, bias, Head(last, last_bias, classes)) for inward, bias, last, last_bias in layers]
    for voter in voters:
        voter.head.check(voter.inward.shape[1])
        if voter.inward.shape[0] != features or voter.bias.shape != (voter.inward.shape[1],):
            raise ValueError(f"{voter.inward.shape} weights of {features} features")
    return Voters(voters)
