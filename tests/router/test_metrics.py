"""The text Prometheus reads, sample by sample."""

from __future__ import annotations

import threading

import pytest

from router.metrics import Counter, Gauge, Histogram, Metrics


def samples(metrics: Metrics) -> dict[str, str]:
    lines = [line for line in metrics.text().splitlines() if not line.startswith("#")]
    return dict(line.rsplit(" ", 1) for line in lines)


def test_counters_count_by_label() -> None:
    metrics = Metrics()
    counter = metrics.make(Counter("asked_total", "What was asked.", ("skill", "end")))
    counter.add(skill="a", end="ok")
    counter.add(2.5, skill="a", end="ok")
    counter.add(0, skill="b", end="ok")
    assert samples(metrics) == {'asked_total{skill="a",end="ok"}': "3.5", 'asked_total{skill="b",end="ok"}': "0"}
    assert metrics.text().startswith("# HELP asked_total What was asked.\n# TYPE asked_total counter\n")


def test_a_histogram_counts_what_is_at_most_its_bounds() -> None:
    metrics = Metrics()
    histogram = metrics.make(Histogram("took_seconds", "Time.", bounds=(0.1, 1)))
    for value in (0.05, 0.1, 0.5, 3):
        histogram.observe(value)
    assert samples(metrics) == {
        'took_seconds_bucket{le="0.1"}': "2",
        'took_seconds_bucket{le="1"}': "3",
        'took_seconds_bucket{le="+Inf"}': "4",
        "took_seconds_sum": "3.65",
        "took_seconds_count": "4",
    }


def test_a_gauge_is_set_or_read() -> None:
    metrics = Metrics()
    gauge = metrics.make(Gauge("load", "Load.", ("skill",)))
    gauge.set(2, skill="a")
    gauge.set(-1.5, skill="b")
    gauge.remove(skill="a")
    metrics.make(Gauge("now", "Now.", read=lambda: 7))
    assert samples(metrics) == {'load{skill="b"}': "-1.5", "now": "7"}


def test_labels_are_escaped() -> None:
    metrics = Metrics()
    metrics.make(Counter("a_total", 'a "b" \\ \n', ("x",))).add(x='"\\\n')
    assert metrics.text() == '# HELP a_total a "b" \\\\ \\n\n# TYPE a_total counter\na_total{x="\\"\\\\\\n"} 1\n'


def test_what_is_no_use_of_a_metric_is_refused() -> None:
    metrics = Metrics()
    counter = metrics.make(Counter("a_total", "", ("x",)))
    with pytest.raises(ValueError, match="labels"):
        counter.add(y="1")
    with pytest.raises(ValueError, match="shrink"):
        counter.add(-1, x="1")
    with pytest.raises(ValueError, match="already"):
        metrics.make(Counter("a_total", ""))


def test_threads_lose_no_count() -> None:
    counter = Counter("a_total", "")
    threads = [threading.Thread(target=lambda: [counter.add() for _ in range(2000)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counter.value() == 16000
