"""Our conversation, tools and contracts as an OpenAI-compatible server takes them, and its answers as our texts.

Whatever form a call comes in, it becomes the one text a contract reads. Nothing is repaired: arguments that are no JSON
stay the words they were, for the contract to refuse. Sends nothing.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from router.branches import branches
from router.contract import CALL, END_CALL, NO_CALL, Contract, ContractViolation
from router.conversation import Message, ToolSpec
from router.engines.engine import Tokens
from router.engines.rendering import rewritten, within_markers
from router.errors import EngineAnswerBroken, SchemaRefused
from router.schema import FORMATS, Schema
from router.strict_json import read, write

Finish = Literal["stop", "length"]

_FINISHES: Mapping[str, Finish] = {
    "length": "length",
    "max_tokens": "length",
    "model_length": "length",
    "content_filter": "length",  # cut off by somebody else, and no more to be trusted than one cut off by a limit
}
_FAILED = ("abort", "error")
_CONTROL = re.compile(r"<\|[^<>|\s]{1,64}\|>|</?tool_call>|<no_call>|<pad>")


def defuse(text: str) -> str:
    """Words that a server's tokenizer could take for control tokens, made words again: `<|end|>` → `< |end|>`."""
    return _CONTROL.sub(lambda found: f"{found[0][0]} {found[0][1:]}", encodable(text))


def encodable(text: str) -> str:
    """Half of a surrogate pair, as file names and careless servers hold it, is no text that can be sent or printed."""
    return text.encode("utf-8", "replace").decode("utf-8")


# --- what is sent ------------------------------------------------------------------------------------------------


def wire_messages(messages: Sequence[Message], *, orphans: bool) -> list[dict[str, Any]]:
    """Calls are numbered through the conversation, so that the same one is always the same to a server's cache.

    `orphans`: observations nobody called for may stay tool turns; other servers refuse them, and read them as the
    user's.
    """
    sent: list[dict[str, Any]] = []
    open_calls: dict[str, deque[str]] = {}
    number = 0
    for message in messages:
        plain: dict[str, Any] = {"role": message.role, "content": defuse(message.content)}
        if message.role == "assistant":
            plain["content"] = within_markers(message.content, defuse)
            if message.calls:
                plain["tool_calls"] = []
        for call in message.calls:
            number += 1
            open_calls.setdefault(call.name, deque()).append(call_id(number))
            arguments = write(rewritten(call.arguments, defuse))
            function = {"name": call.name, "arguments": arguments}
            plain["tool_calls"].append({"id": call_id(number), "type": "function", "function": function})
        if message.role == "tool":
            plain = _observation(message, open_calls.get(message.name), orphans)
        sent.append(plain)
    return sent


def _observation(message: Message, waiting: deque[str] | None, orphans: bool) -> dict[str, Any]:
    content = defuse(message.content)
    if waiting:
        return {"role": "tool", "tool_call_id": waiting.popleft(), "content": content}
    if orphans:
        return {"role": "tool", "tool_call_id": call_id(0), "content": content}
    return {"role": "user", "content": f"{message.name or 'A tool'} answered: {content}"}


def call_id(number: int) -> str:
    """Nine letters and digits: some servers take no other form."""
    return f"call{number:05d}"


def wire_tools(tools: Sequence[ToolSpec], contract: Contract | None, *, always_strict: bool) -> list[dict[str, Any]]:
    """`always_strict`: the server holds any schema; others take only closed ones (`is_closed`) as strict."""
    sent = []
    for tool in tools:
        function = rewritten(tool.to_openai()["function"], defuse)
        parameters = {"type": "object", "properties": {}, **plain_schema(function["parameters"])}
        held = (contract.tools or {}).get(tool.name) if contract else None
        if held and held.get("additionalProperties") is False:
            parameters["additionalProperties"] = False
        function["parameters"] = spread(parameters, parameters) if always_strict else parameters
        if held is not None and (always_strict or is_closed(parameters)):
            function["strict"] = True
        sent.append({"type": "function", "function": function})
    return sent


def response_format(contract: Contract, *, always_strict: bool) -> dict[str, Any]:
    schema = plain_schema(contract.schema)
    schema = spread(schema, schema) if always_strict else schema
    strict = always_strict or (schema.get("type") == "object" and is_closed(schema))
    return {"type": "json_schema", "json_schema": {"name": "output", "schema": schema, "strict": strict}}


def marked_calls(contract: Contract) -> dict[str, Any]:
    """A call of one of the contract's tools between the bundled base's markers, or the marker of none, as a structural
    tag. Each tool is a tag of its own, so that name and arguments belong together."""
    options: list[dict[str, Any]] = []
    for name, schema in (contract.tools or {}).items():
        plain = plain_schema(schema)
        call = {
            "type": "object",
            "properties": {"name": {"const": name}, "arguments": spread(plain, plain)},
            "required": ["name", "arguments"],
            "additionalProperties": False,
        }
        content = {"type": "json_schema", "json_schema": call}
        options.append({"type": "tag", "begin": CALL, "content": content, "end": END_CALL})
    if contract.may_decline:
        options.append({"type": "const_string", "value": NO_CALL})
    return {
        "type": "structural_tag",
        "format": options[0] if len(options) == 1 else {"type": "or", "elements": options},
    }


