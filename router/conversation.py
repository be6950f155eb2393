"""What a conversation is made of: messages, tool descriptions, tool calls; and what stands where in one. Plain data;
nothing is run here."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

_CONFIRMING = re.compile(
    r"\W*(?:done|ok|okay|success|successful|saved|sent|created|updated|deleted|booked|true|null|none)\W*", re.IGNORECASE
)
Role = Literal["system", "user", "assistant", "tool"]
Effect = Literal["read", "write", "network"]


@dataclass(frozen=True)
class ToolSpec:
    """A tool as a model sees it. `parameters` is a JSON Schema object; property order is the order of the arguments."""

    name: str
    description: str
    parameters: Mapping[str, Any]
    effect: Effect = "read"

    def to_openai(self) -> dict[str, Any]:
        function = {"name": self.name, "description": self.description, "parameters": dict(self.parameters)}
        return {"type": "function", "function": function}


@dataclass(frozen=True)
class ToolCall:
    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class Message:
    """One turn. An assistant turn holds text or calls; a tool turn holds one observation and the tool's name."""

    role: Role
    content: str = ""
    calls: tuple[ToolCall, ...] = field(default=())
    name: str = ""

    def to_openai(self) -> dict[str, Any]:
        message: dict[str, Any] = {"role": self.role, "content": self.content}
        if self.calls:
            message["tool_calls"] = [
                {"type": "function", "function": {"name": call.name, "arguments": dict(call.arguments)}}
                for call in self.calls
            ]
        if self.name:
            message["name"] = self.name
        return message


def last_said(conversation: Sequence[Message]) -> str:
    """The clause at hand: the user's last turn."""
    return next((message.content for message in reversed(conversation) if message.role == "user"), "")


def known_to(conversation: Sequence[Message]) -> set[str]:
    """What tools have been called with."""
    return {str(each) for message in conversation for call in message.calls for each in call.arguments.values()}


def last_observed(conversation: Sequence[Message]) -> str:
    return next((message.content for message in reversed(conversation) if message.role == "tool"), "")


def turns_of(conversation: Sequence[Message]) -> list[str]:
    """What was said, the newest first."""
    return [message.content for message in reversed(conversation) if message.content]


def unserved(conversation: Sequence[Message]) -> list[Message]:
    """The conversation without the user's turns that calls have served, but for the last: their words were theirs."""
    last = max((at for at, message in enumerate(conversation) if message.role == "user"), default=-1)
    turn, served = -1, set()
    for at, message in enumerate(conversation):
        turn = at if message.role == "user" else turn
        if message.calls:
            served.add(turn)
    return [message for at, message in enumerate(conversation) if at not in served or at == last]


def goes_on(conversation: Sequence[Message]) -> bool:
    """Whether the user's last words answer a question, or add to what was asked and not yet served: then they need not
    say again what is wanted."""
    said = [message for message in unserved(conversation) if message.content and message.role != "tool"]
    asked_before = sum(message.role == "user" for message in said) > 1
    return asked_before or (len(said) > 1 and said[-2].content.rstrip().endswith("?"))


def text_of(conversation: Sequence[Message]) -> str:
    """All a value may be quoted from, the newest turn first: what merely says that something was done tells nothing."""
    return "\n".join(turn for turn in turns_of(conversation) if not _CONFIRMING.fullmatch(turn))
