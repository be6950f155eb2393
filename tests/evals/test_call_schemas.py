"""From BFCL's dialect to JSON Schema, and names there and back."""

from __future__ import annotations

from typing import Any

import pytest

from evals.call_schemas import as_offered, safe_name, shown, to_json_schema
from router.contract import Contract
from router.conversation import ToolCall, ToolSpec


@pytest.mark.parametrize(
    ("document", "schema"),
    [
        ({"type": "dict", "properties": {}}, {"type": "object", "properties": {}}),
        ({"type": "float"}, {"type": "number"}),
        ({"type": "tuple", "items": {"type": "any"}}, {"type": "array", "items": {}}),
        ({"type": "any", "description": "x"}, {"description": "x"}),
        ({"type": "ArrayList", "items": {"type": "Boolean"}}, {"type": "array", "items": {"type": "boolean"}}),
        ({"type": "Bigint"}, {"type": "integer"}),
        ({"type": "whatever"}, {}),
        ({"type": ["float", "null"]}, {"type": ["number", "null"]}),
        ({"type": "integer", "optional": True, "default": 2}, {"type": "integer", "default": 2}),
        ({"type": "array", "enum": ["a", "b"], "items": {"type": "string"}},
         {"type": "array", "items": {"type": "string"}}),
        ({"type": "string", "enum": []}, {"type": "string"}),
        ({"type": "string", "enum": ["a"]}, {"type": "string", "enum": ["a"]}),
        ({"type": "dict", "properties": {"a": {"type": "float"}}, "required": ["a", "b"]},
         {"type": "object", "properties": {"a": {"type": "number"}}, "required": ["a"]}),
        ({"anyOf": [{"type": "dict"}, {"type": "null"}]}, {"anyOf": [{"type": "object"}, {"type": "null"}]}),
        ("nonsense", {}),
    ],
)  # fmt: skip
def test_types(document: Any, schema: dict[str, Any]) -> None:
    assert to_json_schema(document) == schema
    assert to_json_schema(schema) == schema


def test_names_go_out_as_endpoints_want_them_and_come_back() -> None:
    tools = [
        ToolSpec("math.hypot", "", {"type": "dict", "properties": {"x": {"type": "tuple"}}}),
        ToolSpec("f-1", "", {}),
    ]
    offered = shown(tools)
    assert [tool.name for tool in offered] == ["math_hypot", "f-1"]
    Contract.for_tools(offered)
    assert as_offered([ToolCall("math_hypot", {}), ToolCall("zzz", {})], tools) == [
        ToolCall("math.hypot", {}), ToolCall("zzz", {})]  # fmt: skip
    assert len(safe_name("ü" * 100)) == 64
