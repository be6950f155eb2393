"""Random schemas, and random texts that a grammar admits: two halves of the property that what is admitted is valid.

Texts are sampled the way an engine generates: one token at a time from the matcher's mask, here with one token a byte.
"""

from __future__ import annotations

import random
from typing import Any

from hypothesis import strategies as st
from llguidance import LLMatcher, LLTokenizer

_BYTES = LLTokenizer("byte")
_END = _BYTES.eos_token


def schemas(depth: int = 3) -> st.SearchStrategy[dict[str, Any]]:
    """Schemas of every kind the grammar holds; some have no values, which `for_schema` must say."""
    if depth == 0:
        return st.one_of(
            _integers(), _numbers(), _texts(), _listed(), st.sampled_from([{"type": "boolean"}, {"type": "null"}])
        )
    inner = schemas(depth - 1)
    named = st.dictionaries(st.text(max_size=6), inner, max_size=4)
    return st.one_of(schemas(0), inner, _objects(named), _arrays(inner), _combined(inner), _maps(inner), st.just({}))


def _integers() -> st.SearchStrategy[dict[str, Any]]:
    limits = {name: st.integers(-1200, 1200) for name in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")}
    return _keywords({"type": st.just("integer")}, {**limits, "multipleOf": st.sampled_from([1, 2, 5, 10, 7])})


def _numbers() -> st.SearchStrategy[dict[str, Any]]:
    places = st.decimals(-300, 300, places=2, allow_nan=False).map(float)
    limits = dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), places)
    return _keywords({"type": st.just("number")}, {**limits, "multipleOf": st.sampled_from([0.01, 0.5, 0.1, 3])})


def _texts() -> st.SearchStrategy[dict[str, Any]]:
    patterns = [r"^[a-z]{2,5}\d+$", r"\d{3}", r"^\S+@\S+$", r"^(?:a|b\\c)\W*$", r'^".*"$', r"^[\w.-]+$", "x|^y"]
    return st.one_of(
        _keywords({"type": st.just("string")}, {"minLength": st.integers(0, 5), "maxLength": st.integers(3, 30)}),
        _keywords({"type": st.just("string"), "pattern": st.sampled_from(patterns)}, {"maxLength": st.integers(3, 30)}),
        _keywords(
            {
                "type": st.just("string"),
                "format": st.sampled_from(["date", "time", "date-time", "uuid", "ipv4", "uri"]),
            },
            {},
        ),
    )


def _listed() -> st.SearchStrategy[dict[str, Any]]:
    scalars = st.one_of(
        st.none(), st.booleans(), st.integers(-99, 99), st.floats(-9, 9, allow_nan=False), st.text(max_size=8)
    )
    values = st.recursive(
        scalars, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2)
    )
    return st.one_of(
        st.builds(lambda value: {"const": value}, values),
        st.builds(lambda found: {"enum": found}, st.lists(values, min_size=1, max_size=5)),
    )


def _objects(named: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return named.flatmap(
        lambda properties: _keywords(
            {"type": st.just("object"), "properties": st.just(properties)},
            {
                "required": st.lists(st.sampled_from([*properties, "undeclared"]), unique=True, max_size=4),
                "additionalProperties": st.booleans(),
                "minProperties": st.integers(0, 3),
                "maxProperties": st.integers(1, 5),
            },
        )
    )


def _maps(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    counts = {"minProperties": st.integers(0, 2), "maxProperties": st.integers(1, 4)}
    return _keywords({"type": st.just("object"), "additionalProperties": inner}, counts)


def _arrays(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    counts = {"minItems": st.integers(0, 3), "maxItems": st.integers(0, 5), "uniqueItems": st.booleans()}
    return st.one_of(
        _keywords({"type": st.just("array"), "items": inner}, counts),
        _keywords(
            {"type": st.just("array"), "prefixItems": st.lists(inner, min_size=1, max_size=3)},
            {"items": inner, **counts},
        ),
    )


def _combined(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    both = st.lists(inner, min_size=1, max_size=3)
    tree = {
        "$defs": {
            "tree": {
                "type": "object",
                "properties": {"v": {"type": "integer"}, "kids": {"type": "array", "items": {"$ref": "#/$defs/tree"}}},
                "required": ["v"],
            }
        },
        "$ref": "#/$defs/tree",
    }
    return st.one_of(
        both.map(lambda found: {"anyOf": found}),
        both.map(lambda found: {"oneOf": found}),
        both.map(lambda found: {"allOf": found}),
        st.lists(
            st.sampled_from(["string", "integer", "null", "number", "boolean", "object", "array"]),
            min_size=1,
            max_size=3,
            unique=True,
        ).map(lambda names: {"type": names}),
        st.just(tree),
    )


def _keywords(
    always: dict[str, st.SearchStrategy[Any]], sometimes: dict[str, st.SearchStrategy[Any]]
) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(always, optional=sometimes)


class Sampler:
    """Draws texts from a grammar. `hurry`: after that many bytes the shortest way out is preferred."""

    def __init__(self, grammar: str) -> None:
        self.matcher = LLMatcher(_BYTES, LLMatcher.grammar_from_lark(grammar), log_level=0)
        assert not self.matcher.is_error(), f"{self.matcher.get_error()}\n{grammar}"

    def draw(self, chance: random.Random, hurry: int = 150, limit: int = 30000) -> str | None:
        """A text, or None where none ended within `limit` bytes."""
        self.matcher.reset()
        written = bytearray()
        while len(written) < limit:
            allowed = self._allowed()
            assert allowed, f"the grammar has a dead end after {bytes(written)!r}"
            token = self._choose(allowed, chance, late=len(written) > hurry)
            if token == _END:
                return written.decode()
            assert self.matcher.consume_token(token), self.matcher.get_error()
            written.append(token)
            if self.matcher.is_stopped():
                return written.decode()
        return None

    def admits(self, text: str) -> bool:
        self.matcher.reset()
        data = list(text.encode())
        return self.matcher.try_consume_tokens(data) == len(data) and self.matcher.is_accepting()

    def _allowed(self) -> list[int]:
        mask = self.matcher.compute_logit_bias()
        return [token for token, bias in enumerate(mask) if bias]

    def _choose(self, allowed: list[int], chance: random.Random, late: bool) -> int:
        if late:
            for closing in (_END, *b'"}]'):
                if closing in allowed:
                    return closing
        plain = [token for token in allowed if token == _END or token < 128]
        if plain and chance.random() < 0.9:
            return chance.choice(plain)
        return chance.choice(allowed)
