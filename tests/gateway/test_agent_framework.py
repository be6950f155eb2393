"""An agent framework, unchanged, against a real gateway: its tools are called and answered, its types are filled."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip(
    "pydantic_ai.models.openai", reason="not installed: pip install 'pydantic-ai-slim[openai]'", exc_type=ImportError
)

import pydantic
import pydantic_ai

from tests.gateway.scripted_gateway import EchoEngine, make_gateway, running

QUESTION = "look for the ferry"


@pytest.fixture(scope="module")
def engine() -> EchoEngine:
    return EchoEngine()


@pytest.fixture(scope="module")
def url(engine: EchoEngine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(make_gateway(tmp_path_factory.mktemp("home"), engine)) as url:
        yield f"{url}/v1"


def model(url: str, name: str = "quiver") -> Any:
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider

    return OpenAIChatModel(name, provider=OpenAIProvider(base_url=url, api_key="any"))


def agent(url: str, found: list[str], **more: Any) -> Any:
    made = pydantic_ai.Agent(model(url), **more)

    @made.tool_plain
    def find(text: str) -> str:
        """Finds a text."""
        found.append(text)
        return f"seen {text}"

    return made


def answering(engine: EchoEngine) -> None:
    """The echo engine calls as long as it may; a model that has seen enough declines."""

    def before(request: Any) -> str | None:
        observed = any(message.role == "tool" for message in request.messages)
        calls = request.contract is not None and request.contract.tools is not None
        return "<no_call>" if observed and calls else None

    engine.before = before


def test_a_tool_is_called_and_the_answer_told(url: str, engine: EchoEngine) -> None:
    answering(engine)
    found: list[str] = []
    result = agent(url, found).run_sync(QUESTION)
    assert found == [QUESTION]
    assert result.output == f"answer: {QUESTION}"
    kinds = [part.part_kind for message in result.all_messages() for part in message.parts]
    assert kinds == ["user-prompt", "tool-call", "tool-return", "text"]


def test_the_same_as_a_stream(url: str, engine: EchoEngine) -> None:
    answering(engine)
    found: list[str] = []

    async def streamed() -> str:
        async with agent(url, found).run_stream(QUESTION) as result:
            pieces = [piece async for piece in result.stream_text(delta=True)]
        return "".join(pieces)

    assert asyncio.run(streamed()) == f"answer: {QUESTION}"
    assert found == [QUESTION]


def test_a_type_of_the_clients_own_is_filled(url: str, engine: EchoEngine) -> None:
    from pydantic_ai import NativeOutput

    City = pydantic.create_model("City", city=(str, ...))
    engine.before = lambda request: None
    result = pydantic_ai.Agent(model(url), output_type=NativeOutput(City)).run_sync("answer me")
    assert json.loads(result.output.model_dump_json()) == {"city": "json-extract: answer me"}


def test_an_error_of_ours_is_an_error_of_its_own(url: str) -> None:
    from pydantic_ai.exceptions import ModelHTTPError

    with pytest.raises(ModelHTTPError) as missing:
        pydantic_ai.Agent(model(url, "gpt-4o")).run_sync("hello")
    assert missing.value.status_code == 404
