"""A chat completion's body, read: the words of OpenAI's protocol become a conversation, tools and wishes of ours.

Everything that can be wrong with the words themselves is said here, as a `Fault` that names the parameter. Which skills
there are is not known here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NoReturn, get_args

from router.conversation import Message, ToolCall, ToolSpec
from router.gateway.document import request_schema
from router.gateway.faults import bad
from router.strict_json import ContractViolation
from router.validation import validate

_NAMED = re.compile(r"`([^`]+)` ")
DEPTH = 64  # levels of a body: more than any schema a grammar holds
Choice = Literal["none", "auto", "required"]


@dataclass(frozen=True)
class Ask:
    """`choice`: whether a tool is called; where the client named one, `tools` holds that one. `schema`: what the answer
    must satisfy. `temperature`, `max_tokens` None: not said."""

    model: str
    messages: tuple[Message, ...]
    tools: tuple[ToolSpec, ...] = ()
    choice: Choice = "auto"
    schema: Mapping[str, Any] | None = None
    max_tokens: int | None = None
    temperature: float | None = None
    seed: int = 0
    stop: tuple[str, ...] = ()
    stream: bool = False
    include_usage: bool = False
    clause: str = ""
    called: tuple[str, ...] = field(default=())
    observed: bool = False


def read_body(data: bytes) -> dict[str, Any]:
    """The JSON object a body holds. Raises Fault for anything else, doubled keys and numbers that are none included."""
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_number)
    except UnicodeDecodeError:
        raise bad("invalid_json", "The body is not UTF-8.") from None
    except RecursionError:
        raise bad("invalid_json", f"The body is nested more than {DEPTH} levels deep.") from None
    except ValueError as error:
        raise bad("invalid_json", f"The body is not JSON: {error}.") from None
    if not isinstance(value, dict):
        raise bad("invalid_json", "The body is not a JSON object.")
    _check_values(value)
    return value


def read_ask(body: Mapping[str, Any]) -> Ask:
    """Raises Fault, with the parameter that is wrong."""
    try:
        validate(body, request_schema(), "schema")
    except ContractViolation as violation:
        named = _NAMED.match(violation.message)  # what is missing has no path of its own
        raise bad("invalid_value", violation.message, named[1] if named else violation.path or None) from None
    messages = tuple(_messages(body["messages"]))
    turn = next((at for at in range(len(messages) - 1, -1, -1) if messages[at].role == "user"), None)
    if turn is None:
        raise bad("invalid_value", "There is no user message: nothing was asked.", "messages")
    since = messages[turn + 1 :]
    tools, choice = _tools(body)
    options = body.get("stream_options") or {}
    return Ask(
        model=body["model"],
        messages=messages,
        tools=tools,
        choice=choice,
        schema=_schema(body.get("response_format") or {}),
        max_tokens=body.get("max_completion_tokens") or body.get("max_tokens"),
        temperature=body.get("temperature"),
        seed=(body.get("seed") or 0) % (1 << 31),
        stop=_stops(body.get("stop")),
        stream=bool(body.get("stream")),
        include_usage=bool(options.get("include_usage")),
        clause=messages[turn].content,
        called=tuple(call.name for message in since for call in message.calls),
        observed=any(message.role == "tool" for message in since),
    )


# --- messages --------------------------------------------------------------------------------------------------------


def _messages(rows: Sequence[Mapping[str, Any]]) -> Iterator[Message]:
    """A tool's turn is named by the call it answers; every call is answered before anybody else speaks."""
    waiting: dict[str, str] = {}
    for at, row in enumerate(rows):
        where, role = f"messages[{at}]", row["role"]
        if role == "tool":
            yield Message("tool", _text(row, where), name=_answered(row, waiting, where))
            continue
        _require_answered(waiting, where)
        if row.get("tool_calls") and role != "assistant":
            raise bad("invalid_value", "Only an assistant calls tools.", f"{where}.tool_calls")
        calls = tuple(_calls(row.get("tool_calls") or (), f"{where}.tool_calls", waiting))
        if row.get("content") is None and not (calls or row.get("refusal")):
            raise bad("invalid_value", f"`{where}.content` is missing.", f"{where}.content")
        yield Message("system" if role == "developer" else role, _text(row, where), calls)
    _require_answered(waiting, "messages")


def _text(row: Mapping[str, Any], where: str) -> str:
    content = row.get("content")
    if isinstance(content, str):
        return content
    return "\n".join(part["text"] for part in content or ())


