"""A small HTTP server in a thread, answering what a test says: JSON, events, or raw bytes at any pace."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Exchange:
    """One request and the way to answer it. `left`: set once the client has gone while something was being sent."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any
    handler: BaseHTTPRequestHandler
    left: threading.Event = field(default_factory=threading.Event)

    def json(self, value: Any, status: int = 200, **headers: str) -> None:
        self.send(json.dumps(value).encode(), status, "application/json", **headers)

    def send(self, data: bytes, status: int = 200, kind: str = "application/json", **headers: str) -> None:
        self.begin(status, kind, Content_Length=str(len(data)), **headers)
        self.write(data)

    def begin(self, status: int = 200, kind: str = "text/event-stream", **headers: str) -> None:
        self.handler.send_response(status)
        if kind:
            self.handler.send_header("Content-Type", kind)
        for name, value in headers.items():
            self.handler.send_header(name.replace("_", "-"), value)
        self.handler.end_headers()

    def write(self, data: bytes) -> None:
        try:
            self.handler.wfile.write(data)
            self.handler.wfile.flush()
        except OSError:
            self.left.set()

    def event(self, value: Any) -> None:
        said = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        self.write(f"data: {said}\n\n".encode())


@contextmanager
def serving(answer: Callable[[Exchange], None], port: int = 0) -> Iterator[str]:
    """The server's address, without `/v1`. The connection is closed after each answer."""

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            raw = self.rfile.read(length)
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer(Exchange(self.command, self.path, headers, json.loads(raw) if raw else None, self))

        do_GET = do_POST = _answer

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
