"""A teacher for tests: an OpenAI-compatible server on this machine; it knows a small domain by rule, and errs at times.

The domain is notes on beehives, which no bundled skill and no data set here knows. Asked for requests it makes some up;
asked for an answer it reads one, and is wrong in every ninth: a made-up number, a key nobody declared, or half a JSON.
"""

from __future__ import annotations

import json
import random
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "hive": {"type": "integer", "description": "the number of the hive"},
        "frames": {"type": "integer", "description": "frames of brood"},
        "mood": {"enum": ["calm", "nervous", "aggressive"]},
        "queen": {"type": "string", "description": "the colour of the queen's mark"},
    },
    "required": ["hive", "frames", "mood"],
    "additionalProperties": False,
}
COLOURS = ("white", "yellow", "red", "green", "blue")
FORMS = (
    "hive {hive} has {frames} frames of brood and the bees are {mood}",
    "Inspected hive {hive}: {frames} brood frames, {mood} bees.",
    "note for the apiary, colony in hive {hive} is {mood}, I counted {frames} frames with brood",
    "Today {frames} frames of brood in hive {hive}; mood {mood}",
    "bees in hive {hive} were {mood} at the inspection and sat on {frames} brood frames",
)
QUEEN = (", the queen wears a {queen} mark", " and saw the {queen} queen", "; queen marked {queen}")


def request(rng: random.Random) -> str:
    moods = SCHEMA["properties"]["mood"]["enum"]
    values = {"hive": rng.randint(1, 60), "frames": rng.randint(61, 99), "mood": rng.choice(moods)}
    more = rng.choice(QUEEN).format(queen=rng.choice(COLOURS)) if rng.random() < 0.4 else ""
    return rng.choice(FORMS).format(**values).rstrip(".") + more


def truth(text: str) -> dict[str, Any]:
    """What a request says, by the rules of the domain."""
    frames = next(int(n) for n in re.findall(r"\d+", text) if int(n) > 60)
    hive = next(int(n) for n in re.findall(r"\d+", text) if int(n) <= 60)
    mood = next(mood for mood in SCHEMA["properties"]["mood"]["enum"] if mood in text)
    said: dict[str, Any] = {"hive": hive, "frames": frames, "mood": mood}
    queen = next((colour for colour in COLOURS if f" {colour}" in text), None)
    return {**said, "queen": queen} if queen else said


def seeds(count: int) -> list[dict[str, Any]]:
    rng = random.Random(7)
    found = {request(rng): None for _ in range(4 * count)}
    return [{"request": text, "output": truth(text)} for text in list(found)[:count]]


class Teacher(ThreadingHTTPServer):
    """`asked`: every body it was sent."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[Mapping[str, Any]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def say(self, body: Mapping[str, Any]) -> str:
        self.asked.append(body)
        last = body["messages"][-1]["content"]
        wanted = re.search(r"one JSON array of (\d+)", last)
        if wanted:
            rng = random.Random(body.get("seed", 0))
            return json.dumps([request(rng) for _ in range(int(wanted[1]))])
        return _answer(last)


def _answer(text: str) -> str:
    right = truth(text)
    slip = sum(map(ord, text)) % 27
    if slip == 0:
        return json.dumps({**right, "frames": 1234})
    if slip == 9:
        return json.dumps({**right, "weather": "sunny"})
    if slip == 18:
        return json.dumps(right)[:-5]
    return f"```json\n{json.dumps(right)}\n```" if slip % 2 else json.dumps(right)


class _Handler(BaseHTTPRequestHandler):
    server: Teacher

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        message = {"role": "assistant", "content": self.server.say(body)}
        answer = {"choices": [{"message": message, "finish_reason": "stop"}], "usage": {"prompt_tokens": 50}}
        data = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: a test's output is its own."""


@contextmanager
def running() -> Iterator[Teacher]:
    server = Teacher()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
