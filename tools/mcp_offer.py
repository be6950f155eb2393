"""What an MCP server offers and answers → tool specifications and plain text.

A server's tools are prefixed with its name. Descriptions and titles are prose and have control tokens disarmed;
anywhere else in a schema they would be part of its meaning, and the tool is refused. A tool counts as reading only
where the server says so and does not say that it touches the outside world; all others ask. These hints are the
server's word: who configures a server trusts it that far.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from router.conversation import Effect, ToolSpec
from router.errors import ToolBroken
from tools.observation import clean, disarm

if TYPE_CHECKING:
    import mcp_types

_MAX_DESCRIPTION = 1024  # characters
_MAX_SCHEMA = 50_000  # characters of JSON
_MAX_TEXT = 1_000_000  # characters of one result that are looked at


def tool_spec(server: str, offered: mcp_types.Tool) -> ToolSpec:
    """An offered tool as a model sees it. Errors: `ToolBroken` for a schema that is too large or hides control tokens
    where changing them would change its meaning."""
    name = f"{server}_{offered.name}"
    text = json.dumps(offered.input_schema, ensure_ascii=False)
    if len(text) > _MAX_SCHEMA:
        raise ToolBroken(f"The parameters of '{name[:64]}' take {len(text):,} characters.")
    parameters = _with_clean_descriptions(offered.input_schema)
    text = json.dumps(parameters, ensure_ascii=False)
    if disarm(text) != text:
        raise ToolBroken(f"The parameters of '{name[:64]}' hold control tokens.")
    said = " ".join((offered.description or offered.title or f"The tool {offered.name} of {server}.").split())
    return ToolSpec(name, clean(said, _MAX_DESCRIPTION), {"type": "object"} | parameters, effect_of(offered))


def effect_of(offered: mcp_types.Tool) -> Effect:
    """By the server's hints: reading and nothing of the outside world → read; reading outside → network; else write."""
    hints = offered.annotations
    if hints is None or not hints.read_only_hint:
        return "write"
    return "network" if hints.open_world_hint else "read"


def result_text(result: mcp_types.CallToolResult) -> str:
    """The texts of a result in order; what is no text is named by its type. Without any, the structured content."""
    parts = [_part(block) for block in result.content]
    if not parts and result.structured_content is not None:
        parts = [json.dumps(result.structured_content, ensure_ascii=False)]
    return "\n".join(parts)[:_MAX_TEXT] or "done"


def _part(block: mcp_types.ContentBlock) -> str:
    resource = getattr(block, "resource", block)
    text = getattr(resource, "text", None)
    if isinstance(text, str):
        return text
    kind = getattr(resource, "mime_type", None) or block.type
    uri = getattr(resource, "uri", "")
    return f"[{kind} {uri}]" if uri else f"[{kind}]"


def _with_clean_descriptions(schema: Any) -> Any:
    """The same schema with its descriptions and titles, which only the model reads, made safe to read."""
    if isinstance(schema, list):
        return [_with_clean_descriptions(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    prose = ("description", "title")
    return {
        key: clean(value, _MAX_DESCRIPTION)
        if key in prose and isinstance(value, str)
        else _with_clean_descriptions(value)
        for key, value in schema.items()
    }
