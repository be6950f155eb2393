"""A normalised schema as plain alternatives: references followed, combinators multiplied out.

`branches` is what the grammar is written from; `ordered` gives a value's keys the schema's order. Sound, not
complete: every value of a branch satisfies the schema, but where two schemas are combined some values may be lost,
and what cannot be multiplied out is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from router.schema import LIMITS, Schema, refuse

Branch = tuple[Schema, tuple[str, ...]]  # an alternative, and the references followed to reach it

_MOST_BRANCHES = 256
_COMBINATORS = ("$ref", "allOf", "anyOf", "oneOf", "$defs", "definitions")


def resolve(pointer: str, root: Schema, path: str) -> Schema:
    """The schema a local `$ref` names. Raises `SchemaRefused` for a remote or dangling one."""
    if not isinstance(pointer, str) or not pointer.startswith("#"):
        raise refuse("$ref", path, f"{pointer!r} is not within this schema", "Copy the schema meant under $defs.")
    found: Any = root
    for part in pointer.removeprefix("#").split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        try:
            found = found[int(name)] if isinstance(found, list) else found[name]
        except (KeyError, ValueError, IndexError, TypeError):
            raise refuse("$ref", path, f"{pointer!r} names nothing") from None
    if not isinstance(found, dict):
        raise refuse("$ref", path, f"{pointer!r} is not a schema")
    return found


def merge(left: Schema, right: Schema, path: str) -> Schema | None:
    """A schema whose values satisfy both, possibly not all of them; None where nothing can."""
    merged = dict(left)
    for keyword, value in right.items():
        if keyword not in merged or merged[keyword] == value:
            merged[keyword] = value
        elif not _merge_keyword(merged, keyword, value, path):
            return None
    return _closed_merge(merged, left, right)


def _merge_keyword(merged: Schema, keyword: str, value: Any, path: str) -> bool:
    mine = merged[keyword]
    if keyword == "type":
        merged["type"] = _common_types(mine, value)
        return bool(merged["type"])
    if keyword in ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"):
        merged[keyword] = max(mine, value)
    elif keyword in ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"):
        merged[keyword] = min(mine, value)
    elif keyword == "required":
        merged[keyword] = [*mine, *(name for name in value if name not in mine)]
    elif keyword == "enum":
        merged[keyword] = [item for item in mine if item in value]
        return bool(merged[keyword])
    elif keyword == "const":
        return False
    elif keyword == "properties":
        return _merge_properties(merged, value, path)
    elif keyword == "additionalProperties":
        merged[keyword] = mine is not False and value is not False and (mine if value is True else value)
    elif keyword not in ("$defs", "definitions"):
        raise refuse(keyword, path, "it is given twice with different values where schemas are combined")
    return True


def _merge_properties(merged: Schema, theirs: dict[str, Schema], path: str) -> bool:
    properties = dict(merged["properties"])
    for name, item in theirs.items():
        both = merge(properties[name], item, f"{path}/properties/{name}") if name in properties else item
        if both is None:
            return False
        properties[name] = both
    merged["properties"] = properties
    return True


def _closed_merge(merged: Schema, left: Schema, right: Schema) -> Schema | None:
    """A closed side forbids the properties that only the other side declares."""
    for closed in (left, right):
        if closed.get("additionalProperties") is False and "properties" in merged:
            allowed = closed.get("properties", {})
            merged["properties"] = {name: item for name, item in merged["properties"].items() if name in allowed}
            if not set(merged.get("required", ())) <= set(allowed):
                return None
    return merged


def _common_types(left: str | Sequence[str], right: str | Sequence[str]) -> str | list[str]:
    mine, theirs = ([item] if isinstance(item, str) else list(item) for item in (left, right))
    common = [name for name in mine if name in theirs or (name == "integer" and "number" in theirs)]
    common += [name for name in theirs if name == "integer" and "number" in mine and "integer" not in mine]
    return common[0] if len(common) == 1 else common


def branches(schema: Schema, root: Schema, path: str, followed: tuple[str, ...] = ()) -> list[Branch]:
    """`schema` as alternatives without references and combinators. `followed`: references on the way here.

    Raises `SchemaRefused` for a reference that only leads to itself, and for a `oneOf` whose schemas may hold together.
    """
    plain: list[Branch] = [({key: item for key, item in schema.items() if key not in _COMBINATORS}, ())]
    if "$ref" in schema:
        pointer = schema["$ref"]
        if pointer in followed:
            raise refuse("$ref", path, f"{pointer!r} leads only to itself")
        target = branches(resolve(pointer, root, path), root, path, (*followed, pointer))
        plain = _product(plain, [(branch, (pointer, *seen)) for branch, seen in target], path)
    for part in schema.get("allOf", ()):
        plain = _product(plain, branches(part, root, path, followed), path)
    for keyword in ("anyOf", "oneOf"):
        if keyword in schema:
            options = [branches(part, root, path, followed) for part in schema[keyword]]
            groups = [_product(plain, option, path) for option in options]
            if keyword == "oneOf":
                _check_exclusive(groups, path)
            plain = [branch for group in groups for branch in group]
    return plain


def _product(left: list[Branch], right: list[Branch], path: str) -> list[Branch]:
    if len(left) * len(right) > _MOST_BRANCHES:
        raise refuse("anyOf", path, f"it has more than {_MOST_BRANCHES} combinations")
    pairs = [(merge(mine, theirs, path), (*seen, *more)) for mine, seen in left for theirs, more in right]
    return [(merged, seen) for merged, seen in pairs if merged is not None]


def _check_exclusive(groups: list[list[Branch]], path: str) -> None:
    for group, other in combinations(groups, 2):
        if not all(_disjoint(mine, theirs) for mine, _ in group for theirs, _ in other):
            raise refuse(
                "oneOf", path, "two of its schemas may hold at once", "Use anyOf, or tell them apart by a const."
            )


def _disjoint(left: Schema, right: Schema) -> bool:
    """True only where no value can satisfy both."""
    if "type" in left and "type" in right and not _common_types(left["type"], right["type"]):
        return True
    mine, theirs = _finite(left), _finite(right)
    if mine is not None and theirs is not None:
        return not any(item in theirs for item in mine)
    shared = set(left.get("required", ())) & set(right.get("required", ()))
    properties = [(left.get("properties", {}).get(name), right.get("properties", {}).get(name)) for name in shared]
    return any(a is not None and b is not None and _disjoint(a, b) for a, b in properties)


def _finite(schema: Schema) -> list[Any] | None:
    return [schema["const"]] if "const" in schema else schema.get("enum")


def types_of(schema: Schema) -> tuple[str, ...]:
    """The types a branch may take: said, or understood from its keywords; empty where nothing is said."""
    said = schema.get("type")
    if said:
        return (said,) if isinstance(said, str) else tuple(said)
    for name, keywords in _UNDERSTOOD.items():
        if any(keyword in schema for keyword in keywords):
            return (name,)
    return ()


_UNDERSTOOD = {
    "object": ("properties", "required", "additionalProperties", "minProperties", "maxProperties"),
    "array": ("items", "prefixItems", "minItems", "maxItems", "uniqueItems"),
    "string": ("pattern", "format", "minLength", "maxLength"),
    "number": LIMITS,
}


def ordered(value: Any, schema: Schema, root: Schema) -> Any:
    """`value` with its keys in the schema's order, undeclared keys after them, as they came."""
    branch = _fitting(value, schema, root)
    if isinstance(value, Mapping):
        properties = branch.get("properties", {})
        extra = branch.get("additionalProperties")
        names = [*(name for name in properties if name in value), *(name for name in value if name not in properties)]
        inner = {name: properties.get(name, extra if isinstance(extra, dict) else {}) for name in names}
        return {name: ordered(value[name], inner[name], root) for name in names}
    if isinstance(value, (list, tuple)):
        first, rest = branch.get("prefixItems", []), branch.get("items", {})
        kinds = [*first, *[rest if isinstance(rest, dict) else {}] * max(0, len(value) - len(first))]
        return [ordered(item, kind, root) for item, kind in zip(value, kinds, strict=False)]
    return value


def _fitting(value: Any, schema: Schema, root: Schema) -> Schema:
    """The alternative that declares most of the value's keys; the first one where keys do not tell."""
    found = [branch for branch, _ in branches(schema, root, "")] or [{}]
    if not isinstance(value, Mapping):
        return next((branch for branch in found if "array" in types_of(branch)), found[0])
    return max(found, key=lambda branch: len(branch.get("properties", {}).keys() & value.keys()))
