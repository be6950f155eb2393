"""What only vLLM adds: skills by name, adapters loaded and tried, constraints in its forms, exact scores, room."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapters.immutable import immutable_copy
from router.contract import Contract
from router.conversation import Message, ToolSpec
from router.engines.chat import ChatEngine
from router.engines.engine import Request
from router.engines.vllm import VllmEngine, connect, probe
from router.errors import (
    ContextOverflow,
    EngineAnswerBroken,
    EngineUnreachable,
    UsageError,
    WeightsRefused,
)
from router.http import HttpClient
from tests.router.tiny_skill import FakeSkill

CARD = {"name": "own-14m", "digest": "d" * 64, "context": 500, "tools_shown": 4, "reads_whole_task": False}
USER = Message("user", "How far are 12 miles?")
NOW = ToolSpec("now", "", {"type": "object", "properties": {"zone": {"type": "string"}}})
CONVERT = ToolSpec("convert", "", {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]})
SKILL = FakeSkill("reply", Path("weights"), "Be brief.", {"base": {"digest": "d" * 64}})
OTHER = FakeSkill("other", Path("weights"), "Be long.", {"base": {"digest": "e" * 64}})


class Vllm:
    """A server by its verbs. Each token is a character; the likelihood of one depends on the model alone.

    `deaf` adapters answer as the base does; `loose`: constraints have no effect; `stale`: nats that what is kept is
    off by."""

    def __init__(self, *, base: str = "own-14m", version: Any = "0.32.0", adapters: tuple[str, ...] = ()) -> None:
        self.base, self.version, self.adapters = base, version, list(adapters)
        self.deaf = self.loose = False
        self.stale = 0.0
        self.context, self.bodies, self.paths = 500, list[Any](), list[str]()
        self.faults: dict[str, httpx.Response] = {}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        self.paths.append(path)
        body = json.loads(request.content) if request.content else None
        if path in self.faults:
            return self.faults[path]
        verbs = {
            "/v1/models": self.models,
            "/version": lambda _: {"version": self.version},
            "/tokenize": self.tokenize,
            "/v1/completions": self.completions,
            "/v1/chat/completions": self.chat,
            "/v1/load_lora_adapter": self.load,
            "/v1/unload_lora_adapter": lambda body: self.adapters.remove(body["lora_name"]),
        }
        answer = verbs[path](body)
        if isinstance(answer, httpx.Response):
            return answer
        return httpx.Response(200, text="Success") if answer is None else httpx.Response(200, json=answer)

    def models(self, _: Any) -> Any:
        base = {"id": self.base, "owned_by": "vllm", "root": "/models/base", "max_model_len": self.context}
        return {"data": [base, *({"id": name, "owned_by": "vllm", "parent": self.base} for name in self.adapters)]}

    def load(self, body: Any) -> None:
        self.adapters.append(body["lora_name"])

    def tokenize(self, body: Any) -> Any:
        text = body["prompt"] if "prompt" in body else "".join(row["content"] for row in body["messages"])
        return {"tokens": [ord(character) for character in text]}

    def completions(self, body: Any) -> Any:
        likelihood = -2.0 if body["model"] == self.base or self.deaf else -1.0
        choices = []
        for index, ids in enumerate(body["prompt"]):
            read = [None, *({str(id): {"logprob": likelihood}, "0": {"logprob": -0.1}} for id in ids[1:])]
            choices.append({"index": index, "prompt_logprobs": read})
        return {"choices": choices}

    def chat(self, body: Any) -> Any:
        self.bodies.append(body)
        prompt = len(self.tokenize(body)["tokens"])
        if prompt + body["max_tokens"] > self.context:
            message = f"This model's maximum context length is {self.context} tokens."
            return httpx.Response(400, json={"error": {"message": message}})
        said = "whatever I like" if self.loose else held_to(body)
        choice: dict[str, Any] = {"message": {"content": said}, "finish_reason": "stop"}
        if "top_logprobs" in body:
            off = 0.0 if "cache_salt" in body else self.stale
            words = [{"token": "{", "logprob": -0.1}, {"token": " in", "logprob": -4.0 - off}]
            choice["logprobs"] = {"content": [{"token": "{", "logprob": -0.1, "top_logprobs": words}]}
        return {"choices": [choice]}


def held_to(body: Any) -> str:
    """The only text a canary's schema or grammar allows."""
    schema = body.get("response_format", {}).get("json_schema", {}).get("schema", {})
    grammar = body.get("structured_outputs", {}).get("grammar", "")
    if "const" in schema:
        return json.dumps(schema["const"])
    if grammar.startswith("start: r0\nr0: "):
        return str(json.loads(grammar.removeprefix("start: r0\nr0: ")))
    return "fine"


