"""`quiver eval bench gateway`: what the gateway adds to a request, and what it takes from throughput.

A model server is asked directly and through `quiver serve --url`, in turns, so that a busy machine slows both alike.
Without `--url` the model server is a process of ours that waits `--answer-ms` and says what the schema asks for: what
is measured is then the gateway alone. Says nothing about how good the answers are.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from evals.bench import Spread
from router.errors import EngineUnreachable, UsageError

if TYPE_CHECKING:
    import httpx

ADDED_TARGET_MS = 5.0
THROUGHPUT_TARGET = 0.95
BACKEND = "bench-backend"
WAYS = ("base", "skill", "routed", "again")  # `again`: routed, and the router has read the words before

_CALL = {"id": "c1", "type": "function", "function": {"name": "convert_unit", "arguments": '{"value": 12}'}}


def messages(number: int) -> list[dict[str, Any]]:
    """A question like no other, called for and observed; what is left is to answer it."""
    return [
        {"role": "user", "content": f"How many kilometres are {number} miles?"},
        {"role": "assistant", "content": None, "tool_calls": [_CALL]},
        {"role": "tool", "tool_call_id": "c1", "content": f"{number} miles are far"},
    ]


# --- the model server ------------------------------------------------------------------------------------------------


def backend(answer_ms: float) -> Any:
    """An OpenAI-compatible ASGI application that answers after a fixed time."""
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import JSONResponse, Response, StreamingResponse
    from starlette.routing import Route

    async def models(request: Request) -> Response:
        return JSONResponse({"data": [{"id": BACKEND, "object": "model", "owned_by": "bench"}]})

    async def chat(request: Request) -> Response:
        body = await request.json()
        await asyncio.sleep(answer_ms / 1000)
        text, usage = says(body), {"prompt_tokens": 40, "completion_tokens": 8, "total_tokens": 48}
        if body.get("stream"):
            delta = {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": "stop"}], "usage": usage}
            return StreamingResponse(iter([f"data: {json.dumps(delta)}\n\ndata: [DONE]\n\n"]), media_type=_EVENTS)
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        return JSONResponse({"choices": [choice], "usage": usage})

    routes = [Route("/v1/models", models), Route("/v1/chat/completions", chat, methods=["POST"])]
    return Starlette(routes=routes)


_EVENTS = "text/event-stream"


def says(body: Mapping[str, Any]) -> str:
    """Something of the form that is asked for."""
    wish = body.get("response_format") or {}
    keys = wish.get("json_schema", {}).get("schema", {}).get("properties", {})
    return json.dumps(dict.fromkeys(keys, "it is done")) if keys else "it is done"


# --- processes -------------------------------------------------------------------------------------------------------


@contextmanager
def process(*words: str) -> Iterator[dict[str, Any]]:
    """A Python process that says in its first line, as JSON, where it serves. Stopped with the block."""
    with tempfile.TemporaryFile() as log:
        started = subprocess.Popen([sys.executable, *words], stdout=subprocess.PIPE, stderr=log, text=True)
        assert started.stdout is not None
        try:
            line = started.stdout.readline()
            if not line:
                log.seek(0)
                said = log.read().decode(errors="replace")[-300:]
                raise EngineUnreachable(f"{words[1]} did not start: {said}", hint=f"python {' '.join(words)}")
            yield {**json.loads(line), "pid": started.pid}
        finally:
            started.send_signal(signal.SIGTERM)
            try:
                started.wait(30)
            except subprocess.TimeoutExpired:
                started.kill()


def run_backend(answer_ms: float) -> None:
    import socket

    import uvicorn

    with socket.socket(proto=socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(1024)
        print(json.dumps({"url": f"http://127.0.0.1:{listening.getsockname()[1]}/v1"}), flush=True)
        config = uvicorn.Config(backend(answer_ms), log_level="error", access_log=False, timeout_keep_alive=75)
        uvicorn.Server(config).run(sockets=[listening])


# --- measuring -------------------------------------------------------------------------------------------------------


_numbers = count(1000)


def body(model: str, fresh: bool) -> dict[str, Any]:
    return {"model": model, "messages": messages(next(_numbers) if fresh else 12), "max_tokens": 64}


async def ask(client: httpx.AsyncClient, url: str, model: str, fresh: bool = True) -> float:
    """Seconds a request takes, of words that are `fresh` or were asked before. Raises EngineUnreachable for an answer
    that is none."""
    import httpx

    began = time.perf_counter()
    try:
        response = await client.post(f"{url}/chat/completions", json=body(model, fresh))
    except httpx.HTTPError as error:
        raise EngineUnreachable(f"{url} broke off: {error or type(error).__name__}") from error
    taken = time.perf_counter() - began
    if response.status_code != 200:
        raise EngineUnreachable(f"{url} answered {response.status_code}: {response.text[:300]}")
    return taken


async def in_turns(
    client: httpx.AsyncClient, ways: Mapping[str, tuple[str, str]], rounds: int
) -> dict[str, list[float]]:
    """Seconds of each way, one request at a time, after three rounds that do not count."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds + 3):
        for name, (url, model) in ways.items():
            seconds = await ask(client, url, model, name != "again")
            if number >= 3:
                taken[name].append(seconds)
    return taken


async def throughput(
    client: httpx.AsyncClient, url: str, model: str, clients: int, requests: int, fresh: bool
) -> float:
    """Requests a second that `clients` get answered, each asking again at once."""
    left = iter(range(requests))

    async def keep_asking() -> None:
        for _ in left:
            await ask(client, url, model, fresh)

    began = time.perf_counter()
    await asyncio.gather(*(keep_asking() for _ in range(clients)))
    return requests / (time.perf_counter() - began)


