"""Scores of groups by ridge regression (Hoerl and Kennard 1970) on vectors and products of their leading coordinates.

A straight line through the vectors cannot say "this and that together"; products of two coordinates can, and what they
add to a discriminant is about a point of accuracy with twenty examples a group. It is solved in closed form: in the
examples' space while they are few, else in that of the features, where a further group only adds to the sums. It
ranks well and abstains badly: whether any group fits is for the discriminant to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from router.encoder import Floats
from router.product import product

LEADING = 64  # coordinates whose products are taken; this and WEIGHT chosen on CLINC150's val split
RIDGE = 0.3  # added to the diagonal, vectors are of length one; less does for CLINC150, but not for other wordings
WEIGHT = 1000.0  # of this score, in units of the discriminant's


def expand(vectors: Floats, axes: Floats) -> Floats:
    """[n, d] → [n, d + p(p+1)/2]: the vectors, and all products of two of their `axes` [p, d] coordinates, scaled so
    that the products' inner product is the square of the coordinates'."""
    left, right = np.triu_indices(len(axes))
    scale = np.where(left == right, 1, np.sqrt(2)).astype(np.float32)
    coordinates = product(vectors, axes.T)
    return np.concatenate([vectors, coordinates[:, left] * coordinates[:, right] * scale], axis=1)


def products(vectors: Floats, axes: Floats) -> Floats:
    """[n, d] → [n, n]: the inner products of what `expand` returns, without making it."""
    coordinates = vectors @ axes.T
    return np.asarray(vectors @ vectors.T + (coordinates @ coordinates.T) ** 2, dtype=np.float32)


@dataclass(frozen=True)
class Sums:
    """Over examples: `gram` [D, D] of their features, and the features themselves by group, `totals` [g, D]. `groups`:
    whose they are, in order."""

    groups: tuple[Floats, ...]
    gram: Floats
    totals: Floats


@dataclass(frozen=True)
class Regression:
    """`weights` [D, g]; `sums`: what they were solved from, None when solved in the examples' space. `left_out` [m, g]:
    scores of the examples asked for, each as if it had been left out."""

    axes: Floats
    weights: Floats
    sums: Sums | None
    left_out: Floats

    def scores(self, vectors: Floats) -> Floats:
        """[n, d] → [n, g], in units of the discriminant's score: WEIGHT for an example of the group known by heart."""
        return np.asarray(WEIGHT * product(expand(vectors, self.axes), self.weights), dtype=np.float32)


def fit(
    groups: Sequence[Floats],
    axes: Floats,
    asked: Sequence[int] | npt.NDArray[np.intp] = (),
    before: Regression | None = None,
) -> Regression:
    """One regression on all `groups`, each [n, d]; `axes` [r, d] with the leading one last. `asked`: examples, counted
    through all groups, to be scored left out. `before`: an earlier regression, whose sums are gone on with when its
    groups (the same arrays) come first in these."""
    axes = axes[-LEADING:]
    rows = np.asarray(asked, dtype=np.intp)
    member = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    few, sums = is_few(groups, axes), None
    everything = np.concatenate(groups)
    if few:  # by way of the examples' inner products: less work while there are fewer examples than features
        solved, inverse = _solve(
            products(everything, axes), _targets(member, len(groups)), np.eye(len(member), dtype=np.float32)[rows]
        )
        weights, leverage = expand(everything, axes).T @ solved, 1 - np.float32(RIDGE) * inverse
    else:
        sums = _sums(groups, axes, before)
        totals = sums.totals.T - sums.totals.sum(0)[:, None] / np.float32(len(groups))
        weights, leverage = _solve(sums.gram, totals, expand(everything[rows], axes))
    learned = Regression(axes, weights, sums, np.zeros((0, len(groups)), np.float32))
    return replace(
        learned, left_out=_left_out(learned.scores(everything[rows]), _targets(member[rows], len(groups)), leverage)
    )


def width_of(axes: Floats) -> int:
    """How many features `expand` makes."""
    return int(axes.shape[1] + len(axes) * (len(axes) + 1) // 2)


def is_few(groups: Sequence[Floats], axes: Floats) -> bool:
    """Whether there are fewer examples than features, so that no sums are kept."""
    return sum(map(len, groups)) < width_of(axes[-LEADING:])


def of_weights(axes: Floats, weights: Floats) -> Regression:
    """What was solved before, to score with: [D, g] as `Regression.weights`, of the same `axes` as given to `fit`."""
    return Regression(axes[-LEADING:], weights, None, np.zeros((0, weights.shape[1]), np.float32))


def _targets(member: npt.NDArray[np.intp], groups: int) -> Floats:
    """[n, g]: one for the group of each example, centred."""
    return np.asarray(np.eye(groups, dtype=np.float32)[member] - np.float32(1 / groups))


def _left_out(scores: Floats, targets: Floats, leverage: Floats) -> Floats:
    """What each would score had it not been learned: exact for ridge regression (Allen 1974)."""
    share = np.minimum(leverage, np.float32(1 - 1e-4))[:, None]
    return np.asarray((scores - share * np.float32(WEIGHT) * targets) / (1 - share), dtype=np.float32)


def _sums(groups: Sequence[Floats], axes: Floats, before: Regression | None) -> Sums:
    width = width_of(axes)
    known = before.sums if before is not None else None
    if known is None or not _begins_with(groups, known.groups):
        known = Sums((), np.zeros((width, width), np.float32), np.zeros((0, width), np.float32))
    gram, totals = known.gram.copy(), [known.totals]
    for group in groups[len(known.groups) :]:
        features = expand(group, axes)
        gram += features.T @ features
        totals.append(features.sum(0, keepdims=True))
    return Sums(tuple(groups), gram, np.concatenate(totals))


def _begins_with(groups: Sequence[Floats], known: Sequence[Floats]) -> bool:
    return len(known) <= len(groups) and all(one is other for one, other in zip(groups, known, strict=False))


def _solve(gram: Floats, targets: Floats, rows: Floats) -> tuple[Floats, Floats]:
    """With A = gram + RIDGE·1, by Cholesky's factors: A⁻¹·targets, and r·A⁻¹·r of each r of `rows` [m, k]."""
    import torch

    factor = torch.linalg.cholesky(torch.from_numpy(gram + np.float32(RIDGE) * np.eye(len(gram), dtype=np.float32)))
    solved = torch.cholesky_solve(torch.from_numpy(np.ascontiguousarray(targets)), factor)
    halves = torch.linalg.solve_triangular(factor, torch.from_numpy(np.ascontiguousarray(rows.T)), upper=False)
    return np.asarray(solved.numpy(), np.float32), np.asarray((halves**2).sum(0).numpy(), np.float32)