def client(server: Vllm) -> HttpClient:
    return HttpClient("http://vllm.test/v1", key="", transport=httpx.MockTransport(server), sleep=lambda _: None)


def engine(server: Vllm, backend: str = "xgrammar") -> VllmEngine:
    found = connect(client(server), None, CARD)
    assert isinstance(found, VllmEngine)
    found.backend = backend  # type: ignore[assignment]
    return found


def asked(**more: Any) -> Request:
    return Request([USER], max_tokens=8, **more)


# --- what it is found to be ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "known"), [("0.29.0", True), ("0.33.1rc2", True), ("0.34.0", False), ("1.0", False), (None, False)]
)
def test_its_version_is_read(version: Any, known: bool) -> None:
    features = probe(client(Vllm(version=version)))
    assert features is not None
    assert features.known is known


def test_another_server_is_any_endpoint() -> None:
    server = Vllm()
    server.faults["/v1/models"] = httpx.Response(200, json={"data": [{"id": "peer", "owned_by": "somebody"}]})
    assert type(connect(client(server), None, CARD)) is ChatEngine
    assert "/version" not in server.paths


def test_a_gateway_that_hides_the_version_is_any_endpoint() -> None:
    server = Vllm()
    server.faults["/version"] = httpx.Response(404, json={"detail": "Not Found"})
    assert type(connect(client(server), None, CARD)) is ChatEngine


def test_the_backend_is_the_users_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUIVER_VLLM_BACKEND", "guidance")
    found = connect(client(Vllm()), None, CARD)
    assert isinstance(found, VllmEngine)
    assert found.backend == "guidance"
    monkeypatch.setenv("QUIVER_VLLM_BACKEND", "outlines")
    with pytest.raises(UsageError, match="outlines"):
        connect(client(Vllm()), None, CARD)


# --- skills -----------------------------------------------------------------------------------------------------------


def test_a_skill_is_the_model_of_the_request() -> None:
    server = Vllm(adapters=(SKILL.version,))
    asking = engine(server)
    asking.generate(asked(skill=SKILL))
    asking.generate(asked())
    assert [body["model"] for body in server.bodies] == [SKILL.version, "own-14m"]
    assert server.bodies[0]["messages"] == server.bodies[1]["messages"], "the conversation is the same to the cache"


def test_a_skill_that_is_not_registered_is_refused_until_it_is() -> None:
    server = Vllm()
    asking = engine(server)
    with pytest.raises(WeightsRefused, match="does not serve"):
        asking.generate(asked(skill=SKILL))
    assert server.bodies == []
    server.adapters.append(SKILL.version)
    asking.generate(asked(skill=SKILL))
    assert server.bodies[0]["model"] == SKILL.version


def test_an_adapter_without_effect_is_refused_and_one_with_is_tried_once() -> None:
    server = Vllm(adapters=(SKILL.version,))
    asking = engine(server)
    server.deaf = True
    with pytest.raises(WeightsRefused, match="exactly as the base"):
        asking.generate(asked(skill=SKILL))
    server.deaf = False
    for _ in range(3):
        asking.generate(asked(skill=SKILL))
    assert server.paths.count("/v1/completions") == 3, "once for the base, the deaf one and the other, never again"


@pytest.mark.parametrize(("off", "served"), [(0.0, True), (0.2, True), (2.0, False)])
def test_an_adapter_that_is_answered_from_others_computations_is_refused(off: float, served: bool) -> None:
    server = Vllm(adapters=(SKILL.version,))
    server.stale, server.context = off, 4096
    asking = connect(client(server), None, {**CARD, "context": 4096})
    request = Request([USER], skill=SKILL, max_tokens=4)  # type: ignore[arg-type]
    if served:
        assert asking.generate(request).text == "fine"
    else:
        with pytest.raises(WeightsRefused, match="other weights"):
            asking.generate(request)
    salts = [body.get("cache_salt") for body in server.bodies[:2]]
    assert (salts[0], bool(salts[1])) == (None, True)
    assert all(len(body["messages"][0]["content"]) > 600 for body in server.bodies[:2])


def test_a_foreign_model_is_told_in_words_and_asked_once_whether_it_serves_the_skill() -> None:
    server = Vllm(base="peer-8b")
    asking = engine(server)
    for _ in range(3):
        asking.generate(asked(skill=OTHER))
    assert {body["model"] for body in server.bodies} == {"peer-8b"}
    assert all(body["messages"][-1]["content"].endswith("Be long.") for body in server.bodies)
    assert server.paths.count("/v1/models") == 3, "two to connect, one to look for the skill"


