"""A Python signature and its docstring → JSON Schema, and JSON arguments → the values the signature asks for.

One docstring convention: the description up to the first blank line or section, then `Args:` (functions) or
`Attributes:` (dataclasses and TypedDicts) with `name: description` lines, continued by deeper indentation.
Every parameter must be described: a model knows of a tool only what is written there. Knows nothing of tools,
effects or running.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
import types
import typing
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, NotRequired, Required, Union, get_args, get_origin

from router.errors import ToolBroken

Schema = dict[str, Any]

_SCALARS: dict[Any, str] = {str: "string", int: "integer", float: "number", bool: "boolean"}
_SECTION = re.compile(r"^(Args|Attributes|Returns|Raises|Yields|Examples?|Notes?):\s*$")
_ENTRY = re.compile(r"^(\w+):\s*(\S.*)$")


@dataclasses.dataclass(frozen=True)
class Docstring:
    """`description`: the first paragraph on one line. `entries`: parameter or attribute → its description."""

    description: str
    entries: Mapping[str, str]


def read_docstring(documented: Any) -> Docstring:
    """Parse the docstring of a function or class by the convention above; an absent one gives empty parts."""
    lines = (inspect.getdoc(documented) or "").splitlines()
    starts = [index for index, line in enumerate(lines) if _SECTION.match(line)]
    first_section = starts[0] if starts else len(lines)
    paragraph = "\n".join(lines[:first_section]).split("\n\n")[0]
    entries: dict[str, str] = {}
    for start in starts:
        if lines[start].startswith(("Args", "Attributes")):
            entries.update(_entries(lines[start + 1 :]))
    return Docstring(" ".join(paragraph.split()), entries)


def _entries(lines: list[str]) -> dict[str, str]:
    """`name: description` lines of one section; it ends where the indentation does."""
    entries: dict[str, str] = {}
    depth, name = 0, ""
    for line in lines:
        indent = len(line) - len(line.lstrip())
        if line.strip() and not indent:
            break
        depth = depth or indent
        entry = _ENTRY.match(line.strip()) if indent == depth else None
        if entry:
            name = entry[1]
            entries[name] = entry[2]
        elif name and line.strip():
            entries[name] += " " + line.strip()
    return entries


def parameters_schema(function: Callable[..., Any], name: str) -> Schema:
    """The JSON Schema object of a function's parameters, in the order of its signature.

    A parameter without a default is required. `X | None = None` is an optional X: leaving it out is how a model says
    None. Any other default is told to the model as `default`.
    Errors: `ToolBroken` for an undescribed or unannotated parameter, `*args`, `**kwargs`, and types JSON cannot hold.
    """
    hints = type_hints(function, name, annotated=True)
    described = read_docstring(function).entries
    properties: dict[str, Schema] = {}
    required: list[str] = []
    for parameter in inspect.signature(function).parameters.values():
        where = f"parameter '{parameter.name}' of tool '{name}'"
        _refuse_unnameable(parameter, hints, where)
        schema = _schema(_without_none(parameter, hints[parameter.name]), where)
        properties[parameter.name] = schema | {"description": _described(described, parameter.name, where, "Args")}
        if parameter.default is parameter.empty:
            required.append(parameter.name)
        elif parameter.default is not None:
            properties[parameter.name]["default"] = parameter.default
    return _object(properties, required)


def convert_arguments(hints: Mapping[str, Any], arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments already valid under the schema → the values the function is annotated with: 3 → 3.0 for a float,
    3.0 → 3 for an int, an object → its dataclass."""
    return {name: _convert(hints[name], value) for name, value in arguments.items()}


def type_hints(function: Any, name: str, annotated: bool = False) -> dict[str, Any]:
    """Evaluated annotations of a function or class, `Annotated` kept when asked for.

    Errors: `ToolBroken` when one names something undefined."""
    try:
        return typing.get_type_hints(function, include_extras=annotated)
    except (NameError, TypeError) as error:
        raise ToolBroken(
            f"The annotations of '{name}' cannot be evaluated: {error}.",
            hint="Define the types at module level.",
        ) from error


def _refuse_unnameable(parameter: inspect.Parameter, hints: Mapping[str, Any], where: str) -> None:
    if parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
        raise ToolBroken(f"The {where} is not passed by one name.", hint="Spell every parameter out in the signature.")
    if parameter.name not in hints:
        raise ToolBroken(f"The {where} has no type annotation.", hint=f"Annotate it: {parameter.name}: str")


