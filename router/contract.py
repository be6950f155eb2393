"""What a step must output: the grammar that holds generation to it, and the strict reading of what came out.

A contract is made from a JSON Schema or from the tools offered. The grammar admits only texts that `parse` accepts,
and `parse` never trusts that a grammar was used: strict JSON, then the schema (Draft 2020-12), then the skill's named
checks. Patching a wrong output is nobody's task here: `describe` says what was wrong, and the model is asked again.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

from router.branches import ordered
from router.checks import CHECKS, CheckContext
from router.conversation import ToolCall, ToolSpec
from router.errors import SchemaRefused
from router.forms import formed
from router.grammar import Bounds, GrammarWriter
from router.schema import ABOUT, WITHOUT, Schema
from router.source import as_said, misquoted, sharing, words
from router.strict_json import ContractViolation, Kind, read, write
from router.validation import listing, usable, validate

__all__ = ["Bounds", "CheckContext", "Contract", "ContractViolation", "Kind"]

CALL, END_CALL, NO_CALL = "<tool_call>", "</tool_call>", "<no_call>"
_NOTHING_SAID = CheckContext()
_BOUNDS = Bounds()
LEFT_OUT = 4.0  # nats that a parameter's right words cost at most, as a rule; wrong ones cost more
_LONG = 32_768  # characters; contracts of longer schemas are not kept


@dataclass(frozen=True)
class Contract:
    """Made by `for_schema` or `for_tools`; both raise `SchemaRefused`. `tools` is None for a plain JSON contract."""

    schema: Schema
    tools: Mapping[str, Schema] | None = None
    may_decline: bool = False
    checks: tuple[str, ...] = ()
    source: str | None = None
    bounds: Bounds = _BOUNDS
    clause: str = ""
    tried: tuple[ToolCall, ...] = ()
    handicap: float = 0.0  # nats by which what is written under it must be likelier: what says less always is

    @classmethod
    def for_schema(
        cls, schema: Mapping[str, Any], checks: Sequence[str] = (), source: str | None = None, bounds: Bounds = _BOUNDS
    ) -> Contract:
        """One JSON value under `schema`. `checks` are names of `router.checks.CHECKS`; `source` as for tools."""
        unknown = [name for name in checks if name not in CHECKS]
        if unknown:
            known = ", ".join(CHECKS)
            raise SchemaRefused(f"There is no check named {unknown[0]!r}.", hint=f"The checks are {known}.")
        written = _written(schema) if source is None else ""
        if written:
            return _of_schema(written, tuple(checks), bounds)
        return cls._of_schema(schema, checks, source, bounds)

    @classmethod
    def _of_schema(
        cls, schema: Mapping[str, Any], checks: Sequence[str], source: str | None, bounds: Bounds
    ) -> Contract:
        contract = cls(usable(schema), checks=tuple(checks), source=source, bounds=bounds)
        if contract.extracts:
            contract = replace(contract, schema=formed(contract.schema, schema))
        contract.grammar(markers=False)
        return contract

    @classmethod
    def for_tools(
        cls,
        tools: Sequence[ToolSpec],
        may_decline: bool = True,
        source: str | None = None,
        bounds: Bounds = _BOUNDS,
        clause: str = "",
    ) -> Contract:
        """A call of one of `tools`, or none where the model `may_decline`.

        With a `source`, strings without a rule of their own are runs of that text's words, and numbers are its numbers,
        those of the `clause` that asks before any other; without, the grammar
        ends strings where `bounds` says. Neither restricts what `parse` accepts.
        """
        written = _written([[tool.name, tool.parameters] for tool in tools]) if source is None else ""
        if written and len(clause) < _LONG:
            return _of_tools(written, may_decline, bounds, clause)
        return cls._of_tools(tools, may_decline, source, bounds, clause)

    @classmethod
    def _of_tools(
        cls, tools: Sequence[ToolSpec], may_decline: bool, source: str | None, bounds: Bounds, clause: str
    ) -> Contract:
        schemas = {tool.name: _arguments_schema(tool) for tool in tools}
        if source is not None:
            schemas = {tool.name: {**schemas[tool.name], ABOUT: _descriptions(tool)} for tool in tools}
        if not schemas and not may_decline:
            raise SchemaRefused("A contract without tools can only decline.", hint="Offer a tool or set may_decline.")
        contract = cls({}, schemas, may_decline, source=source, bounds=bounds, clause=clause)
        contract.grammar(markers=False)
        return contract

    @classmethod
    def canary(cls) -> Contract:
        """A contract only one text fulfils, drawn anew: an engine that answers anything else does not constrain."""
        return cls.for_schema({"const": secrets.token_hex(8)})

    @property
    def says_sentences(self) -> bool:
        """Whether strings are sentences put together of a source's words, rather than quoted or free."""
        return self.source is not None and "grounded" in self.checks

    @property
    def extracts(self) -> bool:
        """Whether strings are values that a text gives for fields, and nothing but quoted from it."""
        return self.source is not None and self.tools is None and not self.checks

    # --- before generation ---------------------------------------------------------------------------------------

    def grammar(self, markers: bool) -> str:
        """The llguidance (Lark) grammar. `markers`: <tool_call>, </tool_call> and <no_call> are special tokens of the
        tokenizer; otherwise they are plain text."""
        body, rules = self._parts
        if self.tools is None:
            return f"start: {body}\n{rules}\n"
        call, end, none = (mark if markers else write(mark) for mark in (CALL, END_CALL, NO_CALL))
        options = [f"{call} {body} {end}"] * bool(self.tools) + [none] * self.may_decline
        return f"start: {' | '.join(options)}\n{rules}\n"

    @cached_property
    def _parts(self) -> tuple[str, str]:
        """The start rule's body, between the markers of a call, and the other rules."""
        writer = GrammarWriter(
            self.source, self.bounds, self.clause, sentences=self.says_sentences, values=self.extracts,
            calls=self.tools is not None,
        )  # fmt: skip
        body = self._calls(writer) if self.tools is not None else writer.whole(self.schema)
        if body is None:
            raise SchemaRefused("Nothing can satisfy this schema.", hint="Look for limits that exclude each other.")
        rules = writer.text()
        if writer.needs_compiler:
            check_compiles(f"start: {body or write('')}\n{rules}\n")
        return body, rules

    @property
    def _can_be_met(self) -> bool:
        try:
            return bool(self._parts)
        except SchemaRefused:
            return False

    def _calls(self, writer: GrammarWriter) -> str:
        calls = []
        for name, schema in (self.tools or {}).items():
            arguments = writer.whole(schema)
            if arguments is None:
                raise SchemaRefused(
                    f"No arguments can satisfy the tool {name}.", hint="Look for limits that exclude each other."
                )
            head = write(f'{{"name": {write(name)}, "arguments": ')
            calls.append(f'{head} {arguments} "}}"')
        return f"({' | '.join(calls)})" if calls else ""

    # --- after generation ----------------------------------------------------------------------------------------

    def parse(self, text: str, truncated: bool = False, context: CheckContext = _NOTHING_SAID) -> Any:
        """The value `text` holds: a `ToolCall`, None for a declined call, or JSON. Raises `ContractViolation`.

        `truncated`: generation ended at its limit, so that even a text that parses was not finished by the model.
        """
        if truncated:
            raise ContractViolation("truncated", "The output was cut off before it was complete.")
        if self.tools is not None:
            return self._parse_call(text.strip())
        value = read(text)
        validate(value, self.schema, "schema")
        for name in self.checks:
            problem = CHECKS[name](value if isinstance(value, Mapping) else {"value": value}, context)
            if problem:
                raise ContractViolation("check", problem, name)
        return value

    def _parse_call(self, text: str) -> ToolCall | None:
        if text == NO_CALL:
            if not self.may_decline:
                raise ContractViolation("schema", "A tool must be called here.")
            return None
        if not (text.startswith(CALL) and text.endswith(END_CALL)):
            raise ContractViolation("syntax", f"A call is written between {CALL} and {END_CALL}.")
        call = read(text.removeprefix(CALL).removesuffix(END_CALL))
        validate(call, _CALL_SCHEMA, "schema")
        tools = self.tools or {}
        if call["name"] not in tools:
            raise ContractViolation(
                "unknown-tool", f"There is no tool {call['name']!r}; the tools are {listing(tools)}.", "name"
            )
        validate(call["arguments"], tools[call["name"]], "arguments", "arguments")
        return ToolCall(call["name"], call["arguments"])

    def doubt(self, value: Any) -> str | None:
        """What makes a valid call of a quoting base doubtful: worth asking again, no reason to refuse it."""
        if value in self.tried:
            return "This call was tried, and failed."
        if self.source is None or self.says_sentences:
            return None
        fields = value.arguments if isinstance(value, ToolCall) else value
        if not isinstance(fields, Mapping):
            return None
        open_fields = [each for each in fields.values() if isinstance(each, str) and each not in _choices(self.schema)]
        return misquoted(open_fields, self.source)

    def told_apart(self, value: Any) -> list[Contract]:
        """Where two parameters were filled with the same words: the contracts under which one of them, and the other,
        is filled with other words, or in a call left out where it may be. Empty where there are no such two."""
        fields = value.arguments if isinstance(value, ToolCall) else value
        if self.source is None or self.says_sentences or not isinstance(fields, Mapping):
            return []
        fillable = _taken_from_source(self._schema_of(value))
        texts = {name: _text(each, self.source) for name, each in fields.items()}
        said = {name: text for name, text in texts.items() if text}
        pair = sharing(list(said.values()), self.source)
        if pair is None:
            return []
        one, other = (list(said)[place] for place in pair)
        strings = [name for name in (one, other) if isinstance(fields[name], str) and name in fillable]
        free = strings or fillable  # a number has fewer others to choose from than words have
        options = ((one, said[other]), (other, said[one]))
        source = {word for word in words(self.source) if re.search(r"\w", word)}
        others = [
            self._without(value, name, taken) for name, taken in options if name in free and source - set(words(taken))
        ]
        required = self._schema_of(value).get("required", ())
        optional = [name for name in (one, other) if name not in required and isinstance(value, ToolCall)]
        return [other for other in [*others, *(self._left_out(value, name) for name in optional)] if other._can_be_met]

    def _schema_of(self, value: Any) -> Schema:
        return (self.tools or {})[value.name] if isinstance(value, ToolCall) else self.schema

    def _without(self, value: Any, name: str, taken: str) -> Contract:
        said = [word for word in words(taken) if re.search(r"\w", word)]
        fields = self._schema_of(value)["properties"]
        held = {**fields[name], WITHOUT: [*fields[name].get(WITHOUT, ()), *said]}
        return self._with_fields(value, {**fields, name: held})

    def _left_out(self, value: Any, name: str) -> Contract:
        others = {key: field for key, field in self._schema_of(value)["properties"].items() if key != name}
        return replace(self._with_fields(value, others), handicap=LEFT_OUT)

    def _with_fields(self, value: Any, fields: Mapping[str, Schema]) -> Contract:
        """The contract with these fields, and no others, in what `value` was written for."""
        narrow = {**self._schema_of(value), "properties": dict(fields)}
        if not isinstance(value, ToolCall):
            return replace(self, schema=narrow)
        return replace(self, tools={**(self.tools or {}), value.name: narrow})

    def dump(self, value: Any) -> str:
        """The canonical text of `value`, keys in schema order: what a model is trained to write.

        For tools a `ToolCall`, a mapping with `name` and `arguments`, or None to decline. Does not check: `parse` does.
        """
        if self.tools is None:
            return write(ordered(value, self.schema, self.schema))
        if value is None:
            return NO_CALL
        name, arguments = (
            (value.name, value.arguments) if isinstance(value, ToolCall) else (value["name"], value["arguments"])
        )
        schema = self.tools.get(name, {})
        call = {"name": name, "arguments": ordered(arguments, schema, schema)}
        return f"{CALL}{write(call)}{END_CALL}"

    def describe(self, violation: ContractViolation) -> str:
        """What the model is told when it is asked again."""
        if violation.kind == "truncated":
            return f"{violation.message} Answer again, shorter."
        what = "one of the tools" if self.tools is not None else "a JSON object of the same form"
        return f"{violation.message} Answer again with {what}."


