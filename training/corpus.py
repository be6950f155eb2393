"""Which rows a base is trained on, and in what shares: every source and generator, joined under one roof.

Public sets are read from a folder that holds each in its upstream layout; without one only generated rows remain, and
the same commands still run. Held-out rows come from development splits and from a hashed fiftieth of the others; no
split named test is opened here.
"""

from __future__ import annotations

import json
import random
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Literal

from training import synthetic
from training.curriculum import Tool, mix, target_text
from training.example import Example
from training.sources import home_llm, mcp, metatool, nlu, requests, restaurant8k, seal_tools, sgd, snips
from training.sources.texts import read_texts

Reader = Callable[[Path, str], Iterator[Example]]

READERS: Mapping[str, tuple[Reader, str, str]] = {
    # source: reader, folder, split
    "sgd": (sgd.read, "sgd", "train"),
    "snips": (snips.read, "snips", "train"),
    "nlu": (nlu.read, "nlu-evaluation-data", "train"),
    "restaurant8k": (restaurant8k.read, "restaurant8k", "train"),
    "seal-tools": (seal_tools.read, "seal-tools", "train"),
    "metatool": (metatool.read, "metatool", "train"),
    "home-llm": (home_llm.read, "home-llm", "train"),
}
Mixture = Literal["wide", "everyday", "agent"]
SHARES: Mapping[Mixture, Mapping[str, float]] = {
    # Of rows drawn. "requests": written for the schemas of real MCP servers; "synthetic": the agent's everyday work.
    "wide": {
        "synthetic": 0.34, "requests": 0.35, "sgd": 0.15, "snips": 0.04, "nlu": 0.04, "restaurant8k": 0.02,
        "seal-tools": 0.02, "metatool": 0.02, "home-llm": 0.02,
    },
    "everyday": {
        "synthetic": 0.56, "requests": 0.24, "sgd": 0.12, "snips": 0.02, "nlu": 0.02, "restaurant8k": 0.01,
        "seal-tools": 0.01, "metatool": 0.01, "home-llm": 0.01,
    },
    "agent": {
        "synthetic": 0.72, "requests": 0.12, "sgd": 0.1, "snips": 0.015, "nlu": 0.015, "restaurant8k": 0.01,
        "seal-tools": 0.005, "metatool": 0.005, "home-llm": 0.01,
    },
}  # fmt: skip
HELD_OUT_ONE_IN, HELD_OUT_ROWS = 50, 100


@lru_cache(maxsize=1)
def read_rows(data: Path | None) -> Mapping[str, list[Example]]:
    """Every public training row, by source; sources whose folder is not there are left out."""
    if data is None:
        return {}
    return {
        name: list(reader(data / folder, split))
        for name, (reader, folder, split) in READERS.items()
        if (data / folder).is_dir()
    }


@lru_cache(maxsize=1)
def tool_pool(data: Path | None) -> list[Tool]:
    """Real tools to stand beside the right one."""
    if data is None:
        return []
    return [served.tool for served in mcp.read_tools(data, "train")]


def training_rows(data: Path | None, rng: random.Random, mixture: Mixture = "everyday") -> Iterator[Example]:
    """Rows for ever, drawn by the mixture's shares."""
    streams: dict[str, Iterator[Example]] = {"synthetic": synthetic.mixture(random.Random(rng.getrandbits(64)))}
    if data is not None and (data / "toucan-mcp").is_dir():
        streams["requests"] = requests_for(data, "train", rng)
    for name, rows in read_rows(data).items():
        streams[name] = cycle([row for row in rows if not is_held_out(row)], rng)
    return mix(streams, SHARES[mixture], rng)


def held_out_rows(data: Path | None) -> list[Example]:
    """At most HELD_OUT_ROWS a source, the same ones every time: SGD's development split, requests to servers kept out
    of training, fresh generated rows, and a hashed part of every other source."""
    rng = random.Random(7)
    found = list(islice(synthetic.mixture(random.Random(rng.getrandbits(64))), 4 * HELD_OUT_ROWS))
    if data is not None and (data / "toucan-mcp").is_dir():
        found += islice(requests_for(data, "held-out", rng), 2 * HELD_OUT_ROWS)
    for name, rows in read_rows(data).items():
        if name == "sgd" and data is not None:
            rows = list(sgd.read(data / "sgd", "dev"))
        else:
            rows = [row for row in rows if is_held_out(row)]
        found += rng.sample(rows, min(HELD_OUT_ROWS, len(rows)))
    return found


def requests_for(data: Path, split: str, rng: random.Random) -> Iterator[Example]:
    """Requests written for the schemas of real MCP servers of the split ("train", "held-out"), for ever."""
    tools = mcp.read_tools(data, split)
    return requests.generate(tools, random.Random(rng.getrandbits(64)), read_texts(data))


def texts(data: Path | None, rng: random.Random, rows: int = 30_000) -> Iterator[str]:
    """What a tokenizer is trained on: what people say, tool descriptions and outputs."""
    stream = training_rows(data, rng)
    for _ in range(rows):
        row = next(stream)
        yield "\n".join(str(message["content"]) for message in row.messages)
        yield target_text(row)
    for tool in rng.sample(tool_pool(data), min(6_000, len(tool_pool(data)))):
        fields = tool["parameters"].get("properties", {})
        described = " ".join(str(field.get("description", "")) for field in fields.values())
        yield f"{tool['name']} {tool.get('description', '')} {' '.join(fields)} {described}"


def composition(rows: Iterator[Example], count: int) -> dict[str, dict[str, object]]:
    """Share and licence by source over `count` rows: what the model card says the base was made of."""
    seen: Counter[tuple[str, str]] = Counter()
    for _ in range(count):
        row = next(rows)
        seen[row.source, row.licence] += 1
    return {source: {"licence": licence, "share": round(n / count, 4)} for (source, licence), n in seen.most_common()}


def cycle(rows: list[Example], rng: random.Random) -> Iterator[Example]:
    """All of them over and over, each time in another order."""
    while True:
        rng.shuffle(rows)
        yield from rows


def is_held_out(row: Example) -> bool:
    """By the words of the request, so that the same sentence is never on both sides."""
    words = json.dumps([message["content"] for message in row.messages])
    return zlib.crc32(words.encode()) % HELD_OUT_ONE_IN == 0
