"""One request with the call it asks for and what the tool then prints: the atom of which training rows are made."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from training.example import Example, SkillName

LICENCE = "Apache-2.0"
Chat = Mapping[str, Any]


@dataclass(frozen=True)
class Case:
    """`observation`: what the tool prints, empty where a generator of its own makes it from the tool and arguments."""

    request: str
    tool: str
    arguments: Mapping[str, Any]
    observation: str = ""


def user(text: str) -> Chat:
    return {"role": "user", "content": text}


def call(name: str, arguments: Mapping[str, Any]) -> Chat:
    function = {"name": name, "arguments": dict(arguments)}
    return {"role": "assistant", "content": "", "tool_calls": [{"type": "function", "function": function}]}


def observed(text: str) -> Chat:
    return {"role": "tool", "content": text}


def answered(text: str) -> Chat:
    """An assistant's answer exactly as the answer skill emits it."""
    return {"role": "assistant", "content": json.dumps({"answer": text}, ensure_ascii=False)}


def row(
    skill: SkillName,
    kind: str,
    messages: Sequence[Chat],
    output: Mapping[str, Any] | None,
    tools: Sequence[Chat] = (),
    alternatives: Sequence[Chat] = (),
    schema: Mapping[str, Any] | None = None,
) -> Example:
    """A row of this generator: source "synthetic/<kind>", our own licence."""
    return Example(
        skill=skill,
        messages=tuple(messages),
        output=output,
        source=f"synthetic/{kind}",
        licence=LICENCE,
        tools=tuple(tools),
        schema=schema,
        alternatives=tuple(alternatives),
    )
