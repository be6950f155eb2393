"""What can go wrong behind the gateway: each fault with its status, its code and when to come back; nothing is told of
what we did not foresee, and a stream that has begun ends with the fault as its last event."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from router.engines.engine import Completion, Request
from router.errors import (
    ContextOverflow,
    EngineAnswerBroken,
    EngineUnreachable,
    SchemaRefused,
    TaskFailed,
    UsageError,
    WeightsRefused,
)
from router.gateway.app import Settings, create_app
from router.gateway.faults import RETRY_S
from tests.gateway.scripted_gateway import EchoEngine, make_gateway
from tests.gateway.test_client_faults import check

CHAT = "/v1/chat/completions"
ASKED = {"model": "quiver", "messages": [{"role": "user", "content": "answer me"}]}
FREE = {**ASKED, "model": "echo-base"}

RAISED: dict[str, tuple[Exception, int, str]] = {
    "the conversation does not fit": (ContextOverflow("too long", hint="say less"), 400, "context_length_exceeded"),
    "a grammar the tokenizer cannot hold": (SchemaRefused("no grammar"), 400, "schema_refused"),
    "the task was stopped": (TaskFailed("stopped"), 422, "task_failed"),
    "the engine is gone": (EngineUnreachable("no connection"), 503, "engine_unreachable"),
    "the engine talks nonsense": (EngineAnswerBroken("no choices"), 502, "engine_answer_broken"),
    "the engine refuses us": (UsageError("401: wrong key", hint="export QUIVER_API_KEY"), 502, "engine_refused"),
    "the adapter is not served": (WeightsRefused("not loaded"), 503, "skill_not_servable"),
    "a mistake of ours": (ZeroDivisionError("secret detail"), 500, "internal_error"),
    "no memory": (MemoryError("secret detail"), 500, "internal_error"),
    "no room on the disk": (OSError(28, "secret detail"), 500, "internal_error"),
    "a recursion of ours": (RecursionError("secret detail"), 500, "internal_error"),
}


def raising(error: Exception) -> Callable[[Request], str]:
    def act(request: Request) -> str:
        raise error

    return act


@pytest.mark.parametrize("name", RAISED)
@pytest.mark.parametrize("stream", [False, True])
def test_an_engine_that_fails(client: TestClient, engine: EchoEngine, name: str, stream: bool) -> None:
    error, status, code = RAISED[name]
    engine.before = raising(error)
    response = client.post(CHAT, json={**ASKED, "stream": stream})
    found = check(response, status, code)
    assert "secret" not in response.text
    assert "QUIVER_API_KEY" not in response.text
    assert (response.headers.get("retry-after") == str(RETRY_S)) is (code == "engine_unreachable")
    assert found["param"] is None
    engine.before = lambda request: None
    assert client.post(CHAT, json=ASKED).status_code == 200


def test_the_table_is_long_enough() -> None:
    assert len(RAISED) >= 10


def test_nothing_valid_came_out(client: TestClient, engine: EchoEngine) -> None:
    engine.before = lambda request: "{"
    found = check(client.post(CHAT, json=ASKED), 422, "contract_failed")
    assert found["type"] == "contract_error"
    text = client.get("/metrics").text
    assert 'quiver_faults_total{status="422",code="contract_failed"} 1' in text
    assert 'quiver_schema_failures_total{skill="base"} 4' in text


def test_an_unforeseen_error_is_in_the_log_with_its_request(
    client: TestClient, engine: EchoEngine, caplog: pytest.LogCaptureFixture
) -> None:
    engine.before = raising(ZeroDivisionError("what happened"))
    with caplog.at_level("INFO", "quiver.gateway"):
        client.post(CHAT, json=ASKED, headers={"X-Request-Id": "lost-1"})
    row = json.loads(caplog.records[-1].message)
    assert (row["id"], row["level"], row["status"]) == ("lost-1", "error", 500)
    assert row["failed"] == "ZeroDivisionError: what happened"


def test_an_answer_that_takes_too_long_is_given_up_and_its_engine_told(tmp_path: Path) -> None:
    stopped = threading.Event()

    class Slow(EchoEngine):
        def generate(self, request: Request, *, on_text: Any = None, cancel: Any = None) -> Completion:
            assert cancel.wait(60)
            stopped.set()
            return Completion("", "cancelled")

    settings = Settings(request_s=0.2)
    with TestClient(create_app(make_gateway(tmp_path, Slow(), settings=settings))) as client:
        check(client.post(CHAT, json=ASKED), 504, "timeout")
        check(client.post(CHAT, json={**ASKED, "stream": True}), 504, "timeout")
        assert stopped.wait(60)


def test_a_stream_that_has_begun_ends_with_the_fault(tmp_path: Path) -> None:
    class Breaking(EchoEngine):
        def generate(self, request: Request, *, on_text: Any = None, cancel: Any = None) -> Completion:
            on_text("half an ")
            raise EngineAnswerBroken("it broke off")

    with TestClient(create_app(make_gateway(tmp_path, Breaking()))) as client:
        response = client.post(CHAT, json={**FREE, "stream": True})
        assert response.status_code == 200
        events = [line.removeprefix("data: ") for line in response.text.splitlines() if line]
        assert json.loads(events[-1])["error"]["code"] == "engine_answer_broken"
        assert "[DONE]" not in events
        assert 'quiver_faults_total{status="502",code="engine_answer_broken"} 1' in client.get("/metrics").text


def test_when_all_places_are_taken_the_rest_are_told_when_to_come_back(tmp_path: Path) -> None:
    go = threading.Event()
    engine = EchoEngine(lambda request: None if go.wait(60) else "")
    gateway = make_gateway(tmp_path, engine, running=1, waiting=2)
    with TestClient(create_app(gateway)) as client:
        codes: list[int] = []
        threads = [
            threading.Thread(target=lambda: codes.append(client.post(CHAT, json=ASKED).status_code)) for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        until(lambda: gateway.lane.held == 3)
        assert (gateway.lane.running, gateway.lane.waiting) == (1, 2)
        refused = client.post(CHAT, json=ASKED)
        check(refused, 429, "overloaded")
        assert 1 <= int(refused.headers["retry-after"]) <= 60
        assert client.get("/health").json()["waiting"] == 2
        go.set()
        for thread in threads:
            thread.join(60)
        assert codes == [200] * 3
        until(lambda: gateway.lane.held == 0)
        assert client.post(CHAT, json=ASKED).status_code == 200


def test_an_engine_that_is_starting_again_shows_in_health(tmp_path: Path) -> None:
    gateway = make_gateway(tmp_path)
    gateway.state = lambda: "starting"
    with TestClient(create_app(gateway)) as client:
        health = client.get("/health")
        assert (health.status_code, health.json()["status"]) == (503, "starting")


@pytest.mark.parametrize(
    "given", [None, "", "Bearer", "Bearer wrong", "Bearer righ", "right", "Basic right", "Bearer ré"]
)
def test_without_a_key_nothing_of_the_api_is_reached(tmp_path: Path, given: str | None) -> None:
    with TestClient(create_app(make_gateway(tmp_path, settings=Settings(keys=("right", "other"))))) as client:
        headers = {"Authorization": given.encode("utf-8")} if given is not None else {}
        for response in (client.post(CHAT, json=ASKED, headers=headers), client.get("/v1/models", headers=headers)):
            found = check(response, 401, "invalid_api_key")
            assert response.headers["www-authenticate"] == "Bearer"
            assert "right" not in found["message"]
        assert client.get("/health", headers=headers).status_code == 200
        for key in ("right", "other"):
            assert client.post(CHAT, json=ASKED, headers={"Authorization": f"bearer {key}"}).status_code == 200


def until(holds: Callable[[], bool], seconds: float = 90.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)
