"""What a client can get wrong: each fault with its status, its code and the parameter it is about. Nothing is 5xx."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from router.gateway.asking import DEPTH
from router.gateway.faults import Fault
from tests.gateway.scripted_gateway import EchoEngine

CHAT = "/v1/chat/completions"
USER = {"role": "user", "content": "answer me"}
TOOL = {"type": "function", "function": {"name": "find", "parameters": {"type": "object", "properties": {}}}}
CALL = {"id": "c1", "type": "function", "function": {"name": "find", "arguments": "{}"}}
CALLING = {"role": "assistant", "content": None, "tool_calls": [CALL]}
SHAPE = {"type": "json_schema", "json_schema": {"name": "s", "schema": {"type": "object", "properties": {"x": {}}}}}


def body(**more: Any) -> dict[str, Any]:
    return {"model": "quiver", "messages": [USER], **more}


def said(*messages: Any) -> dict[str, Any]:
    return {"model": "quiver", "messages": list(messages)}


BODIES: dict[str, tuple[dict[str, Any], int, str, str | None]] = {
    "no model": ({"messages": [USER]}, 400, "invalid_value", "model"),
    "no messages": ({"model": "quiver"}, 400, "invalid_value", "messages"),
    "messages empty": (said(), 400, "invalid_value", "messages"),
    "messages no list": ({"model": "quiver", "messages": "hi"}, 400, "invalid_value", "messages"),
    "a message no object": (said("hi"), 400, "invalid_value", "messages[0]"),
    "no role": (said({"content": "hi"}), 400, "invalid_value", "messages[0].role"),
    "an unknown role": (said({"role": "wizard", "content": "hi"}), 400, "invalid_value", "messages[0].role"),
    "no content": (said({"role": "user"}), 400, "invalid_value", "messages[0].content"),
    "content a number": (said({"role": "user", "content": 3}), 400, "invalid_value", "messages[0].content"),
    "an image": (
        said({"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}),
        400, "invalid_value", None,
    ),
    "nobody asked": (said({"role": "system", "content": "be kind"}), 400, "invalid_value", "messages"),
    "a tool message alone": (
        said(USER, {"role": "tool", "content": "1", "tool_call_id": "c1"}), 400, "invalid_value",
        "messages[1].tool_call_id",
    ),
    "a tool message without an id": (
        said(USER, CALLING, {"role": "tool", "content": "1"}), 400, "invalid_value", "messages[2].tool_call_id",
    ),
    "a call answered twice": (
        said(USER, CALLING, *[{"role": "tool", "content": "1", "tool_call_id": "c1"}] * 2), 400, "invalid_value",
        "messages[3].tool_call_id",
    ),
    "a call not answered": (said(USER, CALLING, USER), 400, "invalid_value", "messages[2]"),
    "a call not answered at the end": (said(USER, CALLING), 400, "invalid_value", "messages"),
    "two calls of one id": (
        said(USER, {**CALLING, "tool_calls": [CALL, CALL]}), 400, "invalid_value", "messages[1].tool_calls[1].id",
    ),
    "a user who calls": (said({**USER, "tool_calls": [CALL]}), 400, "invalid_value", "messages[0].tool_calls"),
    "arguments no JSON": (
        said(USER, {**CALLING, "tool_calls": [{**CALL, "function": {"name": "find", "arguments": "{"}}]}),
        400, "invalid_value", "messages[1].tool_calls[0].function.arguments",
    ),
    "an unknown model": (body(model="gpt-4o"), 404, "model_not_found", None),
    "another version": (body(model="answer@000000000000"), 404, "model_not_found", None),
    "a model that is a path": (body(model="../../etc/passwd"), 404, "model_not_found", None),
    "two choices": (body(n=2), 400, "invalid_value", "n"),
    "log-probabilities": (body(logprobs=True), 400, "invalid_value", "logprobs"),
    "functions": (body(functions=[{"name": "f"}]), 400, "invalid_value", "functions"),
    "no tokens": (body(max_tokens=0), 400, "invalid_value", "max_tokens"),
    "half a token": (body(max_completion_tokens=1.5), 400, "invalid_value", "max_completion_tokens"),
    "too warm": (body(temperature=9), 400, "invalid_value", "temperature"),
    "stream no boolean": (body(stream="yes"), 400, "invalid_value", "stream"),
    "an empty stop": (body(stop=""), 400, "invalid_value", "stop"),
    "five stops": (body(stop=list("abcde")), 400, "invalid_value", "stop"),
    "a tool of no kind": (body(tools=[{"function": {"name": "f"}}]), 400, "invalid_value", "tools[0].type"),
    "a tool's name": (
        body(tools=[{"type": "function", "function": {"name": "rm -rf"}}]), 400, "invalid_value",
        "tools[0].function.name",
    ),
    "two tools of one name": (body(tools=[TOOL, TOOL]), 400, "invalid_value", "tools"),
    "a tool nobody can call": (
        body(model="tool-call", tools=[{"type": "function", "function": {"name": "f", "parameters": {"not": {}}}}]),
        400, "schema_refused", None,
    ),
    "a required tool of none": (body(tool_choice="required"), 400, "invalid_value", "tool_choice"),
    "a choice of no word": (body(tools=[TOOL], tool_choice="maybe"), 400, "invalid_value", "tool_choice"),
    "a choice that is not offered": (
        body(tools=[TOOL], tool_choice={"type": "function", "function": {"name": "other"}}),
        400, "invalid_value", "tool_choice",
    ),
    "a format of no kind": (body(response_format={"type": "xml"}), 400, "invalid_value", "response_format.type"),
    "a format without its schema": (
        body(response_format={"type": "json_schema"}), 400, "invalid_value", "response_format.json_schema",
    ),
    "a schema that means nothing": (
        body(response_format={"type": "json_schema", "json_schema": {"name": "s", "schema": {"type": "wish"}}}),
        400, "schema_refused", None,
    ),
    "a schema no grammar holds": (
        body(response_format={"type": "json_schema", "json_schema": {"name": "s", "schema": {"not": {}}}}),
        400, "schema_refused", None,
    ),
    "a skill that calls, and no tools": (body(model="tool-call"), 400, "invalid_value", "tools"),
    "a skill that calls nothing": (
        body(model="answer", tools=[TOOL], tool_choice="required"), 400, "invalid_value", "tool_choice",
    ),
    "a skill without its schema": (body(model="json-extract"), 400, "invalid_value", "response_format"),
    "a skill of another form": (body(model="answer", response_format=SHAPE), 400, "invalid_value", "response_format"),
}  # fmt: skip

RAW: dict[str, tuple[bytes, dict[str, str], int, str]] = {
    "nothing": (b"", {}, 400, "invalid_json"),
    "no JSON": (b"model=quiver", {}, 400, "invalid_json"),
    "half a JSON": (b'{"model": "quiver"', {}, 400, "invalid_json"),
    "a list": (b"[]", {}, 400, "invalid_json"),
    "no UTF-8": (b'{"model": "\xff"}', {}, 400, "invalid_json"),
    "a key twice": (b'{"model": "a", "model": "b"}', {}, 400, "invalid_json"),
    "not a number": (b'{"model": "a", "temperature": NaN}', {}, 400, "invalid_json"),
    "a number too large": (b'{"model": "a", "temperature": 1e999}', {}, 400, "invalid_json"),
    "an integer of 5000 digits": (b'{"model": "a", "seed": ' + b"9" * 5000 + b"}", {}, 400, "invalid_json"),
    "half a pair": (b'{"model": "\\ud800"}', {}, 400, "invalid_json"),
    "too deep": (b'{"a": ' * (DEPTH + 1) + b"1" + b"}" * (DEPTH + 1), {}, 400, "invalid_json"),
    "far too deep": (b"[" * 200_000, {}, 400, "invalid_json"),
    "a form": (b"{}", {"Content-Type": "application/x-www-form-urlencoded"}, 415, "unsupported_media_type"),
    "compressed": (b"{}", {"Content-Encoding": "gzip"}, 415, "unsupported_media_type"),
    "too long": (b" " * (5 << 20), {}, 413, "body_too_large"),
}


def check(response: Any, status: int, code: str) -> dict[str, Any]:
    assert response.status_code == status, response.text
    error: dict[str, Any] = response.json()["error"]
    assert error["code"] == code
    assert error["message"]
    assert error["type"] == Fault(status, code, "").type
    assert response.headers["x-request-id"]
    assert "Traceback" not in response.text
    return error


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_cannot_be_served(client: TestClient, engine: EchoEngine, name: str) -> None:
    sent, status, code, param = BODIES[name]
    error = check(client.post(CHAT, json=sent), status, code)
    if param is not None:
        assert error["param"] == param
    assert not engine.requests
    streamed = check(client.post(CHAT, json={**sent, "stream": sent.get("stream", True)}), status, code)
    assert streamed["message"] == error["message"]


@pytest.mark.parametrize("name", RAW)
def test_what_is_no_body(client: TestClient, name: str) -> None:
    data, headers, status, code = RAW[name]
    check(client.post(CHAT, content=data, headers={"Content-Type": "application/json", **headers}), status, code)


def test_paths_and_methods(client: TestClient) -> None:
    check(client.get("/v1/completions"), 404, "not_found")
    check(client.get("/v1/models/none-such"), 404, "model_not_found")
    refused = client.get(CHAT)
    check(refused, 405, "method_not_allowed")
    assert refused.headers["allow"] == "POST"


def test_the_table_is_long_enough() -> None:
    assert len(BODIES) + len(RAW) >= 25


def test_what_is_allowed_is_not_refused(client: TestClient) -> None:
    """Words that real clients send, null where they say nothing."""
    usual = dict.fromkeys(
        ("tools", "tool_choice", "response_format", "stop", "seed", "n", "max_tokens", "stream_options", "user")
    )
    many = [
        {"role": "developer", "content": "be brief"},
        {"role": "user", "content": [{"type": "text", "text": "answer"}]},
    ]
    response = client.post(
        CHAT, json={**body(), **usual, "messages": many, "top_p": 0.9, "store": False, "metadata": {}}
    )
    assert response.status_code == 200, response.text


def test_faults_are_counted(client: TestClient) -> None:
    client.post(CHAT, json=body(n=2))
    client.post(CHAT, content=b"{", headers={"Content-Type": "application/json"})
    text = client.get("/metrics").text
    assert 'quiver_faults_total{status="400",code="invalid_value"} 1' in text
    assert 'quiver_faults_total{status="400",code="invalid_json"} 1' in text


def test_nothing_of_a_request_is_logged(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", "quiver.gateway"):
        client.post(CHAT, json=said({"role": "user", "content": "my secret is answer"}))
        client.post(
            CHAT, json=body(model="secret"), headers={"X-Request-Id": "mine-1", "Authorization": "Bearer secret"}
        )
    rows = [json.loads(record.message) for record in caplog.records if record.name == "quiver.gateway"]
    assert [row["status"] for row in rows if row["event"] == "request"] == [200, 404]
    assert rows[-1]["id"] == "mine-1"
    assert "secret" not in caplog.text
