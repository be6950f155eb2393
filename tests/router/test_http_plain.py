"""Plain HTTP against a real server: connections kept and not kept, answers torn in every way, and cancelled."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

import httpx
import pytest

from router.errors import EngineAnswerBroken, EngineUnreachable
from router.http import HttpClient, HttpLimits
from router.http_plain import serves

QUICK = HttpLimits(connect_s=2, read_s=1.0, body_bytes=100_000, tries=1)
JSON = b'{"data": [1]}'
WHOLE = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n" + JSON
EVENTS = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
END = b"0\r\n\r\n"


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


SAID = chunk(b'data: {"n": 1}\n\n') + chunk(b"data: [DONE]\n\n")


class Server:
    """Answers each request, however many come over one connection, by what `answer` does with the socket."""

    def __init__(self, answer: Callable[[socket.socket], None]) -> None:
        self._answer = answer
        self.connections = 0
        self.requests: list[bytes] = []
        self.left = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                opened, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(opened,), daemon=True).start()

    def _serve(self, opened: socket.socket) -> None:
        with opened, opened.makefile("rb") as file:
            try:
                while request := _request(file):
                    self.requests.append(request)
                    self._answer(opened)
            except OSError:
                self.left.set()

    def close(self) -> None:
        self._listening.close()


def _request(file: BinaryIO) -> bytes:
    """Head and body; empty when the client has gone."""
    head, length = b"", 0
    while (line := file.readline()) not in (b"", b"\r\n"):
        head += line
        if line.lower().startswith(b"content-length:"):
            length = int(line.partition(b":")[2])
    return head and head + file.read(length)


@contextmanager
def serving(answer: Callable[[socket.socket], None]) -> Iterator[Server]:
    server = Server(answer)
    try:
        yield server
    finally:
        server.close()


@contextmanager
def asking(answer: Callable[[socket.socket], None], limits: HttpLimits = QUICK) -> Iterator[tuple[Server, HttpClient]]:
    with serving(answer) as server:
        client = HttpClient(server.url, key="", limits=limits)
        yield server, client
        client.close()


def sends(*pieces: bytes, pause_s: float = 0.0) -> Callable[[socket.socket], None]:
    def answer(opened: socket.socket) -> None:
        for piece in pieces:
            opened.sendall(piece)
            time.sleep(pause_s)

    return answer


# --- kept, or not ----------------------------------------------------------------------------------------------------


def test_one_connection_carries_many_requests() -> None:
    with asking(sends(WHOLE)) as (server, client):
        assert [client.post("/x", {"n": number}) for number in range(3)] == [{"data": [1]}] * 3
    assert server.connections == 1
    assert [request[-7:] for request in server.requests] == [b'{"n":%d}' % number for number in range(3)]
    assert server.requests[0].startswith(b"POST /v1/x HTTP/1.1\r\n")
    assert b"Host: 127.0.0.1:" in server.requests[0]


def test_so_it_does_after_a_stream_whose_end_came_late() -> None:
    with asking(sends(EVENTS + SAID, END, pause_s=0.05)) as (server, client):
        for _ in range(3):
            assert list(client.stream("/x", {})) == [{"n": 1}]
            time.sleep(0.2)
    assert server.connections == 1


def test_a_stream_whose_end_never_came_is_not_gone_on_with() -> None:
    with asking(sends(EVENTS + SAID)) as (server, client):
        for _ in range(2):
            assert list(client.stream("/x", {})) == [{"n": 1}]
    assert server.connections == 2


@pytest.mark.parametrize("more", [b"HTTP/1.1 200 OK\r\n", b"x"])
def test_what_nobody_asked_for_ends_the_connection(more: bytes) -> None:
    with asking(sends(WHOLE, more, pause_s=0.05)) as (server, client):
        for _ in range(2):
            assert client.get("/x") == {"data": [1]}
            time.sleep(0.1)
    assert server.connections == 2


def test_one_that_the_server_closed_is_not_used_again() -> None:
    def once(opened: socket.socket) -> None:
        opened.sendall(WHOLE)
        opened.shutdown(socket.SHUT_WR)

    with asking(once) as (server, client):
        for _ in range(2):
            assert client.get("/x") == {"data": [1]}
            time.sleep(0.1)
    assert server.connections == 2


def test_a_server_that_says_it_closes_is_believed() -> None:
    with asking(sends(WHOLE.replace(b"OK\r\n", b"OK\r\nConnection: close\r\n"))) as (server, client):
        for _ in range(2):
            assert client.get("/x") == {"data": [1]}
    assert server.connections == 2


def test_threads_do_not_share_one() -> None:
    with asking(sends(WHOLE[:40], WHOLE[40:], pause_s=0.02)) as (_, client):
        found: list[object] = []
        threads = [threading.Thread(target=lambda: found.append(client.get("/x"))) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == [{"data": [1]}] * 16


def test_what_a_burst_left_behind_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("router.http._KEPT_S", 0.3)
    with asking(sends(WHOLE[:40], WHOLE[40:], pause_s=0.1)) as (server, client):
        threads = [threading.Thread(target=client.get, args=("/x",)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        idle = client._plain._idle  # type: ignore[union-attr]
        assert sum(map(len, idle.values())) > 1
        for _ in range(4):
            client.get("/x")
        assert sum(map(len, idle.values())) == 1
    assert server.connections >= 2


# --- torn, slow, wrong -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 300 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n",
        WHOLE[:-1],
        EVENTS.replace(b"text/event-stream", b"application/json") + b"5\r\n[1",
        EVENTS.replace(b"text/event-stream", b"application/json") + b"zz\r\n[1]\r\n",
    ],
    ids=["nothing", "half a line", "nonsense", "many headers", "a long header", "short", "half a chunk", "no chunk"],
)
def test_a_torn_answer_is_one_of_our_errors(answer: bytes) -> None:
    def torn(opened: socket.socket) -> None:
        opened.sendall(answer)
        opened.shutdown(socket.SHUT_RDWR)

    with asking(torn) as (_, client), pytest.raises(EngineUnreachable):
        client.get("/x")


def test_a_stream_that_breaks_off_says_so() -> None:
    def torn(opened: socket.socket) -> None:
        opened.sendall(EVENTS + chunk(b'data: {"n": 1}\n\n'))
        opened.shutdown(socket.SHUT_RDWR)

    with asking(torn) as (_, client), pytest.raises(EngineAnswerBroken, match="breaks off"):
        list(client.stream("/x", {}))


@pytest.mark.parametrize("said", [b"", WHOLE[:30], WHOLE[:-3]], ids=["nothing", "half a head", "half a body"])
def test_silence_is_timed(said: bytes) -> None:
    began = time.monotonic()
    with (
        asking(sends(said, b"", pause_s=3)) as (_, client),
        pytest.raises(EngineUnreachable, match="not answer in time"),
    ):
        client.get("/x")
    assert 0.5 < time.monotonic() - began < 2.5


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(EngineUnreachable, match="cannot be reached"):
        HttpClient(f"http://127.0.0.1:{port}", key="", limits=QUICK).get("/x")
    with pytest.raises(EngineUnreachable, match="cannot be reached"):
        HttpClient("http://nobody.invalid", key="", limits=QUICK).get("/x")


# --- cancelled -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said", [b"", EVENTS, EVENTS + chunk(b'data: {"n": 1}\n\n')], ids=["before it begins", "at its head", "in it"]
)
def test_who_cancels_waits_no_longer_and_the_server_sees_it(said: bytes) -> None:
    gone = threading.Event()

    def slow(opened: socket.socket) -> None:
        opened.sendall(said)
        opened.settimeout(5)
        if opened.recv(1) == b"":
            gone.set()

    cancel = threading.Event()
    with asking(slow, HttpLimits(read_s=30)) as (_, client):
        threading.Timer(0.2, cancel.set).start()
        began = time.monotonic()
        assert list(client.stream("/x", {}, cancel)) == [{"n": 1}] * (b"data" in said)
        assert time.monotonic() - began < 2
        assert gone.wait(5)


def test_what_is_cancelled_is_not_asked_at_all() -> None:
    cancel = threading.Event()
    cancel.set()
    with asking(sends(WHOLE)) as (server, client):
        assert list(client.stream("/x", {}, cancel)) == []
        assert server.requests == []


def test_who_stops_reading_leaves() -> None:
    gone = threading.Event()

    def slow(opened: socket.socket) -> None:
        opened.sendall(EVENTS + chunk(b'data: {"n": 1}\n\n'))
        opened.settimeout(5)
        if opened.recv(1) == b"":
            gone.set()

    with asking(slow) as (_, client):
        stream = client.stream("/x", {})
        assert next(stream) == {"n": 1}
        stream.close()
        assert gone.wait(5)


# --- what is not asked plainly ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "proxy", "bypass", "plain"),
    [
        ("http://model.test/v1", "", "", True),
        ("https://model.test/v1", "", "", False),
        ("http://model.test/v1", "http://proxy.test:3128", "", False),
        ("http://model.test/v1", "http://proxy.test:3128", "model.test", True),
    ],
)
def test_tls_and_proxies_are_httpxs(
    url: str, proxy: str, bypass: str, plain: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    if proxy:
        monkeypatch.setenv("http_proxy", proxy)
    if bypass:
        monkeypatch.setenv("no_proxy", bypass)
    assert serves(httpx.URL(url), True) is plain
