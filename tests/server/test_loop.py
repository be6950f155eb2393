"""A skill from nothing, its teacher a model behind the real vLLM: right as often as its teacher, and drawn."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from evals.loop import command, teachers
from router.http import HttpClient
from tests.server.vllm_process import BASE, NEEDS_WEIGHTS, PYTHON

pytestmark = [pytest.mark.server, NEEDS_WEIGHTS]


@pytest.mark.timeout(3000)
@pytest.mark.skipif("QUIVER_LONG" not in os.environ, reason="half an hour of training: set QUIVER_LONG=1")
@pytest.mark.skipif(PYTHON is None, reason="no environment with vLLM: make vllm, or set QUIVER_VLLM_PYTHON")
def test_a_skill_from_nothing_is_as_right_as_its_teacher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUIVER_VLLM_PYTHON", str(PYTHON))
    command.main(["--out", str(tmp_path), "--rows", "300", "--cases", "60", "--no-ablation", "--json"])
    figures = json.loads((tmp_path / "figures.json").read_text())
    assert figures["teacher"]["by"] == "vLLM"
    assert figures["student"]["exact"] >= figures["teacher"]["exact"]
    assert figures["student"]["exact"] > figures["student"]["base"]
    [step] = figures["agent"]["after"]["steps"]
    assert (step["skill"], step["valid"]) == ("kiln-firing", True)
    assert figures["routed"]["drawn"] >= 0.95 * figures["routed"]["of"]
    assert figures["routed"]["others_drawn"] == 0


@pytest.mark.timeout(300)
def test_without_vllm_quiver_serves_a_teacher(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("QUIVER_VLLM_PYTHON", raising=False)
    monkeypatch.setenv("QUIVER_HOME", str(tmp_path))
    with teachers.serving(BASE, tmp_path / "log") as address:
        client = HttpClient(address.url, key="")
        messages = [{"role": "system", "content": "Answer in JSON."}, {"role": "user", "content": "hello"}]
        told = client.post("/chat/completions", {"model": address.model, "messages": messages, "max_tokens": 8})
        client.close()
    assert isinstance(told["choices"][0]["message"]["content"], str)
