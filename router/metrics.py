"""Counters, gauges and histograms, and the text Prometheus reads them in (exposition format 0.0.4).

Safe to use from several threads. A metric's labels are fixed when it is made; what it counts is its owner's business.
Opens no port.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from threading import Lock
from typing import TypeVar

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)

Values = tuple[str, ...]


class Metric:
    """One name, one kind, one series for each combination of labels."""

    kind = "untyped"

    def __init__(self, name: str, about: str, labels: Sequence[str] = ()) -> None:
        self.name, self.about, self.labels = name, about, tuple(labels)
        self._lock = Lock()

    def lines(self) -> Iterator[str]:
        yield f"# HELP {self.name} {_escaped(self.about, quotes=False)}"
        yield f"# TYPE {self.name} {self.kind}"
        yield from self._samples()

    def _samples(self) -> Iterator[str]:
        raise NotImplementedError

    def _key(self, given: Mapping[str, str]) -> Values:
        if given.keys() != set(self.labels):
            raise ValueError(f"{self.name} has the labels {self.labels}, not {tuple(given)}")
        return tuple(given[label] for label in self.labels)

    def _sample(self, key: Values, value: float, ending: str = "", more: Mapping[str, str] | None = None) -> str:
        pairs = [*zip(self.labels, key, strict=True), *(more or {}).items()]
        inside = ",".join(f'{label}="{_escaped(text)}"' for label, text in pairs)
        return (
            f"{self.name}{ending}{{{inside}}} {_number(value)}" if inside else f"{self.name}{ending} {_number(value)}"
        )


class Counter(Metric):
    """What only grows."""

    kind = "counter"

    def __init__(self, name: str, about: str, labels: Sequence[str] = ()) -> None:
        super().__init__(name, about, labels)
        self._values: dict[Values, float] = {}

    def add(self, amount: float = 1, **labels: str) -> None:
        """Raises ValueError for a negative amount."""
        if amount < 0:
            raise ValueError(f"{self.name} cannot shrink")
        key = self._key(labels)
        with self._lock:
            self._values[key] = self._values.get(key, 0) + amount

    def value(self, **labels: str) -> float:
        return self._values.get(self._key(labels), 0)

    def _samples(self) -> Iterator[str]:
        with self._lock:
            found = sorted(self._values.items())
        yield from (self._sample(key, value) for key, value in found)


class Gauge(Metric):
    """What goes up and down: set, or read when somebody asks."""

    kind = "gauge"

    def __init__(
        self, name: str, about: str, labels: Sequence[str] = (), read: Callable[[], float] | None = None
    ) -> None:
        super().__init__(name, about, labels)
        self._read = read
        self._values: dict[Values, float] = {}

    def set(self, value: float, **labels: str) -> None:
        key = self._key(labels)
        with self._lock:
            self._values[key] = value

    def remove(self, **labels: str) -> None:
        with self._lock:
            self._values.pop(self._key(labels), None)

    def _samples(self) -> Iterator[str]:
        if self._read is not None:
            yield self._sample((), self._read())
            return
        with self._lock:
            found = sorted(self._values.items())
        yield from (self._sample(key, value) for key, value in found)


class Histogram(Metric):
    """How values spread over buckets, each counting what is at most its bound."""

    kind = "histogram"

    def __init__(self, name: str, about: str, labels: Sequence[str] = (), bounds: Sequence[float] = SECONDS) -> None:
        super().__init__(name, about, labels)
        self._bounds = tuple(bounds)
        self._counts: dict[Values, list[int]] = {}
        self._sums: dict[Values, float] = {}

    def observe(self, value: float, **labels: str) -> None:
        key = self._key(labels)
        with self._lock:
            counts = self._counts.setdefault(key, [0] * (len(self._bounds) + 1))
            counts[bisect_left(self._bounds, value)] += 1
            self._sums[key] = self._sums.get(key, 0.0) + value

    def count(self, **labels: str) -> int:
        return sum(self._counts.get(self._key(labels), ()))

    def _samples(self) -> Iterator[str]:
        with self._lock:
            found = [(key, list(counts), self._sums[key]) for key, counts in sorted(self._counts.items())]
        for key, counts, total in found:
            below = 0
            for bound, count in zip((*self._bounds, math.inf), counts, strict=True):
                below += count
                yield self._sample(key, below, "_bucket", {"le": _number(bound)})
            yield self._sample(key, total, "_sum")
            yield self._sample(key, below, "_count")


AnyMetric = TypeVar("AnyMetric", bound=Metric)


class Metrics:
    """All metrics of one process, in the order they were made."""

    def __init__(self) -> None:
        self._all: dict[str, Metric] = {}

    def make(self, metric: AnyMetric) -> AnyMetric:
        """Raises ValueError for a name that is taken."""
        if metric.name in self._all:
            raise ValueError(f"there is a metric {metric.name} already")
        self._all[metric.name] = metric
        return metric

    def names(self) -> list[str]:
        return list(self._all)

    def text(self) -> str:
        return "".join(f"{line}\n" for metric in self._all.values() for line in metric.lines())


def _escaped(text: str, quotes: bool = True) -> str:
    text = text.replace("\\", "\\\\").replace("\n", "\\n")
    return text.replace('"', '\\"') if quotes else text


def _number(value: float) -> str:
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return str(int(value)) if value == int(value) else repr(value)
