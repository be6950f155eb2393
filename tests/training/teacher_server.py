"""A teacher behind HTTP that knows one small domain, a library's desk, and answers by the rules below; and its faults.

It reads what it is asked as any server would, and knows nothing of the code that asks.
"""

from __future__ import annotations

import json
import random
import re
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.router.http_server import Exchange, serving

TOOLS: list[dict[str, Any]] = [
    {
        "name": "renew_loan",
        "description": "Lend a book for longer.",
        "parameters": {
            "type": "object",
            "properties": {
                "title": {"type": "string", "description": "the book's title"},
                "weeks": {"type": "integer", "minimum": 1, "maximum": 12},
            },
            "required": ["title", "weeks"],
        },
    },
    {
        "name": "reserve_book",
        "description": "Keep a book for somebody at a branch.",
        "parameters": {
            "type": "object",
            "properties": {
                "title": {"type": "string"},
                "branch": {"type": "string", "enum": ["north", "harbour", "castle"]},
                "reader": {"type": "string"},
            },
            "required": ["title", "branch"],
        },
    },
]
MANIFEST = """---
name: library-desk
description: Renew loans and reserve books at a library's desk.
license: CC0-1.0
metadata:
  contract: tools
---

Renew a loan, or keep a book at a branch.
"""
SEEDS: list[dict[str, Any]] = [
    {
        "request": "Please renew Winter Harvest for 3 weeks",
        "output": {"name": "renew_loan", "arguments": {"title": "Winter Harvest", "weeks": 3}},
    },
    {
        "request": "keep Silent Orchard at the castle branch for me",
        "output": {"name": "reserve_book", "arguments": {"title": "Silent Orchard", "branch": "castle"}},
    },
    {"request": "how tall is the library tower", "output": None},
    {"request": "renew it for two weeks", "observed": True},
]
_ADJECTIVES = "Amber Broken Crimson Distant Endless Frozen Gentle Hollow Ivory Jagged Kindled Lonely Marble Nameless"
_NOUNS = "Atlas Bridge Canyon Desert Engine Forest Garden Horizon Island Journey Kingdom Lantern Meadow Novel Ocean"
_RENEW = re.compile(r"(?:renew|extend|longer with) (?P<title>[A-Z]\w+ [A-Z]\w+).*?(?P<weeks>\d+) weeks?")
_RESERVE = re.compile(r"(?:keep|reserve|hold) (?P<title>[A-Z]\w+ [A-Z]\w+).*?(?P<branch>north|harbour|castle)")
_FORMS = {
    "renew_loan": (
        "Please renew {title} for {weeks} weeks",
        "could you extend {title} by {weeks} weeks, I am slow",
        "I need longer with {title}: {weeks} weeks",
    ),
    "reserve_book": (
        "keep {title} for me at the {branch} branch",
        "Would you reserve {title}, I come to {branch} tomorrow",
        "hold {title} at {branch}",
    ),
}


def write_making(folder: Path) -> Path:
    """A workspace of that domain under `folder`, as a person would have left it."""
    making = folder / "making" / "library-desk"
    making.mkdir(parents=True)
    (making / "SKILL.md").write_text(MANIFEST)
    (making / "tools.json").write_text(json.dumps(TOOLS))
    (making / "examples.jsonl").write_text("".join(json.dumps(seed) + "\n" for seed in SEEDS))
    return making


@dataclass
class TeacherServer:
    """`fault` names what goes wrong with the nth request, or None; `delay_s` is how long every answer takes.

    `asked` counts requests by their content, `answered` those whose answer was sent whole.
    """

    fault: Callable[[int], str | None] = lambda number: None
    delay_s: float = 0.0
    faults: Mapping[str, Callable[[Exchange], None]] = field(default_factory=lambda: FAULTS)
    answers: Callable[[str, int], str] | None = None
    seen: list[Exchange] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    answered: Counter[str] = field(default_factory=Counter)
    under_way: int = 0
    most_under_way: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, exchange: Exchange) -> None:
        content = json.dumps(exchange.body, sort_keys=True)
        with self.lock:
            number = len(self.seen)
            self.seen.append(exchange)
            self.asked[content] += 1
            self.under_way += 1
            self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            time.sleep(self.delay_s)
            fault = self.fault(number)
            if fault is None:
                exchange.json(completion(self.said(exchange.body)))
                if not exchange.left.is_set():
                    with self.lock:
                        self.answered[content] += 1
            else:
                self.faults[fault](exchange)
        finally:
            with self.lock:
                self.under_way -= 1

    def said(self, body: Mapping[str, Any]) -> str:
        words, seed = body["messages"][-1]["content"], body["seed"]
        if wanted := re.search(r"Answer with one JSON array of (\d+) strings", words):
            return json.dumps(list(requests(words, int(wanted.group(1)), seed)))
        return self.answers(words, seed) if self.answers else call(words)