def _written(schema: Any) -> str:
    """What names the schema, keys in its order; empty for one that is too long to be remembered, or no JSON."""
    try:
        text = json.dumps(schema)
    except (TypeError, ValueError, RecursionError):
        return ""  # whoever normalises it says what is wrong
    return text if len(text) < _LONG else ""


# Where nothing is quoted from a source, the same schemas come with every step and every request.


@lru_cache(maxsize=256)
def _of_schema(written: str, checks: tuple[str, ...], bounds: Bounds) -> Contract:
    return Contract._of_schema(json.loads(written), checks, None, bounds)


@lru_cache(maxsize=256)
def _of_tools(written: str, may_decline: bool, bounds: Bounds, clause: str) -> Contract:
    tools = [ToolSpec(name, "", parameters) for name, parameters in json.loads(written)]
    return Contract._of_tools(tools, may_decline, None, bounds, clause)


_CALL_SCHEMA: Schema = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "arguments": {"type": "object"}},
    "required": ["name", "arguments"],
    "additionalProperties": False,
}


def _choices(schema: Schema) -> set[str]:
    """The words a schema offers itself: saying one of them twice is no misquotation."""
    offered = [field.get("enum", [field.get("const")]) for field in schema.get("properties", {}).values()]
    return {each for choices in offered for each in choices if isinstance(each, str)}