def _without_none(parameter: inspect.Parameter, annotation: Any) -> Any:
    """`X | None` of a parameter that may be left out → X."""
    members = get_args(annotation) if _is_union(annotation) else ()
    if parameter.default is parameter.empty or types.NoneType not in members:
        return annotation
    rest = tuple(member for member in members if member is not types.NoneType)
    return Union[rest]  # noqa: UP007  (members are only known at run time)


def _described(entries: Mapping[str, str], name: str, where: str, section: str) -> str:
    if name in entries:
        return entries[name]
    raise ToolBroken(f"The {where} has no description.", hint=f"Add '{name}: …' under '{section}:' in the docstring.")


def _schema(annotation: Any, where: str) -> Schema:
    """JSON Schema of one annotation. Errors: `ToolBroken` for a type that JSON cannot hold."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:  # Annotated[str, {"format": "arithmetic"}]: further keywords of the schema
        return {**_schema(arguments[0], where), **dict(arguments[1])}
    if annotation in _SCALARS:
        return {"type": _SCALARS[annotation]}
    if origin is Literal:
        return _literal(arguments, where)
    if _is_union(annotation):
        return {"anyOf": [_schema(member, where) for member in arguments]}
    if annotation is types.NoneType:
        return {"type": "null"}
    if annotation is list or origin is list:
        return {"type": "array"} | ({"items": _schema(arguments[0], where)} if arguments else {})
    if annotation is dict or (origin is dict and arguments[0] is str):
        return {"type": "object"} | ({"additionalProperties": _schema(arguments[1], where)} if arguments else {})
    if dataclasses.is_dataclass(annotation) or typing.is_typeddict(annotation):
        return _record(annotation, where)
    raise ToolBroken(
        f"The {where} has the type {annotation!r}, which has no JSON form here.",
        hint="Use str, int, float, bool, Literal, list, dict[str, …], a TypedDict or a dataclass.",
    )


def _literal(choices: tuple[Any, ...], where: str) -> Schema:
    kinds = {type(choice) for choice in choices}
    if len(kinds) != 1 or not kinds <= set(_SCALARS):
        raise ToolBroken(f"The {where} mixes types in its Literal.", hint="Use choices of one type, such as words.")
    return {"type": _SCALARS[kinds.pop()], "enum": list(choices)}


def _record(annotation: Any, where: str) -> Schema:
    """A dataclass or TypedDict as an object; every field described under `Attributes:` of its docstring."""
    described = read_docstring(annotation).entries
    properties: dict[str, Schema] = {}
    for name, hint in type_hints(annotation, annotation.__name__).items():
        field = f"field '{name}' in the {where}"
        properties[name] = _schema(hint, field) | {"description": _described(described, name, field, "Attributes")}
    return _object(properties, [name for name in properties if name in _required_fields(annotation)])


def _required_fields(annotation: Any) -> set[str]:
    if not dataclasses.is_dataclass(annotation):
        return _required_keys(annotation)
    missing = dataclasses.MISSING
    fields = dataclasses.fields(annotation)
    return {field.name for field in fields if field.default is missing and field.default_factory is missing}


def _required_keys(annotation: Any) -> set[str]:
    """Of a TypedDict. `__required_keys__` alone misses marks inside annotations that are still strings."""
    marks = {name: get_origin(hint) for name, hint in typing.get_type_hints(annotation, include_extras=True).items()}
    by_class = {name for name in annotation.__required_keys__ if marks[name] is not NotRequired}
    return by_class | {name for name, mark in marks.items() if mark is Required}


def _object(properties: dict[str, Schema], required: list[str]) -> Schema:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _is_union(annotation: Any) -> bool:
    return get_origin(annotation) in (Union, types.UnionType)


def _convert(annotation: Any, value: Any) -> Any:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if annotation is float and isinstance(value, int):
        return float(value)
    if annotation is int and isinstance(value, float):
        return int(value)
    if _is_union(annotation):
        return _convert_member(arguments, value)
    if origin is list:
        return [_convert(arguments[0], item) for item in value]
    if origin is dict:
        return {key: _convert(arguments[1], item) for key, item in value.items()}
    if dataclasses.is_dataclass(annotation) and isinstance(annotation, type):
        return annotation(**convert_arguments(type_hints(annotation, annotation.__name__), value))
    return value


def _convert_member(members: tuple[Any, ...], value: Any) -> Any:
    """A union of scalars and None needs no conversion; an object is for the one member that is a record."""
    records = [member for member in members if dataclasses.is_dataclass(member)]
    floats = float in members and int not in members
    if isinstance(value, dict) and len(records) == 1:
        return _convert(records[0], value)
    return float(value) if floats and type(value) is int else value
