"""JSON Schema as people really write it, brought to the part of Draft 2020-12 that a grammar can hold.

`normalise` drops annotations, mends well-known slips (type `int`, OpenAPI's `nullable`, draft 4's boolean
`exclusiveMinimum`) and refuses what no grammar here can hold, naming keyword and path. Its result
is what both the grammar and the validator read, so that the two cannot drift apart. Nothing here knows of grammars.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from router.errors import SchemaRefused

Schema = dict[str, Any]

TYPES = ("null", "boolean", "integer", "number", "string", "array", "object")
FORMATS = ("date", "time", "date-time", "uuid", "ipv4")  # of a fixed shape: held. Every other format is an annotation.
PATH = "path"  # the name of a file, which with a source is one word of it
WITHOUT = "x-without"  # words that a quoted string may not hold, because another parameter's value does
ABOUT = "x-about"  # of an object: the descriptions of its properties, as far as they are given
SAID = "x-said"  # of a number, or of an array of numbers: those the source says of it, spelt out
WHEN = "x-when"  # of a quoted string: the dates, or the times, that the source tells
FORM = "x-form"  # of a value to be extracted: how a time, a date, an address is written
ARITHMETIC = "arithmetic"  # a sum, which with a source is made of that source's numbers

_ALIASES = {
    "int": "integer", "long": "integer", "float": "number", "double": "number", "decimal": "number", "str": "string",
    "text": "string", "bool": "boolean", "list": "array", "tuple": "array", "dict": "object", "map": "object",
    "none": "null",
}  # fmt: skip
_VALUES = ("enum", "const", "pattern", "required", "additionalProperties", "$ref")
_COUNTS = ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties")
LIMITS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_MAPS = ("properties", "$defs", "definitions")
_LISTS = ("anyOf", "oneOf", "allOf", "prefixItems")
_UNSUPPORTED = (
    "if", "then", "else", "not", "contains", "minContains", "maxContains", "dependentRequired", "dependentSchemas",
    "dependencies", "patternProperties", "propertyNames", "$dynamicRef", "$recursiveRef",
)  # fmt: skip
_WITHOUT_EFFECT: Mapping[str, tuple[Any, ...]] = {
    "patternProperties": ({},),
    "propertyNames": ({}, True, {"type": "string"}),
    "dependentRequired": ({},),
    "dependencies": ({},),
}
_DEPTH = 128  # parts of a pointer; an output is read no deeper than 32 levels
_CLASSES = {"d": "0-9", "w": "A-Za-z0-9_", "s": r" \t\n\r\f\v"}


def refuse(keyword: str, path: str, why: str, hint: str = "") -> SchemaRefused:
    """The one way a schema is refused: `path` is a JSON pointer from the schema's root."""
    message = f"The schema cannot be held by a grammar: {keyword} at {path or '/'}: {why}."
    return SchemaRefused(message, hint=hint or f"Remove {keyword} there, or say the same with other keywords.")


def normalise(schema: Any, path: str = "") -> Schema:
    """A clean copy of `schema`. Raises `SchemaRefused`."""
    if schema is True:
        return {}
    if path.count("/") > _DEPTH:
        raise refuse("schema", path[:60] + "…", "it is nested too deep")
    if not isinstance(schema, Mapping):
        raise refuse("schema", path, "an object is expected" if schema is not False else "nothing satisfies false")
    clean: Schema = {}
    for keyword, value in schema.items():
        _copy(clean, str(keyword), value, path)
    _mend_limits(clean)
    if isinstance(schema.get("type"), list) and not clean.get("type"):
        clean.pop("type", None)
    return _with_null(clean) if schema.get("nullable") is True else clean


def _copy(clean: Schema, keyword: str, value: Any, path: str) -> None:
    """Copies one keyword if it means something here; unknown keywords are annotations by the standard."""
    here = f"{path}/{keyword}"
    if keyword == "type":
        clean.update(_type(value, path))
    elif keyword in _MAPS:
        clean[keyword] = _map(value, keyword, here)
    elif keyword in _LISTS:
        clean[keyword] = _list(value, keyword, here)
    elif keyword == "items":
        clean.update(_items(value, here))
    elif keyword == "additionalProperties" and not isinstance(value, bool):
        clean[keyword] = normalise(value, here)
    elif keyword == "pattern":
        clean[keyword] = _pattern(value, path)
    elif keyword == "required":
        clean.update(_required(value))
    elif keyword == "format":
        clean.update({"format": value} if value in (*FORMATS, ARITHMETIC, PATH) else {})
    elif keyword == "uniqueItems":
        clean.update({"uniqueItems": True} if value is True else {})
    elif keyword in _UNSUPPORTED and value not in _WITHOUT_EFFECT.get(keyword, ()):
        raise refuse(keyword, path, "this keyword is not supported")
    elif keyword in (*_COUNTS, *LIMITS, *_VALUES):
        _copy_plain(clean, keyword, value, path)


