"""Short texts that hold the values of a schema, with the JSON object to extract from them (json-extract rows).

Forms, log lines, letters and plain sentences. Values come from outside; every string stands verbatim in the text.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from training.example import Example
from training.sources import phrasing as say
from training.sources import rows
from training.sources.mcp import ServedTool
from training.sources.values import ValuePool

Entry = tuple[str, str]  # what a value is called, the value as text

_ASKS: tuple[str, ...] = (
    "Extract the data.",
    "Extract the fields as JSON:",
    "Read the details from this text:",
    "Fill the form from this:",
    "Turn this into JSON:",
    "What does this say?",
    "Get the structured data from the text below.",
    "Parse this:",
)


def extraction(served: ServedTool, arguments: Mapping[str, Any], pool: ValuePool) -> Example:
    """A json-extract row: the tool's parameters as the schema asked for, a text that gives the arguments."""
    rng, properties = pool.rng, served.tool["parameters"]["properties"]
    schema = schema_of(properties, arguments, rng)
    entries = [
        (_called(key, properties[key], rng), _shown(value, properties[key], rng)) for key, value in arguments.items()
    ]
    rng.shuffle(entries)
    text = rng.choice(_LAYOUTS)(entries, pool)
    return _row(_asked(text, rng), arguments, schema, f"documents/{served.source}", served.licence)


def as_extraction(example: Example, rng: random.Random) -> Example | None:
    """The same request read as data: what a tool-call row says becomes an object under the tool's parameters.

    None for rows that decline, give no argument, or spread over several turns.
    """
    if example.output is None or len(example.messages) != 1 or not example.output["arguments"]:
        return None
    arguments = example.output["arguments"]
    schema = schema_of(example.tools[0]["parameters"]["properties"], arguments, rng)
    text = _asked(str(example.messages[0]["content"]), rng)
    return _row(text, arguments, schema, example.source, example.licence)


def schema_of(properties: Mapping[str, Any], arguments: Mapping[str, Any], rng: random.Random) -> dict[str, Any]:
    """An object schema in the properties' order: everything given, some of the rest; given ones mostly required."""
    kept = {key: value for key, value in properties.items() if key in arguments or rng.random() < 0.3}
    required = [key for key in kept if key in arguments and rng.random() < 0.8]
    return {"type": "object", "properties": kept, "required": required, "additionalProperties": False}


def _row(text: str, arguments: Mapping[str, Any], schema: dict[str, Any], source: str, licence: str) -> Example:
    ordered = {key: arguments[key] for key in schema["properties"] if key in arguments}
    return Example("json-extract", (rows.user(text),), ordered, source, licence, schema=schema)


def _asked(text: str, rng: random.Random) -> str:
    ask = rng.choice(_ASKS)
    return rng.choice((text, text, f"{ask}\n{text}", f"{ask} {text}", f"{text}\n\n{ask}"))


def _called(key: str, schema: Mapping[str, Any], rng: random.Random) -> str:
    said = say.say_parameter(key, schema, rng)
    return rng.choice((said, said, said.capitalize(), said.title(), key))


def _shown(value: Any, schema: Mapping[str, Any], rng: random.Random) -> str:
    if isinstance(value, bool):
        return rng.choice(("yes", "Yes", "true", "on")) if value else rng.choice(("no", "No", "false", "off"))
    return say.join(say.say_value(value, schema, rng))


def _form(entries: Sequence[Entry], pool: ValuePool) -> str:
    mark, joint = pool.rng.choice((": ", ": ", " = ", " - ")), pool.rng.choice(("\n", "\n", "\n- ", "; "))
    return joint.join(f"{name}{mark}{value}" for name, value in entries)


def _log(entries: Sequence[Entry], pool: ValuePool) -> str:
    level = pool.rng.choice(("INFO", "WARN", "DEBUG", "ERROR"))
    pairs = " ".join(f"{name.replace(' ', '_')}={value}" for name, value in entries)
    return f"{level} {pool.word().lower()}: {pairs}"


def _prose(entries: Sequence[Entry], pool: ValuePool) -> str:
    patterns = (
        "The {} is {}.",
        "Its {} is {}.",
        "{}: {}.",
        "As for the {}, it is {}.",
        "We have {} {}.",
        "The {} was set to {}.",
    )
    return " ".join(pool.rng.choice(patterns).format(name, value) for name, value in entries)


def _letter(entries: Sequence[Entry], pool: ValuePool) -> str:
    opening = pool.rng.choice(("Hi {},", "Dear {},", "Hello {},")).format(pool.name())
    middle = " ".join(f"{pool.rng.choice(('The', 'Our', 'My'))} {name} is {value}." for name, value in entries)
    closing = f"{pool.rng.choice(('Best', 'Thanks', 'Regards'))}, {pool.name()}"
    return f"{opening}\n{pool.rng.choice(pool.texts.sentences)}\n{middle}\n{closing}"


def _run_on(entries: Sequence[Entry], pool: ValuePool) -> str:
    said = [f"{name} {value}" for name, value in entries]
    return ", ".join(said[:-1]) + (" and " if said[:-1] else "") + said[-1]


_LAYOUTS: tuple[Callable[[Sequence[Entry], ValuePool], str], ...] = (_form, _form, _log, _prose, _letter, _run_on)