def requests(words: str, count: int, seed: int) -> Iterator[str]:
    """What this teacher thinks people say; of the kind that is asked for."""
    rng = random.Random(seed)
    tool = "reserve_book" if "the tool reserve_book" in words else "renew_loan"
    for _ in range(count):
        title = f"{rng.choice(_ADJECTIVES.split())} {rng.choice(_NOUNS.split())}"
        if "leaves out a value" in words:
            yield f"something about {title}, {rng.randint(1, 99)} people wait for it"
        elif "nothing described above serves" in words:
            yield f"who wrote {title} in {rng.randint(1800, 2020)} and why"
        else:
            form = rng.choice(_FORMS[tool])
            yield form.format(title=title, weeks=rng.randint(1, 12), branch=rng.choice(["north", "harbour", "castle"]))


def truth(words: str) -> dict[str, Any] | None:
    """What is right, whoever is asked."""
    if found := _RENEW.search(words):
        return {"name": "renew_loan", "arguments": {"weeks": int(found["weeks"]), "title": found["title"]}}
    if found := _RESERVE.search(words):
        return {"name": "reserve_book", "arguments": found.groupdict()}
    return None


def call(words: str) -> str:
    """The truth, its keys in no schema's order and sometimes between fences."""
    said = json.dumps(truth(words))
    return f"```json\n{said}\n```" if "reserve_book" in said else said


def completion(text: str | None, finish: str = "stop") -> dict[str, Any]:
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish}
    usage = {"prompt_tokens": 40, "completion_tokens": 10, "total_tokens": 50}
    return {"id": "x", "object": "chat.completion", "choices": [choice], "usage": usage}


# --- what can go wrong -----------------------------------------------------------------------------------------------


def _truncated(exchange: Exchange) -> None:
    """Half of what its length says, then the line is closed."""
    whole = json.dumps(completion("null")).encode()
    exchange.begin(200, "application/json", Content_Length=str(len(whole)))
    exchange.write(whole[: len(whole) // 2])


def _reset(exchange: Exchange) -> None:
    """The connection breaks before a word is said."""
    connection = exchange.handler.connection
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def _slow(exchange: Exchange) -> None:
    time.sleep(2.5)
    exchange.json(completion("null"))


FAULTS: Mapping[str, Callable[[Exchange], None]] = {
    "429": lambda e: e.json({"error": {"message": "slow down"}}, 429, Retry_After="0"),
    "429 without a time": lambda e: e.json({"error": {"message": "slow down"}}, 429),
    "500": lambda e: e.json({"error": {"message": "boom"}}, 500),
    "502 as a page": lambda e: e.send(b"<html>Bad gateway</html>", 502, "text/html"),
    "a page": lambda e: e.send(b"<html>Welcome</html>", 200, "text/html"),
    "truncated": _truncated,
    "no JSON": lambda e: e.send(b'{"choices": [', 200),
    "another schema": lambda e: e.json({"result": "null"}),
    "no choice": lambda e: e.json({"choices": []}),
    "a list": lambda e: e.json(["null"]),
    "content of another kind": lambda e: e.json({"choices": [{"message": {"content": {"text": "null"}}}]}),
    "empty": lambda e: e.json(completion("  ")),
    "nothing": lambda e: e.json(completion(None)),
    "slow": _slow,
    "reset": _reset,
}


@contextmanager
def teaching(server: TeacherServer) -> Iterator[str]:
    with serving(server) as url:
        yield f"{url}/v1"
