"""Valid outputs made invalid on purpose, each in one known way: what a contract must refuse, and its grammar too.

Whether a text is invalid is known from how it was made, not by asking the validator that is being tested.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from router.contract import Contract

Schema = Mapping[str, Any]
UNDECLARED = "zz_undeclared"


def mutations(value: Mapping[str, Any], schema: Schema) -> Iterator[tuple[str, str]]:
    """(kind, text) for every way that `value`, valid under the object `schema`, can be spoilt."""
    text = write(value)
    yield "truncated", text[:-1]
    yield "trailing", f"{text} and so on"
    yield "fenced", f"```json\n{text}\n```"
    yield "list", f"[{text}]"
    if value:
        yield "quotes", text.replace('"', "'")
        yield "comma", f"{text[:-1]}, }}"
        first = next(iter(value))
        yield "duplicate-key", f"{{{write(first)}: {write(value[first])}, {text[1:]}"
    if schema.get("additionalProperties") is False:
        yield "undeclared", write({**value, UNDECLARED: 1})
    for key in value:
        if key in schema.get("required", ()):
            yield f"missing {key}", write({name: each for name, each in value.items() if name != key})
        for kind, spoilt in _spoilt(value[key], schema.get("properties", {}).get(key, {})):
            yield f"{kind} {key}", text_with(value, key, spoilt)


def text_with(value: Mapping[str, Any], key: str, raw: str) -> str:
    """The object's text with `raw` in the place of one value."""
    pairs = (f"{write(name)}: {raw if name == key else write(each)}" for name, each in value.items())
    return f"{{{', '.join(pairs)}}}"


def _spoilt(value: Any, schema: Schema) -> Iterator[tuple[str, str]]:
    """Texts that the property's own plain keywords forbid; none for a property whose type is a choice."""
    kind = schema.get("type")
    if not isinstance(kind, str):
        return
    yield "type", write(17) if kind in ("string", "object", "array", "boolean") else write("seventeen")
    if kind != "null":
        yield "null", "null"
    if kind in ("integer", "number"):
        yield "not-a-number", "NaN"
    if kind == "integer":
        yield "fraction", f"{value}.5"
    if "minimum" in schema:
        yield "minimum", write(schema["minimum"] - 1)
    if "maximum" in schema:
        yield "maximum", write(schema["maximum"] + 1)
    if "enum" in schema:
        yield "enum", write("".join(map(str, schema["enum"])) + "?")
    if "pattern" in schema:
        yield "pattern", write("§§§")
    if schema.get("format") == "date":
        yield "format", write("the day after tomorrow")
    if schema.get("minItems"):
        yield "min-items", "[]"


def write(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def grammar_admits(contract: Contract, text: str) -> bool:
    """Whether the contract's grammar, byte by byte and without a model, reads `text` as a whole."""
    from llguidance import LLMatcher, LLTokenizer

    matcher = LLMatcher(LLTokenizer("byte"), LLMatcher.grammar_from_lark(contract.grammar(markers=False)), log_level=0)
    data = list(text.encode("utf-8"))
    return bool(matcher.try_consume_tokens(data) == len(data) and matcher.is_accepting())
