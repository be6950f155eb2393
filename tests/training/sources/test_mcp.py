"""MCP catalogues: cleaned, flattened, each tool once, a fifth of the servers held out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from router.errors import UsageError
from tests.training.sources.conftest import Write
from training.sources import mcp

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)


def _tool(name: str = "find_files", **properties: Any) -> dict[str, Any]:
    schema = {"type": "object", "properties": properties, "required": list(properties)[:1]}
    return {"name": name, "description": "Find files by name. Very fast.", "inputSchema": schema}


def test_a_tool_becomes_short_and_flat() -> None:
    tool = mcp.clean_tool(_tool(path={"type": ["string", "null"], "description": "Where to look\n\nmore"}))
    assert tool == {
        "name": "find_files",
        "description": "Find files by name",
        "parameters": {
            "type": "object",
            "properties": {"path": {"type": "string", "description": "Where to look"}},
            "required": ["path"],
        },
    }


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ({"type": "object", "properties": {}}, None),
        ({"$ref": "#/x"}, None),
        ({"type": "array", "items": {"type": "object"}}, None),
        ({"type": "array", "items": {"type": "integer"}}, {"type": "array", "items": {"type": "integer"}}),
        ({"type": "array"}, {"type": "array", "items": {"type": "string"}}),
        ({"anyOf": [{"type": "null"}, {"type": "number"}]}, {"type": "number"}),
        ({"type": "string", "enum": ["a", "b"]}, {"type": "string", "enum": ["a", "b"]}),
        ({"type": "string", "enum": ["only"]}, None),
        ({"type": "boolean", "description": "是否"}, {"type": "boolean"}),
        ("string", None),
    ],
)
def test_properties_are_scalars_enums_or_arrays(raw: Any, clean: Any) -> None:
    assert mcp.clean_property(raw) == clean


@pytest.mark.parametrize(
    "broken",
    [
        {"name": "no purpose"},
        {"name": "a" * 65, "description": "Too long a name"},
        {"name": "spaces here", "description": "Not a tool name"},
        {"name": "search", "description": "使用必应搜索"},
        {"name": "search", "description": "Deploy Server X Try in Playground"},
        {"name": None, "description": "Nameless"},
    ],
)
def test_what_cannot_be_used_is_left_out(broken: dict[str, Any]) -> None:
    assert mcp.clean_tool(broken) is None


def test_at_most_eight_properties_required_first() -> None:
    raw = _tool(**{f"p{index}": {"type": "string"} for index in range(12)})
    raw["inputSchema"]["required"] = ["p11"]
    tool = mcp.clean_tool(raw)
    assert tool is not None
    assert len(tool["parameters"]["properties"]) == mcp.MAX_PROPERTIES
    assert tool["parameters"]["required"] == ["p11"]


def test_crawled_lists_lose_words_of_the_description_and_gain_types() -> None:
    listed = [
        {"name": "Add", "required": False, "type": "string"},
        {"name": "find_files", "required": False, "type": "string"},
        {"name": "query", "required": True, "type": "string"},
        {"name": "max_count", "required": False, "type": "string"},
        {"name": "includeHidden", "required": False, "type": "string"},
    ]
    tool = mcp.clean_tool({"name": "find_files", "description": "Find files", "parameters": listed})
    assert tool is not None
    kinds = {key: value["type"] for key, value in tool["parameters"]["properties"].items()}
    assert kinds == {"query": "string", "max_count": "integer", "includeHidden": "boolean"}


@given(JSON)
def test_any_schema_gives_a_valid_tool_or_none(schema: Any) -> None:
    tool = mcp.clean_tool({"name": "t", "description": "Does a thing", "inputSchema": schema})
    assert tool is not None
    Draft202012Validator.check_schema(tool["parameters"])


@given(st.dictionaries(st.sampled_from(["name", "description", "inputSchema", "parameters"]), JSON))
def test_no_input_is_a_crash(raw: dict[str, Any]) -> None:
    tool = mcp.clean_tool(raw)
    assert tool is None or tool["name"] == raw["name"]


@pytest.fixture
def data(write: Write, tmp_path: Path) -> Path:
    for number in range(60):
        path = {"type": "string"}
        write(
            f"docker-mcp/servers/s{number}/tools.json", [_tool(f"tool_{number}", path=path), _tool("shared", path=path)]
        )
    write("mcpm/servers/one.json", {"tools": [_tool("tool_1", path={"type": "string"})]})
    write("livemcp/tools.json", [{"tools": {"live": {"tools": [_tool("live_tool")]}}}])
    crawled = {"name": "crawled", "description": "Crawled tool", "parameters": []}
    metadata = {
        "server_name": "T",
        "server_info_crawled": {"tools": [crawled]},
        "remote_server_response": {"tools": []},
    }
    write("toucan-mcp/mcp_servers/a.json", {"metadata": metadata})
    return tmp_path


def test_the_splits_share_no_server_and_no_tool(data: Path) -> None:
    train, held_out = mcp.read_tools(data, "train"), mcp.read_tools(data, "held-out")
    assert {tool.server for tool in train}.isdisjoint(tool.server for tool in held_out)
    assert {tool.tool["name"] for tool in train}.isdisjoint(tool.tool["name"] for tool in held_out)
    assert 0 < len(held_out) < len(train)


def test_every_tool_once_from_every_catalogue(data: Path) -> None:
    found = mcp.read_tools(data, "train") + mcp.read_tools(data, "held-out")
    names = [tool.tool["name"] for tool in found]
    assert len(set(names)) == len(names)
    assert {"crawled", "live_tool", "shared", "tool_1"} <= set(names)
    assert {tool.licence for tool in found} == {"MIT", "Apache-2.0"}


def test_a_folder_without_catalogues_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="toucan-mcp"):
        mcp.read_tools(tmp_path, "train")
    with pytest.raises(UsageError, match="no split"):
        mcp.read_tools(tmp_path, "test")


def test_published_schemas_come_as_they_are_and_once(write: Write) -> None:
    deep = {"type": "object", "properties": {"a": {"type": "object", "properties": {"b": {"minLength": 2}}}}}
    tools = [*({"name": f"t{n}", "inputSchema": deep} for n in range(2)), {"name": "none"}]
    for number in range(12):
        path = write(f"mcpm/servers/s{number}.json", {"tools": tools})
    found = {split: list(mcp.read_schemas(path.parents[2], split)) for split in mcp.SPLITS}
    assert [len(each) <= 1 for each in found.values()] == [True, True]
    assert [schema for each in found.values() for _, schema in each]
    assert all(schema == deep for each in found.values() for _, schema in each)
