"""Server-sent events as they come, and a way to stop waiting for them. Knows no request and no meaning of an event.

A read that blocks cannot be interrupted from outside, so a thread of its own reads, and whoever waits for its events
looks at the cancellation in between. Stopping shuts the socket down, which wakes the reader and tells the server.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Iterator
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Any

import httpx

_TICK = 0.05  # seconds between two looks at the cancellation
_DONE = b"[DONE]"


def read_events(chunks: Iterable[bytes], limit: int) -> Iterator[bytes]:
    """The data of each event up to `[DONE]`. Raises EOFError when that never comes, OverflowError beyond `limit` bytes
    in all."""
    data: list[bytes] = []
    for line in _lines(chunks, limit):
        if line.startswith(b"data:"):
            data.append(line[5:].strip())
        elif not line and data:
            whole = b"\n".join(data)
            data.clear()
            if whole == _DONE:
                return
            yield whole
    if data != [_DONE]:
        raise EOFError("the stream ended without [DONE]")


def _lines(chunks: Iterable[bytes], limit: int) -> Iterator[bytes]:
    """Split at line feeds only: JSON may hold any of Unicode's other line separators as they are."""
    rest, size = b"", 0
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise OverflowError(f"more than {limit} bytes")
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line.removesuffix(b"\r")
    if rest:
        yield rest


class Feed:
    """What `pump` puts, one by one, until it returns, raises, or `cancel` is set."""

    def __init__(self, pump: Callable[[Feed], None], cancel: Event) -> None:
        self._pump, self._cancel = pump, cancel
        self._queue: SimpleQueue[tuple[str, Any]] = SimpleQueue()
        self._stopped = Event()
        self._response: httpx.Response | None = None

    # --- the reader's side -------------------------------------------------------------------------------------------

    def opened(self, response: httpx.Response) -> None:
        self._response = response
        if self._stopped.is_set():
            shut(response)

    def put(self, item: Any) -> None:
        if self._stopped.is_set():
            raise EOFError("nobody waits any longer")
        self._queue.put(("item", item))

    def _run(self) -> None:
        try:
            self._pump(self)
            self._queue.put(("end", None))
        except BaseException as error:  # it belongs to whoever waits
            self._queue.put(("error", error))

    # --- the waiter's side -------------------------------------------------------------------------------------------

    def __iter__(self) -> Iterator[Any]:
        if self._cancel.is_set():
            return
        Thread(target=self._run, daemon=True, name="server-events").start()
        try:
            while not self._cancel.is_set():
                try:
                    kind, item = self._queue.get(timeout=_TICK)
                except Empty:
                    continue
                if kind == "error":
                    raise item
                if kind == "end":
                    return
                yield item
        finally:
            self._stop()

    def _stop(self) -> None:
        self._stopped.set()
        if self._response is not None:
            shut(self._response)


def shut(response: httpx.Response) -> None:
    """Ends the connection under a response that another thread may be reading. A finished one is left alone."""
    stream = response.extensions.get("network_stream")
    if response.is_closed or stream is None:
        return
    connection = stream.get_extra_info("socket")
    if isinstance(connection, socket.socket):
        try:
            connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # it has ended by itself
