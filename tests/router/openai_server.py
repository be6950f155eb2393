"""A local engine behind an OpenAI-compatible endpoint, plain or with what vLLM adds: to test engines over HTTP.

It understands of the protocol what a real server understands of what we send, and nothing that we do not send.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

from router.contract import CALL, END_CALL, NO_CALL, Contract
from router.conversation import Message, ToolCall, ToolSpec
from router.engines.engine import Completion, Request
from router.engines.local import LocalEngine
from router.errors import ContextOverflow, UsageError
from tests.router.http_server import Exchange, serving
from tests.router.tiny import TinySkill

LETTERS = "ABCDEFGHIJKLMNOPQRST"


@dataclass(frozen=True)
class NamedSkill(TinySkill):
    """A skill as a server knows it: a name and a path."""

    served: str = ""

    @property
    def version(self) -> str:
        return self.served


@dataclass(frozen=True)
class Grammar:
    text: str
    says_sentences = False

    def grammar(self, markers: bool) -> str:
        return self.text


@dataclass
class ChatServer:
    """`vllm`: its version, or None for a plain endpoint. `heedless`: it takes constraints and ignores them."""

    engine: LocalEngine
    name: str
    vllm: str | None = None
    heedless: bool = False
    skills: dict[str, TinySkill] = field(default_factory=dict)
    seen: list[Any] = field(default_factory=list)

    def __call__(self, exchange: Exchange) -> None:
        self.seen.append((exchange.path, exchange.body))
        verbs = {"/v1/models": self._models, "/v1/chat/completions": self._chat}
        if self.vllm:
            own = {"/version": self._version, "/tokenize": self._tokenize, "/v1/completions": self._completions}
            verbs |= own | {"/v1/load_lora_adapter": self._load, "/v1/unload_lora_adapter": self._unload}
        try:
            verbs.get(exchange.path, self._missing)(exchange)
        except ContextOverflow as error:
            held = self.engine.base.context
            fail(exchange, 400, f"This model's maximum context length is {held} tokens. However: {error.message}")
        except KeyError as error:
            fail(exchange, 404, f"The model {error} does not exist.")
        except UsageError as error:
            fail(exchange, 400, error.message)

    def _missing(self, exchange: Exchange) -> None:
        exchange.json({"detail": "Not Found"}, 404)

    def _version(self, exchange: Exchange) -> None:
        exchange.json({"version": self.vllm})

    def _models(self, exchange: Exchange) -> None:
        about: dict[str, Any] = {"object": "model", "owned_by": "vllm" if self.vllm else "somebody"}
        base = {"id": self.name, **about, "root": self.name, "parent": None}
        base |= {"max_model_len": self.engine.base.context} if self.vllm else {}
        adapters = [{"id": name, **about, "parent": self.name} for name in self.skills]
        exchange.json({"object": "list", "data": [base, *adapters]})

    def _skill(self, body: Mapping[str, Any]) -> TinySkill | None:
        return None if body["model"] == self.name else self.skills[body["model"]]

    # --- adapters and tokens -----------------------------------------------------------------------------------------

    def _load(self, exchange: Exchange) -> None:
        name, folder = exchange.body["lora_name"], Path(exchange.body["lora_path"])
        if not (folder / "adapter_config.json").is_file():
            fail(exchange, 400, f"No adapter found for {folder}")
            return
        self.skills[name] = NamedSkill(name, folder, served=name)
        exchange.send(f"Success: LoRA adapter '{name}' added successfully.".encode(), kind="text/plain")

    def _unload(self, exchange: Exchange) -> None:
        del self.skills[exchange.body["lora_name"]]
        exchange.send(b"Success", kind="text/plain")

    def _tokenize(self, exchange: Exchange) -> None:
        body = exchange.body
        if "prompt" in body:
            ids = self.engine.rendering.encode(body["prompt"])
        else:
            ids = self.engine.rendering.prompt(messages(body), tools(body))
        exchange.json({"tokens": ids, "count": len(ids), "max_model_len": self.engine.base.context})

    def _completions(self, exchange: Exchange) -> None:
        """The likelihood of every given token but the first, as vLLM says it with `prompt_logprobs`."""
        skill = self._skill(exchange.body)
        choices = []
        for index, ids in enumerate(exchange.body["prompt"]):
            logprobs = [None, *self._read(skill, ids)]
            choices.append({"index": index, "text": "x", "finish_reason": "length", "prompt_logprobs": logprobs})
        exchange.json({"choices": choices[::-1]})

    def _read(self, skill: TinySkill | None, ids: list[int]) -> Iterator[dict[str, Any]]:
        """The engine computes it as for a conversation: up to the invocation as the base, then as the skill."""
        network = self.engine._network
        adapter = self.engine._adapter(skill)  # type: ignore[arg-type]
        begins = adapter.begins(ids) if adapter else 0
        cache = network.new_cache()
        tables = [network.forward(ids[:begins], cache, None, begins)] if begins else []
        tables.append(network.forward(ids[begins:], cache, adapter, len(ids) - begins))
        rows = [row for table in tables for row in table.log_softmax(-1)]
        for row, id in zip(rows, ids[1:], strict=False):
            best = int(row.argmax())
            yield {str(each): {"logprob": float(row[each]), "rank": 1 + int(each != best)} for each in (best, id)}

    # --- chat --------------------------------------------------------------------------------------------------------

    def _chat(self, exchange: Exchange) -> None:
        body = exchange.body
        skill = self._skill(body)
        contract = None if self.heedless else constraint(body)
        calling = body.get("tool_choice", "none") in ("auto", "required") and bool(body.get("tools"))
        request = Request(
            messages(body),
            tools=tools(body),
            skill=skill,  # type: ignore[arg-type]
            contract=contract,  # type: ignore[arg-type]
            max_tokens=body["max_tokens"],
            temperature=body["temperature"],
            seed=body["seed"],
        )
        if body.get("stream"):
            self._stream(exchange, request, calling)
            return
        completion = self.engine.generate(request)
        message, ended = answered(completion, calling)
        choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": ended}
        if body.get("top_logprobs"):
            scores = self.engine.score(request, list(LETTERS))
            top = [{"token": letter, "logprob": score} for letter, score in zip(LETTERS, scores, strict=True)]
            choice["logprobs"] = {"content": [{"token": "?", "logprob": 0.0, "top_logprobs": top}]}
        elif body.get("logprobs"):
            choice["logprobs"] = {"content": [{"token": "?", "logprob": completion.logprob}]}
        exchange.json({"choices": [choice], "usage": usage(completion)})

    def _stream(self, exchange: Exchange, request: Request, calling: bool) -> None:
        gone, begun = Event(), False

        def send(delta: Mapping[str, Any], ended: str | None = None, logprob: float | None = None) -> None:
            nonlocal begun
            if not begun:
                exchange.begin()
                begun = True
            choice: dict[str, Any] = {"index": 0, "delta": delta, "finish_reason": ended}
            if logprob is not None:
                choice["logprobs"] = {"content": [{"token": "?", "logprob": logprob}]}
            exchange.event({"choices": [choice]})
            if exchange.left.is_set():
                gone.set()

        show = None if calling else lambda piece: send({"content": piece})
        completion = self.engine.generate(request, on_text=show, cancel=gone)
        message, ended = answered(completion, calling)
        for part in in_pieces(message) if calling else ():
            send(part)
        send({}, ended, completion.logprob)
        exchange.event({"choices": [], "usage": usage(completion)})
        exchange.event("[DONE]")


def fail(exchange: Exchange, status: int, message: str) -> None:
    exchange.json({"error": {"message": message, "type": "BadRequestError", "code": status}}, status)


def messages(body: Mapping[str, Any]) -> list[Message]:
    found, names = [], dict[str, str]()
    for row in body["messages"]:
        calls = []
        for call in row.get("tool_calls", ()):
            function = call["function"]
            names[call["id"]] = function["name"]
            calls.append(ToolCall(function["name"], json.loads(function["arguments"])))
        name = names.get(row["tool_call_id"], "") if row["role"] == "tool" else ""
        found.append(Message(row["role"], row["content"], tuple(calls), name))
    return found


def tools(body: Mapping[str, Any]) -> list[ToolSpec]:
    functions = [tool["function"] for tool in body.get("tools", ())]
    return [ToolSpec(f["name"], f.get("description", ""), f["parameters"]) for f in functions]


def constraint(body: Mapping[str, Any]) -> Contract | Grammar | None:
    """What the output is held to: a grammar, a schema, marked calls, or the tools themselves."""
    wanted = body.get("response_format", {})
    if grammar := body.get("structured_outputs", {}).get("grammar"):
        return Grammar(grammar)
    if wanted.get("type") == "json_schema":
        return Contract.for_schema(wanted["json_schema"]["schema"])
    if wanted.get("type") == "structural_tag":
        shape = wanted["format"]
        options = shape["elements"] if shape["type"] == "or" else [shape]
        held = [each["content"]["json_schema"]["properties"] for each in options if each["type"] == "tag"]
        specs = [ToolSpec(each["name"]["const"], "", each["arguments"]) for each in held]
        return Contract.for_tools(specs, may_decline=any(each["type"] == "const_string" for each in options))
    if body.get("tool_choice") in ("auto", "required"):
        return Contract.for_tools(tools(body), may_decline=body["tool_choice"] == "auto")
    return None


def answered(completion: Completion, calling: bool) -> tuple[dict[str, Any], str]:
    """The message and its finish reason, in the protocol's own form."""
    text = completion.text
    if calling and text.startswith(CALL) and text.endswith(END_CALL):
        call = json.loads(text.removeprefix(CALL).removesuffix(END_CALL))
        function = {"name": call["name"], "arguments": json.dumps(call["arguments"], separators=(",", ":"))}
        return {"content": None, "tool_calls": [{"id": "x", "type": "function", "function": function}]}, "tool_calls"
    if calling and text == NO_CALL:
        return {"content": "There is nothing to call."}, "stop"
    return {"content": text}, completion.finish


def in_pieces(message: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """As servers stream it: the name first, then the arguments a few characters at a time."""
    if message["content"]:
        yield {"content": message["content"]}
    for index, call in enumerate(message.get("tool_calls", ())):
        function = call["function"]
        yield {"tool_calls": [{"index": index, "id": "x", "function": {"name": function["name"], "arguments": ""}}]}
        said = function["arguments"]
        for at in range(0, len(said), 3):
            yield {"tool_calls": [{"index": index, "function": {"arguments": said[at : at + 3]}}]}


def usage(completion: Completion) -> dict[str, Any]:
    tokens = completion.tokens
    details = {"cached_tokens": tokens.reused}
    return {
        "prompt_tokens": tokens.prompt,
        "completion_tokens": tokens.generated,
        "total_tokens": tokens.prompt + tokens.generated,
        "prompt_tokens_details": details,
    }


@contextmanager
def chat_server(server: ChatServer) -> Iterator[str]:
    with serving(server) as url:
        yield f"{url}/v1"
