"""`python -m evals.soak`: very many short requests through the whole gateway over a scripted backend, and what is left
of them: memory, tasks, threads, open files, traces.

Requests are whole and streamed, forced and routed, wrong ones, and some whose client leaves in the middle. Server,
backend and clients are one process, so that everything can be counted from inside. Says nothing about speed.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from router.engines.engine import Completion, Request, Tokens
from router.engines.scripted import SCRIPTED_BASE as BASE

if TYPE_CHECKING:
    from adapters.skill import Skill
    from router.gateway.app import Gateway

GROWN_TARGET_MIB = 16.0
SAID = "it is done"
SLOW = "take your time"
_PIECES = 50  # of an answer that takes its time
_PAUSE_S = 0.002


class Backend:
    """An `Engine` that says the same to everybody, in the form that is asked for; remembers nothing."""

    base = BASE

    def generate(
        self,
        request: Request,
        *,
        on_text: Callable[[str], None] | None = None,
        cancel: threading.Event | None = None,
    ) -> Completion:
        contract = request.contract
        if contract is not None:
            return Completion(json.dumps(dict.fromkeys(contract.schema.get("properties", {}), SAID)), "stop", _TOKENS)
        pieces = [SAID] if request.messages[-1].content != SLOW else [f"{SAID} "] * _PIECES
        for piece in pieces:
            if cancel is not None and cancel.wait(_PAUSE_S if len(pieces) > 1 else 0):
                return Completion("", "cancelled", _TOKENS)
            if on_text:
                on_text(piece)
        return Completion("".join(pieces), "stop", _TOKENS)

    def score(self, request: Request, candidates: Sequence[str]) -> list[float]:
        return [0.0] * len(candidates)

    def close(self) -> None:
        """Nothing is held."""


_TOKENS = Tokens(prompt=10, reused=4, generated=3)


class AdmitAll:
    def admit(self, skill: Skill) -> str | None:
        return None

    def retire(self, skill: Skill) -> None:
        """Nothing was made ready."""


# --- what is asked ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """How one request is made, and the status it has to come to. `leaves`: its client goes once an answer begins.
    `traced`: it is recorded as a run."""

    name: str
    model: str
    status: int = 200
    words: str = "is it done?"
    stream: bool = False
    leaves: bool = False

    @property
    def traced(self) -> bool:
        return self.status == 200

    def body(self) -> bytes:
        messages = [{"role": "user", "content": self.words}]
        return json.dumps({"model": self.model, "messages": messages, "stream": self.stream}).encode()

    def holds(self, status: int, said: bytes) -> bool:
        return status == self.status and (self.leaves or self.status != 200 or SAID.encode() in said)


KINDS: tuple[Asked, ...] = (
    *[Asked("skill", "answer")] * 12,
    *[Asked("base", BASE.name)] * 3,
    *[Asked("stream", BASE.name, stream=True)] * 2,
    Asked("routed", "quiver"),
    Asked("wrong", "nobody", status=404),
    Asked("left", BASE.name, words=SLOW, stream=True, leaves=True),
)


class Client:
    """One connection after another to one server, spoken to as plainly as HTTP allows: the clients share a processor
    with what they measure."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._open: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, kind: Asked) -> bool:
        """Whether what came is what was to come. An answer that breaks off raises."""
        reader, writer = self._open or await asyncio.open_connection(self._host, self._port)
        self._open = None
        body = kind.body()
        head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: {self._host}\r\nContent-Type: application/json\r\n"
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        status, headers = int(answer.split(None, 2)[1]), answer.lower()
        if kind.leaves:
            writer.close()
            return kind.holds(status, b"")
        said = await _content(reader, headers)
        self._open = (reader, writer)
        return kind.holds(status, said)

    def close(self) -> None:
        if self._open:
            self._open[1].close()


async def _content(reader: asyncio.StreamReader, headers: bytes) -> bytes:
    if b"transfer-encoding: chunked" in headers:
        return await reader.readuntil(b"\r\n0\r\n\r\n")
    length = int(headers.partition(b"content-length:")[2].split(None, 1)[0])
    return await reader.readexactly(length)


# --- what is counted -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sample:
    """mib: resident memory of this process. tasks: of the server's event loop. files: open ones, sockets included."""

    asked: int
    mib: float
    tasks: int
    threads: int
    files: int

    @classmethod
    def taken(cls, asked: int, loop: asyncio.AbstractEventLoop) -> Sample:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        mib = pages * os.sysconf("SC_PAGE_SIZE") / 2**20
        files = len(os.listdir("/proc/self/fd"))
        return cls(asked, round(mib, 1), len(asyncio.all_tasks(loop)), threading.active_count(), files)


def grown(samples: Sequence[Sample]) -> float:
    """MiB that the last third of the samples lies above the second, by their medians: the first third fills caches and
    the allocator's pools."""
    third = len(samples) // 3
    middle, last = samples[third : 2 * third], samples[2 * third :]
    return round(statistics.median(s.mib for s in last) - statistics.median(s.mib for s in middle), 1)


def recorded(folder: Path) -> Counter[str]:
    """Traces by how they ended; `unfinished` for those without an end."""
    found: Counter[str] = Counter()
    for entry in os.scandir(folder):
        if entry.name.endswith(".jsonl"):
            last = json.loads(Path(entry.path).read_bytes().splitlines()[-1])
            found[last["status"] if last["event"] == "finish" else "unfinished"] += 1
    return found


