"""Begins a skill: a folder with a contract, instructions and examples that satisfy it, all to be edited.

What it writes is valid as it stands, so that every later command works on it. Nothing is asked, trained or published.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from adapters.registry import home
from adapters.skill import check_name
from router import jsonl
from router.cache import write_atomically
from router.errors import UsageError
from training.making import Making

_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "item": {"type": "string", "description": "what is broken", "maxLength": 60},
        "room": {"type": "string", "description": "where it is", "maxLength": 40},
        "urgency": {"enum": ["low", "normal", "high"]},
    },
    "required": ["item", "urgency"],
    "additionalProperties": False,
}
_DESCRIPTION = (
    "Turn a report of something broken into a repair ticket. Use when somebody says that a thing at work fails."
)
_EXAMPLES: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("the projector in room 204 stays dark, no hurry", {"item": "projector", "room": "room 204", "urgency": "low"}),
    ("Water is coming through the ceiling of the archive, please come at once!",
     {"item": "ceiling", "room": "archive", "urgency": "high"}),
    ("My desk lamp flickers.", {"item": "desk lamp", "urgency": "normal"}),
)  # fmt: skip
_OWN = "Say here what the skill does and when it is to be used: the router reads it."


def scaffold(
    name: str,
    *,
    schema: Path | None = None,
    tools: Path | None = None,
    examples: Path | None = None,
    description: str = "",
    licence: str = "Apache-2.0",
) -> Making:
    """Makes $QUIVER_HOME/making/NAME. With neither `schema` nor `tools` a small working example to replace.

    Raises UsageError for a name that is being made already and for files that contradict each other, SkillBroken for a
    name that is none and for examples that break the contract.
    """
    if schema and tools:
        raise UsageError("a skill has a schema or tools, not both", hint="give one of them")
    if (schema or tools) and examples is None:
        raise UsageError(
            "examples of the contract are missing", hint='add --examples FILE: {"request", "output"} a line'
        )
    folder = home() / "making" / check_name(name)
    if folder.exists():
        raise UsageError(f"{name} is being made already, in {folder}", hint=f"go on with: quiver skill add {name}")
    begun = folder.with_name(f".{name}") / name  # read and checked there, and only then in its place
    shutil.rmtree(begun.parent, ignore_errors=True)
    try:
        making = _written(begun, schema or tools, examples, description, licence, calls=tools is not None)
        _check(making)
        begun.rename(folder)
    finally:
        shutil.rmtree(begun.parent, ignore_errors=True)
    return Making(folder)


def next_commands(name: str, folder: Path) -> list[str]:
    return [
        f"$EDITOR {folder / 'SKILL.md'}",
        f"quiver skill add {name} --teacher http://localhost:8000/v1 --model MODEL --dry-run",
        f"quiver skill add {name} --teacher http://localhost:8000/v1 --model MODEL",
    ]


def _written(
    folder: Path, given: Path | None, examples: Path | None, description: str, licence: str, *, calls: bool
) -> Making:
    folder.mkdir(parents=True)
    about = " ".join(description.split()) or (_OWN if given else _DESCRIPTION)
    (folder / "SKILL.md").write_text(_manifest(folder.name, about, licence, calls), encoding="utf-8")
    content = _read(given) if given else json.dumps(_SCHEMA, indent=1).encode() + b"\n"
    write_atomically(folder / ("tools.json" if calls else "schema.json"), content)
    if examples:
        write_atomically(folder / "examples.jsonl", _read(examples))
    else:
        rows = ({"request": request, "output": dict(output)} for request, output in _EXAMPLES)
        jsonl.write(folder / "examples.jsonl", rows)
    return Making(folder)


def _check(making: Making) -> None:
    """Raises what reading the workspace raises, and UsageError where not one example has an output."""
    if not any(seed.answered for seed in making.seeds):
        raise UsageError("no example has an output", hint='write lines like {"request": "…", "output": {…}}')


def _manifest(name: str, description: str, licence: str, calls: bool) -> str:
    contract = "tools" if calls else "schema"
    ask = "Call the tool that serves the request" if calls else "Fill the schema from the request"
    front = f"name: {name}\ndescription: {json.dumps(description, ensure_ascii=False)}\nlicense: {licence}\n"
    return (
        f"---\n{front}metadata:\n  contract: {contract}\n---\n\n# {name}\n\n"
        f"{ask}. Copy values word for word; leave out what is not said.\n"
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", hint="check the path") from error
