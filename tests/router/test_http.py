"""The HTTP client: every failure of a server is one of our errors; only what is safe is tried again; no key is seen."""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.errors import ContextOverflow, EngineAnswerBroken, EngineUnreachable, QuiverError, UsageError
from router.http import HttpClient, HttpLimits, checked_url, retry_after
from router.redaction import HIDDEN
from router.server_events import read_events
from tests.router.http_server import Exchange, serving

KEY = "correct-horse-battery"
QUICK = HttpLimits(connect_s=0.5, read_s=0.3, body_bytes=2000, tries=3, wait_s=5)
Handler = Callable[[httpx.Request], httpx.Response]


def client(handler: Handler, slept: list[float] | None = None) -> HttpClient:
    waits = slept if slept is not None else []
    return HttpClient(
        "http://model.test/v1", key=KEY, limits=QUICK, transport=httpx.MockTransport(handler), sleep=waits.append
    )


def answering(status: int, body: Any = None, **headers: str) -> Handler:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda request: httpx.Response(status, json=body, headers=named)


def message(text: str, code: Any = None) -> dict[str, Any]:
    return {"error": {"message": text, "code": code}}


FAULTS: list[tuple[str, Handler, type[QuiverError], int, str]] = [
    ("bad request", answering(400, message("n must be 1")), UsageError, 2, "n must be 1"),
    (
        "overflow in words",
        answering(400, message("This model's maximum context length is 1024 tokens.")),
        ContextOverflow,
        2,
        "1024",
    ),
    (
        "overflow by code",
        answering(400, message("too long", "context_length_exceeded")),
        ContextOverflow,
        2,
        "too long",
    ),
    ("no key", answering(401, message("who are you?")), UsageError, 2, "who are you"),
    ("forbidden", answering(403, {"detail": "not yours"}), UsageError, 2, "not yours"),
    ("nothing there", answering(404, {"message": "no such model"}), UsageError, 2, "no such model"),
    ("too large", answering(413), ContextOverflow, 2, "413"),
    ("unprocessable", answering(422, {"error": "what is this?"}), UsageError, 2, "what is this"),
    ("a redirect", answering(307, None, location="http://elsewhere.test/"), UsageError, 2, "307"),
    ("busy", answering(429, message("slow down")), EngineUnreachable, 3, "slow down"),
    ("broken", answering(500, message("boom")), EngineUnreachable, 3, "boom"),
    ("bad gateway", lambda r: httpx.Response(502, text="<html>nginx</html>"), EngineUnreachable, 3, "502"),
    ("unavailable", answering(503), EngineUnreachable, 3, "503"),
    ("gateway timeout", answering(504), EngineUnreachable, 3, "504"),
    (
        "no JSON",
        lambda r: httpx.Response(200, content=b"{oops", headers={"content-type": "application/json"}),
        EngineAnswerBroken,
        3,
        "not JSON: {oops",
    ),
    (
        "deep JSON",
        lambda r: httpx.Response(200, content=b"[" * 1900, headers={"content-type": "application/json"}),
        EngineAnswerBroken,
        3,
        "not JSON",
    ),
    ("a web page", lambda r: httpx.Response(200, html="<p>Welcome!"), EngineAnswerBroken, 3, "text/html"),
    ("no type", lambda r: httpx.Response(200, content=b"{}"), EngineAnswerBroken, 3, "no type"),
    ("a huge body", answering(200, ["x" * 3000]), EngineAnswerBroken, 3, "more than 2000 bytes"),
    ("a huge error", answering(500, message("x" * 3000)), EngineUnreachable, 3, "500"),
]


@pytest.mark.parametrize(("fault", "kind", "code", "said"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS])
def test_each_fault_has_its_error(fault: Handler, kind: type[QuiverError], code: int, said: str) -> None:
    with pytest.raises(QuiverError) as caught:
        client(fault).get("/models")
    assert type(caught.value) is kind
    assert caught.value.exit_code == code
    assert said in caught.value.message
    assert caught.value.hint
    assert len(caught.value.message) < 600


@pytest.mark.parametrize("fault", [row[1] for row in FAULTS], ids=[row[0] for row in FAULTS])
def test_a_stream_fails_the_same_way_before_it_begins(fault: Handler) -> None:
    with pytest.raises(QuiverError):
        list(client(fault).stream("/chat/completions", {}))


# --- tried again, or not -----------------------------------------------------------------------------------------


class Counted:
    def __init__(self, *answers: Handler) -> None:
        self.answers, self.asked = answers, 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        return self.answers[min(self.asked, len(self.answers)) - 1](request)


