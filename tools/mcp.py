"""MCP servers as tools: started or connected to, asked what they offer, called with a time limit, stopped at the end.

    with McpServers(read_servers(path)) as servers:
        toolbox = Toolbox([*builtin_tools(workdir), *servers.tools()], workdir, approve)

A server is a stranger. What it offers is checked in `tools.mcp_offer`; values of its configured environment and headers
are cut from whatever it says; one that does not start, dies or floods costs itself and its calls, never the agent.

The `mcp` package is asynchronous and lives on a thread of its own here. Needs the extra `mcp`.
"""

from __future__ import annotations

import asyncio
import importlib.util
import logging
import math
import os
import threading
from collections.abc import AsyncIterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, TextIO

from router.errors import ToolBroken, UsageError
from tools.mcp_config import Server
from tools.mcp_offer import result_text, tool_spec
from tools.tool import Tool, ToolFailed
from tools.toolbox import validator

if TYPE_CHECKING:
    import mcp_types
    from mcp import Client

_MAX_TOOLS = 200  # of one server
_PROBE_S = 2.0
_STOP_S = 10.0


class McpServers:
    """Connections to several servers, held open between `__enter__` and `__exit__`.

    `start_s` and `call_s` bound starting all servers and one call, in seconds. A server that does not start costs
    only itself: `problems` says which and why, for the person. Errors: `UsageError` when `mcp` is not installed."""

    def __init__(self, servers: Sequence[Server], *, start_s: float = 20.0, call_s: float = 12.0) -> None:
        if importlib.util.find_spec("mcp") is None:
            raise UsageError("MCP servers need the package 'mcp'.", hint="pip install 'quiver-agent[mcp]'")
        logging.getLogger("mcp").addHandler(logging.NullHandler())  # it logs a traceback for every line it cannot read
        self._connections = [_Connection(server, start_s, call_s) for server in servers]
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="mcp", daemon=True)
        self.problems: list[str] = []

    def __enter__(self) -> McpServers:
        self._thread.start()
        for connection in self._connections:
            connection.start(self._loop)
        try:
            for connection in self._connections:
                connection.wait_until_ready()
        except BaseException:  # an interrupt while waiting: leave no server behind
            self.close()
            raise
        self.problems += [connection.problem for connection in self._connections if connection.problem]
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop all servers: first by closing their input, then by signal. At most some ten seconds."""
        for connection in self._connections:
            connection.stop()
        for connection in self._connections:
            connection.wait_until_stopped()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_STOP_S)
        if not self._thread.is_alive():
            self._loop.close()

    def tools(self) -> list[Tool]:
        """The tools the allow-lists let through. One that is no proper tool, or whose name another has taken, is left
        out and told of in `problems`."""
        tools: dict[str, Tool] = {}
        for connection in self._connections:
            for offered in connection.offered:
                try:
                    tool = connection.tool(offered)
                    if tool.spec.name in tools:
                        raise ToolBroken(f"There are two tools named '{tool.spec.name}'.")
                    tools[tool.spec.name] = tool
                except ToolBroken as broken:
                    self._tell(f"A tool of server '{connection.server.name}' is left out: {broken.message}")
        return list(tools.values())

    def _tell(self, problem: str) -> None:
        if problem not in self.problems:
            self.problems.append(problem)


class _Connection:
    """One server. The methods without `async` are called from other threads, the others on the loop."""

    def __init__(self, server: Server, start_s: float, call_s: float) -> None:
        self.server = server
        self.offered: list[mcp_types.Tool] = []
        self.problem = ""
        self._start_s = start_s
        self._call_s = call_s
        self._client: Client | None = None
        self._ready = threading.Event()
        self._secrets = server.secrets()

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._stopping = asyncio.Event()
        self._held: Future[None] = asyncio.run_coroutine_threadsafe(self._hold(), loop)

    def wait_until_ready(self) -> None:
        self._ready.wait(self._start_s + _STOP_S)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stopping.set)

    def wait_until_stopped(self) -> None:
        with suppress(Exception):  # however it ended, it has
            self._held.result(_STOP_S)

    def tool(self, offered: mcp_types.Tool) -> Tool:
        """Errors: `ToolBroken` when what the server offers is no proper tool."""
        spec = tool_spec(self.server.name, offered)
        validator(spec)

        def run(**arguments: Any) -> str:
            return self._call(offered.name, arguments)

        return Tool(spec, run)

    async def _hold(self) -> None:
        """Connect, list the tools, and keep the connection until told to stop; all in one task, as `mcp` asks."""
        import anyio

        with _Tail() as log:
            try:
                with anyio.fail_after(self._start_s) as starting:
                    async with _connected(self.server, log.writer) as client:
                        self.offered = [tool for tool in await _listed(client) if self.server.takes(tool.name)]
                        self._client = client
                        starting.deadline = math.inf
                        self._ready.set()
                        await self._stopping.wait()
            except Exception as error:
                if not self._ready.is_set():
                    self.problem = self._redacted(_not_started(self.server.name, error, self._start_s, log.text()))
            finally:
                self._client = None
                self._ready.set()

    def _call(self, name: str, arguments: Mapping[str, Any]) -> str:
        """Errors: `ToolFailed` with what the server said, `TimeoutError` when it said nothing in time."""
        if self._client is None:
            raise ToolFailed(f"The server '{self.server.name}' is no longer running.")
        future = asyncio.run_coroutine_threadsafe(self._ask(self._client, name, arguments), self._loop)
        try:
            text, failed = future.result(self._call_s + 2 * _PROBE_S)
        except TimeoutError:
            if future.cancel():  # still at it: the loop itself does not come to an end with this server
                self.stop()
            raise TimeoutError(f"{name} gave no result in {self._call_s:g} seconds.") from None
        except Exception as error:
            said = self._redacted(_reason(error)[:2000])
            raise ToolFailed(f"The server '{self.server.name}' reports an error: {said}") from error
        if failed:
            raise ToolFailed(self._redacted(text))
        return self._redacted(text)

    async def _ask(self, client: Client, name: str, arguments: Mapping[str, Any]) -> tuple[str, bool]:
        """(what the server answered, whether it called that a failure). A server that lets the time pass and then does
        not even list its tools is stopped: one stuck in a flood would fill the memory."""
        import anyio

        with anyio.move_on_after(self._call_s):
            result = await client.call_tool(name, dict(arguments))
            return result_text(result), result.is_error
        alive = False
        with anyio.move_on_after(_PROBE_S), suppress(Exception):
            await client.list_tools(cache_mode="refresh")
            alive = True
        if not alive:
            self._stopping.set()
        raise TimeoutError

    def _redacted(self, text: str) -> str:
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, self._secrets[secret])
        return text


@asynccontextmanager
async def _connected(server: Server, log: TextIO) -> AsyncIterator[Client]:
    """Errors: whatever the `mcp` package and the operating system raise."""
    from mcp import Client, StdioServerParameters
    from mcp.client.stdio import stdio_client
    from mcp.client.streamable_http import streamable_http_client

    async with AsyncExitStack() as stack:
        if server.url:
            import httpx2

            http = await stack.enter_async_context(httpx2.AsyncClient(headers=dict(server.headers or {}), timeout=30))
            transport = streamable_http_client(server.url, http_client=http)
        else:
            command = StdioServerParameters(
                command=server.command,
                args=list(server.args),
                env=dict(server.env or {}),
                cwd=server.cwd,
                encoding_error_handler="replace",
            )
            transport = stdio_client(command, errlog=log)
        yield await stack.enter_async_context(Client(transport))


async def _listed(client: Client) -> list[mcp_types.Tool]:
    """All pages, as far as `_MAX_TOOLS`."""
    page = await client.list_tools()
    tools = list(page.tools)
    while page.next_cursor and page.tools and len(tools) < _MAX_TOOLS:
        page = await client.list_tools(cursor=page.next_cursor)
        tools += page.tools
    return tools[:_MAX_TOOLS]


def _reason(error: BaseException) -> str:
    """The innermost message: `anyio` wraps errors in groups."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    said = " ".join(str(getattr(error, "message", "") or error).split())
    return said or type(error).__name__


def _not_started(server: str, error: Exception, start_s: float, log: str) -> str:
    reason = f"no answer in {start_s:g} seconds" if isinstance(error, TimeoutError) else _reason(error)
    last = f" Its last words: {log.splitlines()[-1][:200]}" if log.strip() else ""
    return f"Server '{server}' did not start: {reason[:300]}.{last}"


class _Tail:
    """What a server writes to its error output: read so that it never blocks, only the end of it kept."""

    _KEPT = 4000  # bytes

    def __enter__(self) -> _Tail:
        reading, writing = os.pipe()
        self._end = b""
        self.writer = os.fdopen(writing, "w")
        threading.Thread(target=self._drain, args=(reading,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.writer.close()

    def text(self) -> str:
        return self._end.decode("utf-8", errors="replace").strip()

    def _drain(self, reading: int) -> None:
        with os.fdopen(reading, "rb", buffering=0) as pipe:
            while chunk := pipe.read(65536):
                self._end = (self._end + chunk)[-self._KEPT :]
