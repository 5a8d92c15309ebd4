"""Fetch a page of the public web, whatever its owner tries.

An address is resolved once and the connection goes to what was checked, so a name cannot change
its mind in between; each redirect is checked again. This is `http.client` on a socket of our own:
urllib3 offers no deadline for a whole exchange and no public way to pin an address.
"""

import http.client
import json
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import SplitResult, urlencode, urljoin, urlsplit

from earshot.errors import EarshotError
from earshot.settings import Settings
from earshot.sources.addresses import Address, is_public, resolve
from earshot.sources.surface import FetchedPage, Headers

MAX_BYTES = 2 * 1024 * 1024
MAX_REDIRECTS = 3
SECONDS = 5.0

_CHUNK = 64 * 1024
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_PORTS = {"http": 80, "https": 443}
_KEEP_THE_METHOD = frozenset((307, 308))
_SAID_YES = frozenset((200, 202, 204, 304))
_FOR_ONE_HOST = frozenset(("authorization", "cookie"))
_LONGEST_WAIT = 7 * 86_400
_OWN_HEADERS = {"user-agent": "earshot", "accept-encoding": "gzip", "connection": "close"}


class FetchError(EarshotError):
    """The page could not be had; the reason is a word, never a piece of the page. ``status`` is
    what the server answered, if that is why, ``wait_seconds`` how long it asks to be left alone
    (``Retry-After``, RFC 9110 section 10.2.3)."""

    def __init__(self, reason: str, *, status: int | None = None, wait_seconds: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status
        self.wait_seconds = wait_seconds


def loopback_hosts(settings: Settings) -> frozenset[tuple[str, int]]:
    """Host and port pairs that may be fetched although they are no public addresses: for the local
    stage alone, whatever the environment of another one says."""
    if settings.EARSHOT_STAGE != "local":
        return frozenset()
    pairs = (entry.strip().rpartition(":") for entry in settings.EARSHOT_LOOPBACK_HOSTS.split(","))
    return frozenset((host, int(port)) for host, _, port in pairs if host and port.isdigit())


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Callable as ``surface.Fetch``; every refusal and failure is a ``FetchError``."""

    loopback: frozenset[tuple[str, int]] = frozenset()
    seconds: float = SECONDS
    max_bytes: int = MAX_BYTES

    def __call__(
        self, url: str, headers: Headers, /, *, form: Mapping[str, str] | bytes | None = None
    ) -> FetchedPage:
        """A form that is bytes was written, and perhaps signed, by the caller."""
        deadline = time.monotonic() + self.seconds
        body = _written(form, headers) if form is not None else None
        for _ in range(MAX_REDIRECTS + 1):
            page = self._exchange(url, headers, body, deadline=deadline)
            if page.status not in _REDIRECTS or (body and page.status not in _KEEP_THE_METHOD):
                break
            found = _next(url, page.headers.get("location", ""))
            if body and urlsplit(found)[:2] != urlsplit(url)[:2]:
                raise FetchError("redirect_refused")  # a form may hold a secret of its host
            headers, url = _for(found, url, headers), found
        else:
            raise FetchError("too_many_redirects")
        if page.status not in _SAID_YES:
            wait = seconds_of(page.headers.get("retry-after", ""))
            raise FetchError(f"status_{page.status}", status=page.status, wait_seconds=wait)
        return page

    def _exchange(
        self, url: str, headers: Headers, body: bytes | None, *, deadline: float
    ) -> FetchedPage:
        parts, port = _split(url)
        try:
            found = self._checked(parts, port, deadline=deadline)
            with _connected(parts, found, deadline=deadline) as connection:
                query = f"?{parts.query}" if parts.query else ""
                connection.request(
                    "GET" if body is None else "POST",
                    (parts.path or "/") + query,
                    body=body,
                    headers={**_OWN_HEADERS, **_of_form(body), **headers},
                )
                return self._read(connection.getresponse(), url)
        except FetchError:
            raise
        except (OSError, ValueError, http.client.HTTPException) as error:
            late = time.monotonic() >= deadline
            raise FetchError("too_slow" if late else type(error).__name__) from error

    def _checked(self, parts: SplitResult, port: int, *, deadline: float) -> tuple[Address, ...]:
        host = parts.hostname or ""
        found = resolve(host, port, seconds=deadline - time.monotonic())
        local = (host, port) in self.loopback
        if not all(address.ip.is_loopback if local else is_public(address.ip) for address in found):
            raise FetchError("address_refused")
        return found

    def _read(self, response: http.client.HTTPResponse, url: str) -> FetchedPage:
        headers = {name.lower(): value for name, value in response.getheaders()}
        if links := response.getheader("link"):
            headers["link"] = links  # pages send several, and this one joins them
        body = b"" if response.status != 200 else self._body(response, headers)
        return FetchedPage(status=response.status, url=url, headers=headers, body=body)

    def _body(self, response: http.client.HTTPResponse, headers: Headers) -> bytes:
        """Decompressed, and never more of it in memory than is allowed."""
        encoding = headers.get("content-encoding", "identity").lower()
        if encoding not in {"identity", "gzip", "x-gzip", "deflate"}:
            raise FetchError("encoding_unknown")
        unpack = zlib.decompressobj(wbits=47) if encoding != "identity" else None
        body = bytearray()
        while chunk := response.read(_CHUNK):
            room = self.max_bytes + 1 - len(body)
            try:
                body += unpack.decompress(chunk, room) if unpack else chunk
            except zlib.error as error:
                raise FetchError("encoding_broken") from error
            if len(body) > self.max_bytes:
                raise FetchError("too_big")
        if response.length or (unpack and not unpack.eof):
            raise FetchError("incomplete")
        return bytes(body)


def seconds_of(retry_after: str) -> int:
    """Seconds, or those until an HTTP date; 0 for what is neither, a week at most."""
    try:
        seconds = int(retry_after)
    except ValueError:
        try:
            moment = parsedate_to_datetime(retry_after)
            zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            seconds = int((zoned - datetime.now(UTC)).total_seconds())
        except (ValueError, TypeError, OverflowError):
            return 0
    return max(0, min(seconds, _LONGEST_WAIT))


def _written(form: Mapping[str, str] | bytes, headers: Headers) -> bytes:
    if isinstance(form, bytes):
        return form
    is_json = headers.get("content-type") == "application/json"
    return (json.dumps(form) if is_json else urlencode(form)).encode()


def _of_form(body: bytes | None) -> dict[str, str]:
    return {} if body is None else {"content-type": "application/x-www-form-urlencoded"}


def _for(found: str, url: str, headers: Headers) -> Headers:
    """The headers less what is meant for one host, where the redirect leads to another."""
    if urlsplit(found)[:2] == urlsplit(url)[:2]:
        return headers
    return {name: value for name, value in headers.items() if name.lower() not in _FOR_ONE_HOST}


def _split(url: str) -> tuple[SplitResult, int]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise FetchError("address_malformed") from error
    plain = url.isascii() and url.isprintable() and " " not in url
    if parts.scheme not in _PORTS or not parts.hostname or "@" in parts.netloc or not plain:
        raise FetchError("address_malformed")
    return parts, port or _PORTS[parts.scheme]


def _next(url: str, location: str) -> str:
    found = urljoin(url, location)
    if not location or (url.startswith("https:") and not found.startswith("https:")):
        raise FetchError("redirect_refused")
    return found


@contextmanager
def _connected(
    parts: SplitResult, addresses: tuple[Address, ...], *, deadline: float
) -> Iterator[http.client.HTTPConnection]:
    """A connection to one of the addresses that is cut at the deadline, whatever it is doing."""
    plain = _connect(addresses, deadline)
    sock: socket.socket = plain
    if parts.scheme == "https":
        context = ssl.create_default_context()
        sock = context.wrap_socket(
            plain, server_hostname=parts.hostname, do_handshake_on_connect=False
        )
    watchdog = threading.Timer(deadline - time.monotonic(), _cut, (sock,))
    watchdog.daemon = True
    watchdog.start()
    connection = http.client.HTTPConnection(parts.netloc)
    try:
        if isinstance(sock, ssl.SSLSocket):
            sock.do_handshake()
        connection.sock = sock
        yield connection
        if time.monotonic() >= deadline:
            raise FetchError("too_slow")
    finally:
        watchdog.cancel()
        connection.close()
        sock.close()


def _connect(addresses: tuple[Address, ...], deadline: float) -> socket.socket:
    failure: OSError = OSError("no address")
    for address in addresses:
        left = deadline - time.monotonic()
        if left <= 0:
            break
        try:
            return socket.create_connection((str(address.ip), address.port), timeout=left)
        except OSError as error:
            failure = error
    raise failure


def _cut(sock: socket.socket) -> None:
    """Past TLS, which would want to say goodbye."""
    try:
        socket.socket.shutdown(sock, socket.SHUT_RDWR)
    except OSError:
        return
