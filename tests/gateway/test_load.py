"""Many clients at once, and many requests one after the other: every answer its own, nothing left behind.

QUIVER_SOAK_REQUESTS sets how many requests the soak makes (100000 for the whole one), QUIVER_SOAK_CLIENTS how many
clients make them.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import threading
import tracemalloc
from pathlib import Path
from typing import Any

import httpx
import pytest

from router.gateway.app import create_app
from router.gateway.traced import traced
from router.trace import TraceStore
from tests.gateway.scripted_gateway import EchoEngine, make_gateway, running

CHAT = "/v1/chat/completions"
REQUESTS = int(os.environ.get("QUIVER_SOAK_REQUESTS", "200"))
CLIENTS = int(os.environ.get("QUIVER_SOAK_CLIENTS", "8"))
MODELS = ("quiver", "answer", "note", "echo-base")


def asked(words: str, model: str, stream: bool = False) -> dict[str, Any]:
    return {"model": model, "messages": [{"role": "user", "content": words}], "stream": stream}


async def each(client: httpx.AsyncClient, who: int, count: int) -> int:
    """Answers that hold the very words that were asked with."""
    right = 0
    for number in range(count):
        words = f"answer {who}:{number}:end"
        body = asked(words, MODELS[number % len(MODELS)], stream=number % 3 == 0)
        response = await client.post(CHAT, json=body)
        said = response.text if body["stream"] else response.json()["choices"][0]["message"]["content"]
        pieces = f"{who}:{number}:end"
        right += response.status_code == 200 and pieces in said
    return right


def test_32_clients_get_their_own_answers(tmp_path: Path) -> None:
    async def all_of_them(url: str) -> list[int]:
        async with httpx.AsyncClient(base_url=url, timeout=120, trust_env=False) as client:
            return await asyncio.gather(*(each(client, who, 4) for who in range(32)))

    with running(make_gateway(tmp_path, running=8)) as url:
        assert asyncio.run(all_of_them(url)) == [4] * 32


def test_a_soak_leaves_no_task_no_thread_no_memory_and_loses_no_trace(tmp_path: Path) -> None:
    store = TraceStore(tmp_path)
    gateway = make_gateway(tmp_path, engine := EchoEngine(), running=4)
    gateway.answer = traced(store)
    app = create_app(gateway)

    async def soak() -> tuple[int, list[str], int]:
        transport = httpx.ASGITransport(app=app)
        before = asyncio.all_tasks()
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway", timeout=120) as client:
            share = max(1, REQUESTS // CLIENTS)
            right = sum(await asyncio.gather(*(each(client, who, share // 4) for who in range(CLIENTS))))
            engine.requests.clear()
            held = memory()
            right += sum(await asyncio.gather(*(each(client, who, share - share // 4) for who in range(CLIENTS))))
            engine.requests.clear()
            grown = memory() - held
        await asyncio.sleep(0.05)
        return right, [task.get_name() for task in asyncio.all_tasks() - before], grown

    threads = threading.active_count()
    tracemalloc.start()
    try:
        right, tasks, grown = asyncio.run(soak())
    finally:
        tracemalloc.stop()
    gateway.lane.close()
    total = CLIENTS * max(1, REQUESTS // CLIENTS)
    assert right == total
    assert tasks == []
    assert grown < 2_000_000
    assert gateway.lane.held == 0
    assert threading.active_count() <= threads
    assert len(list(store.folder.glob("*.jsonl"))) == total
    assert {run.status for run in store.list(50)} == {"ok"}


def memory() -> int:
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


@pytest.mark.parametrize("model", ["quiver", "echo-base"])
def test_a_trace_can_be_read_again(tmp_path: Path, model: str) -> None:
    from starlette.testclient import TestClient

    store = TraceStore(tmp_path)
    gateway = make_gateway(tmp_path)
    gateway.answer = traced(store)
    with TestClient(create_app(gateway)) as client:
        client.post(CHAT, json=asked("answer me", model))
        client.post(CHAT, json=asked("answer me", "json-extract"))
    runs = [store.load(summary.id) for summary in store.list()]
    assert sorted(run.status for run in runs) == ["failed", "ok"]
    done = next(run for run in runs if run.status == "ok")
    assert done.answer == ("answer: answer me" if model == "quiver" else "free: answer me")
    assert done.steps[0].skill == ("answer" if model == "quiver" else None)


# --- clients that leave ----------------------------------------------------------------------------------------------


class Leaving:
    """One client of an application, spoken to directly: it leaves when so many messages have been sent to it, quietly
    or, as some servers have it, with an error for whoever sends on."""

    def __init__(self, body: dict[str, Any], after: int, loud: bool) -> None:
        self.sent: list[Any] = []
        self._after, self._loud = after, loud
        self._asked = json.dumps(body).encode()
        self._gone = asyncio.Event()
        if not after:
            self._gone.set()

    async def receive(self) -> dict[str, Any]:
        if self._asked is not None:
            asked, self._asked = self._asked, None
            return {"type": "http.request", "body": asked, "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        if self._loud and self._gone.is_set():
            raise OSError("the client has gone")
        self.sent.append(message)
        if len(self.sent) >= self._after:
            self._gone.set()
        await asyncio.sleep(0)


@pytest.mark.parametrize("loud", [False, True], ids=["quiet", "loud"])
@pytest.mark.parametrize("after", [0, 1, 2, 4])
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_who_leaves_leaves_nothing_behind(tmp_path: Path, stream: bool, after: int, loud: bool) -> None:
    """Before anything was sent, after the head, in the middle; while others wait for its place."""
    store = TraceStore(tmp_path)
    gateway = make_gateway(tmp_path, engine := EchoEngine(), running=1)
    engine.pause_s = 0.005
    gateway.answer = traced(store)
    app = create_app(gateway)
    body = asked(" ".join(f"w{number}" for number in range(60)), "echo-base", stream)
    scope = {
        "type": "http", "method": "POST", "path": "/v1/chat/completions", "raw_path": b"", "query_string": b"",
        "headers": [(b"content-type", b"application/json")], "http_version": "1.1", "scheme": "http",
    }  # fmt: skip

    async def all_leave() -> set[str]:
        before = asyncio.all_tasks()
        clients = [Leaving(body, after, loud) for _ in range(6)]
        began = asyncio.get_running_loop().time()
        await asyncio.gather(*(app(dict(scope), client.receive, client.send) for client in clients))
        while gateway.lane.held and asyncio.get_running_loop().time() < began + 30:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.01)
        return {task.get_name() for task in asyncio.all_tasks() - before}

    tasks = asyncio.run(all_leave())
    gateway.lane.close()
    assert gateway.lane.held == 0
    assert tasks == set()
    assert len(store.list()) == 6
    assert {run.status for run in store.list()} <= {"ok", "interrupted"}
