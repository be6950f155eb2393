"""JSON and event streams over HTTP, for engines and teachers: the one place that talks to a model server.

It sets time limits, sends a request id, tries again only where the server cannot have begun to answer, and turns every
way a server can fail into one of our errors. It knows no model and no message format. Keys are sent, never shown: they
are in no error, no representation and no log line.
"""

from __future__ import annotations

import json
import os
import re
import time
import uuid
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from threading import Event
from typing import Any

import httpx

from router.errors import ContextOverflow, EngineAnswerBroken, EngineUnreachable, UsageError
from router.http_plain import Cancelled, PlainTransport, ends_here, serves
from router.redaction import HIDDEN, Redactor
from router.server_events import Feed, read_events

KEY_VARIABLE = "QUIVER_API_KEY"
_JSON = ("application/json", "text/json")
_EVENTS = "text/event-stream"
_OVERFLOW = re.compile(r"context[ _](?:length|size|window)|maximum (?:context|input) |too many tokens", re.IGNORECASE)
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_KEPT_S = 3.0  # an unused connection is kept; servers close theirs after 5 seconds, and a request sent then is lost
_SHOWN = 300  # characters of a server's own words


@dataclass(frozen=True)
class HttpLimits:
    """Seconds and bytes. `read_s`: the longest silence, a queue before the first token included. `tries`: of what may
    be tried again, the first one counted. `wait_s`: the longest a server may ask to wait and still be asked again."""

    connect_s: float = 5.0
    read_s: float = 120.0
    body_bytes: int = 16 * 1024 * 1024
    tries: int = 3
    wait_s: float = 20.0