def test_loading_registers_tries_and_may_be_repeated(tmp_path: Path) -> None:
    server = Vllm()
    asking = engine(server)
    folder = tmp_path / SKILL.version
    asking.load(SKILL, folder)  # type: ignore[arg-type]
    asking.load(SKILL, folder)  # type: ignore[arg-type]
    assert server.paths.count("/v1/load_lora_adapter") == 1
    assert asking.registered() == {SKILL.version}
    asking.unload(SKILL)  # type: ignore[arg-type]
    assert asking.registered() == frozenset()


def test_loading_from_a_path_that_may_change_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="stale"):
        engine(Vllm()).load(SKILL, tmp_path)  # type: ignore[arg-type]


@pytest.mark.parametrize("status", [400, 404, 500])
def test_a_load_that_is_refused_says_how_to_start_the_server(tmp_path: Path, status: int) -> None:
    """500 is what vLLM 0.32 says where its worker refuses."""
    server = Vllm()
    server.faults["/v1/load_lora_adapter"] = httpx.Response(status, json={"error": {"message": "rank too high"}})
    with pytest.raises(UsageError, match="rank too high"):
        engine(server).load(SKILL, tmp_path / SKILL.version)  # type: ignore[arg-type]


def test_a_server_that_dies_of_a_load_has_refused_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = Vllm()
    server.faults["/v1/load_lora_adapter"] = httpx.Response(500)
    loading, listed = engine(server), iter([frozenset[str]()])

    def registered() -> frozenset[str]:
        for each in listed:
            return each
        raise EngineUnreachable("gone")

    monkeypatch.setattr(loading, "registered", registered)
    with pytest.raises(EngineUnreachable, match="gone"):
        loading.load(SKILL, tmp_path / SKILL.version)  # type: ignore[arg-type]


def test_copies_are_complete_never_change_and_may_be_plain(tmp_path: Path) -> None:
    weights = tmp_path / "weights"
    weights.mkdir()
    (weights / "adapter_model.safetensors").write_bytes(b"numbers")
    (weights / "adapter_config.json").write_text('{"r": 8, "alora_invocation_tokens": [3]}')
    skill = replace(SKILL, weights=weights)
    copy = immutable_copy(skill, tmp_path / "store")  # type: ignore[arg-type]
    plain = immutable_copy(skill, tmp_path / "store", plain=True)  # type: ignore[arg-type]
    assert copy.name == plain.name == skill.version
    assert json.loads((copy / "adapter_config.json").read_text())["alora_invocation_tokens"] == [3]
    assert json.loads((plain / "adapter_config.json").read_text()) == {"r": 8}
    (weights / "adapter_model.safetensors").write_bytes(b"others")
    assert immutable_copy(skill, tmp_path / "store") == copy  # type: ignore[arg-type]
    assert (copy / "adapter_model.safetensors").read_bytes() == b"numbers"
    assert sorted(each.name for each in (tmp_path / "store").iterdir()) == ["plain", copy.name]
    with pytest.raises(WeightsRefused):
        immutable_copy(FakeSkill("bare"), tmp_path)  # type: ignore[arg-type]


# --- constraints ------------------------------------------------------------------------------------------------------


def sent(request: Request, backend: str = "xgrammar", base: str = "own-14m") -> Any:
    server = Vllm(base=base)
    asking = engine(server, backend)
    asking._constrains = True
    asking.generate(request)
    return server.bodies[0]


def test_calls_of_the_bundled_base_are_held_between_its_own_markers() -> None:
    body = sent(asked(tools=[NOW, CONVERT], contract=Contract.for_tools([NOW, CONVERT])))
    elements = body["response_format"]["format"]["elements"]
    assert [each["type"] for each in elements] == ["tag", "tag", "const_string"]
    assert elements[0]["content"]["json_schema"]["properties"]["name"] == {"const": "now"}
    assert body["tool_choice"] == "none"
    assert body["skip_special_tokens"] is False
    only = sent(asked(tools=[NOW], contract=Contract.for_tools([NOW], may_decline=False)))
    assert only["response_format"]["format"]["begin"] == "<tool_call>"


