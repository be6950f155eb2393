"""`quiver run --engine URL`: a whole task against an endpoint, its errors as exit codes, its key nowhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from router.cli.app import quiver
from router.opening import BUNDLED, open_engine
from router.options import Options
from tests.router.http_server import Exchange, serving
from tests.router.scripted_session import play

KEY = "correct-horse-battery"


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUIVER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("QUIVER_API_KEY", KEY)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    play(monkeypatch, [])


def peer(seen: list[Any], models: tuple[str, ...] = ("peer-8b",)) -> Any:
    """Calls the tool it is offered, and says what it answered."""

    def answer(exchange: Exchange) -> None:
        if exchange.path == "/v1/models":
            exchange.json({"data": [{"id": name} for name in models]})
            return
        seen.append((exchange.headers, exchange.body))
        observed = exchange.body["messages"][-1]["content"]
        call = {"name": "calculate", "arguments": '{"expression":"2 + 2"}'}
        tool = {"tool_calls": [{"index": 0, "function": call}]}
        delta = tool if exchange.body.get("tools") and len(seen) == 1 else {"content": '{"answer": "It is 4."}'}
        if exchange.body.get("tools") and len(seen) > 1:
            delta = {"content": "All is done."}
        assert isinstance(observed, str)
        exchange.begin()
        exchange.event({"choices": [{"delta": delta, "finish_reason": None}]})
        exchange.event({"choices": [{"delta": {}, "finish_reason": "stop"}]})
        exchange.event({"choices": [], "usage": {"prompt_tokens": 50, "completion_tokens": 9}})
        exchange.event("[DONE]")

    return answer


def run(url: str, *more: str) -> Result:
    return CliRunner().invoke(quiver, ["run", "calculate 2 + 2", "--engine", url, "--json", *more])


def test_a_task_is_done_by_a_model_elsewhere(tmp_path: Path) -> None:
    seen: list[Any] = []
    with serving(peer(seen)) as url:
        result = run(f"{url}/v1")
    found = json.loads(result.stdout)
    assert (result.exit_code, found["status"], found["answer"]) == (0, "ok", "It is 4.")
    assert found["steps"][0]["tool"] == "calculate"
    assert found["steps"][0]["observation"] == "4"
    assert found["steps"][0]["tokens"]["prompt"] == 50
    headers, body = seen[0]
    assert headers["authorization"] == f"Bearer {KEY}"
    assert body["model"] == "peer-8b"
    later = seen[-1][1]["messages"]
    ids = [call["id"] for row in later for call in row.get("tool_calls", ())]
    assert ids == [row["tool_call_id"] for row in later if row["role"] == "tool"] == ["call00001"]
    written = b"".join(path.read_bytes() for path in (tmp_path / "home").rglob("*") if path.is_file())
    assert b"peer-8b" in written
    assert KEY.encode() not in written


def test_an_endpoint_that_is_not_there_is_exit_code_3() -> None:
    result = run("http://127.0.0.1:9/v1")
    assert (result.exit_code, json.loads(result.stdout)["error"]["type"]) == (3, "engine-unreachable")


@pytest.mark.parametrize("engine", ["locl", "ftp://host", "http://", "http://me:word@host/v1"])
def test_an_engine_that_is_none_is_exit_code_2(engine: str) -> None:
    result = run(engine)
    assert (result.exit_code, json.loads(result.stdout)["error"]["type"]) == (2, "usage-error")


def test_a_model_that_is_not_served_is_exit_code_2() -> None:
    with serving(peer([], ("a", "b"))) as url:
        assert json.loads(run(url).stdout)["error"]["hint"] == "--base a | b"
        result = run(url, "--base", "c")
    assert result.exit_code == 2
    assert "serves no model 'c'" in json.loads(result.stdout)["error"]["message"]


def test_the_bundled_base_elsewhere_is_read_from_its_card() -> None:
    card = json.loads((BUNDLED / "base" / "card.json").read_text(encoding="utf-8"))
    with serving(peer([], ("some-name",))) as url:
        own = open_engine(Options(engine=url, base="base"))
        foreign = open_engine(Options(engine=url))
    assert (own.base.name, own.base.digest) == (card["name"], card["digest"])
    assert own.base.reads_whole_task is False
    assert (foreign.base.name, foreign.base.reads_whole_task) == ("some-name", True)
