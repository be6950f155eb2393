"""What passes for vLLM, as a process of its own: `python -m tests.gateway.model_server --port N [--die-after S]`.

It lists a base, loads adapters by name, keeps to a constant schema, and answers all else with its process id. Starts
none of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import threading
import time
from typing import Any

from tests.router.http_server import Exchange, serving


class ModelServer:
    """`plain_only`: refuses activated adapters, as stock vLLM does."""

    def __init__(self, plain_only: bool) -> None:
        self._plain_only = plain_only
        self.adapters: list[str] = []

    def __call__(self, exchange: Exchange) -> None:
        verb = getattr(self, "_" + exchange.path.removeprefix("/v1").strip("/").replace("/", "_"), None)
        if verb is None:
            exchange.json({"detail": "Not Found"}, 404)
        else:
            verb(exchange)

    def _health(self, exchange: Exchange) -> None:
        exchange.send(b"")

    def _version(self, exchange: Exchange) -> None:
        exchange.json({"version": "0.32.0"})

    def _models(self, exchange: Exchange) -> None:
        base = {"id": "base", "owned_by": "vllm", "parent": None, "max_model_len": 1024}
        exchange.json({"data": [base, *({"id": name, "parent": "base"} for name in self.adapters)]})

    def _load_lora_adapter(self, exchange: Exchange) -> None:
        if self._plain_only and "/plain/" not in exchange.body["lora_path"]:
            exchange.json({"error": {"message": "Call to add_lora method failed: no activated LoRA"}}, 500)
            return
        self.adapters.append(exchange.body["lora_name"])
        exchange.send(b"Success", kind="text/plain")

    def _unload_lora_adapter(self, exchange: Exchange) -> None:
        self.adapters.remove(exchange.body["lora_name"])
        exchange.send(b"Success", kind="text/plain")

    def _tokenize(self, exchange: Exchange) -> None:
        text = exchange.body.get("prompt") or json.dumps(exchange.body["messages"])
        exchange.json({"tokens": list(range(1, 1 + len(text) // 4))})

    def _completions(self, exchange: Exchange) -> None:
        likely = -1.0 if exchange.body["model"] == "base" else -2.0
        choices = []
        for index, ids in enumerate(exchange.body["prompt"]):
            logprobs = [None, *({str(id): {"logprob": likely}} for id in ids[1:])]
            choices.append({"index": index, "prompt_logprobs": logprobs})
        exchange.json({"choices": choices})

    def _chat_completions(self, exchange: Exchange) -> None:
        text = said(exchange.body)
        usage = {"prompt_tokens": 9, "completion_tokens": 3}
        if not exchange.body.get("stream"):
            choice = {"message": {"content": text}, "finish_reason": "stop"}
            exchange.json({"choices": [choice], "usage": usage})
            return
        exchange.begin()
        exchange.event({"choices": [{"delta": {"content": text}, "finish_reason": None}]})
        exchange.event({"choices": [{"delta": {}, "finish_reason": "stop"}]})
        exchange.event({"choices": [], "usage": usage})
        exchange.event("[DONE]")


def said(body: Any) -> str:
    schema = (body.get("response_format") or {}).get("json_schema", {}).get("schema", {})
    if "const" in schema:
        return json.dumps(schema["const"])
    words = f"{body['model']} {os.getpid()}"
    keys = schema.get("properties")
    return json.dumps(dict.fromkeys(keys, words)) if keys else words


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int)
    parser.add_argument("--die-after", type=float)
    parser.add_argument("--plain-only", action="store_true")
    given = parser.parse_args()
    print("starting", flush=True)
    if given.die_after == 0:
        raise SystemExit("no memory for so many tokens")
    with serving(ModelServer(given.plain_only), given.port):
        if given.die_after:
            time.sleep(given.die_after)
            os._exit(9)
        threading.Event().wait()


if __name__ == "__main__":
    main()
