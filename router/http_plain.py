"""HTTP/1.1 to a server without TLS and without a proxy in between, as an httpx transport: a gateway before its vLLM.

A request costs a third of what httpx's own transport takes, because nothing is done here that such a server does not
need; connections are kept though a stream of events was left at its `[DONE]`, and whoever waits looks at a cancellation
in between, so that no thread of its own has to read. Everything else (TLS, proxies) is httpx's.
"""

from __future__ import annotations

import errno
import io
import select
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException, HTTPResponse
from threading import Event, Lock
from typing import Any, cast
from urllib.request import getproxies, proxy_bypass

import httpx

_TICKS_MS = (50, 200)  # between two looks at the cancellation, at first and at most: each costs every other thread
_PIECE = 65536
_ANSWERS = select.POLLIN | select.POLLHUP | select.POLLERR


class Cancelled(Exception):
    """Whoever asked wants no answer any more."""


def serves(url: httpx.URL, trust_env: bool) -> bool:
    """Whether `url` is asked plainly. `trust_env`: the environment may name a proxy for it."""
    if url.scheme != "http":
        return False
    named = getproxies() if trust_env else {}
    return not (named.get("http") or named.get("all")) or bool(proxy_bypass(url.netloc.decode()))


class PlainTransport(httpx.BaseTransport):
    """For many threads. `kept_s`: how long an unused connection is kept. A request's extension `cancel` is an Event
    that ends it; then `Cancelled` is raised."""

    def __init__(self, connect_s: float, read_s: float, kept_s: float) -> None:
        self._connect_s, self._read_s, self._kept_s = connect_s, read_s, kept_s
        self._idle: dict[tuple[str, int], list[_Connection]] = {}
        self._lock = Lock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        cancel = cast("Event | None", request.extensions.get("cancel"))
        connection = self._taken(request.url) or self._opened(request, cancel)
        connection.wait(self._read_s, cancel)
        try:
            with _told_as_httpx(request):
                connection.send(request)
                answer = connection.answer(request.method)
        except BaseException:
            connection.close()
            raise
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.getheaders()]
        body = _Body(self, connection, answer, request)
        return httpx.Response(answer.status, headers=headers, stream=body, request=request)

    def close(self) -> None:
        with self._lock:
            idle = [connection for each in self._idle.values() for connection in each]
            self._idle.clear()
        for connection in idle:
            connection.close()

    def give_back(self, connection: _Connection) -> None:
        """The last one given back is the first one taken: what a burst left behind grows old, and is closed here."""
        connection.unused_since = time.monotonic()
        with self._lock:
            idle = self._idle.setdefault(connection.place, [])
            old = [each for each in idle if connection.unused_since - each.unused_since >= self._kept_s]
            del idle[: len(old)]  # the oldest stand first
            idle.append(connection)
        for each in old:
            each.close()

    def _taken(self, url: httpx.URL) -> _Connection | None:
        """A kept one that still stands; those that do not are closed."""
        while True:
            with self._lock:
                idle = self._idle.get(_place(url))
                if not idle:
                    return None
                connection = idle.pop()
            if time.monotonic() - connection.unused_since < self._kept_s and connection.is_ready():
                return connection
            connection.close()

    def _opened(self, request: httpx.Request, cancel: Event | None) -> _Connection:
        host, port = _place(request.url)
        deadline, error = time.monotonic() + self._connect_s, OSError("the name has no address")
        try:
            addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as found:
            raise httpx.ConnectError(str(found), request=request) from found
        for family, kind, protocol, _, address in addresses:
            opened = socket.socket(family, kind, protocol)
            try:
                _connect(opened, address, deadline, cancel)
                opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return _Connection((host, port), opened)
            except OSError as found:
                opened.close()
                error = found
            except BaseException:
                opened.close()
                raise
        kind_of = httpx.ConnectTimeout if isinstance(error, TimeoutError) else httpx.ConnectError
        raise kind_of(str(error), request=request) from error


def _place(url: httpx.URL) -> tuple[str, int]:
    return url.host, url.port or 80


def _connect(opened: socket.socket, address: Any, deadline: float, cancel: Event | None) -> None:
    opened.setblocking(False)
    code = opened.connect_ex(address)
    if code == errno.EINPROGRESS:
        _wait(opened.fileno(), select.POLLOUT, deadline, cancel)
        code = opened.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if code:
        raise OSError(code, f"{errno.errorcode.get(code, code)}: {address[0]} port {address[1]}")


