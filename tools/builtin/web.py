"""HTTP GET to hosts on an exact allow-list, returned as plain text. Sends no credentials, cookies or proxy settings.

Every address is checked, those of redirects too: scheme http or https, host (with its port, where it is not the
scheme's own) literally on the list, no user name in it. The name is resolved once and the connection made to that very
address, so that a second answer of the name server cannot lead elsewhere; private addresses are refused unless the
list names the address itself, or `localhost`.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import closing
from html.parser import HTMLParser

import httpx

from tools.tool import Tool, ToolFailed, ToolRefused

Resolve = Callable[[str, int], Sequence[str]]

_MAX_BYTES = 1_000_000
_MAX_REDIRECTS = 5
_MAX_ADDRESSES = 4
_MAX_SECONDS = 10.0
_TEXTUAL = re.compile(r"text/|application/(?:[\w.+-]*\+)?(?:json|xml|xhtml|javascript|yaml)")


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, as the operating system finds them. Errors: `OSError`."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def addresses_said(text: str) -> list[str]:
    """The web addresses a text holds."""
    return [match.rstrip(".,;:!?)'\"”’>") for match in re.findall(r"https?://\S+", text)]


class Web:
    """`allowed_hosts`: exact names, such as "example.org" or "localhost:8000". `transport` and `resolve` let
    tests answer in place of a network."""

    def __init__(
        self,
        allowed_hosts: Collection[str],
        transport: httpx.BaseTransport | None = None,
        resolve: Resolve = resolve,
    ) -> None:
        self._allowed = frozenset(host.strip().lower() for host in allowed_hosts)
        self._transport = transport
        self._resolve = resolve

    def tools(self) -> list[Tool]:
        return [Tool.from_function(self.fetch_url, effect="network", candidates={"url": addresses_said})]

    def fetch_url(self, url: str) -> str:
        """Fetch a web page and return its text.

        Args:
            url: The address, beginning with http:// or https://.
        """
        deadline = time.monotonic() + _MAX_SECONDS
        target = self._checked(url.strip())
        with httpx.Client(transport=self._transport, timeout=_MAX_SECONDS / 2, trust_env=False) as client:
            for _ in range(_MAX_REDIRECTS + 1):
                location, text = self._get(client, target, deadline)
                if location is None:
                    return text or "The page is empty."
                target = self._checked(str(target.join(location)))
        raise ToolFailed(f"The page redirects more than {_MAX_REDIRECTS} times.")

    def _checked(self, url: str) -> httpx.URL:
        """Errors: `ToolRefused` for a host that is not on the list, `ToolFailed` for what is no address."""
        try:
            target = httpx.URL(url)
        except (httpx.InvalidURL, ValueError) as error:
            raise ToolFailed("That is not a web address.") from error
        if target.scheme not in ("http", "https") or not target.host:
            raise ToolFailed("A web address begins with http:// or https:// and a host.")
        if target.userinfo:
            raise ToolRefused("The address carries a user name or password.")
        if listed(target) not in self._allowed:
            allowed = ", ".join(sorted(self._allowed)) or "none"
            raise ToolRefused(f"The host {listed(target)} is not allowed. Allowed hosts: {allowed}.")
        return target

    def _get(self, client: httpx.Client, target: httpx.URL, deadline: float) -> tuple[str | None, str]:
        """(where a redirect leads or None, the text). Errors: `ToolFailed` when no address of the host answers."""
        try:
            with closing(self._answer(client, target)) as response:
                if response.is_redirect:
                    return response.headers.get("location", ""), ""
                return None, _text(response, deadline)
        except httpx.TimeoutException as error:
            raise ToolFailed(f"{target.host} did not answer in time.") from error
        except (httpx.HTTPError, OSError) as error:
            raise ToolFailed(f"{target.host} cannot be reached ({type(error).__name__}).") from error

    def _answer(self, client: httpx.Client, target: httpx.URL) -> httpx.Response:
        """The response of the first address that takes the connection, its body not yet read."""
        *others, last = self._addresses(target)
        for address in others:
            try:
                return client.send(_request(target, address), stream=True)
            except httpx.ConnectError:
                continue
        return client.send(_request(target, last), stream=True)

    def _addresses(self, target: httpx.URL) -> Sequence[str]:
        """IP addresses of the host, at most four. Errors: `ToolRefused` when one is private and not meant to be."""
        addresses = self._resolve(target.host, target.port or (443 if target.scheme == "https" else 80))
        private = [address for address in addresses if not _is_public(address)]
        if private and not _names_itself(target.host):
            raise ToolRefused(f"{target.host} leads to the private address {private[0]}.")
        if not addresses:
            raise ToolFailed(f"{target.host} has no address.")
        return addresses[:_MAX_ADDRESSES]


def _request(target: httpx.URL, address: str) -> httpx.Request:
    """To one address, with the host named to the server and to TLS in spite of it. No compression: it could unfold
    without bound."""
    headers = {"Host": target.netloc.decode("ascii"), "Accept-Encoding": "identity", "User-Agent": "quiver-agent"}
    name = {"sni_hostname": target.raw_host.decode("ascii")}
    return httpx.Request("GET", target.copy_with(host=address), headers=headers, extensions=name)


def listed(target: httpx.URL) -> str:
    """How a host is written on the list: lower case, punycode, the port where it is not the scheme's own."""
    host = target.raw_host.decode("ascii").lower()
    return f"{host}:{target.port}" if target.port else host


