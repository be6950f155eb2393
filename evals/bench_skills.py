"""`quiver eval bench skills`: many live skills on one server: what adding one takes, and what they cost in throughput.

Copies of the bundled skills, each under a name of its own, are added to a running vLLM one by one, each tried by its
canaries. Then the same requests are answered by one of them and by all in turn, in many short rounds: a machine that
others use changes its pace within seconds, and what is compared has to lie close together. Every other round begins
with all of them, and the one is another one each time. What the servers' own processes spent on a request is told
beside it, which others hardly change. Says nothing about how good the answers are.
"""

from __future__ import annotations

import asyncio
import math
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from evals.bench_gateway import processor_s
from evals.bench_servers import bundled_skills, started
from router.errors import EngineUnreachable, UsageError

if TYPE_CHECKING:
    from adapters.skill import Skill
    from router.engines.vllm import VllmEngine

THROUGHPUT_TARGET = 0.9  # of one skill's
ADD_TARGET_S = 1.0
TOKENS = 16  # said in answer to each request


def added(engine: VllmEngine, count: int, folder: Path) -> tuple[list[str], list[float]]:
    """The names of `count` skills, now served, and the seconds each took from its weights on disk to its last canary.
    Activated where the server takes that, else plain."""
    from adapters.immutable import immutable_copy

    sources, names, seconds = bundled_skills(), list[str](), list[float]()
    plain = not _takes_activated(engine, sources[0], folder)
    for number in range(count):
        skill = replace(sources[number % len(sources)], name=f"bench-{number:03d}")
        copy = immutable_copy(skill, folder, plain=plain)
        began = time.perf_counter()
        engine.load(skill, copy)
        seconds.append(time.perf_counter() - began)
        names.append(skill.version)
    return names, seconds


def _takes_activated(engine: VllmEngine, skill: Skill, folder: Path) -> bool:
    from adapters.immutable import immutable_copy

    probe = replace(skill, name="bench-probe")
    try:
        engine.load(probe, immutable_copy(probe, folder))
    except UsageError:
        return False
    engine.unload(probe)
    return True


def body(name: str, number: int) -> dict[str, Any]:
    """A request that shares no beginning with any other."""
    words = f"Ledger {number}: entry {number * 37 % 1009} of day {number % 28 + 1} was paid. What was paid?"
    messages = [{"role": "user", "content": words}]
    return {"model": name, "messages": messages, "max_tokens": TOKENS, "temperature": 0, "ignore_eos": True}


async def throughput(url: str, names: Sequence[str], clients: int, requests: int, first: int) -> float:
    """Requests a second that `clients` get answered, the skills in turn; `first` numbers the requests."""
    import httpx

    left = iter(range(first, first + requests))
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None, keepalive_expiry=3.0)
    async with httpx.AsyncClient(timeout=300, limits=limits, trust_env=False) as client:

        async def keep_asking() -> None:
            for number in left:
                asked = body(names[number % len(names)], number)
                response = await client.post(f"{url}/chat/completions", json=asked)
                if response.status_code != 200:
                    raise EngineUnreachable(f"{url} answered {response.status_code}: {response.text[:300]}")

        began = time.perf_counter()
        await asyncio.gather(*(keep_asking() for _ in range(clients)))
        return requests / (time.perf_counter() - began)


