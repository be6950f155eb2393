"""Intervals against values worked out by hand or known in closed form."""

from __future__ import annotations

import math

import numpy as np
import pytest

from evals.intervals import Share, bootstrap, effective_n


def test_wilson() -> None:
    share = Share(8, 10)
    assert (share.low, share.high) == pytest.approx((0.4902, 0.9433), abs=1e-3)
    assert Share(0, 0).interval == (0.0, 1.0)
    assert Share(5, 5).high == 1.0


def test_bootstrap_of_shares_is_close_to_the_normal_interval() -> None:
    found = bootstrap([1.0] * 300 + [0.0] * 700)
    spread = 1.96 * math.sqrt(0.3 * 0.7 / 1000)
    assert found.value == pytest.approx(0.3)
    assert (found.low, found.high) == pytest.approx((0.3 - spread, 0.3 + spread), abs=0.003)
    assert bootstrap([1.0] * 300 + [0.0] * 700) == found


def test_bootstrap_of_numbers_that_all_differ() -> None:
    values = np.random.default_rng(1).normal(5, 2, 2000)
    found = bootstrap(values, resamples=2000)
    assert (found.high - found.low) == pytest.approx(2 * 1.96 * values.std() / math.sqrt(2000), rel=0.1)


def test_groups_widen_the_interval() -> None:
    values = [float(task % 2) for task in range(10) for _ in range(20)]
    groups = [task for task in range(10) for _ in range(20)]
    alone, together = bootstrap(values), bootstrap(values, groups)
    assert together.high - together.low > 3 * (alone.high - alone.low)
    with pytest.raises(ValueError, match="a group for each"):
        bootstrap([1.0], [1, 2])


def test_of_one_value_and_of_none() -> None:
    one = bootstrap([3.0])
    assert (one.low, one.value, one.high) == (3.0, 3.0, 3.0)
    assert bootstrap([]).to_json() == {"mean": None, "low": None, "high": None, "n": 0}


def test_runs_that_are_all_alike_count_as_one() -> None:
    tasks = [task for task in range(40) for _ in range(5)]
    assert effective_n([task % 2 == 0 for task in tasks], tasks) == pytest.approx(39)
    assert effective_n([True] * 200, tasks) == 40
    mixed = np.random.default_rng(0).random(200) < 0.5
    assert effective_n(mixed.tolist(), tasks) > 120
