"""How sure a measured figure is: Wilson's interval of a share, bootstrap interval of a mean. It measures nothing."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]
RESAMPLES = 10_000
LEVEL = 0.95
_CHUNK = 4_000_000  # numbers drawn at a time, to bound memory


@dataclass(frozen=True)
class Share:
    """`hits` of `n`, with Wilson's 95% interval (Wilson 1927, JASA 22:209–212)."""

    hits: int
    n: int

    @property
    def value(self) -> float:
        return self.hits / self.n if self.n else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.value, self.n)

    @property
    def low(self) -> float:
        return self.interval[0]

    @property
    def high(self) -> float:
        return self.interval[1]

    def to_json(self) -> dict[str, object]:
        low, high = self.interval
        return {
            "hits": self.hits,
            "n": self.n,
            "share": round(self.value, 4),
            "low": round(low, 4),
            "high": round(high, 4),
        }

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.value:.1%} ({low:.1%}–{high:.1%}, n={self.n})"


def wilson(p: float, n: float) -> tuple[float, float]:
    """The 95% interval of a share `p` of `n` independent cases."""
    if not n:
        return 0.0, 1.0
    z = 1.959964
    spread = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n**2))
    middle, scale = p + z * z / (2 * n), 1 + z * z / n
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def effective_n(right: Sequence[bool], groups: Sequence[Hashable]) -> float:
    """How many independent cases say as much as these, of which those of a group are alike (Kish's design effect,
    from the variance between groups). Where all are right, or all wrong, nothing shows how alike: a case a group."""
    values = np.asarray(right, dtype=np.float64)
    sums, sizes = _by_group(values, groups)
    p, count = values.mean(), len(sums)
    if p in (0.0, 1.0) or count < 2:
        return float(count)
    variance = float(((sums - p * sizes) ** 2).sum()) / len(values) ** 2 * count / (count - 1)
    return float(min(len(values), max(1.0, p * (1 - p) / variance))) if variance else float(len(values))


@dataclass(frozen=True)
class Mean:
    """A mean of `n` values with a 95% interval. Of no values: not a number."""

    value: float
    low: float
    high: float
    n: int

    def to_json(self) -> dict[str, object]:
        """A mean of nothing is null."""
        value, low, high = (None if math.isnan(each) else round(each, 6) for each in (self.value, self.low, self.high))
        return {"mean": value, "low": low, "high": high, "n": self.n}

    def __str__(self) -> str:
        return f"{self.value:.4g} ({self.low:.4g}–{self.high:.4g}, n={self.n})"


def bootstrap(
    values: Sequence[float] | Doubles,
    groups: Sequence[Hashable] | None = None,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Mean:
    """The mean with its percentile bootstrap interval (Efron 1979). The seed is fixed: same values, same figure.

    groups: one a value; values of a group belong together (runs of one task) and are drawn together.
    """
    array = np.asarray(values, dtype=np.float64)
    if not len(array):
        return Mean(math.nan, math.nan, math.nan, 0)
    sums, sizes = (array, np.ones(len(array))) if groups is None else _by_group(array, groups)
    means = _resampled(sums, sizes, resamples, np.random.default_rng(seed))
    low, high = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Mean(float(array.mean()), float(low), float(high), len(array))


def _by_group(values: Doubles, groups: Sequence[Hashable]) -> tuple[Doubles, Doubles]:
    """Sum and number of the values of each group."""
    places: dict[Hashable, int] = {}
    place = np.array([places.setdefault(group, len(places)) for group in groups])
    if len(place) != len(values):
        raise ValueError("a group for each value is needed")
    return np.bincount(place, values).astype(np.float64), np.bincount(place).astype(np.float64)


def _resampled(sums: Doubles, sizes: Doubles, resamples: int, rng: np.random.Generator) -> Doubles:
    """Means of samples drawn with replacement. Equal units are drawn by their number: exact, and fast."""
    kinds, counts = np.unique(np.stack([sums, sizes]), axis=1, return_counts=True)
    at_once = max(1, _CHUNK // kinds.shape[1])
    parts = []
    for begin in range(0, resamples, at_once):
        drawn = rng.multinomial(len(sums), counts / len(sums), size=min(at_once, resamples - begin))
        parts.append((drawn @ kinds[0]) / (drawn @ kinds[1]))
    return np.concatenate(parts)
