"""The base in the box and its skills, as they ship: admitted, exact beside PEFT, valid, and able to do a real task."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from adapters.admission import check_skill
from adapters.registry import Registry
from evals.demo import FILES, TASK
from router.engines.engine import Request
from router.engines.local import LocalEngine
from tests.router.tiny import peft_model

ADAPTERS = Path(__file__).parent.parent / "adapters"
BASE = ADAPTERS / "base"
SKILLS = ("answer", "json-extract", "retrieval-format", "safety-filter", "tool-call")

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(not (BASE / "model.safetensors").is_file(), reason="this checkout holds no bundled base"),
]


@pytest.fixture(scope="module")
def engine() -> LocalEngine:
    return LocalEngine(BASE)


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    return Registry(ADAPTERS, tmp_path_factory.mktemp("home"))


def test_the_base_fits_its_box_and_names_what_it_is_made_of() -> None:
    card = json.loads((BASE / "card.json").read_text(encoding="utf-8"))
    assert sum(path.stat().st_size for path in BASE.rglob("*") if path.is_file()) <= 64 * 2**20
    assert card["licence"] == "CC-BY-SA-4.0"
    assert card["made_from"]["sha256"]
    assert all(row["licence"] for mixture in card["data"].values() for row in mixture.values())


@pytest.mark.parametrize("name", SKILLS)
def test_every_bundled_skill_is_admitted(engine: LocalEngine, name: str) -> None:
    report = check_skill(ADAPTERS / name, BASE, engine)
    assert [check for check in report.checks if check.verdict == "fail"] == []
    assert next(check for check in report.checks if check.name == "canary").verdict == "pass"


@pytest.mark.parametrize("name", SKILLS)
def test_a_trained_skill_is_token_for_token_peft(engine: LocalEngine, registry: Registry, name: str) -> None:
    """Greedy and free, over a conversation that another skill has just used: an uncached forward of PEFT's own."""
    from training import synthetic
    from training.curriculum import shown_tools

    skill: Any = registry.get(name)
    stream = synthetic.mixture(random.Random(5))
    row = next(row for row in stream if row.skill == name and len(row.messages) >= 1 and row.output)
    messages = [_message(message) for message in row.messages]
    tools = [_spec(tool) for tool in shown_tools(row)]
    engine.generate(Request(messages, tools, registry.get("answer"), max_tokens=4))
    ours = engine.generate(Request(messages, tools, skill, max_tokens=24))
    said = _greedy(peft_model(BASE, skill), engine.rendering.prompt(messages, tools), 24)
    assert ours.text == engine.rendering.guide.decode_bytes(said).decode()


def _greedy(model: Any, ids: list[int], count: int) -> list[int]:
    """Every step from nothing: no cache, the reference implementation alone."""
    import torch

    said: list[int] = []
    with torch.inference_mode():
        while len(said) < count:
            token = int(model(input_ids=torch.tensor([ids + said])).logits[0, -1].argmax())
            if token == model.config.eos_token_id:
                break
            said.append(token)
    return said


def _message(message: Any) -> Any:
    from router.conversation import Message, ToolCall

    calls = tuple(
        ToolCall(call["function"]["name"], call["function"]["arguments"]) for call in message.get("tool_calls", ())
    )
    return Message(message["role"], message["content"], calls)


def _spec(tool: Any) -> Any:
    from router.conversation import ToolSpec

    return ToolSpec(tool["name"], tool["description"], tool["parameters"])


def test_a_real_task_on_real_files_from_the_command_line(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    words = [sys.executable, "-m", "router", "run", "--json", "--yes", "--workdir", str(tmp_path), TASK]
    home = {**os.environ, "QUIVER_HOME": str(tmp_path / "home")}
    done = subprocess.run(words, capture_output=True, text=True, env=home, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    run = json.loads(done.stdout)
    assert len({step["skill"] for step in run["steps"]} - {None}) >= 2
    assert len({step["tool"] for step in run["steps"]} - {None}) >= 2
    assert all(step["valid"] for step in run["steps"])
    assert "107" in run["answer"]
    assert "66.4" in run["answer"]
    assert "66.4867" in (tmp_path / "miles.txt").read_text(encoding="utf-8")


def test_sampled_outputs_of_the_real_base_are_all_valid(engine: LocalEngine) -> None:
    """A small share of what `quiver eval json` does."""
    from evals.schemas_random import ask, cases

    records = [ask(engine, case) for case in cases(60, seed=3)]
    judged = [record for record in records if record.right is not None]
    assert len(judged) > 30
    assert all(record.right for record in judged), [record.reason for record in judged if not record.right]
