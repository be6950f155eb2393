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
from pathlib import Path

from training.curriculum import Tool, mix, target_text
from training.example import Example
from training.sources import mcp, nlu, sgd, snips

Reader = Callable[[Path, str], Iterator[Example]]

READERS: Mapping[str, tuple[Reader, str, float]] = {
    # source: reader, folder, share of rows drawn
    "sgd": (sgd.read, "sgd", 0.20),
    "snips": (snips.read, "snips", 0.06),
    "nlu": (nlu.read, "nlu-evaluation-data", 0.05),
}
DEVELOPMENT: Mapping[str, tuple[Reader, str]] = {"sgd": (sgd.read, "sgd")}
HELD_OUT_ONE_IN, HELD_OUT_ROWS = 50, 150


@lru_cache(maxsize=1)
def read_rows(data: Path | None) -> Mapping[str, list[Example]]:
    """Every public training row, by source; sources whose folder is not there are left out."""
    if data is None:
        return {}
    return {
        name: list(reader(data / folder, "train"))
        for name, (reader, folder, _) in READERS.items()
        if (data / folder).is_dir()
    }


@lru_cache(maxsize=1)
def tool_pool(data: Path | None) -> list[Tool]:
    """Real tools to stand beside the right one."""
    if data is None:
        return []
    return [served.tool for served in mcp.read_tools(data, "train")]


def training_rows(data: Path | None, rng: random.Random) -> Iterator[Example]:
    """Rows for ever, drawn by share."""
    streams: dict[str, Iterator[Example]] = {}
    shares: dict[str, float] = {}
    for name, rows in read_rows(data).items():
        streams[name], shares[name] = _cycle([row for row in rows if not _held_out(row)], rng), READERS[name][2]
    return mix(streams, shares, rng)


def held_out_rows(data: Path | None) -> list[Example]:
    """At most HELD_OUT_ROWS a source, the same ones every time."""
    rng = random.Random(7)
    found: list[Example] = []
    for name, rows in read_rows(data).items():
        if name in DEVELOPMENT:
            reader, folder = DEVELOPMENT[name]
            rows = list(reader(data / folder, "dev")) if data else []
        else:
            rows = [row for row in rows if _held_out(row)]
        found += rng.sample(rows, min(HELD_OUT_ROWS, len(rows)))
    return found


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


def _cycle(rows: list[Example], rng: random.Random) -> Iterator[Example]:
    while True:
        rng.shuffle(rows)
        yield from rows


def _held_out(row: Example) -> bool:
    """By the words of the request, so that the same sentence is never on both sides."""
    words = json.dumps([message["content"] for message in row.messages])
    return zlib.crc32(words.encode()) % HELD_OUT_ONE_IN == 0