def processor_s(pid: int) -> float:
    """Processor time a process has used, in seconds; 0 where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def measure(
    direct: str, model: str, gateway: str, pid: int, rounds: int, clients: int, requests: int
) -> dict[str, Any]:
    """Milliseconds of each way and what it adds to the direct one; throughput of each, in turns, the best of three; the
    processor time a request costs the gateway, which a busy machine does not change."""
    import httpx

    base = await _base_of(gateway)
    ways = {
        "direct": (direct, model),
        "base": (gateway, base),
        "skill": (gateway, "answer"),
        "routed": (gateway, "quiver"),
        "again": (gateway, "quiver"),
    }
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None, keepalive_expiry=3.0)
    async with httpx.AsyncClient(timeout=300, limits=limits, trust_env=False) as client:
        taken = await in_turns(client, ways, rounds)
        rates: dict[str, list[float]] = {name: [] for name in ways}
        spent = dict.fromkeys(ways, 0.0)
        for _ in range(3):
            for name, (url, asked) in ways.items():
                before = processor_s(pid)
                rates[name].append(await throughput(client, url, asked, clients, requests, name != "again"))
                spent[name] += 1000 * (processor_s(pid) - before) / requests / 3
    counts = {"rounds": rounds, "clients": clients, "requests": requests}
    return figures(taken, rates) | {"processor_ms": {way: round(spent[way], 2) for way in WAYS}} | counts


def figures(taken: Mapping[str, Sequence[float]], rates: Mapping[str, Sequence[float]]) -> dict[str, Any]:
    """`added_ms`: the median over rounds of what each way took more than the direct request of the same round."""
    added = {
        way: round(1000 * statistics.median(a - b for a, b in zip(taken[way], taken["direct"], strict=True)), 2)
        for way in WAYS
    }
    best = {name: max(found) for name, found in rates.items()}
    return {
        "ms": {name: asdict(Spread.of(seconds)) for name, seconds in taken.items()},
        "added_ms": added,
        "requests_per_s": {name: round(rate, 1) for name, rate in best.items()},
        "share_of_direct": {way: round(best[way] / best["direct"], 3) for way in WAYS},
    }


async def _base_of(gateway: str) -> str:
    import httpx

    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
        rows = (await client.get(f"{gateway}/models")).json()["data"]
    return next(str(row["id"]) for row in rows if not row.get("parent"))


# --- the command -----------------------------------------------------------------------------------------------------


@click.command("gateway")
@click.option("--url", metavar="URL", help="A model server to measure before, instead of ours.")
@click.option("--model", metavar="NAME", help="Its model, where it serves several.")
@click.option(
    "--answer-ms", default=500.0, type=click.FloatRange(0), show_default=True, help="Of the model server of ours."
)
@click.option(
    "--rounds", default=50, type=click.IntRange(2), show_default=True, help="Requests of each way, for the time."
)
@click.option("--clients", default=32, type=click.IntRange(1), show_default=True, help="At a time, for the throughput.")
@click.option(
    "--requests", default=320, type=click.IntRange(1), show_default=True, help="Of each way, for the throughput."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def command(
    url: str | None, model: str | None, answer_ms: float, rounds: int, clients: int, requests: int, as_json: bool
) -> int:
    """What the gateway adds to a request, and what it takes from throughput."""
    from router.cli.output import print_data, print_json

    if model and not url:
        raise UsageError("--model is of a server, and none is named", hint="--url URL --model NAME")
    with ExitStack() as held:
        if url is None:
            url = str(held.enter_context(process("-m", "evals.bench_gateway", str(answer_ms)))["url"])
        words = ["-m", "router", "serve", "--url", url, "--port", "0", "--json", "--running", str(clients)]
        words += ["--base", model] if model else []
        served = held.enter_context(process(*words))
        found = asyncio.run(measure(url, model or BACKEND, served["url"], served["pid"], rounds, clients, requests))
    if as_json:
        print_json({"answer_ms": answer_ms, **found})
    else:
        print_data(table(found))
    return 0 if holds(found) else 1


def holds(found: Mapping[str, Any]) -> bool:
    slow = max(found["added_ms"].values()) > ADDED_TARGET_MS
    return not slow and min(found["share_of_direct"].values()) >= THROUGHPUT_TARGET


def table(found: Mapping[str, Any]) -> str:
    lines = [f"one request at a time, {found['rounds']} of each: ms (median, quartiles), added to the direct one"]
    for name, spread in found["ms"].items():
        low, high = spread["quartiles_ms"]
        added = f"   + {found['added_ms'][name]:.2f}" if name in WAYS else ""
        lines.append(f"  {name:<8}{spread['median_ms']:.2f}   ({low:.2f} to {high:.2f}){added}")
    lines.append(f"{found['clients']} clients at a time: requests a second, share of direct")
    for name, rate in found["requests_per_s"].items():
        share = f"   {found['share_of_direct'][name]:.3f}" if name in WAYS else ""
        lines.append(f"  {name:<8}{rate:.1f}{share}")
    lines += [f"processor time of the gateway a request, ms: {found['processor_ms']}"]
    return "\n".join([*lines, f"targets: + {ADDED_TARGET_MS} ms, {THROUGHPUT_TARGET} of direct"])


def main(words: Sequence[str]) -> int:
    return int(command.main(list(words), standalone_mode=False) or 0)


if __name__ == "__main__":
    run_backend(float(sys.argv[1]))