def _wait(file: int, events: int, deadline: float, cancel: Event | None) -> None:
    """Until the socket is ready. Raises TimeoutError, Cancelled."""
    poll, tick = select.poll(), _TICKS_MS[0]
    poll.register(file, events)
    while True:
        if cancel is not None and cancel.is_set():
            raise Cancelled
        left = 1000 * (deadline - time.monotonic())
        if poll.poll(max(0.0, min(left, tick) if cancel is not None else left)):
            return
        if left <= 0:
            raise TimeoutError("timed out")
        tick = min(2 * tick, _TICKS_MS[1])


class _Connection(io.RawIOBase):
    """One connection; read by `http.client`, which takes it for a socket's file."""

    def __init__(self, place: tuple[str, int], opened: socket.socket) -> None:
        self.place, self.unused_since = place, 0.0
        self._socket = opened
        self._silence_s, self._cancel = 0.0, cast("Event | None", None)
        self._left: HTTPResponse | None = None  # an answer that was not read to its end

    def wait(self, silence_s: float, cancel: Event | None) -> None:
        """What the next reads wait for: so many seconds, unless cancelled."""
        self._silence_s, self._cancel = silence_s, cancel

    def send(self, request: httpx.Request) -> None:
        target = request.url.raw_path
        head = [b"%s %s HTTP/1.1" % (request.method.encode(), target)]
        head += [name + b": " + value for name, value in request.headers.raw]
        left = memoryview(b"\r\n".join(head) + b"\r\n\r\n" + request.read())
        while left:
            try:
                left = left[self._socket.send(left) :]
            except BlockingIOError:
                _wait(self._socket.fileno(), select.POLLOUT, time.monotonic() + self._silence_s, self._cancel)

    def answer(self, method: str) -> HTTPResponse:
        """Its head read. `http.client` leaves the file open: it is this object, and only `shut` ends it."""
        answer = HTTPResponse(cast("socket.socket", self), method=method)
        answer.begin()
        return answer

    def leave(self, answer: HTTPResponse) -> None:
        self._left = answer

    def is_ready(self) -> bool:
        """Whether it can carry another request: what was left of the last answer has come, and nothing else has."""
        self.wait(0.0, None)
        answer, self._left = self._left, None
        try:
            if answer is not None and not _is_read(answer):
                return False
        except (OSError, HTTPException):
            return False
        poll = select.poll()
        poll.register(self._socket.fileno(), _ANSWERS)
        return not poll.poll(0)

    # --- what http.client asks of a socket, and of its file ---------------------------------------------------------

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Unclosed(self), _PIECE)

    def readinto(self, buffer: Any) -> int:
        while True:
            try:
                return self._socket.recv_into(buffer)
            except BlockingIOError:
                _wait(self._socket.fileno(), select.POLLIN, time.monotonic() + self._silence_s, self._cancel)

    def close(self) -> None:
        self._socket.close()
        super().close()


class _Unclosed(io.RawIOBase):
    """A file over a connection, which outlives it."""

    def __init__(self, connection: _Connection) -> None:
        self._connection = connection

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._connection.readinto(buffer)


class _Body(httpx.SyncByteStream):
    def __init__(
        self, transport: PlainTransport, connection: _Connection, answer: HTTPResponse, request: httpx.Request
    ) -> None:
        self._transport, self._request = transport, request
        self._connection: _Connection | None = connection
        self._answer, self._only_its_end = answer, False

    def __iter__(self) -> Iterator[bytes]:
        with _told_as_httpx(self._request):
            while piece := self._answer.read1(_PIECE):
                yield piece
            if self._answer.length:
                raise httpx.RemoteProtocolError("the answer is shorter than its length", request=self._request)

    def ends_here(self) -> None:
        self._only_its_end = True

    def close(self) -> None:
        """The connection is kept where nothing but the end of the answer can still be on its way. Else the server is
        to see that nobody reads on."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        whole = self._answer.isclosed() or self._answer.length == 0
        if self._answer.will_close or not (whole or self._only_its_end):
            connection.close()
            return
        connection.leave(self._answer)
        self._transport.give_back(connection)


def ends_here(response: httpx.Response) -> None:
    """What is left of the answer means nothing: what it says has been read."""
    if isinstance(response.stream, _Body):
        response.stream.ends_here()


def _is_read(answer: HTTPResponse) -> bool:
    """Whether the answer ends in what has come. More than a little is not read for it."""
    if answer.isclosed() or answer.length == 0:
        return True
    rest = answer.read1(_PIECE)
    return not rest and not answer.length


@contextmanager
def _told_as_httpx(request: httpx.Request) -> Iterator[None]:
    try:
        yield
    except TimeoutError as error:
        raise httpx.ReadTimeout(str(error), request=request) from error
    except HTTPException as error:
        raise httpx.RemoteProtocolError(str(error) or type(error).__name__, request=request) from error
    except OSError as error:
        raise httpx.ReadError(str(error), request=request) from error
