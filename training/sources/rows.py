"""What every reader needs: finding files, building tools and rows, and proving that a value stands in a text.

Knows no data set and no prompt format. Which distractors stand beside a tool is the curriculum's business.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from router.errors import UsageError
from training.example import Example

Tool = dict[str, Any]

NUMBER_WORDS = (
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
)


def paths(folder: Path, pattern: str, *, source: str) -> list[Path]:
    """The files of a source in a stable order. Raises UsageError when the folder does not have the upstream layout."""
    found = sorted(folder.glob(pattern))
    if not found:
        raise UsageError(
            f"{source}: nothing matches {pattern} in {folder}, so there is nothing to read.",
            hint=f"Point the reader at a clone of {source} in its upstream layout.",
        )
    return found


def load_json(path: Path, *, encoding: str = "utf-8") -> Any:
    """One JSON file. Raises UsageError naming the file when it is not JSON in that encoding."""
    try:
        return json.loads(path.read_text(encoding=encoding))
    except (json.JSONDecodeError, UnicodeDecodeError, OSError) as error:
        raise UsageError(
            f"{path} cannot be read as JSON: {error}.", hint="Fetch the file again from upstream."
        ) from error


def load_json_lines(path: Path) -> Iterator[Any]:
    """Every non-empty line of a JSON Lines file. Raises UsageError naming file and line."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                yield json.loads(line)
            except json.JSONDecodeError as error:
                raise UsageError(
                    f"{path}:{number} is not JSON: {error}.", hint="Fetch the file again from upstream."
                ) from error


def require_split(split: str, allowed: Sequence[str], *, source: str) -> None:
    """Raises UsageError when a source has no such split."""
    if split not in allowed:
        raise UsageError(f"{source} has no split {split!r}.", hint=f"Ask for one of: {', '.join(allowed)}.")


def seeded(*parts: str) -> random.Random:
    """The same choices for the same source and split, on every machine."""
    return random.Random("/".join(parts))


def snake_case(name: str) -> str:
    """`FindRestaurants` and `find-restaurants` both become `find_restaurants`."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return re.sub(r"[^A-Za-z0-9]+", "_", spaced).strip("_").lower()


def build_tool(name: str, description: str, properties: Mapping[str, Any], required: Iterable[str] = ()) -> Tool:
    """A tool dict; `required` is kept in the order of the properties and only where such a property exists."""
    wanted = set(required)
    parameters: dict[str, Any] = {"type": "object", "properties": dict(properties)}
    parameters["required"] = [key for key in properties if key in wanted]
    return {"name": name, "description": description, "parameters": parameters}


def user(text: str) -> dict[str, str]:
    return {"role": "user", "content": text}


def assistant(text: str) -> dict[str, str]:
    return {"role": "assistant", "content": text}


def call_row(
    tool: Mapping[str, Any],
    arguments: Mapping[str, Any],
    messages: Sequence[Mapping[str, Any]],
    *,
    source: str,
    licence: str,
    alternatives: Sequence[Mapping[str, Any]] = (),
) -> Example:
    """A tool-call row whose arguments follow the order of the tool's properties."""
    ordered = {key: arguments[key] for key in tool["parameters"]["properties"] if key in arguments}
    return Example(
        skill="tool-call",
        messages=tuple(messages),
        output={"name": tool["name"], "arguments": ordered},
        source=source,
        licence=licence,
        tools=(tool,),
        alternatives=tuple(alternatives),
    )


def decline_row(
    offered: Sequence[Mapping[str, Any]], messages: Sequence[Mapping[str, Any]], *, source: str, licence: str
) -> Example:
    """A tool-call row whose right output is to decline: none of the offered tools serves the request."""
    return Example("tool-call", tuple(messages), None, source, licence, tools=tuple(offered))


@lru_cache(maxsize=4096)
def _whole_words(value: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(value)}(?!\w)", re.IGNORECASE)


def as_written(value: str, text: str) -> str | None:
    """The value as the text writes it (case may differ, word boundaries may not), or None where it does not occur."""
    if not value:
        return None
    found = _whole_words(value).search(text)
    return found.group(0) if found else None


def integer_in(value: str, text: str) -> int | None:
    """The whole number `value` if the text says it, in digits or in words up to twenty; None where it does not."""
    if not value.isdigit():
        return None
    number = int(value)
    spoken = NUMBER_WORDS[number] if number < len(NUMBER_WORDS) else value
    return number if as_written(value, text) or as_written(spoken, text) else None
