"""Teachers of the domain behind real OpenAI-compatible endpoints: a model, or the domain's own rules.

The model is a copy of the base, every weight of it trained on the very prompts that `training.prompts` writes: to make
up requests, and to answer them. It is served by vLLM where an environment has it (QUIVER_VLLM_PYTHON), else by
`quiver serve`, and errs as models do. The rules answer at once, and are wrong in every ninth answer.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

from evals.loop import domain
from router.errors import EngineUnreachable
from training.making import Making

CONTEXT = 2048
_BATCH = 8  # requests asked for in one prompt: what a data set's plan has
_KINDS = {"short": 0.5, "answer": 0.3, "requests": 0.2}


class Address(NamedTuple):
    """`by`: what serves it, in words."""

    url: str
    model: str
    by: str


# --- the model -------------------------------------------------------------------------------------------------------


def make(making: Making, base: Path, out: Path, steps: int, seed: int = 1) -> Path:
    """The folder of the teacher, trained for `steps` updates unless it is there."""
    from training.train import Plan, train_on

    folder = out / "base"
    if (folder / "model.safetensors").is_file():
        return folder
    plan = Plan(making.name, method="full", steps=steps, learning_rate=3e-4, batch_tokens=2048, seed=seed)
    stream = partial(rows, making, base, seed)
    train_on(plan, stream, [], base, out, checkpoints=out / "checkpoints", say=_say)
    return folder


def rows(making: Making, base: Path, seed: int) -> Iterator[Any]:
    """Endless: a bare request and its output, a whole prompt for an answer, a whole prompt for requests."""
    from transformers import PreTrainedTokenizerFast

    tokenizer = PreTrainedTokenizerFast.from_pretrained(str(base))
    rng = random.Random(seed)
    while True:
        kind = rng.choices(list(_KINDS), list(_KINDS.values()))[0]
        messages, said = _row(making, kind, rng)
        yield _tokenised(tokenizer, messages, said)


def _row(making: Making, kind: str, rng: random.Random) -> tuple[list[Any], str]:
    from training.prompts import answer_prompt, query_prompts

    if kind == "requests":
        [asked] = query_prompts(making, {"plain": 1.0}, _BATCH, 1, rng.getrandbits(30), rng.getrandbits(30))
        made = [domain.draw(rng, domain.WIDE)[0] for _ in range(_BATCH)]
        return list(asked.prompt.messages), json.dumps(made)
    text, said = domain.draw(rng, domain.WIDE)
    if kind == "short":
        return [{"role": "user", "content": text}], json.dumps(said)
    return list(answer_prompt(making, text, 0, 0.0, 512).messages), json.dumps(said)


def _tokenised(tokenizer: Any, messages: list[Any], said: str) -> Any:
    from training.curriculum import Tokenised
    from training.targets import BUNDLED_END

    rendered = str(tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False))
    fast = tokenizer.backend_tokenizer
    prompt = fast.encode(rendered, add_special_tokens=False).ids
    end = BUNDLED_END if BUNDLED_END in tokenizer.get_vocab() else str(tokenizer.eos_token)
    return Tokenised(prompt + fast.encode(said + end, add_special_tokens=False).ids, len(prompt), "teacher")


def _say(record: dict[str, Any]) -> None:
    print(json.dumps(record), file=sys.stderr, flush=True)


@contextmanager
def serving(folder: Path, log: Path) -> Iterator[Address]:
    """The model behind an endpoint, while the block lasts. Raises EngineUnreachable."""
    python = os.environ.get("QUIVER_VLLM_PYTHON")
    if not python:
        with _by_quiver(folder) as address:
            yield address
        return
    from router.engines.vllm_server import Server, launch, python_of
    from router.serving import OWN_BASE

    server = Server(launch(python_of(Path(python)), str(folder), CONTEXT, log, OWN_BASE, lanes=8))
    server.start()
    try:
        yield Address(server.launch.url, "base", "vLLM")
    finally:
        server.stop()


@contextmanager
def _by_quiver(folder: Path) -> Iterator[Address]:
    words = [sys.executable, "-m", "router", "serve", "--base", str(folder), "--port", "0", "--json"]
    started = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert started.stdout is not None
    try:
        line = started.stdout.readline()
        if not line:
            raise EngineUnreachable("quiver serve did not start", hint=" ".join(words[1:]))
        name = json.loads((folder / "card.json").read_text(encoding="utf-8"))["name"]
        yield Address(f"{json.loads(line)['url'].removesuffix('/v1')}/v1", name, "quiver serve")
    finally:
        started.terminate()
        started.wait(60)


# --- the rules -------------------------------------------------------------------------------------------------------


@contextmanager
def rules() -> Iterator[Address]:
    """Answers by the domain's grammar, over HTTP."""
    server = _Rules(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield Address(f"http://127.0.0.1:{server.server_address[1]}/v1", "rules", "rules")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Rules(ThreadingHTTPServer):
    daemon_threads = True


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        message = {"role": "assistant", "content": answer(body)}
        data = json.dumps({"choices": [{"message": message, "finish_reason": "stop"}]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the command's output is its own."""


def answer(body: Mapping[str, Any]) -> str:
    """To a prompt for requests some, drawn by its seed; to a request its output, each ninth time with a mistake."""
    last = body["messages"][-1]["content"]
    if "one JSON array of" in last:
        rng = random.Random(body.get("seed", 0))
        return json.dumps([domain.draw(rng, domain.WIDE)[0] for _ in range(_BATCH)])
    said = domain.truth(last)
    if said is None:
        return "I cannot tell."
    slip = sum(map(ord, last)) % 27
    wrong = {0: {**said, "peak": 9999}, 9: {**said, "glaze": "clear"}, 18: {**said, "clay": "clay"}}
    return json.dumps(wrong.get(slip, said))
