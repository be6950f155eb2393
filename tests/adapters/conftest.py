"""A small skill and a small base on disk, made anew for each test so that a test may break them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from router.engines.loading import base_digest

RANK, WIDTH = 8, 16
LAYER = "model.decoder.layers.0.self_attn.q_proj"

SKILL_MD = """---
name: weather-note
description: Notes the weather of a city as JSON. Use when a report of the weather is to be kept.
license: Apache-2.0
metadata:
  contract: schema
  checks: grounded
---
Write one object with the city and the degrees.
"""
SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string", "maxLength": 40}, "degrees": {"type": "integer"}},
    "required": ["city", "degrees"],
    "additionalProperties": False,
}
EXAMPLES = [
    {"request": "It is 12 degrees in Oslo, note that", "output": {"city": "Oslo", "degrees": 12}},
    {"request": "Keep the weather that came back", "observed": True},
]


def write_skill(folder: Path, *, weights_for: Path | None = None) -> Path:
    folder.mkdir(parents=True)
    (folder / "SKILL.md").write_text(SKILL_MD.replace("weather-note", folder.name))
    (folder / "schema.json").write_text(json.dumps(SCHEMA))
    (folder / "examples.jsonl").write_text("\n".join(map(json.dumps, EXAMPLES)))
    if weights_for is not None:
        write_weights(folder / "weights")
        (folder / "card.json").write_text(json.dumps({"base": {"digest": base_digest(weights_for)}}))
    return folder


def write_weights(folder: Path, layer: str = LAYER, rank: int = RANK, width: int = WIDTH, scale: float = 0.1) -> None:
    folder.mkdir(exist_ok=True)
    config = {"peft_type": "LORA", "r": rank, "lora_alpha": 16, "target_modules": ["q_proj"], "bias": "none"}
    (folder / "adapter_config.json").write_text(json.dumps({**config, "alora_invocation_tokens": [5]}))
    name = f"base_model.model.{layer}.lora_"
    numbers = {"A": np.full((rank, width), 0.5, np.float32), "B": np.full((width, rank), scale, np.float32)}
    save_file({f"{name}{half}.weight": array for half, array in numbers.items()}, folder / "adapter_model.safetensors")


@pytest.fixture
def base(tmp_path: Path) -> Path:
    folder = tmp_path / "base"
    folder.mkdir()
    (folder / "config.json").write_text('{"model_type": "opt"}')
    save_file({f"{LAYER}.weight": np.zeros((WIDTH, WIDTH), np.float32)}, folder / "model.safetensors")
    return folder


@pytest.fixture
def skill_folder(tmp_path: Path, base: Path) -> Path:
    return write_skill(tmp_path / "skills" / "weather-note", weights_for=base)


@pytest.fixture
def edit_config(skill_folder: Path) -> Callable[..., None]:
    """Changes settings of the skill's adapter_config.json."""

    def edit(**settings: object) -> None:
        path = skill_folder / "weights" / "adapter_config.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), **settings}))

    return edit
