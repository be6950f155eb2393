"""The bench: what it reports is plain, whole and right about itself; the figures are the machine's business."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals import bench
from router.errors import UsageError
from tests.router import tiny


def test_a_spread_is_the_median_between_its_quartiles() -> None:
    assert bench.Spread.of([0.004, 0.001, 0.002, 0.003, 0.1]) == bench.Spread(3.0, (2.0, 4.0), 5)
    with pytest.raises(ValueError, match="two repetitions"):
        bench.Spread.of([1.0])


def test_actions_take_turns_and_the_first_round_does_not_count() -> None:
    calls: list[str] = []
    spreads = bench.in_turns({"a": lambda: calls.append("a"), "b": lambda: calls.append("b")}, rounds=3)
    assert calls == ["a", "b"] * 4
    assert {name: spread.n for name, spread in spreads.items()} == {"a": 3, "b": 3}


def test_it_measures_a_base_and_its_skills(tmp_path: Path) -> None:
    base = tiny.make_base(tmp_path / "base", "opt", positions=512)
    skills = [tiny.make_skill(base, tmp_path / str(n), seed=n, invocation=[tiny.ASSISTANT]) for n in (1, 2)]
    figures = bench.measure(base, skills, context=300, rounds=2)
    assert json.loads(json.dumps(figures))["skills"] == ["skill-1", "skill-2"]
    switch, decode = figures["switch"], figures["decode"]
    assert 300 <= switch["context_tokens"] <= 448
    assert switch["ratio"] == pytest.approx(switch["engine"]["median_ms"] / switch["peft"]["median_ms"], abs=1e-3)
    assert min(decode[name]["median_ms"] for name in ("free", "constrained")) > 0
    assert "set_adapter" in bench._table(figures)


def test_it_needs_two_skills_and_room(tmp_path: Path) -> None:
    base = tiny.make_base(tmp_path / "base", "opt")
    skill = tiny.make_skill(base, tmp_path / "skill", seed=1, invocation=[tiny.ASSISTANT])
    with pytest.raises(UsageError, match="two skills"):
        bench.measure(base, [skill])
    with pytest.raises(UsageError, match="holds 256 tokens"):
        bench.measure(base, [skill, skill])