def plain_schema(schema: Any) -> Any:
    """Without the formats that mean something only here."""
    if isinstance(schema, list):
        return [plain_schema(item) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    own = schema.get("format")
    hidden = ("format",) if isinstance(own, str) and own not in FORMATS else ()
    return {key: plain_schema(value) for key, value in schema.items() if key not in hidden}


def spread(schema: Any, root: Schema) -> Any:
    """The same with alternatives standing alone: xgrammar reads an `anyOf` and forgets what stands beside it."""
    if isinstance(schema, list):
        return [spread(item, root) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    own = dict(schema)
    if any(isinstance(own.get(key), list) for key in ("anyOf", "oneOf", "allOf")) and "$ref" not in own:
        try:
            options = [branch for branch, _ in branches(own, root, "")]
        except SchemaRefused:  # the contract's own reading decides; it takes what it takes
            options = []
        kept = {key: own[key] for key in ("$defs", "definitions") if key in own}
        if options:
            own = {**options[0], **kept} if len(options) == 1 else {"anyOf": options, **kept}
    return {key: value if key in ("enum", "const") else spread(value, root) for key, value in own.items()}


def is_closed(schema: Any) -> bool:
    """Whether every object in it names all its keys and requires each: what OpenAI's strict form asks for."""
    if isinstance(schema, list):
        return all(map(is_closed, schema))
    if not isinstance(schema, Mapping):
        return True
    if schema.get("type") == "object" or isinstance(schema.get("properties"), Mapping):
        keys = schema.get("properties") or {}
        if schema.get("additionalProperties") is not False or set(schema.get("required", ())) != set(keys):
            return False
        return all(is_closed(each) for each in keys.values())
    return all(is_closed(value) for key, value in schema.items() if key not in ("enum", "const"))


# --- what comes back ---------------------------------------------------------------------------------------------


@dataclass
class _Call:
    name: str = ""
    arguments: str = ""


@dataclass
class Answer:
    """One completion, whole or chunk by chunk. `ended`: the server's own word for how, None while it goes on."""

    content: str = ""
    calls: dict[int, _Call] = field(default_factory=dict)
    ended: str | None = None
    tokens: Tokens = Tokens()
    logprob: float = 0.0

    def add(self, data: Any) -> str:
        """Reads a completion or a chunk of one; returns the content that is new. Raises EngineAnswerBroken."""
        whole = _mapping(data, "a completion")
        if whole.get("error"):
            raise EngineAnswerBroken(f"the server failed while answering: {str(whole['error'])[:300]}")
        if isinstance(whole.get("usage"), Mapping):
            self.tokens = _tokens(whole["usage"])
        choices = whole.get("choices")
        if not isinstance(choices, list):
            raise _unlike("a completion without choices")
        return "".join(self._choice(_mapping(choice, "a choice")) for choice in choices[:1])

    def finish(self) -> Finish:
        """Raises EngineAnswerBroken when the answer has not ended, or not of itself."""
        if self.ended is None or self.ended in _FAILED:
            raise EngineAnswerBroken(f"the server broke off its answer ({self.ended or 'no finish reason'})")
        return _FINISHES.get(self.ended, "stop")

    def text(self, calling: bool, declinable: bool) -> str:
        """The one text a contract reads.

        A call stands alone, whatever was said beside it. Where calls are wanted (`calling`) and words came instead, the
        model has declined, if it could (`declinable`) and was not cut off; what looks like a call written out stays.
        """
        if self.calls:
            return "".join(call_text(call.name, call.arguments) for _, call in sorted(self.calls.items()))
        written = self.content.lstrip().startswith(("{", "[", "```")) or CALL in self.content
        if calling and declinable and not written and self.finish() == "stop":
            return NO_CALL
        return self.content

    def _choice(self, choice: Mapping[str, Any]) -> str:
        part = _mapping(choice.get("delta") or choice.get("message") or {}, "a message")
        for position, call in enumerate(part.get("tool_calls") or ()):
            self._call(_mapping(call, "a tool call"), position)
        ended = choice.get("finish_reason")
        self.ended = str(ended) if ended else self.ended
        self.logprob += _logprob(choice.get("logprobs"))
        content = part.get("content")
        if not isinstance(content, str | None):
            raise _unlike("a message whose content is no text")
        new = encodable(content or "")
        self.content += new
        return new

    def _call(self, call: Mapping[str, Any], position: int) -> None:
        index = call.get("index", position)
        function = _mapping(call.get("function") or {}, "a function")
        known = self.calls.setdefault(index if isinstance(index, int) else position, _Call())
        arguments = function.get("arguments") or ""
        known.name += encodable(str(function.get("name") or ""))
        said = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
        known.arguments += encodable(said)


def call_text(name: str, arguments: str) -> str:
    """The canonical text of a call; arguments that are no strict JSON stay as they are. None at all are `{}`."""
    try:
        said = write(read(arguments.strip() or "{}"))
    except ContractViolation:
        said = arguments
    return f'{CALL}{{"name": {write(name)}, "arguments": {said}}}{END_CALL}'


def wants_call(contract: Contract | None, tools: Sequence[ToolSpec]) -> bool:
    return bool(tools) if contract is None else contract.tools is not None


def _tokens(usage: Mapping[str, Any]) -> Tokens:
    details = usage.get("prompt_tokens_details")
    reused = details.get("cached_tokens") if isinstance(details, Mapping) else 0
    return Tokens(_count(usage.get("prompt_tokens")), _count(reused), _count(usage.get("completion_tokens")))


def _count(value: Any) -> int:
    return value if isinstance(value, int) and value > 0 else 0


def _logprob(logprobs: Any) -> float:
    """Nats, summed over the tokens of a choice; 0 where the server gives none."""
    content = logprobs.get("content") if isinstance(logprobs, Mapping) else None
    found = [token.get("logprob") for token in content or () if isinstance(token, Mapping)]
    return float(sum(each for each in found if isinstance(each, int | float)))


def _mapping(value: Any, what: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise _unlike(f"{what} that is no JSON object")
    return value


def _unlike(what: str) -> EngineAnswerBroken:
    return EngineAnswerBroken(f"the server sent {what}", hint="is this the address of an OpenAI-compatible server?")
