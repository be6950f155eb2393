"""BFCL's dialect of function documents → the JSON Schema that engines and validators read, and names engines take.

`dict`, `float`, `tuple`, `any` and Java's and JavaScript's spellings become JSON Schema's types; words that are no
keywords go. A schema that is JSON Schema already comes back as it was. Whether a grammar can hold the result is
`router.contract`'s to say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from router.conversation import ToolCall, ToolSpec

_TYPES: Mapping[str, str | None] = {
    "dict": "object", "hashmap": "object", "hashtable": "object", "object": "object",
    "float": "number", "double": "number", "number": "number",
    "int": "integer", "integer": "integer", "long": "integer", "short": "integer", "byte": "integer",
    "bigint": "integer",
    "str": "string", "string": "string", "char": "string",
    "bool": "boolean", "boolean": "boolean",
    "tuple": "array", "list": "array", "array": "array", "arraylist": "array", "set": "array", "queue": "array",
    "stack": "array",
    "null": "null", "none": "null",
    "any": None,
}  # fmt: skip
_KEYWORDS = frozenset({
    "description", "enum", "const", "default", "format", "pattern", "minimum", "maximum", "exclusiveMinimum",
    "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "minItems", "maxItems", "uniqueItems",
    "additionalProperties", "title", "examples", "$ref", "nullable", "minProperties", "maxProperties",
})  # fmt: skip
_LISTS = ("anyOf", "oneOf", "allOf", "prefixItems")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def to_json_schema(document: Any) -> dict[str, Any]:
    """One schema, and all within it. A type nobody knows is left out: then any value is allowed."""
    if not isinstance(document, Mapping):
        return {}
    schema: dict[str, Any] = _type(document.get("type"))
    schema |= {name: value for name, value in document.items() if name in _KEYWORDS}
    for name in _LISTS:
        if isinstance(document.get(name), list):
            schema[name] = [to_json_schema(each) for each in document[name]]
    if isinstance(document.get("items"), Mapping):
        schema["items"] = to_json_schema(document["items"])
    for name in ("properties", "$defs", "definitions"):
        if isinstance(document.get(name), Mapping):
            schema[name] = {key: to_json_schema(field) for key, field in document[name].items()}
    return _honest(schema, document)


def _type(named: Any) -> dict[str, Any]:
    names = named if isinstance(named, list) else [named] if isinstance(named, str) else []
    types = [_TYPES.get(str(name).lower()) for name in names]
    if not types or None in types:
        return {}
    return {"type": types[0] if len(types) == 1 else list(dict.fromkeys(types))}


def _honest(schema: dict[str, Any], document: Mapping[str, Any]) -> dict[str, Any]:
    """`required` names only what is declared; a list of choices of the wrong type, or empty, chooses nothing."""
    if isinstance(document.get("required"), list):
        schema["required"] = [name for name in document["required"] if name in schema.get("properties", {})]
    choices = schema.get("enum")
    if choices is not None and (not isinstance(choices, list) or not choices or not _possible(schema, choices)):
        del schema["enum"]
    return schema


def _possible(schema: Mapping[str, Any], choices: Sequence[Any]) -> bool:
    """Whether any choice has the field's own type: upstream lists the choices of a list's items at the list."""
    wanted = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list, "object": dict}
    kind = wanted.get(str(schema.get("type")))
    return kind is None or any(isinstance(choice, kind) for choice in choices)  # type: ignore[arg-type]


def shown(tools: Sequence[ToolSpec]) -> list[ToolSpec]:
    """The tools as an engine is shown them: JSON Schema, and names of letters, digits, `_` and `-`."""
    return [replace(tool, name=safe_name(tool.name), parameters=_object(tool.parameters)) for tool in tools]


def _object(parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": {}, **to_json_schema(parameters)}


def safe_name(name: str) -> str:
    """`math.factorial` → `math_factorial`, as endpoints want it; a name that is fine stays."""
    return name if _NAME.fullmatch(name) else re.sub(r"[^A-Za-z0-9_-]", "_", name)[:64] or "_"


def as_offered(calls: Sequence[ToolCall], tools: Sequence[ToolSpec]) -> list[ToolCall]:
    """Calls of shown names as calls of the tools' own."""
    own = {safe_name(tool.name): tool.name for tool in tools}
    return [replace(call, name=own.get(call.name, call.name)) for call in calls]