def refused(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("connection refused", request=request)


def silent(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("nothing came", request=request)


def torn(request: httpx.Request) -> httpx.Response:
    raise httpx.RemoteProtocolError("server disconnected", request=request)


WELL = answering(200, {"data": []})


@pytest.mark.parametrize(
    ("first", "waits"),
    [
        (refused, [0.2]),
        (answering(429, None, retry_after="1"), [1.0]),
        (answering(503, None, retry_after="0"), [0.0]),
    ],
    ids=["refused", "busy", "unavailable"],
)
def test_what_has_not_begun_is_tried_again(first: Handler, waits: list[float]) -> None:
    counted, slept = Counted(first, WELL), list[float]()
    assert client(counted, slept).post("/x", {}) == {"data": []}
    assert (counted.asked, slept) == (2, waits)


@pytest.mark.parametrize(
    "fault",
    [
        silent,
        torn,
        answering(500),
        answering(502, None, retry_after="1"),
        answering(429),
        answering(503),
        answering(503, None, retry_after="3600"),
        answering(429, None, retry_after="soon"),
        answering(400, None, retry_after="1"),
    ],
    ids=["silent", "torn", "500", "502", "429 without a time", "503 without a time", "an hour", "soon", "400"],
)
def test_nothing_else_is(fault: Handler) -> None:
    counted, slept = Counted(fault), list[float]()
    with pytest.raises(QuiverError):
        client(counted, slept).post("/x", {})
    assert (counted.asked, slept) == (1, [])


def test_tries_end() -> None:
    counted, slept = Counted(refused), list[float]()
    with pytest.raises(EngineUnreachable, match="cannot be reached"):
        client(counted, slept).get("/x")
    assert (counted.asked, slept) == (3, [0.2, 0.4])


def test_a_stream_that_began_is_never_asked_for_again() -> None:
    def cut(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=b'data: {"a": 1}\n\n', headers={"content-type": "text/event-stream"})

    counted = Counted(cut)
    events = client(counted).stream("/x", {})
    assert next(events) == {"a": 1}
    with pytest.raises(EngineAnswerBroken, match="breaks off"):
        next(events)
    assert counted.asked == 1


@pytest.mark.parametrize(
    ("named", "wait"),
    [("2", 2.0), ("Thu, 01 Jan 2015 00:00:00 GMT", 0.0), ("", None), ("-1", None), ("²", None), ("1e9", None)],
)
def test_the_time_to_come_back(named: str, wait: float | None) -> None:
    assert retry_after(httpx.Response(429, headers={"retry-after": named.encode()})) == wait


# --- keys ----------------------------------------------------------------------------------------------------------


def test_the_key_is_sent_and_never_shown(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    sent: list[str] = []

    def echo(request: httpx.Request) -> httpx.Response:
        sent.append(request.headers["authorization"])
        return httpx.Response(401, json=message(f"Incorrect API key provided: {KEY}"))

    asked = client(echo)
    with pytest.raises(UsageError) as caught:
        asked.get("/models")
    assert sent == [f"Bearer {KEY}"]
    assert HIDDEN in caught.value.message
    assert KEY not in f"{caught.value.message} {caught.value.hint} {asked!r} {caplog.text}"


def test_the_key_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[httpx.Request] = []

    def note(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={})

    for key in ("from-outside", ""):
        monkeypatch.setenv("QUIVER_API_KEY", key)
        HttpClient("http://model.test", transport=httpx.MockTransport(note)).get("/models")
    assert seen[0].headers["authorization"] == "Bearer from-outside"
    assert "authorization" not in seen[1].headers
    assert seen[0].headers["x-request-id"] != seen[1].headers["x-request-id"]
    monkeypatch.setenv("QUIVER_API_KEY", "two\nlines")
    with pytest.raises(UsageError, match="no header can carry"):
        HttpClient("http://model.test")


@pytest.mark.parametrize(
    "url",
    ["localhost:8000", "ftp://a/v1", "http://", "http://me:word@host/v1", "http://host/v1?key=a", "http://h:port/v1"],
)
def test_what_is_no_address_is_said_without_repeating_a_password(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        checked_url(url)
    assert "word" not in caught.value.message.replace("password", "")


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("http://host:1", "http://host:1/v1"),
        ("http://host/v1/", "http://host/v1"),
        ("https://host/some/v1", "https://host/some/v1"),
    ],
)
def test_an_address_without_a_path_means_v1(url: str, wanted: str) -> None:
    assert checked_url(url) == wanted


# --- events ---------------------------------------------------------------------------------------------------------

VALUES = st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3), max_leaves=5)


