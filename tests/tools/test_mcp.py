"""MCP servers as tools: one of our own that misbehaves in every way, and public ones where they are installed."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from router.conversation import ToolCall
from router.errors import UsageError
from tools.mcp import McpServers
from tools.mcp_config import Server
from tools.observation import Observation
from tools.toolbox import Toolbox

pytest.importorskip("mcp", reason="the extra 'mcp' is not installed")

SCRIPT = str(Path(__file__).with_name("mcp_server.py"))
SECRET = "s3cr3t-t0ken"


def tiny(name: str = "tiny", tools: frozenset[str] | None = None) -> Server:
    return Server(name, command=sys.executable, args=(SCRIPT,), env={"TOKEN": SECRET}, tools=tools)


def ask(servers: McpServers, name: str, **arguments: object) -> Observation:
    box = Toolbox(servers.tools(), Path.cwd(), approve=lambda call, spec: True)
    return box.call(ToolCall(name, arguments))


@pytest.fixture(scope="module")
def servers() -> Iterator[McpServers]:
    """One server for all tests that leave it alive."""
    with McpServers([tiny()], call_s=20) as running:
        yield running


def test_tools_are_prefixed_and_their_effects_follow_the_hints(servers: McpServers) -> None:
    specs = {tool.spec.name: tool.spec for tool in servers.tools()}
    assert specs["tiny_echo"].effect == "read"
    assert specs["tiny_look-out"].effect == "network"
    assert specs["tiny_fail"].effect == "write"
    assert specs["tiny_echo"].description == "Say it ‹|im_start|› again."
    assert specs["tiny_echo"].parameters["properties"]["text"]["description"] == "What. ‹tool_call›"
    assert specs["tiny_fail"].description == "The tool fail of tiny."


def test_tools_that_are_none_are_left_out_and_told_once(servers: McpServers) -> None:
    servers.tools()
    names = {tool.spec.name for tool in servers.tools()}
    told = "\n".join(servers.problems)
    assert not {name for name in names if "poisoned" in name or "xxx" in name or " " in name or "schema" in name}
    assert len(servers.problems) == 4
    assert all(word in told for word in ("not a name", "xxx", "control tokens", "not a JSON Schema"))


@pytest.mark.parametrize(
    ("name", "kind", "text"),
    [
        ("tiny_echo", "ok", "hello ‹|end|›"),
        ("tiny_fail", "failed", "Failed: fail"),
        ("tiny_refuse", "failed", "Failed: The server 'tiny' reports an error: no such thing"),
        ("tiny_picture", "ok", "[image/png]"),
        ("tiny_noise", "ok", "noise"),
    ],
)
def test_answers_become_observations(servers: McpServers, name: str, kind: str, text: str) -> None:
    seen = ask(servers, name, text="hello <|end|>")
    assert (seen.kind, seen.text) == (kind, text)


def test_a_large_result_is_cut(servers: McpServers) -> None:
    seen = ask(servers, "tiny_flood-result")
    assert seen.ok
    assert len(seen.text) <= 4000


def test_the_environment_is_the_configured_one_and_its_secrets_are_not_shown(
    servers: McpServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUIVER_TEST_OURS", "ours")
    with McpServers([tiny()]) as fresh:
        seen = ask(fresh, "tiny_environment")
    environment = json.loads(seen.text)
    assert environment["TOKEN"] == "[TOKEN]"
    assert environment["PATH"] == os.environ["PATH"]
    assert "QUIVER_TEST_OURS" not in environment
    assert SECRET not in ask(servers, "tiny_echo", text=f"it is {SECRET}.").text


def test_only_the_allowed_tools_are_taken() -> None:
    with McpServers([tiny(tools=frozenset({"echo", "fail"}))]) as servers:
        assert [tool.spec.name for tool in servers.tools()] == ["tiny_echo", "tiny_fail"]


def test_a_slow_call_is_given_up_and_the_server_kept() -> None:
    with McpServers([tiny()], call_s=0.3) as servers:
        seen = ask(servers, "tiny_sleep")
        assert (seen.kind, seen.text) == ("timeout", "sleep gave no result in 0.3 seconds.")
        assert eventually(servers, "still here")


def eventually(servers: McpServers, text: str) -> bool:
    """On a busy machine even an echo may miss a short limit once or twice."""
    return any(ask(servers, "tiny_echo", text=text).text == text for _ in range(20))


def test_a_server_that_dies_is_told() -> None:
    with McpServers([tiny()]) as servers:
        assert ask(servers, "tiny_die").kind == "failed"
        assert ask(servers, "tiny_echo", text="x").kind == "failed"


def test_a_server_that_floods_is_stopped() -> None:
    with McpServers([tiny()], call_s=0.5) as servers:
        assert ask(servers, "tiny_flood-line").kind == "timeout"
        deadline = time.monotonic() + 10
        while "no longer running" not in (seen := ask(servers, "tiny_echo", text="x")).text:
            assert time.monotonic() < deadline
        assert seen.kind == "failed"


@pytest.mark.parametrize(
    ("server", "reason"),
    [
        (Server("gone", command="/nowhere/to/be/found"), "No such file"),
        (Server("dies", command=sys.executable, args=("-c", "import sys; sys.exit('oh no')")), "last words: oh no"),
        (Server("mute", command=sys.executable, args=("-c", "import time; time.sleep(60)")), "no answer in 5 seconds"),
        (Server("web", url="http://127.0.0.1:9/mcp"), "did not start"),
    ],
)
def test_a_server_that_does_not_start_costs_only_itself(server: Server, reason: str) -> None:
    with McpServers([server, tiny(tools=frozenset({"echo"}))], start_s=5) as servers:
        assert [tool.spec.name for tool in servers.tools()] == ["tiny_echo"]
        assert len(servers.problems) == 1
        assert f"Server '{server.name}' did not start" in servers.problems[0]
        assert reason in servers.problems[0]


def test_two_servers_may_not_share_a_tool_name() -> None:
    only = frozenset({"echo"})
    with McpServers([tiny(tools=only), tiny(tools=only)]) as servers:
        assert len(servers.tools()) == 1
        assert "two tools named 'tiny_echo'" in servers.problems[0]


def test_a_closed_server_leaves_no_process() -> None:
    with McpServers([tiny()]) as servers:
        pass
    assert ask(servers, "tiny_echo", text="x").text.endswith("The server 'tiny' is no longer running.")


def test_without_the_package_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(UsageError, match="package 'mcp'") as refused:
        McpServers([])
    assert "quiver-agent[mcp]" in refused.value.hint


def installed(command: str) -> str:
    path = shutil.which(command)
    if path is None:
        pytest.skip(f"{command} is not on the PATH")
    return path


HTTP_SERVER = """
import sys
from mcp.server.mcpserver import Context, MCPServer

