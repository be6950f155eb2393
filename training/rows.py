"""Rows of training data as JSON: `training.example.Example` on disk, with the split each belongs to.

One object a line, written and read through `router.jsonl`. What is a good row, `training.filters` knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, Literal

from router import jsonl
from router.errors import UsageError
from training.example import Example

Split = Literal["train", "held-out"]
_REQUIRED = ("skill", "messages", "output", "source", "licence")
_SEQUENCES = ("messages", "tools", "alternatives")


def to_json(example: Example, split: Split = "train") -> dict[str, Any]:
    """Keys in a fixed order, so that equal data sets are equal files."""
    row: dict[str, Any] = {"split": split}
    for each in fields(Example):
        value = getattr(example, each.name)
        row[each.name] = [dict(item) for item in value] if each.name in _SEQUENCES else value
    return row


def from_json(row: Mapping[str, Any]) -> Example:
    """Reads what `to_json` wrote; keys it does not know are ignored. Raises UsageError for what is no row."""
    missing = [name for name in _REQUIRED if name not in row]
    known = {each.name: row[each.name] for each in fields(Example) if each.name in row}
    lists = all(isinstance(known.get(name, []), list) for name in _SEQUENCES)
    if missing or not lists or not isinstance(row["output"], Mapping | None):
        why = f"has no {missing[0]}" if missing else "holds values of another kind"
        raise UsageError(f"a row of training data {why}: {str(dict(row))[:80]}", hint="make it again with --resume")
    known |= {name: tuple(known[name]) for name in _SEQUENCES if name in known}
    return Example(**known)


def write(path: Path, rows: Iterable[tuple[Example, Split]]) -> None:
    """The whole file or none of it."""
    jsonl.write(path, (to_json(example, split) for example, split in rows))


def read(path: Path, split: Split | None = None) -> list[Example]:
    """The rows of one split, or of all. Raises UsageError where there is no such file or one that is broken."""
    if not path.is_file():
        raise UsageError(f"there are no rows yet: {path} is missing", hint="make them with: quiver skill distill NAME")
    return [from_json(row) for row in jsonl.read(path) if split in (None, row.get("split"))]