def spent_below(pid: int) -> float:
    """Processor seconds of all processes below this one that still run; 0 where the system does not tell."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(entry.read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError, IndexError):
            continue  # it has just ended
        parents.setdefault(parent, []).append(int(entry.parent.name))
    below, found = [pid], 0.0
    while below:
        children = parents.get(below.pop(), [])
        found += sum(map(processor_s, children))
        below += children
    return found


def measure(
    engine: VllmEngine,
    count: int,
    clients: int,
    requests: int,
    rounds: int,
    folder: Path,
    spent: Callable[[], float] = lambda: 0.0,
) -> dict[str, Any]:
    """Adds, measures, and takes away what it added. `spent`: processor seconds of the server so far. The first round
    does not count."""
    names, seconds = added(engine, count, folder)
    kinds, url, asked = len(bundled_skills()), engine.client.url, 0
    rates: dict[str, list[float]] = {"one": [], "all": []}
    costs: dict[str, float] = {"one": 0.0, "all": 0.0}
    try:
        for number in range(rounds + 1):
            chosen = {"one": [names[number % kinds % count]], "all": names}
            for way in ("one", "all") if number % 2 else ("all", "one"):
                before = spent()
                rate = asyncio.run(throughput(url, chosen[way], clients, requests, asked))
                asked += requests
                if number:
                    rates[way].append(rate)
                    costs[way] += spent() - before
    finally:
        for name in names:
            engine.client.post("/unload_lora_adapter", {"lora_name": name})
    about = {"skills": count, "clients": clients, "requests": requests, "rounds": rounds}
    a_request = {way: round(1000 * cost / requests / rounds, 2) for way, cost in costs.items()}
    return {**figures(seconds, rates["one"], rates["all"]), "processor_ms": a_request, **about}


def figures(seconds: Sequence[float], one: Sequence[float], many: Sequence[float]) -> dict[str, Any]:
    """`ratio`: the median over rounds of many skills' throughput over one skill's of the same round. `between`: where
    that median lies as likely as 19 in 20, by the order of the rounds (Conover 1999, 3.2); all of them where there are
    less than six."""
    p95 = statistics.quantiles(seconds, n=20, method="inclusive")[-1] if len(seconds) > 1 else seconds[0]
    ratios = [b / a for a, b in zip(one, many, strict=True)]
    ordered, out = sorted(ratios), left_out(len(ratios))
    return {
        "add_s": {
            "median": round(statistics.median(seconds), 3),
            "p95": round(p95, 3),
            "most": round(max(seconds), 3),
        },
        "requests_per_s": {"one": round(statistics.median(one), 2), "all": round(statistics.median(many), 2)},
        "ratio": round(statistics.median(ratios), 3),
        "between": [round(ordered[out], 3), round(ordered[-1 - out], 3)],
        "ratios": [round(ratio, 3) for ratio in ratios],
    }


def left_out(rounds: int) -> int:
    """How many of the least, and of the most, of so many values may be left out, and the rest still span the median 19
    times in 20: each value lies below it as a coin falls."""
    below = 0
    for fewest in range(rounds // 2):
        below += math.comb(rounds, fewest)
        if below > 0.025 * 2**rounds:
            return max(0, fewest - 1)
    return 0


def holds(found: Mapping[str, Any]) -> bool:
    return bool(found["ratio"] >= THROUGHPUT_TARGET and found["add_s"]["p95"] < ADD_TARGET_S)


@click.command("skills")
@click.option("--url", metavar="URL", help="A running vLLM over the bundled base that loads adapters.")
@click.option("--vllm", type=click.Path(path_type=Path), metavar="FOLDER", help="Start one from this environment.")
@click.option("--count", type=click.IntRange(2, 512), default=64, show_default=True, help="Skills, all live.")
@click.option("--clients", type=click.IntRange(1), default=32, show_default=True, help="At a time.")
@click.option("--requests", type=click.IntRange(1), default=96, show_default=True, help="Of each round and way.")
@click.option("--rounds", type=click.IntRange(1), default=16, show_default=True, help="One skill and all, in turns.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def command(
    url: str | None, vllm: Path | None, count: int, clients: int, requests: int, rounds: int, as_json: bool
) -> int:
    """Many live skills: seconds to add one, and throughput beside that of one alone."""
    from router.cli.output import print_data, print_json
    from router.engines.vllm import VllmEngine
    from router.opening import open_engine
    from router.options import Options

    if (url is None) == (vllm is None):
        raise UsageError("a server is measured, and one of --url and --vllm names it", hint="--vllm .venv-vllm")
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory()))
        if vllm is not None:
            slots = ("--max-loras", str(count), "--max-cpu-loras", str(2 * count))
            engine: Any = held.enter_context(started(vllm, folder, stock=False, more=slots))
        else:
            engine = open_engine(Options(engine=str(url), base="base"))
            held.callback(engine.close)
        if not isinstance(engine, VllmEngine):
            raise UsageError(f"{url} is not vLLM", hint="quiver serve --vllm FOLDER starts one")
        spent = (lambda: spent_below(os.getpid())) if vllm is not None else lambda: 0.0
        found = measure(engine, count, clients, requests, rounds, folder / "copies", spent)
    print_json(found) if as_json else print_data(table(found))
    return 0 if holds(found) else 1


def table(found: Mapping[str, Any]) -> str:
    add, rate = found["add_s"], found["requests_per_s"]
    return "\n".join(
        [
            f"adding one of {found['skills']} skills, canaries included: {add['median']} s, p95 {add['p95']} s, "
            f"most {add['most']} s (target {ADD_TARGET_S} s)",
            f"{found['clients']} clients, {found['requests']} requests of {TOKENS} tokens, {found['rounds']} rounds: "
            f"{rate['one']} requests a second with one skill, {rate['all']} with all",
            f"all over one: {found['ratio']}, between {found['between'][0]} and {found['between'][1]} (target "
            f"{THROUGHPUT_TARGET}; rounds: {found['ratios']})",
            f"processor time of the server a request, ms: {found['processor_ms']}",
        ]
    )


def main(words: Sequence[str]) -> int:
    return int(command.main(list(words), standalone_mode=False) or 0)
