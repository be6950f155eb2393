"""OpenAI's own client, unchanged, against a real server: answers, streams, tools, schemas, errors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from router.engines.engine import Request
from tests.gateway.scripted_gateway import EchoEngine, make_gateway, running
from tests.gateway.test_completions import CITY, TOOL

openai = pytest.importorskip("openai", reason="the client library is not installed")

USER = {"role": "user", "content": "answer me"}


@pytest.fixture(scope="module")
def engine() -> EchoEngine:
    return EchoEngine()


@pytest.fixture(scope="module")
def client(engine: EchoEngine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with running(make_gateway(tmp_path_factory.mktemp("home"), engine)) as url:
        yield openai.OpenAI(base_url=f"{url}/v1", api_key="any", max_retries=0, timeout=60)


def pieces(stream: Any) -> list[str]:
    return [chunk.choices[0].delta.content for chunk in stream if chunk.choices and chunk.choices[0].delta.content]


def test_an_answer(client: Any) -> None:
    answer = client.chat.completions.create(model="quiver", messages=[USER])
    assert answer.choices[0].message.content == "answer: answer me"
    assert answer.usage.prompt_tokens_details.cached_tokens == 4
    assert answer.usage.quiver["skill"] == "answer"


def test_headers(client: Any) -> None:
    raw = client.chat.completions.with_raw_response.create(model="quiver", messages=[USER])
    assert (raw.headers["x-quiver-skill"], raw.headers["x-quiver-confidence"]) == ("answer", "0.9000")
    assert raw.request_id == raw.headers["x-request-id"]


def test_free_text_comes_in_pieces_and_what_was_checked_in_one(client: Any) -> None:
    words = {"role": "user", "content": "one two three"}
    stream = client.chat.completions.create(model="echo-base", messages=[words], stream=True)
    assert pieces(stream) == ["free:", " one", " two", " three"]
    stream = client.chat.completions.create(model="quiver", messages=[USER], stream=True)
    assert pieces(stream) == ["answer: answer me"]


def test_a_stream_tells_who_answered(client: Any) -> None:
    asked = {"model": "quiver", "messages": [USER], "stream": True, "stream_options": {"include_usage": True}}
    raw = client.chat.completions.with_raw_response.create(**asked)
    assert raw.headers["x-quiver-skill"] == "answer"
    chunks = list(raw.parse())
    assert len({chunk.id for chunk in chunks}) == 1
    assert chunks[-1].choices == []
    assert chunks[-1].usage.quiver["skill"] == "answer"
    assert [chunk.choices[0].finish_reason for chunk in chunks[:-1]] == [None, None, "stop"]


@pytest.mark.parametrize("stream", [False, True])
def test_a_tool_is_called_and_its_result_answered(client: Any, stream: bool) -> None:
    messages: list[Any] = [{"role": "user", "content": "look for it"}]
    if stream:
        with client.chat.completions.stream(model="quiver", messages=messages, tools=[TOOL]) as events:
            message = events.get_final_completion().choices[0].message
    else:
        message = client.chat.completions.create(model="quiver", messages=messages, tools=[TOOL]).choices[0].message
    call = message.tool_calls[0]
    assert (call.function.name, json.loads(call.function.arguments)) == ("find", {"text": "look for it"})
    seen = {"role": "tool", "tool_call_id": call.id, "content": "here"}
    done = client.chat.completions.create(model="quiver", messages=[*messages, message, seen], tools=[TOOL])
    assert done.choices[0].finish_reason in ("stop", "tool_calls")


def test_a_schema_is_parsed_into_the_clients_own_type(client: Any) -> None:
    pydantic = pytest.importorskip("pydantic")
    City = pydantic.create_model("City", city=(str, ...))
    done = client.chat.completions.parse(model="quiver", messages=[USER], response_format=City)
    assert done.choices[0].message.parsed.city == "json-extract: answer me"
    done = client.chat.completions.create(model="quiver", messages=[USER], response_format=CITY, stream=True)
    assert json.loads("".join(pieces(done))) == {"city": "json-extract: answer me"}


def test_models(client: Any) -> None:
    assert [model.id for model in client.models.list()][:2] == ["echo-base", "quiver"]
    assert client.models.retrieve("answer").owned_by == "quiver"


def test_its_errors_are_ours(client: Any, engine: EchoEngine) -> None:
    with pytest.raises(openai.NotFoundError) as missing:
        client.chat.completions.create(model="gpt-4o", messages=[USER])
    assert (missing.value.code, missing.value.status_code) == ("model_not_found", 404)
    with pytest.raises(openai.BadRequestError) as wrong:
        client.chat.completions.create(model="quiver", messages=[USER], n=3)
    assert (wrong.value.param, wrong.value.code) == ("n", "invalid_value")
    engine.before = lambda request: "{"
    with pytest.raises(openai.UnprocessableEntityError):
        client.chat.completions.create(model="quiver", messages=[USER], stream=True)
    engine.before = lambda request: None


def test_a_stream_that_is_left_stops_the_engine(client: Any, engine: EchoEngine) -> None:
    import time

    def slowly(request: Request) -> str | None:
        return "word " * 2000

    engine.before = slowly
    before = engine.cancelled
    stream = client.chat.completions.create(model="echo-base", messages=[USER], stream=True)
    engine.pause_s = 0.005
    try:
        next(iter(stream))
        stream.close()
        deadline = time.monotonic() + 20
        while engine.cancelled == before and time.monotonic() < deadline:
            time.sleep(0.02)
        assert engine.cancelled == before + 1
    finally:
        engine.pause_s, engine.before = 0.0, lambda request: None


def test_a_server_that_ends_leaves_no_request_behind(tmp_path: Path) -> None:
    import threading

    begun, before = threading.Event(), set(threading.enumerate())
    engine = EchoEngine(lambda request: begun.set() or "word " * 100_000)  # type: ignore[func-returns-value]
    engine.pause_s = 0.01
    with running(make_gateway(tmp_path, engine)) as url:
        client = openai.OpenAI(base_url=f"{url}/v1", api_key="any", max_retries=0, timeout=60)
        stream = iter(client.chat.completions.create(model="echo-base", messages=[USER], stream=True))
        next(stream)
        assert begun.wait(60)
    with pytest.raises(openai.APIError, match="stopping"):
        list(stream)
    left = {thread for thread in threading.enumerate() if thread.name.startswith("quiver-request")}
    assert left <= before
    assert engine.cancelled == 1