def _answered(row: Mapping[str, Any], waiting: dict[str, str], where: str) -> str:
    name = waiting.pop(row.get("tool_call_id") or "", None)
    if name is None:
        message = "A tool message must answer a call of the assistant message before it, once."
        raise bad("invalid_value", message, f"{where}.tool_call_id")
    return name


def _require_answered(waiting: Mapping[str, str], where: str) -> None:
    if waiting:
        missing = ", ".join(waiting)[:200]
        raise bad("invalid_value", f"These calls have no tool message that answers them: {missing}.", where)


def _calls(rows: Sequence[Mapping[str, Any]], where: str, waiting: dict[str, str]) -> Iterator[ToolCall]:
    for at, row in enumerate(rows):
        function, here = row["function"], f"{where}[{at}]"
        if row["id"] in waiting:
            raise bad("invalid_value", f"The id {row['id']!r} is given to two calls.", f"{here}.id")
        try:
            arguments = json.loads(function["arguments"] or "{}")
        except (ValueError, RecursionError):
            arguments = None
        if not isinstance(arguments, dict):
            raise bad("invalid_value", "The arguments of a call are a JSON object.", f"{here}.function.arguments")
        waiting[row["id"]] = function["name"]
        yield ToolCall(function["name"], arguments)


# --- tools and wishes ------------------------------------------------------------------------------------------------


def _tools(body: Mapping[str, Any]) -> tuple[tuple[ToolSpec, ...], Choice]:
    tools = tuple(_tool(row["function"]) for row in body.get("tools") or ())
    names = [tool.name for tool in tools]
    doubled = next((name for name in names if names.count(name) > 1), None)
    if doubled:
        raise bad("invalid_value", f"There are two tools named {doubled!r}.", "tools")
    choice = body.get("tool_choice")
    if choice is None:
        return tools, "auto"
    if isinstance(choice, str):
        known: Choice | None = next((each for each in get_args(Choice) if each == choice), None)
        if known is None:
            raise bad("invalid_value", "`tool_choice` must be none, auto, required or a function.", "tool_choice")
        if known == "required" and not tools:
            raise bad("invalid_value", "A tool is required, and none is offered.", "tool_choice")
        return tools, known
    function = choice.get("function")
    named = function.get("name") if isinstance(function, Mapping) else None
    chosen = tuple(tool for tool in tools if tool.name == named)
    if choice.get("type") != "function" or not chosen:
        raise bad("invalid_value", "`tool_choice` names no function that is offered in `tools`.", "tool_choice")
    return chosen, "required"


def _tool(function: Mapping[str, Any]) -> ToolSpec:
    parameters = function.get("parameters") or {"type": "object", "properties": {}}
    return ToolSpec(function["name"], function.get("description") or "", parameters)


def _schema(wish: Mapping[str, Any]) -> Mapping[str, Any] | None:
    if wish.get("type") == "json_object":
        return {"type": "object"}
    if wish.get("type") != "json_schema":
        return None
    if "json_schema" not in wish:
        raise bad("invalid_value", "`response_format.json_schema` is missing.", "response_format.json_schema")
    schema: Mapping[str, Any] = wish["json_schema"]["schema"]
    return schema


def _stops(stop: str | Sequence[str] | None) -> tuple[str, ...]:
    given = (stop,) if isinstance(stop, str) else tuple(stop or ())
    if "" in given:
        raise bad("invalid_value", "An empty text stops everything.", "stop")
    return given


# --- strict JSON -----------------------------------------------------------------------------------------------------


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        keys = [key for key, _ in pairs]
        raise bad("invalid_json", f"The key {next(key for key in keys if keys.count(key) > 1)[:80]!r} is given twice.")
    return value


def _no_number(word: str) -> NoReturn:
    raise bad("invalid_json", f"{word} is not a JSON number.")


def _check_values(value: Any) -> None:
    """Level by level, without recursion: depth, halves of surrogate pairs, numbers beyond any float."""
    level = [value]
    for _ in range(DEPTH):
        texts = [each for each in level if isinstance(each, str)]
        if not "".join(texts).isascii() and any("\ud800" <= c <= "\udfff" for text in texts for c in text):
            raise bad("invalid_json", "A string holds half of a surrogate pair, which is not text.")
        if any(isinstance(each, float) and abs(each) == float("inf") for each in level):
            raise bad("invalid_json", "A number is too large.")
        level = [inner for each in level for inner in _inside(each)]
        if not level:
            return
    raise bad("invalid_json", f"The body is nested more than {DEPTH} levels deep.")


def _inside(value: Any) -> Sequence[Any]:
    if isinstance(value, dict):
        return [*value, *value.values()]
    return value if isinstance(value, list) else ()