def _is_public(address: str) -> bool:
    parsed = ipaddress.ip_address(address.split("%")[0])
    mapped = getattr(parsed, "ipv4_mapped", None)
    return (mapped or parsed).is_global and not parsed.is_multicast


def _names_itself(host: str) -> bool:
    """`localhost` or a literal IP address: to put it on the list is to mean the private address."""
    if host == "localhost":
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _text(response: httpx.Response, deadline: float) -> str:
    """The body as text, at most one megabyte of it. Errors: `ToolFailed` for error statuses and what is not text."""
    if response.status_code >= 400:
        raise ToolFailed(f"The server answered {response.status_code} {response.reason_phrase}.".replace(" .", "."))
    kind = response.headers.get("content-type", "text/plain").split(";")[0].strip().lower()
    if not _TEXTUAL.match(kind):
        raise ToolFailed(f"That address holds no text but {kind}.")
    if response.headers.get("content-encoding", "identity") != "identity":
        raise ToolFailed("The server sent compressed data that was not asked for.")
    body = bytearray()
    for chunk in response.iter_raw():
        body += chunk
        if len(body) > _MAX_BYTES:
            break
        if time.monotonic() > deadline:
            raise ToolFailed("The page took too long to arrive.")
    text = _decoded(bytes(body[:_MAX_BYTES]), response.charset_encoding)
    return page_text(text) if "html" in kind else text.strip()


def _decoded(body: bytes, charset: str | None) -> str:
    try:
        return body.decode(charset or "utf-8", errors="replace")
    except LookupError:  # a charset nobody knows
        return body.decode("utf-8", errors="replace")


def page_text(html: str) -> str:
    """The readable text of an HTML page: a line per block, no scripts, styles or markup."""
    reader = _PageReader()
    reader.feed(html)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.pieces).splitlines())
    return "\n".join(line for line in lines if line)


class _PageReader(HTMLParser):
    _SILENT = frozenset({"script", "style", "noscript", "template", "svg", "iframe", "object"})
    _INLINE = frozenset(
        {"a", "abbr", "b", "code", "em", "i", "kbd", "mark", "q", "s", "small", "span", "strong", "sub"}
    )

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in self._SILENT
        self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(0, self._silent - (tag in self._SILENT))
        self._break(tag)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.pieces.append(data.replace("\n", " "))

    def _break(self, tag: str) -> None:
        """A cell is set apart from its neighbour on the line; any other block begins a new line."""
        if tag not in self._INLINE:
            self.pieces.append(" " if tag in ("td", "th") else "\n")
