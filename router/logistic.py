"""A small head on the encoder: multinomial logistic regression. What its classes mean, whoever asks it knows."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from router.encoder import Floats

Shares = npt.NDArray[np.float64]


class Head(NamedTuple):
    """`weights` [features, n], `bias` [n] over the `classes`."""

    weights: Floats
    bias: Floats
    classes: tuple[str, ...]

    def shares(self, features: Floats, possible: npt.NDArray[np.bool_] | None = None) -> Shares:
        """Probabilities [b, n] for features [b, features], among the classes that are `possible` [b, n], one at least
        in each row."""
        logits = (features @ self.weights + self.bias).astype(np.float64)
        if possible is not None:
            logits = np.where(possible, logits, -np.inf)
        odds = np.exp(logits - logits.max(-1, keepdims=True))
        probabilities: Shares = odds / odds.sum(-1, keepdims=True)
        return probabilities

    def check(self, features: int) -> None:
        """Raises ValueError for weights of another shape than `features` and the classes ask for."""
        n = len(self.classes)
        if self.weights.shape != (features, n) or self.bias.shape != (n,):
            raise ValueError(f"{self.weights.shape} weights of {features} features for {n} classes")