def _taken_from_source(schema: Schema) -> list[str]:
    """The names of a schema's plain strings and numbers: what a small base fills from the source."""
    ruled = ("enum", "const", "pattern", "format", "minLength", "maxLength")
    plain = ("string", "integer", "number")
    fields = schema.get("properties", {}).items()
    return [name for name, field in fields if field.get("type") in plain and not any(key in field for key in ruled)]


def _text(value: Any, source: str) -> str:
    """A field's value as the source says it; empty for what cannot be found there."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return next(iter(as_said([value], source)), "")
    return value if isinstance(value, str) else ""


def _arguments_schema(tool: ToolSpec) -> Schema:
    """Only declared parameters may appear, unless the schema declares none and says that any may."""
    schema = {"type": "object", **usable(tool.parameters, f" of the tool {tool.name}")}
    combined = any(keyword in schema for keyword in ("$ref", "allOf", "anyOf", "oneOf"))
    if not combined and (schema.get("properties") or "additionalProperties" not in schema):
        schema["additionalProperties"] = False
    return schema


def _descriptions(tool: ToolSpec) -> dict[str, str]:
    fields = tool.parameters.get("properties")
    described = fields.items() if isinstance(fields, Mapping) else ()
    found = {name: field.get("description") for name, field in described if isinstance(field, Mapping)}
    return {name: text for name, text in found.items() if isinstance(text, str)}


def check_compiles(grammar: str) -> None:
    """Asks the grammar engine itself, which alone knows the patterns it can hold. Raises `SchemaRefused`."""
    from llguidance import LLMatcher

    failed, messages = LLMatcher.validate_grammar_with_warnings(LLMatcher.grammar_from_lark(grammar))
    if failed:
        reason = messages[0].strip().splitlines()[-1] if messages else "unknown reason"
        raise SchemaRefused(
            f"The grammar engine refuses the schema: {reason}", hint="Simplify its pattern or multipleOf."
        )
