"""fetch_url goes to listed hosts only, whatever redirects, name servers and pages try. No test leaves the machine."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from tools.builtin import web
from tools.builtin.web import Web, page_text
from tools.tool import ToolFailed, ToolRefused

PUBLIC = "93.184.215.14"
Answer = Callable[[httpx.Request], httpx.Response]


def answering(answer: Answer, *hosts: str, addresses: tuple[str, ...] = (PUBLIC,)) -> Web:
    """A Web whose every request is answered by a function, every name resolved to the same addresses."""
    return Web(hosts or ("example.org",), httpx.MockTransport(answer), lambda host, port: addresses)


def response(content: bytes, kind: str = "text/plain", status: int = 200) -> httpx.Response:
    """With its body still to be read, as from a network."""
    return httpx.Response(status, stream=httpx.ByteStream(content), headers={"content-type": kind})


def page(text: str, kind: str = "text/plain", status: int = 200) -> Answer:
    return lambda request: response(text.encode(), kind, status)


def test_a_page_is_fetched_from_the_address_that_was_checked() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return response(b"hello")

    assert answering(answer).fetch_url("https://example.org/a?b=c") == "hello"
    assert str(seen[0].url) == f"https://{PUBLIC}/a?b=c"
    assert seen[0].headers["host"] == "example.org"
    assert seen[0].extensions["sni_hostname"] == "example.org"
    assert not {"cookie", "authorization"} & set(seen[0].headers)


@pytest.mark.parametrize(
    "url",
    [
        "http://evil.org/",
        "http://sub.example.org/",
        "http://example.org.evil.org/",
        "http://example.org:8080/",
        "http://example.org@evil.org/",
        "http://user:pass@example.org/",
        "http://evil.org#example.org",
        "http://ex\u0430mple.org/",
        "http://127.0.0.1/",
        "http://[::1]/",
    ],
)
def test_other_hosts_are_refused(url: str) -> None:
    with pytest.raises(ToolRefused):
        answering(page("x")).fetch_url(url)


@pytest.mark.parametrize(
    "url", ["", "example.org", "ftp://example.org/", "file:///etc/passwd", "http://", "http://[", "//example.org"]
)
def test_what_is_no_web_address_is_told(url: str) -> None:
    with pytest.raises(ToolFailed):
        answering(page("x")).fetch_url(url)


@pytest.mark.parametrize("url", ["HTTP://EXAMPLE.ORG/", "http://example.org:80/", " https://example.org:443 "])
def test_spellings_of_a_listed_host_are_the_host(url: str) -> None:
    assert answering(page("x")).fetch_url(url) == "x"


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fe80::1%eth0", "::ffff:10.0.0.1", "224.0.0.1"]
)
def test_a_name_that_leads_to_a_private_address_is_refused(address: str) -> None:
    with pytest.raises(ToolRefused, match="private address"):
        answering(page("x"), addresses=(PUBLIC, address)).fetch_url("http://example.org/")


def test_a_private_address_on_the_list_itself_is_meant() -> None:
    fetch = answering(page("x"), "127.0.0.1:8000", addresses=("127.0.0.1",)).fetch_url
    assert fetch("http://127.0.0.1:8000/") == "x"


def redirecting(location: str) -> Answer:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/start":
            return httpx.Response(302, headers={"location": location})
        return response(f"arrived at {request.headers['host']}{request.url.path}".encode())

    return answer


def test_redirects_are_followed_within_the_list() -> None:
    hosts = ("example.org", "www.example.org")
    assert answering(redirecting("end"), *hosts).fetch_url("http://example.org/start") == "arrived at example.org/end"
    far = answering(redirecting("https://www.example.org/end"), *hosts).fetch_url("http://example.org/start")
    assert far == "arrived at www.example.org/end"


@pytest.mark.parametrize("location", ["http://evil.org/", "//evil.org/", "http://127.0.0.1/", "file:///etc/passwd"])
def test_redirects_are_checked(location: str) -> None:
    with pytest.raises(ToolFailed):
        answering(redirecting(location)).fetch_url("http://example.org/start")


def test_redirects_end() -> None:
    with pytest.raises(ToolFailed, match="more than 5 times"):
        answering(redirecting("/start")).fetch_url("http://example.org/start")


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        (page("x", status=404), "404"),
        (page("x", status=500), "500"),
        (page("x", "image/png"), "no text but image/png"),
        (lambda request: httpx.Response(200, headers={"content-encoding": "gzip"}, content=b""), "compressed"),
    ],
)
def test_what_is_no_page_is_told(answer: Answer, complaint: str) -> None:
    with pytest.raises(ToolFailed, match=complaint):
        answering(answer).fetch_url("http://example.org/")


@pytest.mark.parametrize(
    ("error", "complaint"), [(httpx.ConnectError("no"), "cannot be reached"), (httpx.ReadTimeout("no"), "in time")]
)
def test_a_host_that_does_not_answer_is_told(error: Exception, complaint: str) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise error

    with pytest.raises(ToolFailed, match=complaint):
        answering(answer).fetch_url("http://example.org/")


def test_the_next_address_is_tried() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == "2606:2800:21f::1":
            raise httpx.ConnectError("no route")
        return response(b"hello")

    assert answering(answer, addresses=("2606:2800:21f::1", PUBLIC)).fetch_url("http://example.org/") == "hello"


def test_an_unknown_name_is_told() -> None:
    def nowhere(host: str, port: int) -> list[str]:
        raise OSError("unknown")

    with pytest.raises(ToolFailed, match="cannot be reached"):
        Web(["example.org"], resolve=nowhere).fetch_url("http://example.org/")


def test_an_endless_page_is_cut() -> None:
    sent = 0

    class Endless(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            nonlocal sent
            while True:
                sent += 1
                yield b"x" * 100_000

    text = answering(lambda request: httpx.Response(200, stream=Endless())).fetch_url("http://example.org/")
    assert len(text) == 1_000_000
    assert sent < 20


def test_a_trickling_page_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "_MAX_SECONDS", -1.0)
    with pytest.raises(ToolFailed, match="too long"):
        answering(page("x")).fetch_url("http://example.org/")


def test_markup_is_stripped() -> None:
    html = (
        "<html><head><title>T &amp; U</title><style>p{}</style></head><body><h1>Hi</h1><p>a <b>b</b>\n c</p>"
        "<script>evil('<p>')</script><ul><li>one<li>two</ul><table><tr><td>1</td><td>2</td></tr></table></body>"
    )
    assert page_text(html) == "T & U\nHi\na b c\none\ntwo\n1 2"
    assert answering(page(html, "text/html; charset=utf-8")).fetch_url("http://example.org/").startswith("T & U")


@pytest.mark.parametrize("html", ["<", "<p", "<!--", "<![x", "</script>text", "&#xffffffff;", "<script>", "<a " * 1000])
def test_broken_markup_is_survived(html: str) -> None:
    assert isinstance(page_text(html), str)


@pytest.mark.parametrize("charset", ["latin-1", "no-such-charset"])
def test_charsets(charset: str) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return response(b"Gr\xfc\xdfe", f"text/plain; charset={charset}")

    assert answering(answer).fetch_url("http://example.org/").startswith("Gr")


def test_a_real_server_on_this_machine() -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(f"<p>you asked {self.headers['Host']}".encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        host = f"localhost:{server.server_port}"
        assert Web([host]).fetch_url(f"http://{host}/") == f"you asked {host}"
        server.shutdown()
