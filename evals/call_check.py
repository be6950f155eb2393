"""Is a set of calls right? The rules of the Berkeley Function-Calling Leaderboard's AST check, for Python.

A name must be exact, required parameters present, nothing undeclared, every value of the declared Python type (an int
passes for a float) and one of those accepted. Strings are compared without case and the characters ` ,./-_*^`. An
accepted value of "" marks a parameter that may be left out. Several calls are compared without order. Where the
upstream checker is loose, this one is loose in the same places: `evals.crosscheck` holds the two together.

It does not parse outputs and does not validate them against JSON Schema; it reads either dialect of types.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from router.conversation import ToolCall, ToolSpec

OPTIONAL = ""  # among the accepted values of a parameter: it may be left out
_PYTHON: Mapping[str, type] = {
    "string": str, "any": str, "integer": int, "float": float, "number": float, "boolean": bool,
    "array": list, "tuple": list, "dict": dict, "object": dict,
}  # fmt: skip
_IGNORED = re.compile(r"[ ,./\-_*^]")


@dataclass(frozen=True)
class Wanted:
    """One call that is right: for each parameter, the values accepted. In an accepted dict, each value is a list of
    accepted ones again."""

    name: str
    arguments: Mapping[str, Sequence[Any]]


def check(tools: Sequence[ToolSpec], calls: Sequence[ToolCall], wanted: Sequence[Wanted]) -> str | None:
    """None when the calls are right, else what is wrong first, in a sentence."""
    if len(calls) != len(wanted):
        return f"Calls wanted: {len(wanted)}; made: {len(calls)}."
    left = list(calls)
    for each in wanted:
        found = [wrong_with(tools, call, each) for call in left]
        if None not in found:
            return _nearest(found, left, each)
        del left[found.index(None)]
    return None


def wrong_with(tools: Sequence[ToolSpec], call: ToolCall, wanted: Wanted) -> str | None:
    """What is wrong with one call."""
    if call.name != wanted.name:
        return f"{wanted.name} is wanted and {call.name} was called."
    parameters = _parameters(tools, wanted.name)
    for name in parameters.get("required") or ():
        if name not in call.arguments:
            return f"{name} is missing."
    fields = parameters.get("properties") or {}
    for name, value in call.arguments.items():
        if name not in fields or name not in wanted.arguments:
            return f"{name} is not a parameter of the call wanted."
        if not accepts(fields[name], value, wanted.arguments[name]):
            return f"{name} is {value!r}; accepted: {', '.join(map(repr, wanted.arguments[name]))}."
    missing = (name for name, values in wanted.arguments.items() if name not in call.arguments and not optional(values))
    return next((f"{name} is missing." for name in missing), None)


def accepts(field: Any, given: Any, accepted: Sequence[Any]) -> bool:
    """Whether one argument is right. `field`: the parameter's schema, in either dialect.

    Where the accepted values are of another type than the field says, they name a variable, and only equality counts.
    """
    kind, inner = _kinds(field)
    value: Any = _as_float(given) if kind is float and type(given) is int else given
    meant = next((type(each) for each in accepted if each != OPTIONAL), None)
    if type(value) is not kind:
        return type(value) is meant and value in accepted
    if inner is not None and not any(_fits(value, inner, each) for each in accepted):
        return False
    if meant not in (kind, None):
        return value in accepted
    if kind is dict:
        return any(_same_dict(value, each) for each in accepted)
    if kind is list and inner is dict:
        return any(_same_dicts(value, each) for each in accepted)
    if kind is list:
        return _bare_all(value) in [_bare_all(each) for each in accepted if isinstance(each, list | str)]
    if kind is str:
        return _bare(value) in [_bare(each) for each in accepted if isinstance(each, str)]
    return value in accepted


def optional(accepted: Sequence[Any]) -> bool:
    return OPTIONAL in accepted


def arguments_right(
    tools: Sequence[ToolSpec], calls: Sequence[ToolCall], wanted: Sequence[Wanted]
) -> tuple[int, int, int]:
    """Arguments that are right, given, and due, over all calls: twice the first by the sum of the others is their F1.

    A call is held against the wanted one of its name that it meets best. An optional argument is due when it is given.
    """
    left, right, due = list(calls), 0, 0
    for each in wanted:
        fields = _parameters(tools, each.name).get("properties") or {}
        hits = [_hits(fields, call, each) if call.name == each.name else -1 for call in left]
        best = hits.index(max(hits)) if hits and max(hits) >= 0 else None
        call = left.pop(best) if best is not None else None
        given = call.arguments if call is not None else {}
        right += hits[best] if best is not None else 0
        due += sum(name in given or not optional(values) for name, values in each.arguments.items())
    return right, sum(len(call.arguments) for call in calls), due


def _hits(fields: Mapping[str, Any], call: ToolCall, wanted: Wanted) -> int:
    values = ((fields.get(name), value, wanted.arguments.get(name)) for name, value in call.arguments.items())
    return sum(field is not None and ok is not None and accepts(field, value, ok) for field, value, ok in values)


def _parameters(tools: Sequence[ToolSpec], name: str) -> Mapping[str, Any]:
    return next((tool.parameters for tool in tools if tool.name == name), {})


def _nearest(found: Sequence[str | None], left: Sequence[ToolCall], wanted: Wanted) -> str:
    """What is wrong with the call of the same name, where there is one."""
    at = next((number for number, call in enumerate(left) if call.name == wanted.name), 0)
    return found[at] or ""


def _kinds(field: Any) -> tuple[type, type | None]:
    """The Python type a field holds, and that of a list's items. A field without a type is read as text, as upstream
    reads `any`."""
    name = field.get("type") if isinstance(field, Mapping) else None
    kind = _PYTHON.get(name, str) if isinstance(name, str) else str
    items = field.get("items") if kind is list else None
    inner = items.get("type") if isinstance(items, Mapping) else None
    return kind, _PYTHON.get(inner) if isinstance(inner, str) else None


def _fits(values: Any, inner: type, accepted: Any) -> bool:
    """Whether every item has the type of the items, or of the accepted list's first one."""
    if not isinstance(accepted, list):
        return True
    meant = next((type(each) for each in accepted if each != OPTIONAL), None)
    return all(type(value) in (inner, meant) for value in values)


def _same_dict(value: Any, accepted: Any) -> bool:
    if not isinstance(accepted, Mapping) or not isinstance(value, Mapping):
        return False
    known = all(key in accepted and _bare(item) in _bare_all(accepted[key]) for key, item in value.items())
    return known and all(key in value or _droppable(ok) for key, ok in accepted.items())


def _droppable(accepted: Any) -> bool:
    """A key of an accepted dict may be left out; where one string is accepted, upstream's rule lets it be always."""
    return isinstance(accepted, list | str) and OPTIONAL in accepted


def _same_dicts(values: Any, accepted: Any) -> bool:
    if not isinstance(accepted, list | str) or len(values) != len(accepted):
        return False
    return all(_same_dict(value, each) for value, each in zip(values, accepted, strict=True))


def _bare_all(values: Any) -> list[Any]:
    """Each with `_bare`; of a string its characters, which is how upstream reads a variable in a list's place."""
    return [_bare(each) for each in values] if isinstance(values, list | tuple | str) else [values]


def _bare(value: Any) -> Any:
    return _IGNORED.sub("", value).lower().replace("'", '"') if isinstance(value, str) else value


def _as_float(value: int) -> float:
    try:
        return float(value)
    except OverflowError:  # a number of hundreds of digits is nothing that any case accepts
        return float("inf")
