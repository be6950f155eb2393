"""The mcpServers file: what is taken from it, what is refused, and that no complaint shows a secret."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from router.errors import UsageError
from tools.mcp_config import Server, read_servers


def written(tmp_path: Path, servers: Any) -> Path:
    path = tmp_path / "mcp.json"
    path.write_text(json.dumps({"mcpServers": servers}))
    return path


def test_servers_are_read_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUIVER_TEST_TOKEN", "s3cr3t-value")
    servers = {
        "files": {"command": "run", "args": ["--root", "."], "env": {"KEY": "${QUIVER_TEST_TOKEN}"}, "tools": ["read"]},
        "off": {"command": "run", "disabled": True},
        "web": {"type": "http", "url": "https://example.org/mcp", "headers": {"A": "Bearer ${env:QUIVER_TEST_TOKEN}"}},
        "all": {"command": "run", "tools": ["*"]},
    }
    files, web, everything = read_servers(written(tmp_path, servers))
    assert (files.name, files.command, files.args) == ("files", "run", ("--root", "."))
    assert files.env == {"KEY": "s3cr3t-value"}
    assert (files.takes("read"), files.takes("write"), everything.takes("write")) == (True, False, True)
    assert (web.url, web.headers) == ("https://example.org/mcp", {"A": "Bearer s3cr3t-value"})


def test_secrets_are_known_by_their_names() -> None:
    server = Server(
        "s", env={"KEY": "abcdefgh", "N": "1"}, headers={"Auth": "Bearer tok-12345"}, url="https://h/?k=qwertz"
    )
    assert server.secrets() == {
        "abcdefgh": "[KEY]",
        "Bearer tok-12345": "[Auth]",
        "tok-12345": "[Auth]",
        "k=qwertz": "[url]",
    }


@pytest.mark.parametrize(
    ("servers", "complaint"),
    [
        ([], "mcpServers"),
        ({"a": {}}, "either command or url"),
        ({"a": {"command": "x", "url": "https://h"}}, "either command or url"),
        ({"a": {"command": ["x"]}}, "type must be string"),
        ({"a": {"command": "x", "args": "y"}}, "type must be array"),
        ({"a": {"command": "x", "env": {"K": 1}}}, "type must be string"),
        ({"a": {"url": "ftp://h"}}, "begins with http"),
        ({"a": {"type": "sse", "url": "https://h"}}, "stdio"),
        ({"a b": {"command": "x"}}, "not a server name"),
        ({"../a": {"command": "x"}}, "not a server name"),
        ({"a": {"command": "x", "env": {"K": "${QUIVER_TEST_UNSET}"}}}, "needs the variable QUIVER_TEST_UNSET"),
        ({"a": {"url": "http://example.org/mcp", "headers": {"A": "topsecret"}}}, "plain HTTP"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, servers: Any, complaint: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_servers(written(tmp_path, servers))
    assert complaint in refused.value.message
    assert refused.value.hint


def test_a_complaint_shows_no_value(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        read_servers(written(tmp_path, {"a": {"command": "x", "env": {"KEY": ["topsecret"]}}}))
    assert "topsecret" not in refused.value.message


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:8000", "[::1]:8000"])
def test_headers_may_go_to_this_machine(tmp_path: Path, host: str) -> None:
    servers = {"a": {"url": f"http://{host}/mcp", "headers": {"A": "x"}}}
    assert read_servers(written(tmp_path, servers))[0].headers == {"A": "x"}


@pytest.mark.parametrize("content", ["", "{", "[]", "null", "\xff"])
def test_a_file_that_is_none(tmp_path: Path, content: str) -> None:
    path = tmp_path / "mcp.json"
    path.write_text(content, encoding="latin-1")
    with pytest.raises(UsageError):
        read_servers(path)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_servers(tmp_path / "none.json")
