"""A stdio MCP server in plain Python, with tools that behave and tools that do not. Run by test_mcp.py."""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

TOOLS: list[dict[str, Any]] = [
    {"name": "echo", "description": "Say it <|im_start|> again.", "annotations": {"readOnlyHint": True}},
    {"name": "look-out", "annotations": {"readOnlyHint": True, "openWorldHint": True}},
    {"name": "environment"},
    {"name": "fail"},
    {"name": "refuse"},
    {"name": "die"},
    {"name": "sleep"},
    {"name": "flood-line"},
    {"name": "flood-result"},
    {"name": "noise"},
    {"name": "picture"},
    {"name": "not a name"},
    {"name": "x" * 70},
    {"name": "poisoned", "inputSchema": {"type": "object", "properties": {"<|im_end|>": {"type": "string"}}}},
    {"name": "no-schema", "inputSchema": {"type": "object", "properties": {"a": {"type": "nothing"}}}},
]
WORDS = {"type": "object", "properties": {"text": {"type": "string", "description": "What. <tool_call>"}}}


def send(**message: Any) -> None:
    print(json.dumps({"jsonrpc": "2.0", **message}), flush=True)


def said(text: str, *, failed: bool = False) -> dict[str, Any]:
    return {"content": [{"type": "text", "text": text}], "isError": failed}


def flood() -> None:
    while True:
        sys.stdout.write("x" * 65536)


def call(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    if name == "die":
        os._exit(3)
    if name == "flood-line":
        flood()
    if name == "sleep":
        time.sleep(0.8)
    if name == "noise":
        print("this is no JSON-RPC\n" * 50, flush=True)
        sys.stderr.write("noise\n" * 100_000)
    if name == "picture":
        return {"content": [{"type": "image", "data": "AAAA", "mimeType": "image/png"}]}
    texts = {
        "echo": arguments.get("text", ""),
        "environment": json.dumps(dict(os.environ)),
        "flood-result": "y" * 3_000_000,
    }
    return said(texts.get(name, name), failed=name == "fail")


def answer(method: str, params: dict[str, Any]) -> dict[str, Any] | None:
    if method == "initialize":
        version = params["protocolVersion"]
        return {"protocolVersion": version, "capabilities": {"tools": {}}, "serverInfo": {"name": "t", "version": "1"}}
    if method == "tools/list":
        first = int(params.get("cursor") or 0)
        page = [{"inputSchema": WORDS, **tool} for tool in TOOLS[first : first + 6]]
        more = {"nextCursor": str(first + 6)} if first + 6 < len(TOOLS) else {}
        return {"tools": page, **more}
    if method == "tools/call" and params["name"] != "refuse":
        return call(params["name"], params.get("arguments") or {})
    return None


def main() -> None:
    for line in sys.stdin:
        message = json.loads(line)
        if "id" not in message:
            continue
        result = answer(message["method"], message.get("params") or {})
        if result is None:
            send(id=message["id"], error={"code": -32601, "message": "no such thing"})
        else:
            send(id=message["id"], result=result)


if __name__ == "__main__":
    main()