class HttpClient:
    """One server. Safe to use from several threads. `transport` answers in place of a network (tests)."""

    def __init__(
        self,
        url: str,
        *,
        key: str | None = None,
        limits: HttpLimits | None = None,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        """`key` None: the environment's QUIVER_API_KEY. Raises UsageError for what is no server's address."""
        self.url = checked_url(url)
        self.limits = limits or HttpLimits()
        self._key = os.environ.get(KEY_VARIABLE, "") if key is None else key
        self._sleep = sleep
        address = httpx.URL(self.url)
        proxied = address.host not in _LOOPBACK  # a proxy of the environment is no way to this very machine
        self._headers = {"User-Agent": "quiver-agent", "Accept-Encoding": "identity", **self._authorization()}
        self._plain: PlainTransport | None = None
        if transport is None and serves(address, proxied):
            self._plain = PlainTransport(self.limits.connect_s, self.limits.read_s, _KEPT_S)
        self._client = httpx.Client(
            transport=transport,
            timeout=httpx.Timeout(self.limits.read_s, connect=self.limits.connect_s),
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=None, keepalive_expiry=_KEPT_S),
            headers=self._headers,
            trust_env=proxied,
        )

    def __repr__(self) -> str:
        return f"HttpClient({self.url!r})"

    def get(self, path: str) -> Any:
        """The JSON at `path`, an absolute one or one below the client's address."""
        with self._sent("GET", path, None) as response:
            return self._json(response)

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """The JSON a server answers to `body`; None where it answers in plain words, as some verbs do."""
        with self._sent("POST", path, body) as response:
            return self._json(response)

    def stream(self, path: str, body: Mapping[str, Any], cancel: Event | None = None) -> Generator[Any]:
        """The JSON of each server-sent event, up to `[DONE]`. Ends early, the connection closed, once `cancel` is set.

        Raises EngineAnswerBroken when the stream ends without `[DONE]`. Nothing is tried again once it has begun.
        """
        cancel = cancel or Event()
        if self._plain is None:
            yield from self._fed(path, body, cancel)
            return
        with suppress(Cancelled), self._sent("POST", path, body, _EVENTS, cancel) as response:
            self._check_type(response, _EVENTS)
            with self._reading(response):
                for data in read_events(response.iter_bytes(), self.limits.body_bytes):
                    if cancel.is_set():
                        raise Cancelled
                    yield self._parsed(data, response)
            ends_here(response)

    def _fed(self, path: str, body: Mapping[str, Any], cancel: Event) -> Iterator[Any]:
        """The same, read by a thread of its own: httpx's transport cannot be asked to stop waiting."""

        def pump(feed: Feed) -> None:
            with self._sent("POST", path, body, accept=_EVENTS) as response:
                feed.opened(response)
                self._check_type(response, _EVENTS)
                with self._reading(response):
                    for data in read_events(response.iter_bytes(), self.limits.body_bytes):
                        feed.put(self._parsed(data, response))

        yield from Feed(pump, cancel)

    def close(self) -> None:
        if self._plain is not None:
            self._plain.close()
        self._client.close()

    # --- sending -------------------------------------------------------------------------------------------------

    def _authorization(self) -> dict[str, str]:
        if not self._key:
            return {}
        if not self._key.isascii() or not self._key.isprintable():
            raise UsageError(f"the key in {KEY_VARIABLE} holds characters no header can carry", hint="set it again")
        return {"Authorization": f"Bearer {self._key}"}

    @contextmanager
    def _sent(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None,
        accept: str = "application/json",
        cancel: Event | None = None,
    ) -> Iterator[httpx.Response]:
        """The response to a request that succeeded, its body not yet read."""
        response = self._response(method, path, body, accept, cancel)
        try:
            yield response
        finally:
            response.close()

    def _response(
        self, method: str, path: str, body: Mapping[str, Any] | None, accept: str, cancel: Event | None
    ) -> httpx.Response:
        """Tries again only where no answer can have begun: no connection, or a server that says when to come back."""
        target = path if path.startswith("http") else f"{self.url}{path}"
        for left in range(self.limits.tries - 1, -1, -1):
            try:
                response = self._asked(method, target, body, accept, cancel)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                if not left:
                    raise self._unreachable(error) from error
                self._pause(0.2 * 2 ** (self.limits.tries - 1 - left), cancel)
                continue
            except httpx.HTTPError as error:
                raise self._unreachable(error) from error
            wait = retry_after(response)
            if not left or wait is None or wait > self.limits.wait_s:
                return self._accepted(response)
            response.close()
            self._pause(wait, cancel)
        raise AssertionError("a limit of no tries at all")

    def _asked(
        self, method: str, target: str, body: Mapping[str, Any] | None, accept: str, cancel: Event | None
    ) -> httpx.Response:
        headers = {"X-Request-Id": uuid.uuid4().hex, "Accept": accept}
        if self._plain is None:
            request = self._client.build_request(method, target, json=body, headers=headers)
            return self._client.send(request, stream=True)
        extensions = {"cancel": cancel} if cancel is not None else {}
        request = httpx.Request(method, target, headers={**self._headers, **headers}, json=body, extensions=extensions)
        return self._plain.handle_request(request)

    def _pause(self, seconds: float, cancel: Event | None) -> None:
        if cancel is None:
            self._sleep(seconds)
        elif cancel.wait(seconds):
            raise Cancelled

    # --- reading -------------------------------------------------------------------------------------------------

    def _json(self, response: httpx.Response) -> Any:
        """Verbs that answer nothing, or in plain words, give None."""
        kind = _kind(response)
        if response.request.method == "POST" and kind not in _JSON and kind in ("", "text/plain"):
            return None
        self._check_type(response, *_JSON)
        return self._parsed(self._body(response), response)

    def _body(self, response: httpx.Response) -> bytes:
        body = bytearray()
        with self._reading(response):
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > self.limits.body_bytes:
                    raise self._broken(response, f"an answer of more than {self.limits.body_bytes} bytes")
        return bytes(body)

    @contextmanager
    def _reading(self, response: httpx.Response) -> Iterator[None]:
        try:
            yield
        except httpx.TimeoutException as error:
            raise self._unreachable(error) from error
        except (httpx.HTTPError, EOFError, OverflowError) as error:
            raise self._broken(response, f"an answer that breaks off ({error or type(error).__name__})") from error

    def _parsed(self, data: bytes | str, response: httpx.Response) -> Any:
        try:
            return json.loads(data)
        except (ValueError, RecursionError) as error:
            raise self._broken(response, f"what is not JSON: {_shown(data)}") from error

    def _check_type(self, response: httpx.Response, *wanted: str) -> None:
        if _kind(response) not in wanted:
            raise self._broken(response, f"{_kind(response) or 'no type'} where {wanted[0]} belongs")

    # --- what went wrong -------------------------------------------------------------------------------------------

    def _accepted(self, response: httpx.Response) -> httpx.Response:
        """The response, unless its status is an error. Raises what the status means."""
        if response.is_success:
            return response
        try:
            error = self._refusal(response)
        finally:
            response.close()
        raise error

    def _refusal(self, response: httpx.Response) -> UsageError | EngineUnreachable:
        status, said = response.status_code, self._said(response)
        answered = f"{self.url} answered {status}: {said}" if said else f"{self.url} answered {status}"
        if status == 413 or (status in (400, 422) and _OVERFLOW.search(said)):
            hint = "start a new conversation, give shorter texts, or use a base with a longer context"
            return ContextOverflow(f"the conversation does not fit: {answered}", hint=hint)
        if status in (401, 403):
            return UsageError(answered, hint=f"set the key: export {KEY_VARIABLE}=…")
        if status == 404:
            return UsageError(answered, hint=f"see what it serves: curl {self.url}/models")
        if status in (408, 429) or status >= 500:
            id = response.request.headers["X-Request-Id"]
            return EngineUnreachable(f"{answered} (request {id})", hint="try again later, or see the server's log")
        hint = "check the address" if status < 400 else "the server does not take this request; see its documentation"
        return UsageError(answered, hint=hint)

    def _said(self, response: httpx.Response) -> str:
        """The server's own words about an error, in one line, without secrets."""
        try:
            data = json.loads(self._body(response))
        except (ValueError, RecursionError, EngineUnreachable):
            return ""
        return self.hidden(_shown(error_message(data)))

    def hidden(self, text: str) -> str:
        """Some servers repeat the key they were given."""
        return Redactor({}).text(text.replace(self._key, HIDDEN) if self._key else text)

    def _unreachable(self, error: httpx.HTTPError) -> EngineUnreachable:
        slow = isinstance(error, httpx.TimeoutException)
        what = "did not answer in time" if slow else f"cannot be reached: {self.hidden(str(error))}"
        return EngineUnreachable(f"{self.url} {what}", hint=f"is it running? curl {self.url}/models")

    def _broken(self, response: httpx.Response, what: str) -> EngineAnswerBroken:
        id = response.request.headers["X-Request-Id"]
        message = f"{self.url} sent {self.hidden(what)} (request {id})"
        return EngineAnswerBroken(message, hint="is this the address of an OpenAI-compatible server? It ends in /v1")


