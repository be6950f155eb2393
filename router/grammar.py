"""A normalised schema as a Lark grammar for llguidance: one spelling, keys in schema order, everything bounded.

Every text the grammar admits satisfies the schema; not every value that satisfies the schema can be written in it. What
is narrower, and why: free text, arrays, numbers and recursion end after `Bounds`, so that generation ends; objects hold
the keys they declare; keys nobody declares differ in their first character, which is how a grammar keeps them unique.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from jsonschema import Draft202012Validator

from router import moments, parameters, quantities
from router.branches import branches, types_of
from router.forms import names_of, of_form, value_pattern
from router.grounding import LONGEST_SENTENCE, amounts, sentence, sums
from router.number_range import decimals, integers, multiples, terminal
from router.schema import ABOUT, ARITHMETIC, FORM, PATH, SAID, WHEN, WITHOUT, Schema, refuse
from router.source import file_names, quotable, telling, words
from router.strict_json import DEPTH, write
from router.text_shapes import FORMATS, TRIMMED, UNFINISHED, free_text, map_key

_FIRST_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789_$@"
_LEAF_OPTIONS = {"item_separator": ", ", "key_separator": ": ", "whitespace_flexible": False}

Path = tuple[str, ...]  # one part for each level of arrays and objects


@dataclass(frozen=True)
class Bounds:
    """Where content ends when the schema sets no end: characters, items, keys; levels of recursion and of free JSON."""

    characters: int = 400
    items: int = 16
    keys: int = 8
    key_characters: int = 40
    recursion: int = 3
    free_depth: int = 3


class GrammarWriter:
    """Collects rules. `whole(schema)` returns what to write in a rule's body, or None where nothing satisfies it.

    With a `source`, free strings are runs of its words, or with `sentences` sentences of them, and numbers are its own:
    those of the `clause`, the part of it that asks, before any other. With `values`, a string is the value of a field;
    with `calls`, the parameter of a call.
    """

    def __init__(
        self, source: str | None, bounds: Bounds, clause: str = "", sentences: bool = False, values: bool = False,
        calls: bool = False,
    ) -> None:  # fmt: skip
        self.root: Schema = {}
        self.bounds = bounds
        self.needs_compiler = False  # True once a part was left to llguidance's own JSON compiler
        self._source, self._clause, self._sentences = source or "", clause, sentences
        self._are_values, self._calls = values, calls
        self._words = words(source or "")
        self._amounts = quantities.exact(amounts(source or "", clause))
        self._rules: dict[str, str] = {}
        self._known: dict[str, str | None] = {}

    def text(self) -> str:
        return "\n".join(f"{name}: {body}" for name, body in self._rules.items())

    def whole(self, schema: Schema) -> str | None:
        """As `expression`, for a schema whose references point into itself."""
        self.root = schema
        return self.expression(schema)

    def expression(self, schema: Schema, path: Path = (), seen: tuple[str, ...] = ()) -> str | None:
        """The same schema on the same level, reached over the same references, is the same rule."""
        if len(path) + self.bounds.free_depth >= DEPTH:
            return None
        key = write([schema, len(path), sorted(seen)])
        key += write(self.root) if "$ref" in key else ""
        if key not in self._known:
            self._known[key] = self._rule(self._alternatives(schema, path, seen))
        return self._known[key]

    # --- choices -------------------------------------------------------------------------------------------------

    def _alternatives(self, schema: Schema, path: Path, seen: tuple[str, ...]) -> str | None:
        found: list[str] = []
        for branch, references in branches(schema, self.root, _pointer(path)):
            trail = (*seen, *references)
            if any(trail.count(pointer) > self.bounds.recursion for pointer in references):
                continue
            body = self._branch(branch, path, trail)
            if body is not None and body not in found:
                found.append(body)
        return " | ".join(found) if found else None

    def _branch(self, schema: Schema, path: Path, seen: tuple[str, ...]) -> str | None:
        if "const" in schema or "enum" in schema:
            return self._values(schema)
        bodies = [self._typed(name, schema, path, seen) for name in types_of(schema)]
        if not bodies:
            return self._free(self.bounds.free_depth)
        return " | ".join(dict.fromkeys(body for body in bodies if body is not None)) or None

    def _values(self, schema: Schema) -> str | None:
        return " | ".join(map(_literal, dict.fromkeys(map(write, _allowed(schema))))) or None

    def _typed(self, name: str, schema: Schema, path: Path, seen: tuple[str, ...]) -> str | None:
        if name == "object":
            return self._object(schema, path, seen)
        if name == "array":
            return self._array(schema, path, seen)
        if name == "string":
            return self._string(schema)
        if name in ("integer", "number"):
            return self._number(name, schema)
        return '"null"' if name == "null" else '"true" | "false"'

    # --- objects -------------------------------------------------------------------------------------------------

    def _object(self, schema: Schema, path: Path, seen: tuple[str, ...]) -> str | None:
        required = dict.fromkeys(schema.get("required", ()))
        extra = schema.get("additionalProperties", {})
        declared = schema.get("properties", {})
        if extra is not False:
            declared = {
                **declared,
                **{name: {} if extra is True else extra for name in required if name not in declared},
            }
            if not declared:
                return self._map(schema, extra, path, seen)
        spoken_of: list[str] = []
        if self._calls and self._words:
            about = schema.get(ABOUT, {})
            declared, spoken_of = parameters.narrowed(declared, required, self._source, self._clause, about)
        written = {name: self.expression(item, (*path, f"properties/{name}"), seen) for name, item in declared.items()}
        values = {name: value for name, value in written.items() if value is not None}
        if not required.keys() <= values.keys():
            return None
        must = {*required, *(name for name in spoken_of if name in values)}
        too_many = len(must) > schema.get("maxProperties", len(must))
        return self._counted(values, set(required) if too_many else must, schema)

    def _counted(self, values: dict[str, str], required: set[str], schema: Schema) -> str | None:
        """Meets minProperties and maxProperties: the first optional keys become required, the last are left out."""
        low, high = schema.get("minProperties", 0), schema.get("maxProperties", len(values))
        optional = [name for name in values if name not in required]
        missing, room = max(0, low - len(required)), high - len(required)
        if missing > len(optional) or room < missing:
            return None
        kept = required | set(optional[:room])
        return self._sequence(
            {name: values[name] for name in values if name in kept}, required | set(optional[:missing])
        )

    def _sequence(self, values: dict[str, str], required: set[str]) -> str:
        """Right to left: what may follow when a key was already written, and when none was."""
        after, first = _literal("}"), _literal("}")
        for name, value in reversed(values.items()):
            key = write(name) + ": "
            begin, here = f"{_literal(key)} {value} {after}", f"{_literal(', ' + key)} {value} {after}"
            first = begin if name in required else f"{begin} | {first}"
            after = here if name in required else f"{here} | {after}"
            first, after = self._named(first), self._named(after)
        return f"{_literal('{')} {first}"

    def _map(self, schema: Schema, extra: Any, path: Path, seen: tuple[str, ...]) -> str | None:
        """Keys nobody declared: unique, because no two begin with the same character."""
        low, high = schema.get("minProperties", 0), min(schema.get("maxProperties", self.bounds.keys), self.bounds.keys)
        if extra is True or extra == {}:
            value: str | None = self._free_rule(self.bounds.free_depth - 1)
        else:
            value = self.expression(extra, (*path, "additionalProperties"), seen)
        if low > self.bounds.keys:
            raise refuse("minProperties", _pointer(path), f"at most {self.bounds.keys} undeclared keys are written")
        if value is None or high == 0 or low > high:
            return _literal("{}") if low == 0 else None
        return self._unique_keys(value, low, high)

    def _unique_keys(self, value: str, low: int, high: int) -> str:
        """llguidance's parametric rules carry one bit for each first character already used."""
        more = f"m{len(self._rules)}"
        self._rules[f"{more}::_"] = ""  # holds the name while the rules it needs are added
        entries = [(f"{self._key(character)} {value} {more}", bit) for bit, character in enumerate(_FIRST_CHARACTERS)]
        first = [f"{entry}::{1 << bit:#x}" for entry, bit in entries]
        another = [
            f'", " {entry}::set_bit({bit}) %if and(bit_clear({bit}), bit_count_lt(_, {high}))' for entry, bit in entries
        ]
        self._rules[f"{more}::_"] = " | ".join([f'"}}" %if bit_count_ge(_, {low})', *another])
        return f'"{{" {self._named(" | ".join(first + [_literal("}")] * (low == 0)))}'

    def _key(self, character: str) -> str:
        return self._terminal(f"/{map_key(character, self.bounds.key_characters)}/")

    # --- arrays, strings, numbers ----------------------------------------------------------------------------------

    def _array(self, schema: Schema, path: Path, seen: tuple[str, ...]) -> str | None:
        low, high = schema.get("minItems", 0), schema.get("maxItems")
        if SAID in schema:
            return " | ".join(
                _literal(f"[{', '.join(write_number(Decimal(each)) for each in run)}]") for run in schema[SAID]
            )
        if schema.get("uniqueItems"):
            return self._set(schema, path, seen)
        fixed = [self.expression(item, (*path, "prefixItems"), seen) for item in schema.get("prefixItems", ())]
        rest = schema.get("items", {} if not fixed else False)
        item = None if rest is False else self.expression(rest, (*path, "items"), seen)
        end = max(low, self.bounds.items if high is None else min(high, max(self.bounds.items, low)))
        if high is not None and low > high:
            return None
        return self._tuple(fixed, item, low, end)

    def _tuple(self, fixed: Sequence[str | None], item: str | None, low: int, high: int) -> str | None:
        """Items by place: the fixed ones, then up to `high` of the rest. A place nothing satisfies ends the array."""
        kinds = [*fixed, *[item] * (high - len(fixed))][:high]
        kinds = kinds[: kinds.index(None)] if None in kinds else kinds
        if len(kinds) < low:
            return None
        if kinds and len(set(kinds)) == 1:
            more = f'(", " {kinds[0]}){{{max(low - 1, 0)},{len(kinds) - 1}}}' if len(kinds) > 1 else ""
            filled = f'"[" {kinds[0]} {more} "]"'
            return filled if low else f'{filled} | "[]"'
        tail = '"]"'
        for place in range(len(kinds) - 1, -1, -1):
            comma = '", " ' if place else ""
            stop = ' | "]"' if place >= low else ""
            tail = self._named(f"{comma}{kinds[place]} {tail}{stop}")
        return f'"[" {tail}'

    def _set(self, schema: Schema, path: Path, seen: tuple[str, ...]) -> str | None:
        """Different items are only countable where they can be listed: some of them, in the schema's order."""
        low, high, item = schema.get("minItems", 0), schema.get("maxItems"), schema.get("items")
        listed = [branch for branch, _ in branches(item, self.root, _pointer(path))] if isinstance(item, dict) else []
        texts = _listed(listed)
        if low > 1:
            raise refuse("uniqueItems", _pointer(path), "with minItems above 1 it is not supported")
        if not texts or (high is not None and high < len(texts)):  # one item is different from all others
            return self._array(
                {**schema, "uniqueItems": False, "maxItems": 1 if high is None else min(1, high)}, path, seen
            )
        after, first = '"]"', '"]"'
        for text in reversed(texts):
            begin = f"{_literal(text)} {after}"
            first = begin if low and text == texts[-1] else self._named(f"{begin} | {first}")
            after = self._named(f"{_literal(', ' + text)} {after} | {after}")
        return f'"[" {first}'

    def _string(self, schema: Schema) -> str | None:
        low = schema.get("minLength", 0)
        high = max(low, min(schema.get("maxLength", self.bounds.characters), max(self.bounds.characters, low)))
        if schema.get("maxLength", high) < low:
            return None
        free = f"/{free_text(low, high)}/"
        if "pattern" in schema:
            return self._leaf({"type": "string", "pattern": schema["pattern"], "minLength": low, "maxLength": high})
        if schema.get("format") == ARITHMETIC:
            joined = sums(self._source, self._clause)
            plain = {key: value for key, value in schema.items() if key != "format"}
            return self._terminal(joined) if joined else self._string(plain)
        if schema.get("format") == PATH:
            names = [write(name) for name in file_names(self._words) if low <= len(name) <= high]
            free_name = {key: value for key, value in schema.items() if key != "format"}
            return " | ".join(map(_literal, names)) if names else self._string(free_name)
        if "format" in schema:
            written = moments.said(schema["format"], self._source) if self._are_values else []
            if written:
                return self._terminal(f'/"({"|".join(written)})"/')
            return self._terminal(f"/{FORMATS[schema['format']]}/ & {free}")
        if self._sentences and self._words:
            fits = schema.get("maxLength", LONGEST_SENTENCE) >= LONGEST_SENTENCE and low <= 1
            short = "" if fits else f" & {free}"  # an intersection the lexer pays for dearly
            return self._terminal(sentence(self._words) + short)
        if quotable(self._words, low, high):
            bounded = low > 1 or high < min(self.bounds.characters, sum(map(len, self._words)))
            if WHEN in schema:
                return " | ".join(_literal(write(each)) for each in schema[WHEN]) or None
            said_empty = schema.get("minLength") == 0  # the schema says in so many words that nothing may be quoted
            if self._are_values and not bounded and (value := self._value(schema)):
                return f"{value} | {_literal(write(''))}" if said_empty else value
            taken = f" & ~/{holding(schema[WITHOUT])}/" if WITHOUT in schema else ""
            shape = f" & {free}" if bounded else f" & ~/{UNFINISHED}/"  # a length leaves few runs to choose from
            quote = self._terminal(f"{self._quote()} & /{TRIMMED}/" + shape + taken)
            return f"{quote} | {_literal(write(''))}" if said_empty else quote
        return self._terminal(free)

    def _value(self, schema: Schema) -> str | None:
        """What the source says in the form that a field implies, or else whatever may be a value."""
        taken = schema.get(WITHOUT, ())
        said = of_form(schema[FORM], self._source) if FORM in schema else []
        said = [each for each in said if not set(words(each)) & set(taken)]
        if said:
            return " | ".join(_literal(write(each)) for each in said)
        pattern = value_pattern(self._source, names_of(self.root), taken)
        return self._terminal(pattern) if pattern else None

    def _quote(self) -> str:
        if "QUOTE" not in self._rules:
            told = telling(self._source, self._clause) if self._calls else self._source
            chunks = [write(chunk)[1:-1] for chunk in (self._words if told == self._source else words(told))]
            self._rules["QUOTE"] = f'"\\"" %regex {json.dumps({"substring_chunks": chunks})} "\\""'
        return "QUOTE"

    def _number(self, name: str, schema: Schema) -> str | None:
        low = _limit(schema, "minimum", "exclusiveMinimum", max)
        high = _limit(schema, "maximum", "exclusiveMaximum", min)
        outside = tuple(Decimal(repr(schema[key])) for key in ("exclusiveMinimum", "exclusiveMaximum") if key in schema)
        step = Decimal(repr(schema.get("multipleOf", 1 if name == "integer" else 1e-10))).normalize()
        known = [Decimal(each) for each in schema[SAID]] if SAID in schema else self._amounts
        said = [each for amount in known for each in (amount, -amount) if each % step == 0 and each not in outside]
        taken = [Decimal(word) for word in schema.get(WITHOUT, ()) if re.fullmatch(r"\d+(?:\.\d+)?", word)]
        said = [each for each in said if (low is None or each >= low) and (high is None or each <= high)]
        said = [each for each in said if abs(each) not in taken]
        if said:
            return " | ".join(dict.fromkeys(_literal(write_number(each)) for each in said))
        if step.as_tuple().digits == (1,):
            places = -int(step.as_tuple().exponent)
            shape = decimals(places) if name == "number" and places > 0 else integers(max(0, -places))
            body = terminal(shape, low, high, outside)
            return None if body is None else self._terminal(body)
        listed = [text for text in multiples(step, low, high, outside) if name == "number" or "." not in text]
        return " | ".join(map(_literal, listed)) or None

    # --- free JSON, and the pieces of a grammar --------------------------------------------------------------------

    def _free(self, depth: int) -> str:
        """Any JSON value, up to `depth` levels of arrays and objects."""
        scalar = [
            '"null"',
            '"true"',
            '"false"',
            self._terminal(terminal(decimals()) or ""),
            self._string({}) or '"null"',
        ]
        if depth <= 0:
            return " | ".join(scalar)
        inner = self._free_rule(depth - 1)
        array = self._tuple((), inner, 0, self.bounds.keys)
        return " | ".join([*scalar, array or "", f"{self._unique_keys(inner, 0, self.bounds.keys)}"])

    def _free_rule(self, depth: int) -> str:
        key = f"free {depth}"
        if key not in self._known:
            self._known[key] = self._named(self._free(depth))
        return self._known[key] or ""

    def _leaf(self, schema: Schema) -> str:
        """A part only llguidance's own JSON compiler can hold: patterns."""
        self.needs_compiler = True
        return self._named(f"%json {json.dumps({'x-guidance': _LEAF_OPTIONS, **schema})}")

    def _rule(self, body: str | None) -> str | None:
        return None if body is None else self._named(body)

    def _named(self, body: str) -> str:
        return self._add(body, "r")

    def _terminal(self, body: str) -> str:
        return self._add(body, "T")

    def _add(self, body: str, kind: str) -> str:
        key = f"{kind} {body}"
        if key not in self._known:
            name = f"{kind}{len(self._rules)}"
            self._rules[name] = body
            self._known[key] = name
        return self._known[key] or ""


