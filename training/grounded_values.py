"""Are the values of an output said in the request? Compared word by word and number by number, never by meaning.

Only values a model should copy are asked about: what the schema fixes (an enum, a format) and what it can fill itself
(a default, a boolean) is exempt, and so are the fields a plan names.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from router.grounding import amounts

_FIXED = ("enum", "const", "format")
# Words that carry no value: a title may gain or lose one between the request and the argument.
_LIGHT = frozenset(
    {"a", "an", "the", "of", "to", "in", "on", "at", "for", "from", "with", "by", "and", "or", "is", "are", "be"}
    | {"my", "your", "our", "their", "his", "her", "its", "this", "that"}
)


class Leaf(NamedTuple):
    """A value inside an output. `path`: names joined by dots, list positions left out: `items.price`."""

    path: str
    value: Any
    schema: Mapping[str, Any]


def ungrounded(value: Any, schema: Mapping[str, Any], request: str, exempt: Collection[str] = ()) -> str | None:
    """What is wrong with the first value that the request does not say, in a sentence; None when nothing is."""
    said = _Said(request)
    fields: dict[Decimal, list[str]] = {}
    for leaf in leaves(value, schema, schema):
        if leaf.path in exempt or any(keyword in leaf.schema for keyword in _FIXED):
            continue
        if "default" in leaf.schema and leaf.schema["default"] == leaf.value:
            continue
        if not said.holds(leaf.value):
            return f"`{leaf.path}`: {leaf.value!r} is not said in the request."
        if isinstance(leaf.value, str):
            continue
        filled = fields.setdefault(abs(Decimal(str(leaf.value))), [])
        if leaf.path not in filled and filled and said.once(leaf.value):
            return f"`{leaf.path}`: {leaf.value!r} fills `{filled[0]}` already, and is not said again."
        filled.append(leaf.path)
    return None


def leaves(value: Any, schema: Mapping[str, Any], root: Mapping[str, Any], path: str = "") -> Iterator[Leaf]:
    """Every string and number of `value` with the schema that governs it, as far as that can be told by its place."""
    schema = _resolved(schema, root)
    if isinstance(value, Mapping):
        named: Mapping[str, Any] = schema.get("properties", {})
        for name, item in value.items():
            inner = named.get(name, schema.get("additionalProperties"))
            below = inner if isinstance(inner, Mapping) else {}
            yield from leaves(item, below, root, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list):
        items = schema.get("items")
        for item in value:
            yield from leaves(item, items if isinstance(items, Mapping) else {}, root, path)
    elif isinstance(value, str | int | float) and not isinstance(value, bool):
        yield Leaf(path, value, schema)


def _resolved(schema: Mapping[str, Any], root: Mapping[str, Any], depth: int = 8) -> Mapping[str, Any]:
    """References within the schema followed; of alternatives the one that is not null, where there is one only."""
    reference = schema.get("$ref")
    if isinstance(reference, str) and reference.startswith("#/") and depth:
        found: Any = root
        for part in reference[2:].split("/"):
            found = found.get(part.replace("~1", "/").replace("~0", "~"), {}) if isinstance(found, Mapping) else {}
        return _resolved(found, root, depth - 1) if isinstance(found, Mapping) else {}
    options = [each for each in schema.get("anyOf", schema.get("oneOf", ())) if each.get("type") != "null"]
    return _resolved(options[0], root, depth - 1) if len(options) == 1 and depth else schema


class _Said:
    """The words and numbers of a request."""

    def __init__(self, request: str) -> None:
        plain = _plain(request)
        self._words = set(re.findall(r"\w+", plain))
        self._squeezed = _squeezed(plain)
        decimals = [Decimal(run) for run in re.findall(r"[0-9]+(?:\.[0-9]+)?", plain.replace(",", ""))]
        self._digits = decimals, [Decimal(run) for run in re.findall(r"[0-9]+", plain)]
        self._numbers = {*amounts(request), *self._digits[0], *self._digits[1]}
        self._in_words = set(amounts(re.sub(r"[0-9]", " ", request)))

    def holds(self, value: str | int | float) -> bool:
        if not isinstance(value, str):
            return abs(Decimal(str(value))) in self._numbers
        plain = _plain(value)
        if any(map(str.isdigit, plain)) and self._run_together(plain):
            return True
        return all(self._word(word) for word in re.findall(r"\w+", plain))

    def once(self, value: int | float) -> bool:
        """Whether the number is said in digits, one time only, and not in words."""
        number = abs(Decimal(str(value)))
        return number not in self._in_words and max(run.count(number) for run in self._digits) == 1

    def _run_together(self, plain: str) -> bool:
        """Digits stand apart from their neighbours as they please; "7 pm" is 7pm, but 17pm is not."""
        return re.search(rf"(?<!\d){re.escape(_squeezed(plain))}(?!\d)", self._squeezed) is not None

    def _word(self, word: str) -> bool:
        if word in self._words or word in _LIGHT:
            return True
        return word.isascii() and word.isdigit() and Decimal(word) in self._numbers


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _squeezed(text: str) -> str:
    """Without spaces and marks: "7 pm" and "7pm" are the same word."""
    return re.sub(r"\W+", "", text)
