"""When a skill that calls nothing is drawn although a tool may be meant."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from router.draw import Thresholds

SHARES = st.floats(0, 1)


def test_with_no_tool_in_sight_a_sure_router_is_enough() -> None:
    assert Thresholds().is_surer(0.91, 0.0)
    assert not Thresholds().is_surer(0.89, 0.0)


def test_a_likely_tool_asks_for_a_surer_router() -> None:
    assert not Thresholds().is_surer(0.95, 0.9)
    assert Thresholds().is_surer(0.995, 0.9)
    assert not Thresholds().is_surer(0.999, 1.0)


@given(confidence=SHARES, tool=SHARES, more=SHARES)
def test_more_confidence_never_speaks_against_and_a_likelier_tool_never_for(
    confidence: float, tool: float, more: float
) -> None:
    thresholds = Thresholds()
    if thresholds.is_surer(confidence, tool):
        assert thresholds.is_surer(max(confidence, more), tool)
        assert thresholds.is_surer(confidence, min(tool, more))