# --- the server, and all that is asked of it --------------------------------------------------------------------------


def open_gateway(home: Path, choose: Any, clients: int) -> Gateway:
    """The bundled skills over the scripted backend, every request recorded under `home`."""
    from router.gateway.app import Gateway
    from router.gateway.lane import Lane
    from router.gateway.measures import Measures
    from router.gateway.offering import Offering
    from router.gateway.traced import traced
    from router.opening import open_registry
    from router.trace import TraceStore

    measures = Measures()
    offering = Offering(open_registry(), Backend(), choose, AdmitAll(), measures.loaded)
    lane = Lane(offering, 8, 4 * clients)
    measures.watch(lane)
    store = TraceStore(home)
    store.settle_later()
    return Gateway(offering, lane, measures, answer=traced(store))


@contextmanager
def serving(gateway: Gateway) -> Iterator[tuple[int, asyncio.AbstractEventLoop]]:
    """The port of a server in a thread of its own, and the loop it runs on."""
    import socket

    import uvicorn

    from router.gateway.app import create_app

    with socket.socket(proto=socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(create_app(gateway), log_config=None, access_log=False, lifespan="on"))
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=lambda: loop.run_until_complete(server.serve([listening])), daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield listening.getsockname()[1], loop
        finally:
            server.should_exit = True
            thread.join(60)


async def ask_all(
    port: int, loop: asyncio.AbstractEventLoop, requests: int, clients: int, samples: int
) -> tuple[list[Sample], Counter[str], Counter[str]]:
    """What was measured on the way; requests by kind; those that did not come to what they should, by kind."""
    left, every = iter(range(requests)), max(1, requests // samples)
    taken: list[Sample] = []
    asked: Counter[str] = Counter()
    wrong: Counter[str] = Counter()

    async def keep_asking() -> None:
        client = Client("127.0.0.1", port)
        for number in left:
            kind = KINDS[number % len(KINDS)]
            try:
                wrong[kind.name] += not await client.ask(kind)
            except (OSError, EOFError, asyncio.IncompleteReadError):
                wrong[kind.name] += 1
            asked[kind.name] += 1
            if number % every == every - 1:
                taken.append(Sample.taken(number + 1, loop))
        client.close()

    await asyncio.gather(*(keep_asking() for _ in range(clients)))
    return taken, asked, wrong


def soak(home: Path, choose: Any, requests: int, clients: int, samples: int = 30) -> dict[str, Any]:
    """Everything, as plain data."""
    gateway = open_gateway(home, choose, clients)
    began = time.monotonic()
    with serving(gateway) as (port, loop):
        idle = Sample.taken(0, loop)
        taken, asked, wrong = asyncio.run(ask_all(port, loop, requests, clients, samples))
        seconds = time.monotonic() - began
        deadline = time.monotonic() + 30
        while gateway.lane.held and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(1)  # the server notices closed connections in its own time
        gc.collect()
        rest = Sample.taken(requests, loop)
    traces = recorded(home / "traces")
    traced = sum(asked[name] for name in {kind.name for kind in KINDS if kind.traced})
    return {
        "requests": dict(asked),
        "wrong": dict(+wrong),
        "seconds": round(seconds, 1),
        "idle": asdict(idle),
        "rest": asdict(rest),
        "grown_mib": grown(taken),
        "held": gateway.lane.held,
        "traces": dict(traces),
        "lost_traces": traced - sum(traces.values()) + traces["unfinished"],
        "samples": [asdict(sample) for sample in sorted(taken, key=lambda sample: sample.asked)],
    }


def holds(found: dict[str, Any]) -> bool:
    idle, rest = found["idle"], found["rest"]
    leaked = rest["tasks"] > idle["tasks"] or found["held"] > 0 or rest["files"] > idle["files"] + 4
    return not (leaked or found["wrong"] or found["lost_traces"] or found["grown_mib"] > GROWN_TARGET_MIB)


@click.command()
@click.option("--requests", type=click.IntRange(100), default=100_000, show_default=True)
@click.option("--clients", type=click.IntRange(1), default=32, show_default=True, help="At a time.")
@click.option("--home", type=click.Path(path_type=Path), help="Where traces go; else a temporary folder.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def command(requests: int, clients: int, home: Path | None, as_json: bool) -> int:
    """Very many short requests through the gateway, and what is left of them."""
    from router.serving import choosing

    with tempfile.TemporaryDirectory() as folder:
        found = soak(home or Path(folder), choosing()[0], requests, clients)
    if as_json:
        click.echo(json.dumps(found))
    else:
        click.echo(table(found))
    return 0 if holds(found) else 1


def table(found: dict[str, Any]) -> str:
    idle, rest = found["idle"], found["rest"]
    count = sum(found["requests"].values())
    lines = [f"{count} requests in {found['seconds']} s: {found['requests']}; wrong: {found['wrong'] or 'none'}"]
    lines += [
        f"  {key:<8}{idle[key]:>8} idle before{rest[key]:>8} after" for key in ("mib", "tasks", "threads", "files")
    ]
    lines += [f"  memory grew by {found['grown_mib']} MiB over the last third (target {GROWN_TARGET_MIB})"]
    lines += [f"  traces {found['traces']}, lost {found['lost_traces']}, requests still held {found['held']}"]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(command.main(standalone_mode=False))
