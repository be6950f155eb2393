"""A base's card tells every round it was trained by."""

from __future__ import annotations

import json
from pathlib import Path

from training.card import _round
from training.pretrain import rounds


def made(minutes: int, **plan: float) -> dict[str, object]:
    return {"plan": {"everyday_from": 0.6, **plan}, "step": 100, "tokens": 5_000, "seconds": 60.0 * minutes}


def test_rounds_are_told_from_the_first_on(tmp_path: Path) -> None:
    last = {**made(80, everyday_from=0.0, agent_from=0.12), "before": [made(173)]}
    (tmp_path / "training.json").write_text(json.dumps(last))
    assert [_round(each) for each in rounds(tmp_path)] == [
        "  - 100 updates, 5,000 tokens, 173 minutes: wide from 0%, everyday from 60% of the time",
        "  - 100 updates, 5,000 tokens, 80 minutes: everyday from 0%, agent from 12% of the time",
    ]


def test_what_is_no_base_has_no_rounds(tmp_path: Path) -> None:
    assert rounds(tmp_path) == []
