"""Which schemas a contract can be made of: real ones with their slips, and clear refusals of the rest."""

from __future__ import annotations

from typing import Any

import pytest

from router.contract import Contract, ContractViolation
from router.errors import SchemaRefused
from tests.router.grammar_samples import Sampler

TREE = {
    "type": "object",
    "properties": {"value": {"type": "integer"}, "children": {"type": "array", "items": {"$ref": "#"}}},
    "required": ["value"],
}

REFUSED = {
    "if": ({"if": {"type": "string"}, "then": {}}, "if at /"),
    "not, below": ({"type": "object", "properties": {"a": {"not": {"const": 1}}}}, "not at /properties/a"),
    "contains": ({"type": "array", "contains": {}}, "contains at /"),
    "dependentRequired": ({"type": "object", "dependentRequired": {"a": ["b"]}}, "dependentRequired"),
    "patternProperties": ({"type": "object", "patternProperties": {"^a": {}}}, "patternProperties"),
    "unique items of free text": (
        {"type": "array", "items": {"type": "string"}, "uniqueItems": True, "minItems": 2}, "uniqueItems at /"),
    "lookahead": ({"type": "string", "pattern": "^(?!a)"}, "lookaround"),
    "no regular expression": ({"type": "string", "pattern": "("}, "not a regular expression"),
    "pattern of another engine": ({"type": "string", "pattern": r"^(a)\1$"}, "grammar engine"),
    "unknown type": ({"type": "colour"}, "'colour' is not a type"),
    "remote reference": ({"$ref": "https://example.com/schema.json"}, "not within this schema"),
    "dangling reference": ({"$ref": "#/$defs/none"}, "names nothing"),
    "circular reference": ({"$defs": {"a": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"}, "only to itself"),
    "endless recursion": ({"required": ["next"], "properties": {"next": {"$ref": "#"}}}, "Nothing can satisfy"),
    "overlapping oneOf": ({"oneOf": [{"type": "integer"}, {"type": "number"}]}, "oneOf at /"),
    "nothing": ({"type": "integer", "minimum": 3, "maximum": 2}, "Nothing can satisfy"),
    "no integer between": ({"type": "integer", "exclusiveMinimum": 1, "exclusiveMaximum": 2}, "Nothing can satisfy"),
    "enum of another type": ({"type": "integer", "enum": ["a"]}, "Nothing can satisfy"),
    "closed and required": ({"additionalProperties": False, "required": ["a"]}, "Nothing can satisfy"),
    "false": ({"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 0}, "Nothing can satisfy"),
    "minimum of text": ({"type": "integer", "minimum": "1"}, "minimum at /"),
    "properties a list": ({"type": "object", "properties": ["a"]}, "properties at /"),
    "too many combinations": ({"allOf": [{"anyOf": [{"minimum": n} for n in range(20)]}] * 2}, "256"),
}  # fmt: skip


@pytest.mark.parametrize(("schema", "told"), REFUSED.values(), ids=REFUSED)
def test_refused(schema: dict[str, Any], told: str) -> None:
    with pytest.raises(SchemaRefused) as raised:
        Contract.for_schema(schema)
    assert told in raised.value.message
    assert raised.value.hint


def test_a_schema_deeper_than_any_output_is_read_is_refused() -> None:
    schema: dict[str, Any] = {"const": 1}
    for _ in range(40):
        schema = {"type": "array", "items": schema, "minItems": 1}
    with pytest.raises(SchemaRefused, match="Nothing can satisfy"):
        Contract.for_schema(schema)
    for _ in range(2000):
        schema = {"type": "array", "items": schema}
    with pytest.raises(SchemaRefused, match="nested too deep"):
        Contract.for_schema(schema)


@pytest.mark.parametrize("schema", [None, 5, "object", [], False])
def test_what_is_no_schema_is_refused(schema: Any) -> None:
    with pytest.raises(SchemaRefused):
        Contract.for_schema(schema)


ADMITTED: dict[str, tuple[dict[str, Any], str, str]] = {
    "annotations": ({"$schema": "x", "title": "T", "x-order": 1, "format": "uri", "type": "string"}, '"a"', "1"),
    "type int": ({"type": "int"}, "1", '"1"'),
    "type any": ({"type": "any"}, '[null, 1.5, {"a": ""}]', "[,]"),
    "types": ({"type": ["string", "null"]}, "null", "1"),
    "nullable": ({"type": "integer", "nullable": True}, "null", "true"),
    "draft 4 limits": ({"type": "integer", "minimum": 0, "exclusiveMinimum": True}, "1", "0"),
    "draft 3 required": ({"type": "object", "properties": {"a": {"type": "null", "required": True}}}, "{}", '{"b": 1}'),
    "draft 4 tuple": ({"items": [{"type": "null"}, {"const": 1}], "minItems": 2}, "[null, 1]", "[null, 1, 2]"),
    "no type": ({"properties": {"a": {"const": 1}}}, '{"a": 1}', '{"a": 2}'),
    "forbidden property": ({"type": "object", "properties": {"a": False, "b": {}}}, '{"b": 1}', '{"a": 1}'),
    "map": ({"type": "object", "additionalProperties": {"type": "integer"}}, '{"a": 1, "b": 2}', '{"a": "1"}'),
    "map of one": ({"type": "object", "maxProperties": 1}, '{"a": 1}', '{"a": 1, "b": 2}'),
    "one of two keys": ({"properties": {"a": {}, "b": {}}, "minProperties": 1}, '{"a": 1}', "{}"),
    "unique enum items": (
        {"type": "array", "items": {"enum": ["a", "b", "c"]}, "uniqueItems": True}, '["a", "c"]', '["a", "a"]'),
    "unique enum items of one type": (
        {"items": {"enum": ["a", 1], "type": "string"}, "uniqueItems": True}, '["a"]', '["a", 1]'),
    "recursion": (TREE, '{"value": 1, "children": [{"value": 2}]}', '{"children": []}'),
    "reference with siblings": (
        {"$defs": {"n": {"type": "integer"}}, "$ref": "#/$defs/n", "minimum": 5}, "5", "4"),
    "allOf": ({"allOf": [{"properties": {"a": {"const": 1}}}, {"properties": {"b": {"const": 2}}}]}, '{"a": 1, "b": 2}',
              '{"b": 2, "a": 1}'),
    "anyOf required": (
        {"properties": {"a": {"const": 1}, "b": {"const": 2}}, "anyOf": [{"required": ["a"]}, {"required": ["b"]}]},
        '{"b": 2}', "{}"),
    "oneOf told apart": (
        {"oneOf": [{"properties": {"k": {"const": k}}, "required": ["k"]} for k in "xy"]}, '{"k": "y"}', '{"k": "z"}'),
    "enum beside limits": ({"enum": [1, 5, "a"], "type": "integer", "minimum": 2}, "5", "1"),
    "range": ({"type": "number", "minimum": -0.25, "maximum": 1000}, "-0.25", "-0.26"),
    "tenths": ({"type": "number", "multipleOf": 0.1}, "12.3", "12.34"),
    "thirds": ({"type": "integer", "multipleOf": 3, "maximum": 60}, "-9", "61"),
    "pattern": ({"type": "string", "pattern": r"^\d{2}$"}, '"42"', '"٤٢"'),
    "pattern anywhere": ({"type": "string", "pattern": r"\d"}, '"a1b"', '"ab"'),
    "leap day": ({"type": "string", "format": "date"}, '"2028-02-29"', '"2027-02-29"'),
    "time": ({"type": "string", "format": "date-time"}, '"2031-03-05T10:30:00Z"', '"2031-03-05T24:30:00Z"'),
    "characters, not bytes": ({"type": "string", "maxLength": 2}, '"é\\n"', '"abc"'),
}  # fmt: skip


@pytest.mark.parametrize(("schema", "good", "bad"), ADMITTED.values(), ids=ADMITTED)
def test_admitted(schema: dict[str, Any], good: str, bad: str) -> None:
    contract = Contract.for_schema(schema)
    sampler = Sampler(contract.grammar(markers=False))
    assert sampler.admits(good)
    contract.parse(good)
    assert not sampler.admits(bad)


@pytest.mark.parametrize(
    "text", ['"\\u0041"', '"\\/"', "1.50", "01", "1e3", "-0", '{"a":1}', "[1,2]", "[ 1]", " 1", "1 "]
)
def test_only_one_spelling_is_admitted(text: str) -> None:
    assert not Sampler(Contract.for_schema({}).grammar(markers=False)).admits(text)


@pytest.mark.parametrize(
    "schema", [{"type": "string"}, {"type": "array"}, {"type": "number"}, {"type": "object"}, TREE]
)
def test_everything_ends(schema: dict[str, Any]) -> None:
    sampler = Sampler(Contract.for_schema(schema).grammar(markers=False))
    endless = {"string": '"' + "a" * 401 + '"', "array": "[" + ", ".join("1" * 17) + "]", "number": "1" * 21}
    endless["object"] = '{"a": ' * 8 + "1" + "}" * 8 if schema is not TREE else '{"value": 1, "children": [' * 8
    assert not sampler.admits(endless[schema["type"]])


def test_limits_that_no_float_holds_do_not_break_validation() -> None:
    contract = Contract.for_schema({"type": "number", "multipleOf": 0.01})
    with pytest.raises(ContractViolation):
        contract.parse("1e-300")
    contract.parse("1" * 300)
