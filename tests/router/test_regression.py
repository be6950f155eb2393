"""The regression: its two ways to a solution agree, joining equals learning anew, leaving out equals not learning."""

from __future__ import annotations

import numpy as np
import pytest

from router import regression
from router.confidence import PRIOR_EXAMPLES, temperature_of
from router.encoder import Floats

WIDTH = 6
AXES = np.eye(WIDTH, dtype=np.float32)[-3:]


def groups(sizes: list[int], seed: int = 0) -> list[Floats]:
    rng = np.random.default_rng(seed)
    return [(rng.standard_normal((size, WIDTH)) + 2 * rng.standard_normal(WIDTH)).astype(np.float32) for size in sizes]


def test_products_of_coordinates_have_the_inner_product_they_promise() -> None:
    one, other = groups([4, 5])
    features = regression.expand(one, AXES) @ regression.expand(other, AXES).T
    coordinates = (one @ AXES.T) @ (other @ AXES.T).T
    assert np.allclose(features, one @ other.T + coordinates**2, rtol=1e-4, atol=1e-4)


def test_this_and_that_together_is_learned() -> None:
    """Exclusive or: no straight line parts these two groups."""
    corners = np.array([[1, 1], [-1, -1], [1, -1], [-1, 1]], dtype=np.float32)
    learned = regression.fit([corners[:2], corners[2:]], np.eye(2, dtype=np.float32))
    assert learned.scores(corners).argmax(1).tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize("sizes", [[3, 4], [30, 20, 25]], ids=["in the examples' space", "in the features' space"])
def test_an_example_left_out_scores_as_if_never_learned(sizes: list[int]) -> None:
    """The reference solves ridge regression's equations without the example, its targets unchanged."""
    given = groups(sizes)
    asked = [1, sizes[0] + 2]
    left_out = regression.fit(given, AXES, asked).left_out
    features = regression.expand(np.concatenate(given), AXES).astype(np.float64)
    targets = np.eye(len(sizes))[np.repeat(np.arange(len(sizes)), sizes)] - 1 / len(sizes)
    for row, scores in zip(asked, left_out, strict=True):
        others = np.arange(len(features)) != row
        gram = features[others].T @ features[others] + regression.RIDGE * np.eye(features.shape[1])
        weights = np.linalg.solve(gram, features[others].T @ targets[others])
        assert np.allclose(scores, regression.WEIGHT * features[row] @ weights, rtol=0.02, atol=2.0)


def test_joining_equals_learning_everything_anew() -> None:
    given = groups([20, 20, 20])
    before = regression.fit(given[:2], AXES)
    assert before.sums is not None
    joined = regression.fit(given, AXES, before=before)
    assert np.array_equal(joined.weights, regression.fit(given, AXES).weights)
    assert joined.weights.shape[1] == 3


def test_sums_of_other_groups_are_not_gone_on_with() -> None:
    first, second, third = groups([20, 20, 20])
    before = regression.fit([first, second], AXES)
    assert np.array_equal(
        regression.fit([second, third], AXES, before=before).weights, regression.fit([second, third], AXES).weights
    )


def test_sure_and_right_examples_sharpen_and_wrong_ones_soften() -> None:
    gold = np.zeros(400, dtype=np.intp)
    right = np.tile(np.array([300.0, 0.0], dtype=np.float32), (400, 1))
    mixed = right.copy()
    mixed[::3] = mixed[::3, ::-1]
    assert temperature_of(right, gold, 0.02) > 0.02 > temperature_of(mixed, gold, 0.02)


def test_few_examples_hardly_move_the_shared_temperature() -> None:
    assert temperature_of(np.zeros((0, 2), np.float32), np.zeros(0, np.intp), 0.02) == 0.02
    one = np.array([[300.0, 0.0]], dtype=np.float32)
    moved = temperature_of(one, np.zeros(1, np.intp), 0.02)
    assert 0.02 < moved < 0.02 * 50 ** (2 / (1 + PRIOR_EXAMPLES))