def _copy_plain(clean: Schema, keyword: str, value: Any, path: str) -> None:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if keyword in _COUNTS and not (number and value >= 0 and value == int(value)):
        raise refuse(keyword, path, "a whole number is expected")
    if keyword in LIMITS and not number and not isinstance(value, bool):
        raise refuse(keyword, path, "a number is expected")
    if keyword == "enum" and not isinstance(value, list):
        raise refuse(keyword, path, "a list of values is expected")
    clean[keyword] = int(value) if keyword in _COUNTS else value


def _type(value: Any, path: str) -> Schema:
    names = value if isinstance(value, list) else [value]
    types: list[str] = []
    for name in names:
        known = _ALIASES.get(str(name).lower(), str(name).lower())
        if known == "any":
            return {}
        if known not in TYPES:
            raise refuse("type", path, f"{name!r} is not a type", "The types are " + ", ".join(TYPES) + ".")
        types += [known] if known not in types else []
    return {"type": types[0] if len(types) == 1 else types} if types else {}


def _map(value: Any, keyword: str, path: str) -> dict[str, Schema]:
    if not isinstance(value, Mapping):
        raise refuse(keyword, path, "an object of schemas is expected")
    return {str(name): normalise(item, f"{path}/{_escaped(name)}") for name, item in value.items() if item is not False}


def _escaped(name: Any) -> str:
    return str(name).replace("~", "~0").replace("/", "~1")


def _list(value: Any, keyword: str, path: str) -> list[Schema]:
    if not isinstance(value, list) or not value:
        raise refuse(keyword, path, "a list of schemas is expected")
    return [normalise(item, f"{path}/{number}") for number, item in enumerate(value) if item is not False]


def _items(value: Any, path: str) -> Schema:
    """Draft 4 wrote tuples as a list under `items`; no items are asked for by `false`."""
    if isinstance(value, list):
        return {"prefixItems": _list(value, "items", path), "items": False} if value else {}
    return {"items": False} if value is False else {"items": normalise(value, path)}


def _required(value: Any) -> Schema:
    """Draft 3 wrote `required: true` beside a property; it says nothing about the property itself."""
    return {"required": [str(name) for name in value]} if isinstance(value, list) else {}


def _mend_limits(schema: Schema) -> None:
    """Draft 4's boolean `exclusiveMinimum` qualifies `minimum`; since draft 6 it is the limit itself."""
    for plain, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if isinstance(schema.get(exclusive), bool) and schema.pop(exclusive) and plain in schema:
            schema[exclusive] = schema.pop(plain)


def _with_null(schema: Schema) -> Schema:
    definitions: Schema = {key: schema.pop(key) for key in ("$defs", "definitions") if key in schema}
    return {**definitions, "anyOf": [schema, {"type": "null"}]}


def _pattern(value: Any, path: str) -> str:
    """The pattern with its classes spelt out as ECMA 262 means them, ASCII only, so that every regex engine agrees."""
    if not isinstance(value, str):
        raise refuse("pattern", path, "a regular expression is expected")
    if re.search(r"\(\?(?:[=!]|<[=!])", value):
        raise refuse("pattern", path, "lookaround is not supported")
    pattern, inside = "", False
    for part in re.findall(r"\\.|.", value, re.DOTALL):
        inside = part == "[" or (inside and part != "]")
        pattern += _spelt_out(part, inside, path)
    try:
        re.compile(pattern)
    except (re.error, OverflowError) as error:
        raise refuse("pattern", path, f"{value!r} is not a regular expression: {error}") from None
    return pattern


def _spelt_out(part: str, inside: bool, path: str) -> str:
    if len(part) < 2 or part[1].lower() not in _CLASSES:
        return part
    members = _CLASSES[part[1].lower()]
    if part[1].isupper():
        if inside:
            raise refuse("pattern", path, f"{part} within brackets is not supported")
        return f"[^{members}]"
    return members if inside else f"[{members}]"
