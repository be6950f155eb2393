"""Seal-Tools: queries with gold calls and four thousand tools of many fields (fairyshine/Seal-Tools, Apache-2.0).

Rows are of queries that ask for a single call; in train, only calls whose values stand in the query.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from training.example import Example
from training.sources import rows
from training.sources.mcp import ServedTool

SOURCE = "seal-tools"
LICENCE = "Apache-2.0"
MAX_ALTERNATIVES = 8

_FILES = {"train": "dev.jsonl", "test_in": "test_in_domain.jsonl", "test_out": "test_out_domain.jsonl"}
_TYPES = {"str": "string", "int": "integer", "float": "number", "bool": "boolean"}
_PYTHON = {"string": str, "integer": int, "number": int | float, "boolean": bool}


def read(folder: Path, split: str) -> Iterator[Example]:
    """Rows of `train` (upstream's dev set), `test_in` or `test_out`.

    Raises UsageError when the folder has another layout or the split does not exist.
    """
    rows.require_split(split, tuple(_FILES), source=SOURCE)
    fields, tools = _tools(folder)
    for path in rows.paths(folder, _FILES[split], source=SOURCE):
        for record in rows.load_json_lines(path):
            row = _row(record, fields, tools)
            if row is not None and (split != "train" or _grounded(row)):
                yield row


def read_queries(folder: Path, split: str) -> Iterator[tuple[str, list[tuple[rows.Tool, dict[str, Any]]]]]:
    """Every query of a split with all its calls, each a tool and its arguments, numbers as the tool takes them; without
    queries one of whose calls is passed what another returned, or is of a tool or a parameter that is not described.

    Raises UsageError as `read` does.
    """
    rows.require_split(split, tuple(_FILES), source=SOURCE)
    _, tools = _tools(folder)
    for path in rows.paths(folder, _FILES[split], source=SOURCE):
        for record in rows.load_json_lines(path):
            calls = [(tools.get(call["api"]), call["parameters"]) for call in record["calling"]]
            if all(tool and _stands_alone(tool["parameters"], given) for tool, given in calls):
                yield record["query"], [(tool, _typed(tool["parameters"], given)) for tool, given in calls if tool]


def _stands_alone(parameters: Mapping[str, Any], given: Mapping[str, Any]) -> bool:
    return set(given) <= set(parameters["properties"]) and not any("API_call" in str(value) for value in given.values())


def _typed(parameters: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers that upstream has written as texts made numbers again."""
    typed = dict(given)
    for name, value in given.items():
        if parameters["properties"][name]["type"] in ("integer", "number") and isinstance(value, str):
            with suppress(ValueError):
                typed[name] = float(value) if re.search(r"[.eE]", value) else int(value)
    return typed


def read_tools(folder: Path) -> list[ServedTool]:
    """The tools that no test query calls, to write requests for; a tool's field stands for its server."""
    fields, tools = _tools(folder)
    tested = {
        call["api"]
        for split in ("test_in", "test_out")
        for record in rows.load_json_lines(rows.paths(folder, _FILES[split], source=SOURCE)[0])
        for call in record["calling"]
    }
    return [
        ServedTool(f"{SOURCE}/{fields[name]}", tool, SOURCE, LICENCE)
        for name, tool in tools.items()
        if name not in tested
    ]


def _tools(folder: Path) -> tuple[dict[str, str], dict[str, rows.Tool]]:
    """Field and tool by name."""
    records = list(rows.load_json_lines(rows.paths(folder, "tool.jsonl", source=SOURCE)[0]))
    fields = {record["api_name"]: str(record["field"]) for record in records}
    return fields, {record["api_name"]: _tool(record) for record in records if record["api_description"]}


def _tool(record: Mapping[str, Any]) -> rows.Tool:
    properties = {
        name: {"type": _TYPES.get(value["type"], "string"), "description": value["description"]}
        for name, value in record["parameters"].items()
    }
    return rows.build_tool(record["api_name"], record["api_description"], properties, record.get("required") or ())


def _row(record: Mapping[str, Any], fields: Mapping[str, str], tools: Mapping[str, rows.Tool]) -> Example | None:
    calls = record["calling"]
    if len(calls) != 1 or calls[0]["api"] not in tools:
        return None
    tool, arguments = tools[calls[0]["api"]], calls[0]["parameters"]
    if not _fits(tool["parameters"], arguments):
        return None
    field = fields[tool["name"]]
    others = [other for name, other in tools.items() if fields[name] == field and name != tool["name"]]
    messages = [rows.user(record["query"])]
    return rows.call_row(
        tool, arguments, messages, source=SOURCE, licence=LICENCE, alternatives=others[:MAX_ALTERNATIVES]
    )


def _fits(parameters: Mapping[str, Any], arguments: Mapping[str, Any]) -> bool:
    """Whether the gold call is valid under its own tool (some upstream calls are not)."""
    properties = parameters["properties"]
    if not set(parameters["required"]) <= set(arguments) <= set(properties):
        return False
    return all(_is(value, properties[key]["type"]) for key, value in arguments.items())


def _is(value: Any, kind: str) -> bool:
    return isinstance(value, _PYTHON[kind]) and (kind == "boolean") == isinstance(value, bool)


def _grounded(row: Example) -> bool:
    query = str(row.messages[0]["content"])
    arguments = (row.output or {})["arguments"]
    return all(_stands_in(value, query) for value in arguments.values())


def _stands_in(value: Any, query: str) -> bool:
    """Strings word for word as spelt there, numbers in digits; a yes or no cannot be checked and does not count."""
    if isinstance(value, bool):
        return False
    if isinstance(value, str):
        return value in query
    return re.search(rf"(?<![\d.]){re.escape(str(value))}(?![\d]|\.\d)", query) is not None
