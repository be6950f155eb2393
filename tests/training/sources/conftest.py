"""Writes tiny folders in the upstream layouts, and says what every row of every reader must satisfy."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from training.example import Example

Write = Callable[[str, Any], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Puts a file under the test's folder: text as it is, anything else as JSON."""

    def put(name: str, content: Any) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    return put


def user_words(row: Example) -> str:
    return "\n".join(str(message["content"]) for message in row.messages if message["role"] == "user")


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for entry in value:
            yield from strings(entry)


def assert_sound(row: Example) -> None:
    """Ends with the user's turn, names its source, and its output is valid under the tool or schema, in its order."""
    assert row.messages[-1]["role"] == "user"
    assert row.source
    assert row.licence
    if row.output is None:
        assert row.skill == "tool-call"
        assert row.tools
        return
    if row.skill == "json-extract":
        assert row.schema is not None
        schema, values = row.schema, row.output
    else:
        tool = next(tool for tool in row.tools if tool["name"] == row.output["name"])
        schema, values = tool["parameters"], row.output["arguments"]
        assert all(other["name"] != tool["name"] for other in row.alternatives)
    Draft202012Validator(schema).validate(values)
    order = list(schema["properties"])
    assert list(values) == sorted(values, key=order.index)


def assert_grounded(row: Example) -> None:
    """Every string value stands in what the user said, but for the words of an enum, said with spaces."""
    if row.output is None:
        return
    values = row.output if row.skill == "json-extract" else row.output["arguments"]
    said = user_words(row)
    for value in values.values():
        for text in strings(value):
            assert text in said or text.replace("_", " ") in said
