"""Whether the other grammar engine, xgrammar, takes a skill's contract as well; vLLM holds outputs with one of the two.

The run time's own engine is llguidance (`router.contract`). xgrammar may be missing: then there is nothing to ask.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from typing import Any

from router.errors import SchemaRefused

# vLLM refuses these before it asks xgrammar, which passes over some of them without a word
_REFUSED = ("multipleOf", "uniqueItems", "contains", "minContains", "maxContains", "dependentRequired", "if", "not")


def is_installed() -> bool:
    return find_spec("xgrammar") is not None


def check_taken(schema: Mapping[str, Any], outputs: Sequence[str] = ()) -> None:
    """Raises SchemaRefused for a schema that xgrammar cannot hold, or under which it would not let one of `outputs` be
    said; those are JSON texts under the schema."""
    for keyword in _keywords(schema):
        if keyword in _REFUSED:
            raise SchemaRefused(f"vLLM with xgrammar refuses {keyword}.", hint=f"Remove {keyword} from schema.json.")
    import xgrammar  # type: ignore[import-not-found, unused-ignore]

    plain = xgrammar.TokenizerInfo([bytes([byte]) for byte in range(256)], stop_token_ids=[0])
    try:
        compiler = xgrammar.GrammarCompiler(plain, max_threads=1)
        compiled = compiler.compile_json_schema(json.dumps(schema, ensure_ascii=False), any_whitespace=True)
    except (RuntimeError, ValueError, TypeError) as error:
        reason = " ".join(str(error).split())[-200:]
        raise SchemaRefused(f"xgrammar refuses the schema: {reason}", hint="Say the same more simply.") from None
    for text in outputs:
        if not xgrammar.GrammarMatcher(compiled).accept_string(text):
            raise SchemaRefused(
                f"Under xgrammar this could not be said: {text[:80]}",
                hint="Say the same more simply; or serve with --structured-outputs-config.backend guidance.",
            )


def _keywords(schema: Any) -> Iterator[str]:
    """Every keyword of the schema and of those within; names of properties are none."""
    if not isinstance(schema, Mapping):
        return
    for keyword, value in schema.items():
        yield keyword
        yield from _within(keyword, value)


def _within(keyword: str, value: Any) -> Iterator[str]:
    inner: Iterable[Any] = ()
    if keyword in ("properties", "patternProperties", "$defs", "definitions") and isinstance(value, Mapping):
        inner = value.values()
    elif keyword in ("anyOf", "oneOf", "allOf", "prefixItems") and isinstance(value, list):
        inner = value
    elif keyword in ("items", "additionalProperties", "not", "contains"):
        inner = (value,)
    for each in inner:
        yield from _keywords(each)
