"""Rows of the json-extract skill: a text built from random facts in a random layout, a schema that asks for some of
them under names of its own, and the object to emit.

String values stand in the text word for word; numbers lose their signs and commas; keys the text says nothing of are
left out and not required.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any

from training.example import Example
from training.synthetic.case import Chat, row
from training.synthetic.extraction_requests import from_file, naming, plainly
from training.synthetic.layouts import laid_out
from training.synthetic.records import COLUMNS, Field, Told
from training.synthetic.records_life import LIFE
from training.synthetic.records_office import OFFICE
from training.synthetic.records_trade import TRADE
from training.synthetic.scenes import Drawing, tell
from training.synthetic.scenes_heads import MAKERS
from training.synthetic.scenes_life import LIFE as LIFE_SCENES
from training.synthetic.scenes_lists import records
from training.synthetic.scenes_trade import TRADE as TRADE_SCENES
from training.synthetic.speakable import quotable

KIND = "extraction"
Schema = dict[str, Any]


_KINDS: Mapping[str, tuple[Field, ...]] = {**TRADE, **LIFE, **OFFICE}
_NAMES = (*TRADE, *LIFE, *OFFICE, *OFFICE)
_SCENES = (*TRADE_SCENES, *LIFE_SCENES)
_LONGEST = 800  # characters of a text


def generate(rng: Random) -> Iterator[Example]:
    """Rows without end."""
    while True:
        drawing = _drawing(rng)
        schema, output, wanted = _asked(rng, drawing)
        messages = _messages(rng, drawing, wanted)
        if len(drawing.text) <= _LONGEST and quotable(_quoted(output, schema), messages):
            yield row("json-extract", KIND, messages, output, schema=schema)


def text(rng: Random) -> str:
    """A text that facts can be extracted from."""
    return _drawing(rng).text


def _drawing(rng: Random) -> Drawing:
    """Two in five tell each fact on its own; the rest tell several at once, in a sentence, in records, under a head."""
    kind = rng.random()
    if kind < 0.4:
        return _drawn(rng)
    if kind < 0.68:
        return tell(rng, rng.choice(_SCENES))
    return records(rng) if kind < 0.85 else rng.choice(MAKERS)(rng)


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


def _drawn(rng: Random) -> Drawing:
    """Facts of one kind, each told on its own, and fields of the same kind that the text leaves out."""
    name = rng.choice(_NAMES)
    fields = list(_KINDS[name])
    rng.shuffle(fields)
    count = rng.randint(2, min(8, len(fields)))
    told = [Told(field, *field.draw(rng)) for field in fields[:count]]
    return Drawing(laid_out(rng, told), told, fields[count:], name.replace("_", " "))


# --- what is asked


def _asked(rng: Random, drawing: Drawing) -> tuple[Schema, dict[str, Any], list[str]]:
    """A schema over some of the facts, the object it asks for with keys in its order, and the fields' names as one says
    them."""
    told, absent = drawing.told, drawing.absent
    whole = 0.8 if any(not one.text for one in told) else 0.4  # a list of records is mostly what is wanted
    count = len(told) if rng.random() < whole else rng.randint(1, len(told))
    chosen: list[tuple[Field, Told | None]] = [(one.field, one) for one in rng.sample(told, count)]
    if absent and rng.random() < 0.25:
        chosen += [(field, None) for field in rng.sample(absent, rng.randint(1, min(2, len(absent))))]
    rng.shuffle(chosen)
    styled = rng.choice(_STYLES)
    described = rng.choice((0.0, 0.0, 0.0, 0.4, 0.4, 1.0))
    needed = rng.choice((1.0, 0.75))
    properties: Schema = {}
    output: dict[str, Any] = {}
    required, wanted = [], []
    for field, one in chosen:
        name = rng.choice(field.names)
        key = styled(name)
        if key in properties:
            continue
        subkeys = tuple(styled(rng.choice(column[0])) for column in COLUMNS.get(field.names, ()))
        properties[key] = _property(rng, field, one, subkeys, rng.random() < described)
        wanted.append(name)
        if one is not None:
            output[key] = _value(one, subkeys)
            required += [key] if rng.random() < needed else []
    schema: Schema = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    return schema, output, wanted


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


def _property(rng: Random, field: Field, one: Told | None, subkeys: tuple[str, ...], described: bool) -> Schema:
    shape: Schema
    if field.type == "enum":
        options = rng.sample(field.choices, rng.randint(min(3, len(field.choices)), len(field.choices)))
        if one is not None and one.value not in options:
            options[-1] = one.value
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


def _messages(rng: Random, drawing: Drawing, wanted: list[str]) -> list[Chat]:
    """The text in the request, named or not, or in a file that is read first."""
    kind = rng.random()
    if kind < 0.3:
        return plainly(rng, drawing.text)
    if kind < 0.7:
        return naming(rng, drawing.text, drawing.noun, wanted)
    near = [one.text for one in drawing.told if one.field.type == "string" and len(one.text) < 40]
    return from_file(rng, drawing.text, drawing.noun, wanted, rng.sample(near, min(1, len(near))))