@given(st.lists(VALUES, max_size=5), st.lists(st.integers(1, 40), min_size=1, max_size=30), st.booleans())
def test_events_come_whole_wherever_the_stream_is_cut(values: list[Any], cuts: list[int], returns: bool) -> None:
    """Line separators of Unicode inside a value end no line; comments and other fields are nobody's."""
    end = "\r\n" if returns else "\n"
    events = "".join(f": ping{end}event: x{end}data: {json.dumps(v, ensure_ascii=False)}{end}{end}" for v in values)
    stream = f"{events}data: [DONE]{end}{end}ignored".encode("utf-8", "surrogatepass")

    def pieces() -> Iterator[bytes]:
        rest, turn = stream, 0
        while rest:
            size = cuts[turn % len(cuts)]
            yield rest[:size]
            rest, turn = rest[size:], turn + 1

    assert [json.loads(data.decode("utf-8", "surrogatepass")) for data in read_events(pieces(), 1 << 20)] == values


@pytest.mark.parametrize("stream", [b"", b"data: 1\n\n", b"data: 1\n\ndata: [DO", b'data: {"a'])
def test_a_stream_cut_short_is_noticed(stream: bytes) -> None:
    with pytest.raises(EOFError):
        list(read_events([stream], 1000))


def test_a_stream_without_end_is_ended() -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield b"x" * 100

    with pytest.raises(OverflowError):
        list(read_events(endless(), 1000))


# --- over a real connection -------------------------------------------------------------------------------------------


def test_nobody_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(EngineUnreachable, match="cannot be reached"):
            HttpClient(url, limits=QUICK, sleep=lambda _: None).get("/models")


def test_a_server_that_never_answers() -> None:
    silence = threading.Event()
    with serving(lambda exchange: silence.wait(5) and None) as url:
        with pytest.raises(EngineUnreachable, match="did not answer in time"):
            HttpClient(url, limits=QUICK).post("/x", {})
        silence.set()


def test_a_stream_that_falls_silent() -> None:
    silence = threading.Event()

    def stall(exchange: Exchange) -> None:
        exchange.begin()
        exchange.event({"a": 1})
        silence.wait(5)

    with serving(stall) as url:
        events = HttpClient(url, limits=QUICK).stream("/x", {})
        assert next(events) == {"a": 1}
        with pytest.raises(EngineUnreachable, match="in time"):
            next(events)
        silence.set()


@pytest.mark.parametrize("begun", [True, False], ids=["between events", "before the first"])
def test_cancelling_a_slow_stream_is_quick_and_tells_the_server(begun: bool) -> None:
    left = threading.Event()

    def slow(exchange: Exchange) -> None:
        exchange.begin()
        if begun:
            exchange.event({"a": 1})
        for _ in range(100):
            time.sleep(0.05)
            exchange.write(b": still thinking\n\n")
            if exchange.left.is_set():
                left.set()
                return

    cancel = threading.Event()
    with serving(slow) as url:
        events = HttpClient(url, limits=HttpLimits()).stream("/x", {}, cancel)
        if begun:
            assert next(events) == {"a": 1}
        threading.Timer(0.2, cancel.set).start()
        began = time.monotonic()
        assert list(events) == []
        assert time.monotonic() - began < 2
        assert left.wait(3) or not begun, "the server went on for nobody"


def test_a_stream_nobody_reads_on_is_closed() -> None:
    left = threading.Event()

    def endless(exchange: Exchange) -> None:
        exchange.begin()
        while not exchange.left.is_set():
            exchange.event({"a": 1})
            time.sleep(0.01)
        left.set()

    with serving(endless) as url:
        events = HttpClient(url, limits=HttpLimits()).stream("/x", {})
        next(events)
        events.close()
        assert left.wait(3)


def test_a_body_cut_short() -> None:
    def cut(exchange: Exchange) -> None:
        exchange.begin(200, "application/json", Content_Length="100")
        exchange.write(b'{"a": ')

    with serving(cut) as url, pytest.raises(EngineAnswerBroken, match="breaks off"):
        HttpClient(url, limits=QUICK).get("/models")


def test_words_where_nothing_was_to_be_said_are_no_error() -> None:
    with serving(lambda exchange: exchange.send(b"Success: adapter added", kind="text/plain")) as url:
        assert HttpClient(url, limits=QUICK).post("/load", {}) is None
