"""Reads JSON that a model wrote, and writes the one spelling Quiver uses. Strict where `json` is lenient; no repair.

Refused, each under its own kind: a key given twice, NaN and infinities, nesting beyond `DEPTH`, texts beyond `SIZE`
bytes, anything after the value, half of a surrogate pair. `ContractViolation` is defined here because the parser is the
first to raise it; `router.contract` re-exports it and adds the kinds that need a schema.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, Literal, NoReturn

Kind = Literal[
    "truncated",
    "syntax",
    "duplicate-key",
    "number",
    "depth",
    "size",
    "schema",
    "unknown-tool",
    "arguments",
    "check",
]

DEPTH = 32
SIZE = 64 * 1024
_DIGITS = 400  # a longer number is nonsense, and Python refuses to read integers beyond 4300 digits


class ContractViolation(Exception):
    """A model's mistake: data for the trace and for the next attempt, never a crash.

    `path` is where, as `arguments.items[2].price`, empty for the whole text; `message` is one short sentence a model
    can act on.
    """

    def __init__(self, kind: Kind, message: str, path: str = "") -> None:
        super().__init__(message)
        self.kind: Kind = kind
        self.message = message
        self.path = path


def write(value: Any) -> str:
    """The canonical spelling: `", "` and `": "`, characters beyond ASCII as themselves. NaN raises ValueError."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def read(text: str) -> Any:
    """The value `text` spells. Raises `ContractViolation`."""
    _check_size(text)
    _check_depth(text)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_unique_keys,
            parse_constant=_not_a_number,
            parse_float=_finite,
            parse_int=_integer,
        )
    except json.JSONDecodeError as error:
        raise ContractViolation("syntax", f"This is not JSON: {error.msg.lower()} at character {error.pos}.") from None
    _check_characters(value)
    return value


def _check_size(text: str) -> None:
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > SIZE:
        raise ContractViolation("size", f"The output has {size} bytes; at most {SIZE} are read.")


def _check_depth(text: str) -> None:
    """Counts brackets outside strings, before the recursive parser sees them."""
    depth, in_string, escaped = 0, False, False
    for character in text:
        if in_string:
            in_string = escaped or character != '"'
            escaped = character == "\\" and not escaped
        elif character == '"':
            in_string = True
        elif character in "[{":
            depth += 1
            if depth > DEPTH:
                raise ContractViolation("depth", f"The JSON is nested more than {DEPTH} levels deep.")
        elif character in "]}":
            depth -= 1


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for key, item in pairs:
        if key in value:
            raise ContractViolation("duplicate-key", f"The key {write(key)} is given twice.", key)
        value[key] = item
    return value


def _not_a_number(word: str) -> NoReturn:
    raise ContractViolation("number", f"{word} is not a JSON number.")


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ContractViolation("number", f"The number {digits[:40]} is too large.")
    return value


def _integer(digits: str) -> int:
    if len(digits) > _DIGITS:
        raise ContractViolation("number", f"A number of {len(digits)} digits is too large.")
    return int(digits)


def _check_characters(value: Any) -> None:
    """Half a surrogate pair is legal in JSON's grammar, and crashes whoever encodes the string later."""
    if isinstance(value, str):
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise ContractViolation("syntax", "A string holds half of a surrogate pair, which is not text.")
    elif isinstance(value, Mapping):
        for key, item in value.items():
            _check_characters(key)
            _check_characters(item)
    elif isinstance(value, list):
        for item in value:
            _check_characters(item)