def test_alternatives_stand_alone_because_xgrammar_forgets_what_stands_beside_them() -> None:
    unit = {"type": "string", "enum": ["miles", "km"]}
    parameters = {
        "type": "object",
        "properties": {"value": {"type": "number"}, "of": unit, "to": unit, "anyOf": {"type": "string"}},
        "required": ["value", "of", "to"],
        "anyOf": [
            {"properties": {"of": {"const": "miles"}, "to": {"enum": ["km"]}}},
            {"properties": {"of": {"const": "km"}, "to": {"enum": ["miles"]}}},
        ],
    }
    contract = Contract.for_tools([ToolSpec("convert", "", parameters)], may_decline=False)
    held = sent(asked(tools=[ToolSpec("convert", "", parameters)], contract=contract))
    arguments = held["response_format"]["format"]["content"]["json_schema"]["properties"]["arguments"]
    assert set(arguments) == {"anyOf"}
    assert [each["properties"]["to"]["enum"] for each in arguments["anyOf"]] == [["km"], ["miles"]]
    for each in arguments["anyOf"]:
        assert list(each["properties"])[:3] == ["value", "of", "to"]
        assert each["required"] == ["value", "of", "to"]
    one = Contract.for_schema(
        {"type": "object", "properties": {"a": {"type": "integer"}}, "allOf": [{"required": ["a"]}]}
    )
    schema = sent(asked(contract=one))["response_format"]["json_schema"]["schema"]
    assert (schema["required"], "allOf" in schema) == (["a"], False)


def test_a_guidance_server_gets_the_contracts_own_grammar() -> None:
    contract = Contract.for_tools([NOW], source="In Wien it is late.")
    body = sent(asked(tools=[NOW], contract=contract), "guidance")
    assert body["structured_outputs"] == {"grammar": contract.grammar(markers=True)}
    assert "response_format" not in body


def test_a_foreign_model_calls_in_its_own_form_and_every_tool_is_strict() -> None:
    for backend in ("xgrammar", "guidance"):
        body = sent(asked(tools=[NOW], contract=Contract.for_tools([NOW])), backend, base="peer-8b")
        assert body["tool_choice"] == "auto"
        assert body["tools"][0]["function"]["strict"] is True, "although `zone` is optional: vLLM takes that"
        assert "skip_special_tokens" not in body


@pytest.mark.parametrize("backend", ["xgrammar", "guidance"])
def test_a_constraint_that_is_off_is_noticed_before_it_is_trusted(backend: str) -> None:
    server = Vllm()
    asking = engine(server, backend)
    schema = Contract.for_schema({"type": "string"})
    server.loose = True
    with pytest.raises(EngineAnswerBroken, match="does not hold"):
        asking.generate(asked(contract=schema))
    server.loose = False
    asking.generate(asked(contract=schema))
    asking.generate(asked(contract=schema))
    assert len(server.bodies) == 4, "one canary failed, one held, two answers"


# --- scores and room ---------------------------------------------------------------------------------------------


def test_scores_are_sums_over_the_tokens_given() -> None:
    asking = engine(Vllm(adapters=(SKILL.version,)))
    assert asking.score(asked(), ["four", "", "to"]) == [-8.0, 0.0, -4.0]
    assert asking.score(asked(skill=SKILL), ["four"]) == [-4.0]
    assert asking.score(asked(), []) == []


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"choices": []},
        {"choices": [{"index": 0}]},
        {"choices": [{"index": 0, "prompt_logprobs": None}]},
        {"choices": [{"index": 0, "prompt_logprobs": [None]}]},
        {"choices": [{"index": 0, "prompt_logprobs": [None] * 22}]},
    ],
)
def test_likelihoods_in_another_form_are_the_engines_fault(answer: Any) -> None:
    server = Vllm()
    server.faults["/v1/completions"] = httpx.Response(200, json=answer)
    with pytest.raises(EngineAnswerBroken):
        engine(server).score(asked(), ["x"])


def test_tokens_in_another_form_are_too() -> None:
    server = Vllm()
    server.faults["/tokenize"] = httpx.Response(200, json={"count": 7})
    with pytest.raises(EngineAnswerBroken):
        engine(server).score(asked(), ["x"])


def test_less_is_asked_for_where_the_whole_does_not_fit() -> None:
    server = Vllm()
    server.context = 64
    asking = engine(server)
    asking.generate(Request([USER], max_tokens=60))
    assert [body["max_tokens"] for body in server.bodies] == [60, 64 - len(USER.content)]
    with pytest.raises(ContextOverflow):
        asking.generate(Request([Message("user", "x" * 50)], max_tokens=60))
    with pytest.raises(ContextOverflow):
        asking.generate(Request([Message("user", "x" * 70)], max_tokens=10))