def checked_url(url: str) -> str:
    """`url` as a server's address without a slash at its end; `/v1` where it names no path. Raises UsageError."""
    hint = "write it as http://host:port/v1"
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError) as error:
        raise UsageError("the engine's address is not a web address", hint=hint) from error
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise UsageError(f"{url!r} is not a web address", hint=hint)
    if parsed.userinfo or parsed.query or parsed.fragment:
        message = "the engine's address may hold no password, query or fragment"
        raise UsageError(message, hint=f"{hint} and the key in {KEY_VARIABLE}")
    plain = str(parsed).rstrip("/")
    return plain if parsed.path.strip("/") else f"{plain}/v1"


def retry_after(response: httpx.Response) -> float | None:
    """Seconds a busy server (429, 503) asks to wait; None where it names no time, or is not busy."""
    named = response.headers.get("retry-after", "").strip()
    if response.status_code not in (429, 503) or not named:
        return None
    if named.isascii() and named.isdigit() and len(named) < 8:
        return float(named)
    try:
        return max(0.0, (parsedate_to_datetime(named) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def error_message(data: Any) -> str:
    """What an error body says: `{"error": {"message", "code"}}`, `{"error": "…"}`, `{"message"}` or `{"detail"}`."""
    if not isinstance(data, Mapping):
        return str(data)
    inner = data.get("error", data)
    if isinstance(inner, Mapping):
        code = inner.get("code")
        said = inner.get("message") or inner.get("detail") or ""
        return f"{said} [{code}]" if isinstance(code, str) and code else str(said)
    return str(inner)


def _kind(response: httpx.Response) -> str:
    return str(response.headers.get("content-type", "")).split(";")[0].strip().lower()


def _shown(data: bytes | str) -> str:
    text = data.decode("utf-8", "replace") if isinstance(data, bytes) else data
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"