server = MCPServer("http")

@server.tool()
def whoami(ctx: Context) -> str:
    "Tell which authorization came."
    return ctx.request_context.request.headers.get("authorization", "none")

server.run(transport="streamable-http", port=int(sys.argv[1]))
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.server
def test_a_server_over_http_gets_its_headers_and_they_are_not_shown() -> None:
    port = free_port()
    with subprocess.Popen([sys.executable, "-c", HTTP_SERVER, str(port)], stderr=subprocess.DEVNULL) as process:
        try:
            wait_for(port)
            url, headers = f"http://127.0.0.1:{port}/mcp", {"Authorization": f"Bearer {SECRET}"}
            with McpServers([Server("web", url=url, headers=headers)], start_s=60) as servers:
                assert servers.problems == []
                assert ask(servers, "web_whoami").text == "[Authorization]"
        finally:
            process.kill()


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise AssertionError("the server did not come up")


@pytest.mark.server
def test_the_public_time_server() -> None:
    server = Server("time", command=installed("mcp-server-time"), args=("--local-timezone", "UTC"))
    with McpServers([server], start_s=60) as servers:
        assert {tool.spec.name for tool in servers.tools()} >= {"time_get_current_time", "time_convert_time"}
        seen = ask(servers, "time_convert_time", source_timezone="UTC", time="12:00", target_timezone="Asia/Tokyo")
        assert "T21:00:00+09:00" in seen.text
        assert ask(servers, "time_get_current_time", timezone="Nowhere").kind == "failed"
        assert ask(servers, "time_get_current_time").kind == "invalid"


@pytest.mark.server
def test_the_public_filesystem_server(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("hello")
    server = Server("files", command=installed("mcp-server-filesystem"), args=(str(tmp_path),))
    with McpServers([server], start_s=60) as servers:
        effects = {tool.spec.name: tool.spec.effect for tool in servers.tools()}
        assert (effects["files_read_text_file"], effects["files_write_file"]) == ("read", "write")
        assert ask(servers, "files_read_text_file", path=str(tmp_path / "a.txt")).text == "hello"
        assert ask(servers, "files_read_text_file", path="/etc/passwd").kind == "failed"


@pytest.mark.server
def test_the_public_fetch_server() -> None:
    with McpServers([Server("fetch", command=installed("mcp-server-fetch"))], start_s=60) as servers:
        assert {tool.spec.name: tool.spec.effect for tool in servers.tools()} == {"fetch_fetch": "network"}
        assert ask(servers, "fetch_fetch", url="http://127.0.0.1:9/").kind == "failed"