def holding(words: Sequence[str]) -> str:
    """A pattern: the JSON strings that hold one of the words, whole."""
    listed = "|".join(re.escape(write(word)[1:-1]).replace("/", r"\/") for word in words)
    return rf'"(.*[^\w])?({listed})([^\w].*)?"'


def _allowed(schema: Schema) -> list[Any]:
    """The values an enum or const lists, as far as the plain keywords beside it allow them."""
    beside = {key: item for key, item in schema.items() if key not in ("enum", "properties", "items")}
    validator = Draft202012Validator(beside)
    return [value for value in schema.get("enum", [schema.get("const")]) if validator.is_valid(value)]


def _listed(items: list[Schema]) -> list[str] | None:
    if not items or any("enum" not in branch and "const" not in branch for branch in items):
        return None
    different: list[Any] = []
    for value in (value for branch in items for value in _allowed(branch)):
        different += [] if value in different else [value]
    return list(map(write, different))


def _pointer(path: Path) -> str:
    return "".join(f"/{part}" for part in path)


def _literal(text: str) -> str:
    """A Lark string; its lexer takes no raw DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def write_number(value: Decimal) -> str:
    """As JSON writes it here: no exponent, no zeros behind the point, no minus before zero."""
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _limit(schema: Schema, plain: str, exclusive: str, pick: Any) -> Decimal | None:
    found = [Decimal(repr(schema[key])) for key in (plain, exclusive) if key in schema]
    return pick(found) if found else None
