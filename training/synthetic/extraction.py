"""Rows of the json-extract skill: a text built from random facts in a random layout, a schema that asks for some of
them under names of its own, and the object to emit.

String values stand in the text word for word; numbers lose their signs and commas; keys the text says nothing of are
left out and not required.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from training.example import Example
from training.synthetic import values as v
from training.synthetic.case import Chat, call, observed, row, user
from training.synthetic.phrases import Forms, wording
from training.synthetic.records import COLUMNS, Drawn, Field
from training.synthetic.records_life import LIFE
from training.synthetic.records_trade import TRADE

KIND = "extraction"
Schema = dict[str, Any]


@dataclass(frozen=True)
class Told:
    """A field with its value, as the text says it and as JSON has it."""

    field: Field
    text: str
    value: Any


_KINDS = (*TRADE.values(), *LIFE.values())


def generate(rng: Random) -> Iterator[Example]:
    """Rows without end."""
    while True:
        told, absent = _drawn(rng)
        text = _layout(rng)(rng, told)
        schema, output = _asked(rng, told, absent)
        yield row("json-extract", KIND, _messages(rng, text), output, schema=schema)


def _drawn(rng: Random) -> tuple[list[Told], list[Field]]:
    """Facts that the text shall tell, and fields of the same kind that it leaves out."""
    fields = list(rng.choice(_KINDS))
    rng.shuffle(fields)
    count = rng.randint(2, min(8, len(fields)))
    told = [_told(field, field.draw(rng)) for field in fields[:count]]
    return told, fields[count:]


def _told(field: Field, drawn: Drawn) -> Told:
    return Told(field, *drawn)


# --- how the text looks


def _layout(rng: Random) -> Callable[[Random, list[Told]], str]:
    return rng.choice((_prose, _prose, _prose, _form, _form, _letter, _record, _mixed))


def _prose(rng: Random, told: list[Told]) -> str:
    return rng.choice((" ", " ", " ", "\n", "\n\n")).join(_with_noise(rng, [_sentence(rng, one) for one in told]))


def _sentence(rng: Random, one: Told) -> str:
    said = rng.choice(one.field.said)
    if one.field.type == "boolean":
        return said.split("/")[0 if one.value else 1]
    sentence = said.replace("{x}", one.text)
    return sentence if said.startswith("{x}") else sentence[:1].upper() + sentence[1:]


def _with_noise(rng: Random, lines: list[str]) -> list[str]:
    """A line that matters to nobody, now and then."""
    if rng.random() < 0.35:
        lines.insert(rng.randint(0, len(lines)), v.sentence(rng).rstrip(".") + ".")
    return lines


def _form(rng: Random, told: list[Told]) -> str:
    style = rng.choice(
        (
            "{k}: {v}",
            "{k}: {v}",
            "{k} = {v}",
            "{k} - {v}",
            "- {k}: {v}",
            "{k}\t{v}",
            "| {k} | {v} |",
            "**{k}:** {v}",
            "{k}={v}",
        )
    )
    cased = rng.choice((str.capitalize, str.capitalize, str.title, str.lower, str.upper))
    lines = [style.format(k=cased(rng.choice(one.field.names)), v=_cell(one)) for one in told]
    if rng.random() < 0.3:
        lines.insert(0, rng.choice((v.topic(rng), f"# {v.topic(rng)}", v.company(rng))))
    return "\n".join(lines)


def _cell(one: Told) -> str:
    if one.field.type == "boolean":
        return "yes" if one.value else "no"
    return one.text.rstrip("\n")


def _letter(rng: Random, told: list[Told]) -> str:
    greeting = rng.choice(("Hi", "Dear", "Hello")) + f" {v.draw(rng, 'person').split()[0]},"
    close = rng.choice(("Best", "Regards", "Yours", "Thanks", "See you soon"))
    return f"{greeting}\n\n{_prose(rng, told)}\n\n{close},\n{v.draw(rng, 'person').split()[0]}"


def _record(rng: Random, told: list[Told]) -> str:
    """A line of a table under its head."""
    plain = [one for one in told if one.field.type not in ("objects", "strings")]
    rest = [one for one in told if one not in plain]
    joint = rng.choice((" | ", ";", "\t", " ; "))
    head = joint.join(one.field.names[0] for one in plain)
    table = f"{head}\n{joint.join(_cell(one) for one in plain)}" if plain else ""
    return "\n".join(part for part in (table, *(_sentence(rng, one) for one in rest)) if part)


def _mixed(rng: Random, told: list[Told]) -> str:
    """A short form, then prose."""
    half = len(told) // 2
    return f"{_form(rng, told[:half])}\n\n{_prose(rng, told[half:])}" if half else _prose(rng, told)


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
    return {**shape, "description": f"The {field.names[0]}"} if described else shape


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
