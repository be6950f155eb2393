"""The outer edge of the gateway: request ids, keys, one log line a request, and responses that stream. Plain ASGI.

A log line is one JSON object. It holds no word of a conversation, no key and no header of a client but the request id.
"""

from __future__ import annotations

import contextlib
import hmac
import json
import logging
import re
import time
import uuid
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response

from router.gateway.faults import Fault

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOGGER = logging.getLogger("quiver.gateway")
_ID = re.compile(rb"[A-Za-z0-9._-]{1,128}")


def log(event: str, level: str = "info", **fields: Any) -> None:
    moment = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    row = {"time": moment, "level": level, "event": event, **fields}
    LOGGER.log(getattr(logging, level.upper()), json.dumps(row, ensure_ascii=False, default=str))


class Edge:
    """Wraps an ASGI application. `keys`: see `Settings`; `on_refused` is told of what is refused here."""

    def __init__(self, app: ASGIApp, keys: Sequence[str], on_refused: Callable[[Fault], None]) -> None:
        self._app, self._on_refused = app, on_refused
        self._keys = [key.encode() for key in keys]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, answered = time.perf_counter(), _Answered(send, _request_id(scope))
        scope["told"] = {}
        try:
            fault = self._refused(scope)
            if fault is None:
                await self._app(scope, receive, answered)
            else:
                self._on_refused(fault)
                scope["told"]["code"] = fault.code
                await fault_response(fault)(scope, receive, answered)
        except Exception as error:  # already answered, by the application's own handler
            scope["told"]["failed"] = f"{type(error).__name__}: {error}"[:500]
        finally:
            ms = round(1000 * (time.perf_counter() - began), 1)
            level = "error" if answered.status >= 500 or not answered.status else "info"
            about = {"id": answered.id, "method": scope["method"], "path": scope["path"][:200]}
            log("request", level, **about, status=answered.status, ms=ms, **scope["told"])

    def _refused(self, scope: Scope) -> Fault | None:
        """In constant time, whatever the key: how long it takes says nothing about how much of it is right."""
        if not self._keys or not scope["path"].startswith("/v1/"):
            return None
        scheme, _, given = _header(scope, b"authorization").strip().partition(b" ")
        right = [hmac.compare_digest(given.strip(), key) for key in self._keys]
        if scheme.lower() == b"bearer" and any(right):
            return None
        what = "is not one of this server's" if given else "is missing"
        return Fault(401, "invalid_api_key", f"The API key {what}.", hint="Authorization: Bearer KEY")


class _Answered:
    """What is sent, with the request's id in it; keeps the status."""

    def __init__(self, send: Send, id: str) -> None:
        self._send, self.id, self.status = send, id, 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message.get("headers", ()), (b"x-request-id", self.id.encode())]
        await self._send(message)


class EventStream(Response):
    """Server-sent events; the source is closed when the client leaves. `ended`: called then, too, though the client has
    left before the first of them, and the source was never begun."""

    media_type = "text/event-stream"

    def __init__(self, source: AsyncIterator[bytes], more: Mapping[str, str], ended: Callable[[], None]) -> None:
        super().__init__(headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no", **more})
        del self.headers["content-length"]
        self._source, self._ended = source, ended

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            async with contextlib.aclosing(self._source) as source:  # type: ignore[type-var]
                async for chunk in source:
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            self._ended()


def fault_response(fault: Fault) -> Response:
    return JSONResponse(fault.to_json(), status_code=fault.status, headers=fault.headers())


def _request_id(scope: Scope) -> str:
    given = _header(scope, b"x-request-id")
    return given.decode() if _ID.fullmatch(given) else uuid.uuid4().hex


def _header(scope: Scope, name: bytes) -> bytes:
    return next((bytes(value) for key, value in scope["headers"] if key == name), b"")
