"""A request from its words to its answer: who answers, in what form, and what is told about it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from router.engines.engine import Request
from tests.gateway.scripted_gateway import NOTE, EchoEngine

CHAT = "/v1/chat/completions"
TOOL = {
    "type": "function",
    "function": {
        "name": "find",
        "description": "Finds.",
        "parameters": {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]},
    },
}
OTHER = {**TOOL, "function": {**TOOL["function"], "name": "keep"}}  # type: ignore[dict-item]
CITY = {
    "type": "json_schema",
    "json_schema": {
        "name": "city",
        "schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


def ask(client: TestClient, words: str, model: str = "quiver", **more: Any) -> dict[str, Any]:
    body = {"model": model, "messages": [{"role": "user", "content": words}], **more}
    response = client.post(CHAT, json=body)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    found["headers"] = response.headers
    return found


def message(answer: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = answer["choices"][0]["message"]
    return found


def about(answer: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = answer["usage"]["quiver"]
    return found


def test_a_request_is_routed_and_its_sentence_told(client: TestClient) -> None:
    answer = ask(client, "answer me")
    assert message(answer)["content"] == "answer: answer me"
    assert answer["choices"][0]["finish_reason"] == "stop"
    assert (about(answer)["skill"], about(answer)["confidence"]) == ("answer", 0.9)
    assert answer["headers"]["x-quiver-skill"] == "answer"
    assert answer["headers"]["x-quiver-confidence"] == "0.9000"
    assert answer["headers"]["x-quiver-version"] == about(answer)["version"]
    assert answer["headers"]["x-quiver-reused"] == "4"
    assert answer["usage"]["prompt_tokens_details"] == {"cached_tokens": 4}
    assert answer["model"] == "quiver"


def test_an_output_of_more_than_a_sentence_stays_json(client: TestClient) -> None:
    answer = ask(client, "note it")
    assert json.loads(message(answer)["content"]) == {"note": "note: note it", "by": "note: note it"}


@pytest.mark.parametrize("version", [False, True])
def test_a_skill_is_forced_by_its_name_and_says_what_its_contract_says(client: TestClient, version: bool) -> None:
    models = {row["id"]: row for row in client.get("/v1/models").json()["data"]}
    model = models["answer"]["version"] if version else "answer"
    answer = ask(client, "note it", model)
    assert json.loads(message(answer)["content"]) == {"answer": "answer: note it"}
    assert (about(answer)["skill"], about(answer)["confidence"], answer["model"]) == ("answer", 1.0, model)


def test_the_base_is_left_alone(client: TestClient, engine: EchoEngine) -> None:
    answer = ask(client, "answer me", "echo-base")
    assert message(answer)["content"] == "free: answer me"
    assert (about(answer)["skill"], answer["headers"]["x-quiver-skill"]) == (None, "base")
    assert [request.skill for request in engine.requests] == [None]


def test_where_no_skill_fits_the_base_answers_and_that_is_told(client: TestClient) -> None:
    answer = ask(client, "hello you")
    assert message(answer)["content"] == "free: hello you"
    assert about(answer)["abstained"]
    assert about(answer)["confidence"] == 0.8
    assert "quiver_abstentions_total 1" in client.get("/metrics").text


def test_a_call_goes_back_to_the_client_and_its_observation_comes_in(client: TestClient) -> None:
    answer = ask(client, "look for it", tools=[TOOL])
    call = message(answer)["tool_calls"][0]
    assert (message(answer)["content"], answer["choices"][0]["finish_reason"]) == (None, "tool_calls")
    assert json.loads(call["function"]["arguments"]) == {"text": "look for it"}
    seen = [
        {"role": "user", "content": "look for it"},
        message(answer),
        {"role": "tool", "tool_call_id": call["id"], "content": "it is here"},
    ]
    final = ask(client, "", messages=seen)
    assert message(final)["content"] == "answer: look for it"


def test_a_call_that_is_declined_leaves_the_word_to_another(client: TestClient, engine: EchoEngine) -> None:
    engine.before = lambda request: "<no_call>" if request.contract and request.contract.tools else None
    answer = ask(client, "look for it", tools=[TOOL])
    assert message(answer)["content"] == "answer: look for it"
    assert 'quiver_schema_failures_total{skill="tool-call"}' not in client.get("/metrics").text
    forced = ask(client, "look for it", "tool-call", tools=[TOOL])
    assert message(forced)["content"] == ""
    assert about(forced)["declined"]
    base = ask(client, "look for it", "echo-base", tools=[TOOL])
    assert message(base)["content"] == "free: look for it"


@pytest.mark.parametrize("model", ["quiver", "tool-call", "echo-base"])
@pytest.mark.parametrize("words", ["answer me", "hello you", "look"])
def test_a_required_call_is_made_whatever_the_words(
    client: TestClient, engine: EchoEngine, model: str, words: str
) -> None:
    for choice, name in (("required", "find"), ({"type": "function", "function": {"name": "keep"}}, "keep")):
        answer = ask(client, words, model, tools=[TOOL, OTHER], tool_choice=choice)
        assert message(answer)["tool_calls"][0]["function"]["name"] == name
        contract = engine.requests[-1].contract
        assert contract is not None
        assert not contract.may_decline


def test_no_call_is_made_where_none_is_wanted(client: TestClient, engine: EchoEngine) -> None:
    answer = ask(client, "look for it", tools=[TOOL], tool_choice="none")
    assert "tool_calls" not in message(answer)
    assert all(not (request.contract and request.contract.tools) for request in engine.requests)


@pytest.mark.parametrize("model", ["quiver", "json-extract", "echo-base"])
@pytest.mark.parametrize("words", ["answer me", "look", "hello"])
def test_the_clients_schema_is_held_whoever_answers(client: TestClient, model: str, words: str) -> None:
    answer = ask(client, words, model, response_format=CITY)
    assert set(json.loads(message(answer)["content"])) == {"city"}


def test_any_object_may_be_asked_for(client: TestClient) -> None:
    assert isinstance(
        json.loads(message(ask(client, "look", response_format={"type": "json_object"}))["content"]), dict
    )


def test_a_skills_own_schema_may_be_given_again(client: TestClient) -> None:
    form = {"type": "json_schema", "json_schema": {"name": "note", "schema": NOTE}}
    assert set(json.loads(message(ask(client, "x", "note", response_format=form))["content"])) == {"note", "by"}


def test_a_wrong_output_is_asked_for_again_and_then_by_another(client: TestClient, engine: EchoEngine) -> None:
    def spoilt(request: Request) -> str | None:
        return "{" if request.skill and request.skill.name == "note" else None

    engine.before = spoilt
    answer = ask(client, "note it")
    assert about(answer)["escalated_from"] == ["note"]
    assert about(answer)["skill"] == "answer"
    text = client.get("/metrics").text
    assert 'quiver_schema_failures_total{skill="note"} 4' in text
    assert 'quiver_escalations_total{skill="note"} 1' in text


def test_a_repair_is_counted(client: TestClient, engine: EchoEngine) -> None:
    outputs = iter(["{", None])
    engine.before = lambda request: next(outputs)
    answer = ask(client, "answer me")
    assert about(answer)["repairs"] == 1
    assert 'quiver_repairs_total{skill="answer"} 1' in client.get("/metrics").text
    assert 'quiver_schema_failures_total{skill="answer"} 1' in client.get("/metrics").text


def test_wishes_reach_the_engine(client: TestClient, engine: EchoEngine) -> None:
    ask(client, "answer me", max_completion_tokens=99, temperature=0.5, seed=7)
    request = engine.requests[-1]
    assert (request.max_tokens, request.temperature, request.seed) == (99, 0.5, 7)
    ask(client, "answer me")
    assert engine.requests[-1].temperature == 0.0


def test_what_the_clients_limit_cuts_is_sent_as_it_is_and_marked(client: TestClient, engine: EchoEngine) -> None:
    for model in ("quiver", "answer", "echo-base"):
        answer = ask(client, "answer me " * 20, model, max_tokens=3)
        assert answer["choices"][0]["finish_reason"] == "length"
        assert len(message(answer)["content"]) == 12
    assert len(engine.requests) == 3


def test_a_stop_cuts_texts_and_never_json(client: TestClient) -> None:
    assert message(ask(client, "hello END you", stop="END"))["content"] == "free: hello "
    assert message(ask(client, "answer END you", stop=["nowhere", "END"]))["content"] == "answer: answer "
    assert json.loads(message(ask(client, "note END", "note", stop="END"))["content"])


def test_models_are_listed_and_shown(client: TestClient) -> None:
    rows = client.get("/v1/models").json()["data"]
    assert [row["id"] for row in rows] == ["echo-base", "quiver", "answer", "json-extract", "note", "tool-call"]
    assert [row["id"] for row in rows if "parent" not in row] == ["echo-base"]
    for row in rows:
        assert client.get(f"/v1/models/{row['id']}").json() == row


def test_health_says_what_is_served(client: TestClient) -> None:
    health = client.get("/health").json()
    assert (health["status"], health["base"], health["running"], health["waiting"]) == ("ok", "echo-base", 0, 0)
    assert len(health["skills"]) == 4


def test_request_ids_are_the_clients_own_or_made(client: TestClient) -> None:
    assert client.get("/health", headers={"X-Request-Id": "abc-1"}).headers["x-request-id"] == "abc-1"
    made = client.get("/health", headers={"X-Request-Id": "a b\tc"}).headers["x-request-id"]
    assert len(made) == 32
