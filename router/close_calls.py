"""A close call between two groups, settled by a ridge regression on their examples alone: their vectors and words.

One regression for all groups tells each from all the rest; which of two neighbours a request is for is better told by a
straight line between these two, and a word that only one of them uses, lost in a mean of vectors, says much between
two. The line is drawn when a ranking leaves them close and one of them is small: of skills of many examples there are
few, and the ranking of few is nearly such a line already. Between two of a hundred examples it takes two milliseconds.
Which groups are close, and what they stand for, is known in ranking.py.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from router.encoder import Floats
from router.product import product

GAP = 6.0  # nats between the best two, above which their order stands; this and the next three: CLINC150's val split
RIDGE = 0.3  # added to the diagonal; vectors and words are of length one
STANDING = 0.25  # share of the gap that is kept
WEIGHT = 12.0  # nats, for an example of one of the two known by heart against one of the other
SMALL = 256  # examples of the smaller group, at most: between two that are better known the ranking is to be trusted
LARGEST = 1024  # examples of both: a line between so many takes a tenth of a second, once
_WORD = re.compile(r"\w+|[?']")


@dataclass(frozen=True)
class Line:
    """`centre` float32 [d] between two groups, `weights` float32 [d]; `words`: what each word, or pair of words,
    counts for."""

    centre: Floats
    weights: Floats
    words: dict[str, float]

    def side(self, vector: Floats, text: str) -> float:
        """[d] → about 0.5 for the first group, about -0.5 for the second."""
        by_vector = product(_directions(vector[None] - self.centre), self.weights[:, None])[0, 0]
        counted = [self.words[word] for word in words(text) if word in self.words]
        return float(by_vector) + sum(counted) / math.sqrt(max(len(counted), 1))


def is_close(gap: float, first: int, second: int) -> bool:
    """`gap`: nats between the two; `first`, `second`: how many examples they have."""
    return gap < GAP and min(first, second) <= SMALL and first + second <= LARGEST


def settled(gap: float, side: float) -> float:
    """What the gap is then, in nats; below zero the other group is the likelier."""
    return STANDING * gap + WEIGHT * side


def words(text: str) -> list[str]:
    """The words of a text and its pairs of neighbouring words, each once."""
    found = _WORD.findall(text.lower())
    return list(dict.fromkeys([*found, *(" ".join(pair) for pair in pairwise(found))]))


def between(first: Floats, second: Floats, texts: Sequence[str]) -> Line:
    """The line between two groups, [n, d] and [m, d], said as `texts` [n + m]."""
    import torch

    together = np.concatenate([first, second])
    centre = together.mean(0)
    places, said = _bag(texts)
    features = torch.from_numpy(np.concatenate([_directions(together - centre), said], axis=1))
    targets = np.repeat(np.array([0.5, -0.5], dtype=np.float32), [len(first), len(second)])
    with torch.inference_mode():
        gram = features @ features.T + RIDGE * torch.eye(len(together))
        wanted = torch.from_numpy(targets - targets.mean())[:, None]
        solved = torch.cholesky_solve(wanted, torch.linalg.cholesky(gram))
        weights = (features.T @ solved)[:, 0].numpy().astype(np.float32)
    counts = weights[len(centre) :].tolist()
    return Line(centre, weights[: len(centre)], {word: counts[place] for word, place in places.items()})


def _bag(texts: Sequence[str]) -> tuple[dict[str, int], Floats]:
    """The words that more than one text has, and which have them [n, words], rows of length one."""
    found = [words(text) for text in texts]
    numbers = Counter(word for each in found for word in each)
    places = {word: place for place, word in enumerate(sorted(word for word, number in numbers.items() if number > 1))}
    bag = np.zeros((len(texts), len(places)), dtype=np.float32)
    for row, each in zip(bag, found, strict=True):
        row[[places[word] for word in each if word in places]] = 1
    return places, _directions(bag)


def _directions(vectors: Floats) -> Floats:
    lengths = np.sqrt(np.einsum("nd,nd->n", vectors, vectors))
    return np.asarray(vectors / np.maximum(lengths, 1e-6)[:, None], dtype=np.float32)
