"""Rows of the json-extract skill: a text built from random facts in a random layout, a schema that asks for some of
them under names of its own, and the object to emit.

String values stand in the text word for word; numbers lose their signs and commas; keys the text says nothing of are
left out and not required.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from training.example import Example
from training.synthetic import values as v
from training.synthetic.case import Chat, call, observed, row, user
from training.synthetic.layouts import laid_out
from training.synthetic.phrases import Forms, wording
from training.synthetic.records import COLUMNS, Field, Told
from training.synthetic.records_life import LIFE
from training.synthetic.records_office import OFFICE
from training.synthetic.records_trade import TRADE
from training.synthetic.speakable import quotable

KIND = "extraction"
Schema = dict[str, Any]


_KINDS = (*TRADE.values(), *LIFE.values(), *OFFICE.values(), *OFFICE.values())
_LONGEST = 800  # characters of a text


def generate(rng: Random) -> Iterator[Example]:
    """Rows without end."""
    while True:
        told, absent = _drawn(rng)
        text = laid_out(rng, told)
        schema, output = _asked(rng, told, absent)
        messages = _messages(rng, text)
        if len(text) <= _LONGEST and quotable(_quoted(output, schema), messages):
            yield row("json-extract", KIND, messages, output, schema=schema)


def text(rng: Random) -> str:
    """A text that facts can be extracted from."""
    return laid_out(rng, _drawn(rng)[0])


def _quoted(value: Any, schema: Schema) -> Iterator[str]:
    """The strings that must stand in the text: all but those of an enum."""
    if isinstance(value, str) and "enum" not in schema:
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _quoted(item, schema["items"])
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _quoted(item, schema["properties"][key])


def _drawn(rng: Random) -> tuple[list[Told], list[Field]]:
    """Facts that the text shall tell, and fields of the same kind that it leaves out."""
    fields = list(rng.choice(_KINDS))
    rng.shuffle(fields)
    count = rng.randint(2, min(8, len(fields)))
    told = [Told(field, *field.draw(rng)) for field in fields[:count]]
    return told, fields[count:]


# --- what is asked


def _asked(rng: Random, told: list[Told], absent: list[Field]) -> tuple[Schema, dict[str, Any]]:
    """A schema over some of the facts, and the object it asks for, keys in its order."""
    chosen: list[tuple[Field, Told | None]] = [(one.field, one) for one in rng.sample(told, rng.randint(1, len(told)))]
    if absent and rng.random() < 0.35:
        chosen += [(field, None) for field in rng.sample(absent, rng.randint(1, min(2, len(absent))))]
    rng.shuffle(chosen)
    styled = rng.choice(_STYLES)
    described = rng.random() < 0.3
    properties: Schema = {}
    output: dict[str, Any] = {}
    required = []
    for field, one in chosen:
        key = styled(rng.choice(field.names))
        if key in properties:
            continue
        subkeys = tuple(styled(rng.choice(column[0])) for column in COLUMNS.get(field.names, ()))
        properties[key] = _property(rng, field, subkeys, described)
        if one is not None:
            output[key] = _value(one, subkeys)
            required += [key] if rng.random() < 0.75 else []
    schema: Schema = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    return schema, output


def _snake(name: str) -> str:
    return name.replace(" ", "_")


def _camel(name: str) -> str:
    first, *rest = name.split(" ")
    return first + "".join(word.capitalize() for word in rest)


_STYLES: tuple[Callable[[str], str], ...] = (
    _snake,
    _snake,
    _camel,
    lambda name: name.replace(" ", "-"),
    lambda name: name,
    str.title,
    lambda name: _snake(name).upper(),
    lambda name: "".join(word.capitalize() for word in name.split(" ")),
)


def _property(rng: Random, field: Field, subkeys: tuple[str, ...], described: bool) -> Schema:
    shape: Schema
    if field.type == "enum":
        options = list(field.choices)
        rng.shuffle(options)
        shape = {"type": "string", "enum": options}
    elif field.type == "strings":
        shape = {"type": "array", "items": {"type": "string"}}
    elif field.type == "objects":
        types = {key: {"type": column[1]} for key, column in zip(subkeys, COLUMNS[field.names], strict=True)}
        items = {"type": "object", "properties": types, "required": list(types), "additionalProperties": False}
        shape = {"type": "array", "items": items}
    else:
        shape = {"type": field.type}
    if not described:
        return shape
    name, template = rng.choice(field.names), rng.choice(_DESCRIBED)
    return {**shape, "description": template.format(name)}


_DESCRIBED = (
    "The {}",
    "{}",
    "{} as stated",
    "What the text gives as {}",
    "the {} in the text",
    "{}, if given",
    "Value of {}",
)


def _value(one: Told, subkeys: tuple[str, ...]) -> Any:
    if one.field.type == "objects":
        return [dict(zip(subkeys, cells, strict=True)) for cells in one.value]
    return one.value


# --- how it is asked for

_REQUESTS = Forms(
    do=(
        (
            "[extract|pull|get|take|read] the [fields|data|details|facts|information|structured data|"
            "values] [from|out of] [this text|the text|the following|the text below|this message|"
            "this note|this document]"
        ),
        (
            "[turn|convert|transform|parse] [this text|the following|the text below|this message|"
            "this] [into|to] [JSON|structured data|a JSON object|the schema]"
        ),
        "[fill in|fill] the [schema|form|fields|JSON] [from|with|using] [this text|the text below|the following|this]",
        (
            "[extract|give me|return|make] [JSON|a JSON object|structured JSON] [from|for|of] [this|"
            "this text|the following text|the text below]"
        ),
    ),
    ask=(
        "what are the [fields|values|details] in [this text|the following]",
        "[can|could] you [extract|parse|structure] [this|the following]",
    ),
    say=(
        "extract",
        "JSON",
        "to JSON",
        "parse this",
        "as JSON",
        "structure this",
        "extract the data",
        "get the fields",
        "data from this",
    ),
)
_POINTING = Forms(
    do=(
        "[extract|pull|get] the [fields|data|details|facts|information] [from it|from that|from the file|as JSON|]",
        "[turn|convert|parse] [it|that|the file|this] [into|to] [JSON|structured data]",
        "[extract|return|give] [it|that|this|the facts] as [JSON|structured data]",
    ),
    say=("as JSON please", "extract it as JSON", "now as JSON", "JSON?", "give me that as JSON"),
)


def _messages(rng: Random, text: str) -> list[Chat]:
    """The request with the text, the text alone, or the text as a file that was read before."""
    kind = rng.random()
    if kind < 0.62:
        request = wording(rng, _REQUESTS, {}).rstrip(".!?:")
        return [
            user(f"{request}{rng.choice((':', ':', '.', ''))}{rng.choice((chr(10), chr(10), chr(10) * 2, ' '))}{text}")
        ]
    if kind < 0.72:
        return [user(f"{text}\n\n{wording(rng, _REQUESTS, {})}")]
    if kind < 0.82:
        return [user(text)]
    path = v.file_name(rng)
    if kind < 0.91:
        request = wording(rng, _FROM_FILE, {"f": path})
        return [user(request), call("read_file", {"path": path}), observed(text)]
    opened = wording(rng, Forms(do=("[read|open|show me] {f}",), say=("{f}",)), {"f": path})
    return [user(opened), call("read_file", {"path": path}), observed(text), user(wording(rng, _POINTING, {}))]


_FROM_FILE = Forms(
    do=(
        "[extract|pull|get|read] the [fields|data|details|facts|information|values] [from|out of] {f}",
        "[turn|convert|parse] {f} [into|to] [JSON|structured data]",
        "[read|open] {f} and [extract the data|give me its facts as JSON|turn it into JSON]",
    ),
    say=("{f} as JSON", "{f} to JSON", "JSON from {f}"),
)
