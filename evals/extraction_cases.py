"""Texts, the schemas they are to be read under, and the records they hold: a shipped set, and MCP tools' inputs.

`pydantic`: evals/extraction, schemas of pydantic models. `mcp`: parameters of tools of servers held out of training,
with texts written for them by `training.sources`. Reads and draws; nothing is generated or scored here.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from router import jsonl
from router.errors import UsageError

SHIPPED = Path(__file__).parent / "extraction"
Schema = Mapping[str, Any]


@dataclass(frozen=True)
class Extraction:
    """`expected`: keys in the schema's order; keys the text is silent about are absent."""

    id: str
    text: str
    schema: Schema
    expected: Mapping[str, Any]


@dataclass(frozen=True)
class Named:
    """A schema by itself, to see whether it compiles."""

    id: str
    schema: Schema


def shipped() -> list[Extraction]:
    """All of evals/extraction, mixed so that any beginning of it has several models."""
    schemas = {row["name"]: row["schema"] for row in jsonl.read(SHIPPED / "schemas.jsonl")}
    rows = [
        Extraction(f"pydantic/{row['id']}", row["text"], schemas[row["model"]], row["expected"])
        for row in jsonl.read(SHIPPED / "cases.jsonl")
    ]
    return random.Random(0).sample(rows, len(rows))


def shipped_schemas() -> list[Named]:
    rows = jsonl.read(SHIPPED / "schemas.jsonl")
    return [Named(f"pydantic/schema/{row['name']}", row["schema"]) for row in rows]


def served(data: Path, number: int, seed: int) -> list[Extraction]:
    """`number` texts for held-out tools. Raises UsageError where `data` holds no catalogue."""
    from training.sources import mcp, requests
    from training.sources.texts import read_texts

    tools = mcp.read_tools(data, "held-out")
    rows = requests.generate(tools, random.Random(f"extraction {seed}"), read_texts(data), extracted=1.0)
    wanted = (row for row in rows if row.skill == "json-extract" and row.output and row.schema)
    return [
        Extraction(f"mcp/{place}", str(row.messages[-1]["content"]), row.schema or {}, _plain(row.output))
        for place, row in enumerate(islice(wanted, number))
    ]


def served_schemas(data: Path) -> list[Named]:
    """The parameters of every held-out tool, exactly as its server publishes them; mixed."""
    from training.sources import mcp

    found = [
        Named(f"mcp/schema/{place}-{name}", s) for place, (name, s) in enumerate(mcp.read_schemas(data, "held-out"))
    ]
    if not found:
        raise UsageError(f"no catalogue of MCP servers in {data}", hint="leave --data out to measure what ships")
    return random.Random(0).sample(found, len(found))


def _plain(value: Any) -> dict[str, Any]:
    """As JSON reads it."""
    plain: dict[str, Any] = json.loads(json.dumps(value))
    return plain


def fields(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """(path, scalar as text) of everything a record says; null says nothing. Items of lists keep no place, so that a
    list in another order still shares its items."""
    if isinstance(value, Mapping):
        for key, below in value.items():
            yield from fields(below, f"{path}/{key}")
    elif isinstance(value, list):
        for below in value:
            yield from fields(below, f"{path}/*")
    elif value is not None:
        yield path, json.dumps(float(value) if type(value) is int else value)


def without_nulls(value: Any) -> Any:
    """Absent and null say the same: that the text is silent."""
    if isinstance(value, Mapping):
        return {key: without_nulls(below) for key, below in value.items() if below is not None}
    return [without_nulls(below) for below in value] if isinstance(value, list) else value
