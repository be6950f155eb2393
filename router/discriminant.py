"""Scores of groups known by few examples: linear discriminant analysis, and the nearest example beside it.

Groups share one covariance (Fisher 1936). With few examples it cannot be estimated from them alone, so it starts from a
background covariance, that of requests within everyday intents, counts the groups' own scatter in as it grows, and is
shrunk towards a sphere (Friedman 1989). The nearest example, by cosine under that covariance, keeps what a mean loses
of a group of several kinds. Everything is in closed form. What a group stands for is not known here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from router.encoder import Floats
from router.product import product

BACKGROUND_WEIGHT = 100.0  # the background covariance counts as much as this many examples
SHRINKAGE = 0.05  # share of the sphere in the covariance
NEAREST_WEIGHT = 500.0  # of the cosine with the nearest example, in units of the linear score; CLINC150's val split
NEAREST_AMONG = 16  # groups, the best by the linear score, whose examples are compared one by one
TINY = np.float32(1e-6)
Solve = Callable[[], Floats]


@dataclass(frozen=True)
class Background:
    """Requests within everyday intents. `centre` float32 [d]; their covariance is axesᵀ·diag(variances)·axes + rest·1,
    with `axes` float32 [r, d] orthonormal and `variances` float32 [r]."""

    centre: Floats
    axes: Floats
    variances: Floats
    rest: float

    @cached_property
    def digest(self) -> str:
        """Names the numbers."""
        parts = (self.centre, self.axes, self.variances, np.float32(self.rest))
        return hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest()

    def covariance(self) -> Floats:
        """float32 [d, d]."""
        scaled = self.axes.T * self.variances
        return np.asarray(scaled @ self.axes + self.rest * np.eye(self.axes.shape[1]), dtype=np.float32)


@dataclass(frozen=True)
class Discriminant:
    """`precision` float32 [d, d], the inverse covariance; `means` [g, d] and `offsets` [g] of the groups; `examples`
    [n, d], all groups' in order, each of length one under the precision; `starts` int [g], where each group's begin;
    `left_out` [n]: what each example scores in its own group as if left out, `typical` [g] a group's mean of it."""

    precision: Floats
    means: Floats
    offsets: Floats
    examples: Floats
    starts: npt.NDArray[np.intp]
    left_out: Floats
    typical: Floats

    def scores(self, vectors: Floats) -> Floats:
        """[n, d] → [n, g]: how much likelier a vector is in a group than around the centre (log-ratio, far too sure of
        itself until it is calibrated), plus NEAREST_WEIGHT times its cosine with the group's nearest example."""
        projected = product(vectors, self.precision)
        length = np.maximum(np.sqrt(np.einsum("nd,nd->n", projected, vectors)), TINY)
        directions = np.asarray(projected / length[:, None], dtype=np.float32)
        linear = product(projected, self.means.T) - self.offsets
        return np.asarray(linear + NEAREST_WEIGHT * self._nearest(directions, linear), dtype=np.float32)

    def members(self, group: int) -> slice:
        """Where the group's examples are among all."""
        return self._members[group]

    @cached_property
    def _members(self) -> list[slice]:
        starts = [*self.starts.tolist(), len(self.examples)]
        return [slice(start, end) for start, end in pairwise(starts)]

    def _nearest(self, directions: Floats, linear: Floats) -> Floats:
        """[n, g]: the cosine with the nearest example; 0 for groups that are out of the running by the linear score."""
        if linear.shape[1] <= NEAREST_AMONG:
            return np.asarray(np.maximum.reduceat(product(directions, self.examples.T), self.starts, axis=1))
        nearest = np.zeros_like(linear)
        running = np.argpartition(-linear, NEAREST_AMONG, axis=1)[:, :NEAREST_AMONG]
        if len(linear) == 1:
            nearest[0, running[0]] = self._nearest_among(directions, running[0].tolist())
            return nearest
        for group in np.unique(running).tolist():
            rows = np.nonzero((running == group).any(1))[0]
            cosines = product(directions[rows], self.examples[self.members(group)].T)
            nearest[rows, group] = cosines.max(1)
        return nearest

    def _nearest_among(self, direction: Floats, groups: list[int]) -> Floats:
        """[1, d] → [len(groups)]: as `_nearest`, in one product: a call for each group would take most of the time."""
        members = [self.members(group) for group in groups]
        cosines = product(direction, np.concatenate([self.examples[each] for each in members]).T)
        starts = np.cumsum([0, *(each.stop - each.start for each in members[:-1])])
        return np.asarray(np.maximum.reduceat(cosines[0], starts))


