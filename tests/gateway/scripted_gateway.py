"""A gateway whose model answers from the request itself, so that answers can be told apart whoever asks in what order.

Real are the registry, published versions, contracts, the drawing, the application and (in `running`) the server.
"""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn

from adapters.registry import Registry
from adapters.skill import Skill
from adapters.versions import Versions
from router.conversation import ToolSpec
from router.engines.engine import BaseInfo, Completion, Request, Tokens
from router.gateway.app import Gateway, Settings, create_app
from router.gateway.lane import Lane
from router.gateway.measures import Measures
from router.gateway.offering import Offering
from router.routing import Decision, State

BASE = BaseInfo(name="echo-base", digest="0" * 64, context=4096, tools_shown=4, reads_whole_task=True)

SKILL_MD = """---
name: NAME
description: What NAME is for.
license: Apache-2.0
metadata:
  contract: CONTRACT
---
Do it.
"""


def answer_schema(longest: int = 4000) -> dict[str, Any]:
    text = {"type": "string", "maxLength": longest}
    return {"type": "object", "properties": {"answer": text}, "required": ["answer"], "additionalProperties": False}


NOTE = {
    "type": "object",
    "properties": {"note": {"type": "string"}, "by": {"type": "string"}},
    "required": ["note", "by"],
    "additionalProperties": False,
}


def write_skill(folder: Path, contract: str = "schema", schema: dict[str, Any] | None = None) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "SKILL.md").write_text(SKILL_MD.replace("NAME", folder.name).replace("CONTRACT", contract))
    if contract == "schema":
        (folder / "schema.json").write_text(json.dumps(schema or answer_schema()))
    (folder / "examples.jsonl").write_text(json.dumps({"request": f"please {folder.name} this"}))
    return folder


def write_box(folder: Path) -> Path:
    """Four skills: every kind of contract, and one whose output is more than a sentence."""
    write_skill(folder / "answer")
    write_skill(folder / "note", schema=NOTE)
    write_skill(folder / "tool-call", "tools")
    write_skill(folder / "json-extract", "given")
    return folder


class EchoEngine:
    """Says back the user's last words, in the form the contract asks for. `before`: called with each request; what it
    returns is said instead, what it raises is raised."""

    def __init__(self, before: Callable[[Request], str | None] = lambda request: None, base: BaseInfo = BASE) -> None:
        self.base, self.before = base, before
        self.requests: list[Request] = []
        self.cancelled = 0
        self.pause_s = 0.0  # between two pieces

    def generate(
        self, request: Request, *, on_text: Callable[[str], None] | None = None, cancel: threading.Event | None = None
    ) -> Completion:
        self.requests.append(request)
        text = self.before(request)
        text = self.text(request) if text is None else text
        said = ""
        for piece in text.split(" "):
            if cancel and cancel.is_set():
                self.cancelled += 1
                return Completion(said, "cancelled", Tokens(10, 4, len(said)))
            said += piece if not said else f" {piece}"
            if self.pause_s:
                time.sleep(self.pause_s)
            if on_text:
                on_text(piece if said == piece else f" {piece}")
        kept = text[: request.max_tokens * 4]
        finish = "stop" if kept == text else "length"
        return Completion(kept, finish, Tokens(10, 4, len(text.split()), 1))  # type: ignore[arg-type]

    def text(self, request: Request) -> str:
        said = next(m.content for m in reversed(request.messages) if m.role == "user")
        contract, skill = request.contract, request.skill
        if contract is None:
            return f"free: {said}"
        if contract.tools is not None:
            if contract.may_decline and not contract.tools:
                return "<no_call>"
            name = next(iter(contract.tools))
            return contract.dump({"name": name, "arguments": {"text": said}})
        if "const" in contract.schema:
            return contract.dump(contract.schema["const"])
        keys = contract.schema.get("properties", {})
        value = said if skill is None else f"{skill.name}: {said}"
        return json.dumps(dict.fromkeys(keys, value) or {"said": value})

    def score(self, request: Request, candidates: Sequence[str]) -> list[float]:
        return [0.0] * len(candidates)

    def close(self) -> None:
        pass


class ByWord:
    """Routes to the skill whose name stands in the words; to a call before anything was observed, an answer after; to
    none for words that begin with "hello"."""

    def __init__(self, skills: Sequence[Skill]) -> None:
        self._names = [skill.name for skill in skills]

    def route(self, state: State) -> Decision:
        named = [name for name in self._names if name in state.text]
        first = named[0] if named else "answer" if state.observed else "tool-call"
        order = [name for name in (first, "answer", *self._names) if name in self._names]
        ranked = [(name, 0.9 if at == 0 else 0.05) for at, name in enumerate(dict.fromkeys(order))]
        if state.text.startswith("hello") or not ranked:
            return Decision(None, 0.8, ranked)
        return Decision(ranked[0][0], 0.9, ranked)


class InOrder:
    def rank(self, request: str, tools: Sequence[ToolSpec]) -> list[tuple[ToolSpec, float]]:
        return [(tool, 0.8) for tool in tools]


@dataclass
class Admission:
    """Admits all but what `refuses` names; remembers what came and went."""

    refuses: set[str] = field(default_factory=set)
    admitted: list[str] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)

    def admit(self, skill: Skill) -> str | None:
        if skill.version in self.refuses or skill.name in self.refuses:
            return "its canary is silent"
        self.admitted.append(skill.version)
        return None

    def retire(self, skill: Skill) -> None:
        self.retired.append(skill.version)


def make_gateway(
    home: Path,
    engine: EchoEngine | None = None,
    *,
    settings: Settings | None = None,
    running: int = 4,
    waiting: int = 64,
    admission: Admission | None = None,
) -> Gateway:
    box = home / "box"
    if not box.exists():
        write_box(box)
    registry = Registry(box, home / "skills", Versions(home / "versions"))
    measures = Measures()
    offering = Offering(
        registry,
        engine or EchoEngine(),
        lambda skills: (ByWord(skills), InOrder()),
        admission or Admission(),
        measures.loaded,
    )
    lane = Lane(offering, running, waiting)
    measures.watch(lane)
    return Gateway(offering, lane, measures, settings or Settings(refresh_s=0.02))


@contextlib.contextmanager
def running(gateway: Gateway) -> Iterator[str]:
    """The address of a real server."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    config = uvicorn.Config(
        create_app(gateway),
        loop="asyncio",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=5,
        lifespan="on",
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        gateway.lane.stop()
        thread.join(60)
        listening.close()
        assert not thread.is_alive()
