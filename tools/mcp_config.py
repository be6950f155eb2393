"""The usual `mcpServers` JSON file → which servers to start, with what, and which of their tools to take.

    {"mcpServers": {
        "files": {"command": "npx", "args": ["-y", "some-server", "."], "tools": ["read_file"]},
        "issues": {"url": "https://example.org/mcp", "headers": {"Authorization": "Bearer ${TOKEN}"}}
    }}

`tools` is the allow-list, by the server's own names; without it, or with "*" in it, all are taken. `disabled` leaves a
server out. `${NAME}` stands for an environment variable, which must be set: so secrets stay out of the file.
Starts nothing.
"""

from __future__ import annotations

import ipaddress
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

from router.errors import UsageError

_NAME = re.compile(r"[A-Za-z0-9-]{1,32}(?:_[A-Za-z0-9-]+)*")
_VARIABLE = re.compile(r"\$\{(?:env:)?([A-Za-z_][A-Za-z0-9_]*)\}")
_WORDS = {"type": "object", "additionalProperties": {"type": "string"}}
_SCHEMA = {
    "type": "object",
    "required": ["mcpServers"],
    "properties": {
        "mcpServers": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "properties": {
                    "type": {"enum": ["stdio", "http", "streamable-http", "streamableHttp", "local"]},
                    "command": {"type": "string", "minLength": 1},
                    "args": {"type": "array", "items": {"type": "string"}},
                    "env": _WORDS,
                    "cwd": {"type": "string"},
                    "url": {"type": "string", "pattern": "^https?://"},
                    "headers": _WORDS,
                    "tools": {"type": "array", "items": {"type": "string"}},
                    "disabled": {"type": "boolean"},
                },
                "oneOf": [{"required": ["command"]}, {"required": ["url"]}],
            },
        }
    },
}


@dataclass(frozen=True)
class Server:
    """One server: started by `command`, or asked at `url`. `tools` None means all of them.

    The environment a started server gets is `env` and the handful of variables a program needs to run at all (HOME,
    PATH and their like), never the whole of ours."""

    name: str
    command: str = ""
    args: tuple[str, ...] = ()
    env: Mapping[str, str] | None = None
    cwd: str | None = None
    url: str = ""
    headers: Mapping[str, str] | None = None
    tools: frozenset[str] | None = None

    def takes(self, tool: str) -> bool:
        return self.tools is None or tool in self.tools

    def secrets(self) -> dict[str, str]:
        """Values that must not be seen in an observation or a trace → what is shown instead. Short values are left
        alone: hiding every "1" would hide the text, and no secret is that short."""
        named = {**(self.env or {}), **(self.headers or {})}
        parts = {part: name for name, value in named.items() for part in (value, value.split(" ")[-1])}
        address = urlsplit(self.url)
        parts |= {part: "url" for part in (address.query, address.password or "") if part}
        return {part: f"[{name}]" for part, name in parts.items() if len(part) >= 6}


def read_servers(path: Path) -> list[Server]:
    """The enabled servers of a file, in its order. Errors: `UsageError` for a file that cannot be read or says
    something else than the above, a variable that is not set, and a secret header over plain HTTP."""
    try:
        document = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror}.", hint="Name an existing mcpServers file."
        ) from error
    except ValueError as error:
        raise UsageError(f"{path} is not JSON: {error}.", hint="Correct the file.") from error
    if wrong := best_match(Draft202012Validator(_SCHEMA).iter_errors(document)):
        where = ".".join(str(part) for part in wrong.absolute_path) or "the top"
        raise UsageError(f"{path} is not an mcpServers file: at {where}, {_said(wrong)}", hint="Correct the file.")
    entries: Mapping[str, Mapping[str, Any]] = document["mcpServers"]
    return [_server(name, entry) for name, entry in entries.items() if not entry.get("disabled")]


def _said(wrong: ValidationError) -> str:
    """The complaint without the values, which may be secrets."""
    by_keyword = {"oneOf": "give either command or url.", "pattern": "an address begins with http:// or https://."}
    keyword = str(wrong.validator)
    return by_keyword.get(keyword, f"{keyword} must be {str(wrong.validator_value)[:120]}.")


def _server(name: str, entry: Mapping[str, Any]) -> Server:
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name[:60]!r} is not a server name.", hint="Use letters, digits, hyphens and underscores.")
    tools = entry.get("tools")
    server = Server(
        name=name,
        command=_expanded(entry.get("command", ""), name),
        args=tuple(_expanded(argument, name) for argument in entry.get("args", ())),
        env={key: _expanded(value, name) for key, value in entry.get("env", {}).items()},
        cwd=entry.get("cwd"),
        url=_expanded(entry.get("url", ""), name),
        headers={key: _expanded(value, name) for key, value in entry.get("headers", {}).items()},
        tools=None if tools is None or "*" in tools else frozenset(tools),
    )
    if server.headers and server.url.startswith("http://") and not _is_this_machine(server.url):
        raise UsageError(f"Server '{name}' would get its headers over plain HTTP.", hint="Use an https:// address.")
    return server


def _expanded(text: str, server: str) -> str:
    def value(match: re.Match[str]) -> str:
        if match[1] not in os.environ:
            raise UsageError(f"Server '{server}' needs the variable {match[1]}.", hint=f"export {match[1]}=…")
        return os.environ[match[1]]

    return _VARIABLE.sub(value, text)


def _is_this_machine(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
