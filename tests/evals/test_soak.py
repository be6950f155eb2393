"""The soak finds what it looks for: a short one over the real gateway is clean, and leaks and losses are told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette", reason="the extra `serve` is not installed")

from evals.soak import GROWN_TARGET_MIB, KINDS, Sample, grown, holds, recorded, soak, table
from router import opening
from tests.gateway.scripted_gateway import ByWord, InOrder, write_box


def test_a_short_soak_is_clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUIVER_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(opening, "BUNDLED", write_box(tmp_path / "box"))
    found = soak(tmp_path, lambda skills: (ByWord(skills), InOrder()), requests=12 * len(KINDS), clients=6, samples=6)
    assert found["wrong"] == {}
    assert found["requests"]["skill"] == 12 * 12
    assert found["lost_traces"] == 0
    assert sum(found["traces"].values()) == 12 * (len(KINDS) - 1)
    assert found["held"] == 0
    assert found["rest"]["tasks"] == found["idle"]["tasks"]
    assert len(found["samples"]) == 6
    assert json.loads(json.dumps(found)) == found
    assert "wrong: none" in table(found)


def clean() -> dict[str, Any]:
    at_rest = {"tasks": 3, "files": 20}
    return {"idle": at_rest, "rest": at_rest, "held": 0, "wrong": {}, "lost_traces": 0, "grown_mib": 0.5}


@pytest.mark.parametrize(
    "more",
    [
        {"held": 1},
        {"wrong": {"skill": 1}},
        {"lost_traces": 1},
        {"grown_mib": GROWN_TARGET_MIB + 1},
        {"rest": {"tasks": 4, "files": 20}},
        {"rest": {"tasks": 3, "files": 60}},
    ],
)
def test_what_is_left_behind_is_no_clean_soak(more: dict[str, Any]) -> None:
    assert holds(clean())
    assert not holds({**clean(), **more})


def test_growth_is_of_the_last_third_over_the_second() -> None:
    def samples(*mib: float) -> list[Sample]:
        return [Sample(at, each, 3, 3, 3) for at, each in enumerate(mib)]

    assert grown(samples(100, 190, 200, 200, 200, 200)) == 0
    assert grown(samples(100, 100, 200, 200, 300, 300)) == 100


def test_traces_are_counted_by_their_ends(tmp_path: Path) -> None:
    start, finish = {"event": "start"}, {"event": "finish", "status": "ok"}
    for name, rows in {"a": [start, finish], "b": [start], "c": [start, {**finish, "status": "failed"}]}.items():
        (tmp_path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)))
    assert recorded(tmp_path) == {"ok": 1, "unfinished": 1, "failed": 1}
