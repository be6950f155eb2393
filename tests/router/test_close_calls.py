"""Close calls: words tell apart what vectors do not, no third group gains by it, and only small groups have any."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.skill import SkillExample
from router import close_calls
from router.close_calls import GAP, LARGEST, SMALL, between, is_close, settled, words
from router.encoder import Floats
from router.routing import Router, State
from tests.router.words_encoder import WordsEncoder, shared

ONE = ["pay my bill", "please pay the bill", "pay the gas bill now", "the bill is due, pay it"]
OTHER = ["what is my bill", "what does the bill say", "how high is the bill", "what is the gas bill"]


def vectors(number: int, seed: int = 0) -> Floats:
    return np.random.default_rng(seed).standard_normal((number, 8)).astype(np.float32)


def test_each_groups_examples_are_on_its_side() -> None:
    first, second = vectors(4), vectors(4, seed=1) + 1
    line = between(first, second, [*ONE, *OTHER])
    assert all(line.side(vector, text) > 0 for vector, text in zip(first, ONE, strict=True))
    assert all(line.side(vector, text) < 0 for vector, text in zip(second, OTHER, strict=True))


def test_words_decide_where_vectors_say_nothing() -> None:
    same = np.ones((4, 8), dtype=np.float32)
    line = between(same, same, [*ONE, *OTHER])
    assert line.side(same[0], "pay the water bill") > 0 > line.side(same[0], "what is the water bill")
    assert line.side(same[0], "zebra") == 0


def test_without_words_in_common_vectors_decide() -> None:
    first, second = vectors(3) + 3, vectors(3, seed=1) - 3
    line = between(first, second, list("abcdef"))
    assert line.words == {}
    assert line.side(first[0], "g") > 0 > line.side(second[0], "g")


@given(st.text())
def test_words_of_any_text_come_once(text: str) -> None:
    found = words(text)
    assert len(found) == len(set(found))


@pytest.mark.parametrize(
    ("gap", "sizes", "close"),
    [
        (0, (1, 1), True),
        (GAP, (1, 1), False),
        (0, (SMALL, LARGEST - SMALL), True),
        (0, (SMALL, LARGEST), False),
        (0, (SMALL + 1, SMALL + 1), False),
    ],
)
def test_only_near_groups_one_of_them_small_are_close(gap: float, sizes: tuple[int, int], close: bool) -> None:
    assert is_close(gap, *sizes) is close


def test_a_line_that_says_nothing_leaves_the_order() -> None:
    assert settled(1.0, 0.0) > 0
    assert settled(1.0, -0.5) < 0 < settled(1.0, 0.5)


def test_the_two_stay_as_likely_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the others are not touched; what is settled is the order of the two."""
    asked = [State("what is the bill to pay"), State("play music by miles"), State("pay the bill")]

    def decisions(gap: float) -> list[dict[str, float]]:
        monkeypatch.setattr(close_calls, "GAP", gap)
        made = Router(WordsEncoder(), shared(), remember=False)  # type: ignore[arg-type]
        for name, texts in (("pay", ONE), ("tell", OTHER), ("songs", ["play jazz music", "music by miles davis"])):
            made.learn(name, name, [SkillExample(text) for text in texts])
        return [dict(decision.ranked) for decision in made.route_all(asked)]

    for before, after in zip(decisions(0.0), decisions(100.0), strict=True):
        best = sorted(before, key=lambda name: -before[name])[:2]
        assert sum(before[name] for name in best) == pytest.approx(sum(after[name] for name in best), abs=1e-4)
        rest = set(before) - set(best)
        assert all(before[name] == pytest.approx(after[name], abs=1e-4) for name in rest)
    assert decisions(0.0) != decisions(100.0)
