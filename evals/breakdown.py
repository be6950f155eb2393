"""What the records of a run say beyond their total: by arm and slice, how well calibrated, what confused, how fast.

An arm is a circumstance under which the same cases were run (constrained or not, say): a dimension of the slice that
differs within a group of records. Every other dimension tells the cases themselves apart. Nothing is drawn here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from evals.intervals import Doubles, Share, effective_n, wilson
from evals.runs import Record

BINS = 15
SET = "set"
"""The dimension that tells data sets apart."""
POINTS = 200  # of a curve: more cannot be seen
Interval = Mapping[str, Any]
"""A share as `Share.to_json` writes it."""


def accuracy(records: Sequence[Record]) -> Interval:
    """The share that is right, of those where that is asked, with Wilson's interval; where a group has several records,
    for as many independent ones as they are worth."""
    asked = [record for record in records if record.right is not None]
    share = Share(sum(bool(record.right) for record in asked), len(asked)).to_json()
    groups = [record.group or record.case for record in asked]
    if len(set(groups)) == len(groups):
        return share
    right = [bool(record.right) for record in asked]
    low, high = wilson(sum(right) / len(right), effective_n(right, groups))
    return {**share, "low": round(low, 4), "high": round(high, 4)}


def split_by(records: Sequence[Record], key: Callable[[Record], str]) -> dict[str, list[Record]]:
    """In the order in which the values first occur."""
    found: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        found[key(record)].append(record)
    return dict(found)


def arm_dimensions(records: Sequence[Record]) -> list[str]:
    values: dict[tuple[str, str], set[str]] = defaultdict(set)
    for record in records:
        if record.group is not None:
            for name, value in record.slice.items():
                values[record.group, name].add(str(value))
    return list(dict.fromkeys(name for (_, name), seen in values.items() if len(seen) > 1))


def arms(records: Sequence[Record]) -> dict[str, list[Record]]:
    """Arm → its records; one without a name when there are none."""
    names = arm_dimensions(records)
    return split_by(
        records, lambda record: " · ".join(f"{record.slice[name]}" for name in names if name in record.slice)
    )


def facets(records: Sequence[Record]) -> dict[str, list[Record]]:
    """What must not be pooled in one plot: the arms; else the data sets; else all records are one."""
    if arm_dimensions(records):
        return arms(records)
    return split_by(records, lambda record: str(record.slice.get(SET, "")))


def slices(records: Sequence[Record]) -> dict[str, dict[str, list[Record]]]:
    """Dimension → value → records, of the dimensions that are no arm and have several values."""
    skipped = set(arm_dimensions(records))
    names = dict.fromkeys(name for record in records for name in record.slice if name not in skipped)
    found = {}
    for name in names:
        having = [record for record in records if name in record.slice]
        by_value = split_by(having, lambda record, name=name: str(record.slice[name]))  # type: ignore[misc]
        if len(by_value) > 1:
            found[name] = dict(sorted(by_value.items(), key=lambda item: _in_order(item[0])))
    return found


def _in_order(value: str) -> tuple[int, float, str]:
    """Numbers by size, before words by alphabet."""
    try:
        return 0, float(value), value
    except ValueError:
        return 1, 0.0, value


@dataclass(frozen=True)
class Bin:
    """Cases of about one confidence. `confidence`: their mean."""

    confidence: float
    right: Share


@dataclass(frozen=True)
class Calibration:
    """Confidence against being right; both of the same length, at least one."""

    confidence: Doubles
    right: Doubles

    @classmethod
    def of(cls, records: Sequence[Record]) -> Calibration | None:
        """None when no case has a confidence and is judged."""
        known = [(r.confidence, float(r.right)) for r in records if r.confidence is not None and r.right is not None]
        return cls(np.array([sure for sure, _ in known]), np.array([right for _, right in known])) if known else None

    @cached_property
    def bins(self) -> list[Bin]:
        number = np.clip((self.confidence * BINS).astype(int), 0, BINS - 1)
        return [
            Bin(float(self.confidence[here].mean()), Share(int(self.right[here].sum()), int(here.sum())))
            for each in np.unique(number)
            if (here := number == each).any()
        ]

    @property
    def error(self) -> float:
        """Expected calibration error over equal-width bins (Naeini et al. 2015)."""
        gaps = (each.right.n * abs(each.confidence - each.right.value) for each in self.bins)
        return sum(gaps) / len(self.right)

    def risks(self) -> list[tuple[float, float]]:
        """(coverage, risk): of the surest share of cases, the share wrong (El-Yaniv and Wiener 2010). Cases of one
        confidence enter together."""
        order = np.argsort(-self.confidence, kind="stable")
        wrong, sure = np.cumsum(1 - self.right[order]), self.confidence[order]
        ends = np.flatnonzero(np.append(np.diff(sure) != 0, True))
        kept = ends[np.unique(np.linspace(0, len(ends) - 1, POINTS).astype(int))]
        return [((end + 1) / len(sure), float(wrong[end]) / (end + 1)) for end in kept]


@dataclass(frozen=True)
class Confusion:
    """counts: (gold, predicted) → how often."""

    counts: Mapping[tuple[str, str], int]

    @classmethod
    def of(cls, records: Sequence[Record]) -> Confusion | None:
        pairs = [(r.gold, r.predicted) for r in records if r.gold is not None and r.predicted is not None]
        return cls(Counter(pairs)) if pairs else None

    @cached_property
    def classes(self) -> list[str]:
        """The gold ones by how often they occur, then those only predicted."""
        totals: Counter[str] = Counter()
        for (gold, predicted), count in self.counts.items():
            totals[gold] += count
            totals[predicted] += 0
        return [name for name, _ in totals.most_common()]

    def of_gold(self, gold: str) -> int:
        return sum(count for (name, _), count in self.counts.items() if name == gold)

    def worst(self, shown: int) -> list[tuple[str, str, int]]:
        """The most frequent confusions."""
        wrong = [(gold, predicted, n) for (gold, predicted), n in self.counts.items() if gold != predicted]
        return sorted(wrong, key=lambda row: (-row[2], row[0], row[1]))[:shown]


def milliseconds(records: Sequence[Record]) -> Doubles:
    return np.array([record.ms for record in records if record.ms is not None])


def tokens(records: Sequence[Record]) -> dict[str, float]:
    """Mean tokens a case, by kind; empty when nobody counted."""
    counted = [record.tokens for record in records if record.tokens]
    kinds = dict.fromkeys(kind for each in counted for kind in each)
    return {kind: sum(each.get(kind, 0) for each in counted) / len(counted) for kind in kinds}


def wrong(records: Sequence[Record]) -> list[Record]:
    """What a reader wants to look at: wrong cases, and those not judged that say why."""
    return [record for record in records if record.right is False or (record.right is None and record.reason)]