def fit(groups: Sequence[Floats], background: Background) -> Discriminant:
    """One discriminant for all `groups`, each float32 [n, d] of centred vectors, n ≥ 1."""
    return assemble(groups, solve(groups, background))


def solve(groups: Sequence[Floats], background: Background) -> Floats:
    """All of a fit that takes time, in one row [d² + 2n]: the precision; each example's length under it; and what the
    example scores in its own group as if left out."""
    precision = np.linalg.inv(_covariance(groups, np.stack([group.mean(0) for group in groups]), background))
    projected = [group @ precision for group in groups]
    lengths = [np.sqrt(np.einsum("nd,nd->n", p, group)) for p, group in zip(projected, groups, strict=True)]
    left_out = [_left_out(*each) for each in zip(groups, projected, lengths, strict=True)]
    return np.concatenate([precision.ravel(), *lengths, *left_out]).astype(np.float32)


def size(groups: Sequence[Floats]) -> int:
    """How long the row is that `solve` returns."""
    return int(groups[0].shape[1] ** 2 + 2 * sum(map(len, groups)))


def assemble(groups: Sequence[Floats], solved: Floats) -> Discriminant:
    """From the row that `solve` returned for the same groups."""
    width, count = groups[0].shape[1], sum(map(len, groups))
    precision = solved[: width**2].reshape(width, width)
    lengths, left_out = solved[width**2 :].reshape(2, count)
    means = np.stack([group.mean(0) for group in groups])
    starts = np.cumsum([0, *map(len, groups[:-1])])
    return Discriminant(
        precision=precision,
        means=means,
        offsets=0.5 * np.einsum("gd,gd->g", means @ precision, means),
        examples=np.asarray(np.concatenate(groups) / np.maximum(lengths, TINY)[:, None], dtype=np.float32),
        starts=starts,
        left_out=left_out,
        typical=(np.add.reduceat(left_out, starts) / [len(group) for group in groups]).astype(np.float32),
    )


def _covariance(groups: Sequence[Floats], means: Floats, background: Background) -> Floats:
    """The groups' scatter around their means pooled with the background's covariance, then shrunk."""
    centred = np.concatenate([group - mean for group, mean in zip(groups, means, strict=True)])
    degrees = len(centred) - len(groups)
    pooled = centred.T @ centred + np.float32(BACKGROUND_WEIGHT) * background.covariance()
    pooled /= np.float32(degrees + BACKGROUND_WEIGHT)
    width = len(pooled)
    sphere = np.float32(np.trace(pooled) / width) * np.eye(width, dtype=np.float32)
    return np.asarray((1 - SHRINKAGE) * pooled + SHRINKAGE * sphere, dtype=np.float32)


def _left_out(group: Floats, projected: Floats, lengths: Floats) -> Floats:
    """[n]: score of each of the group's vectors under the group without it; a single one is scored with itself."""
    if len(group) == 1:
        return np.asarray(0.5 * lengths**2 + NEAREST_WEIGHT, dtype=np.float32)
    products = projected @ group.T
    others = len(group) - 1
    inner = (products.sum(1) - lengths**2) / others  # of each vector with the mean of the others
    square = (products.sum() - 2 * products.sum(1) + lengths**2) / others**2  # of the mean of the others
    cosines = products / np.maximum(np.outer(lengths, lengths), TINY)
    np.fill_diagonal(cosines, -1)
    return np.asarray(inner - 0.5 * square + NEAREST_WEIGHT * cosines.max(1), dtype=np.float32)
