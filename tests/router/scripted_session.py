"""A session whose model is a script and whose router reads two words: for tests of what stands around the loop.

Real are the registry's skills' contracts, the loop, the toolbox, the trace and the command line.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from adapters.skill import Skill
from router import opening
from router.conversation import ToolSpec
from router.engines.engine import BaseInfo
from router.engines.scripted import Line, ScriptedEngine
from router.errors import QuiverError, SkillNotFound
from router.opening import Choosing
from router.routing import Decision, State

SMALL = BaseInfo(name="small", digest="0" * 64, context=4096, tools_shown=2, reads_whole_task=False)


def skill(name: str, contract: str, schema: dict[str, Any] | None = None) -> Skill:
    return Skill(name, f"What {name} is for.", "", Path(name), contract, schema, (), (), None)  # type: ignore[arg-type]


ANSWER = {"type": "object", "properties": {"answer": {"type": "string"}}, "required": ["answer"]}
SKILLS = {each.name: each for each in (skill("answer", "schema", ANSWER), skill("tool-call", "tools"))}


class Skills:
    """Two skills, as a registry has them."""

    def all(self) -> list[Skill]:
        return list(SKILLS.values())

    def names(self) -> list[str]:
        return list(SKILLS)

    def get(self, name: str) -> Skill:
        if name not in SKILLS:
            raise SkillNotFound(f"There is no skill {name!r}.", hint="quiver skill list")
        return SKILLS[name]

    def broken(self) -> dict[str, QuiverError]:
        return {"limping": QuiverError("its schema is missing")}


class ByProgress:
    """Something to do until it is done, then something to say."""

    def route(self, state: State) -> Decision:
        first, second = ("answer", "tool-call") if state.observed else ("tool-call", "answer")
        return Decision(skill=first, confidence=0.9, ranked=[(first, 0.9), (second, 0.1)])


class ByName:
    """A tool is likely when its name stands in the request."""

    def rank(self, request: str, tools: Sequence[ToolSpec]) -> list[tuple[ToolSpec, float]]:
        return sorted(((tool, 0.95 if tool.name in request else 0.05) for tool in tools), key=lambda pair: -pair[1])


def play(monkeypatch: pytest.MonkeyPatch, script: Sequence[Line]) -> None:
    """From now on every session's engine says `script`."""
    choosing = Choosing(ByProgress(), ByName(), lambda task: task.split(", then "))
    monkeypatch.setattr(opening, "open_registry", Skills)
    monkeypatch.setattr(opening, "open_choosing", lambda registry: choosing)
    monkeypatch.setattr(opening, "preload", lambda: None)
    monkeypatch.setitem(opening.ENGINES, "local", lambda options: ScriptedEngine(script, base=SMALL))


def call(tool: str, **arguments: Any) -> str:
    return f"<tool_call>{json.dumps({'name': tool, 'arguments': arguments})}</tool_call>"


def said(text: str) -> str:
    return json.dumps({"answer": text})
