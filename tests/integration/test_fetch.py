"""The fetcher against servers on loopback that misbehave in every way it guards against."""

import gzip
import re
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from ipaddress import ip_address

import pytest

from earshot.settings import Settings
from earshot.sources.addresses import is_public
from earshot.sources.fetch import Fetcher, FetchError, loopback_hosts
from tests.fakes_ingest import ENVIRONMENT

Behaviour = Callable[[socket.socket, bytes], None]


class Server:
    """One behaviour for every connection; ``requests`` is what came in."""

    def __init__(self, behave: Behaviour) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._behave = behave
        self.requests: list[bytes] = []
        self.port = int(self._socket.getsockname()[1])
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                peer, _ = self._socket.accept()
            except OSError:
                return
            with closing(peer):
                request = _request(peer)
                self.requests.append(request)
                try:
                    self._behave(peer, request)
                except OSError:
                    continue

    def stop(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(timeout=5)


def _request(peer: socket.socket) -> bytes:
    """With its body, which may come in a segment of its own."""
    request = peer.recv(65_536)
    head, _, body = request.partition(b"\r\n\r\n")
    if length := re.search(rb"(?i)content-length: (\d+)", head):
        while len(body) < int(length[1]) and (more := peer.recv(65_536)):
            body, request = body + more, request + more
    return request


Start = Callable[[Behaviour], Server]


@pytest.fixture
def serve() -> Iterator[Start]:
    started: list[Server] = []

    def start(behave: Behaviour) -> Server:
        started.append(Server(behave))
        return started[-1]

    yield start
    for server in started:
        server.stop()


def answer(body: bytes = b"", status: str = "200 OK", **headers: str) -> Behaviour:
    lines = [f"HTTP/1.1 {status}", *(f"{k.replace('_', '-')}: {v}" for k, v in headers.items())]
    head = "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode()
    return lambda peer, _: peer.sendall(head + body)


def fetcher(server: Server, **options: float) -> Fetcher:
    allowed = frozenset({("127.0.0.1", server.port), ("localhost", server.port)})
    return Fetcher(
        loopback=allowed,
        seconds=options.get("seconds", 5.0),
        max_bytes=int(options.get("max_bytes", 2_000_000)),
    )


def fails(fetch: Fetcher, url: str) -> str:
    with pytest.raises(FetchError) as failure:
        fetch(url, {})
    return failure.value.reason


def test_a_page_comes_with_lower_case_headers_and_its_address(serve: Start) -> None:
    server = serve(answer(b"<rss/>", ETag='"1"'))
    url = f"http://localhost:{server.port}/feed?a=1#part"
    page = fetcher(server)(url, {"accept": "text/xml"})
    assert (page.status, page.body, page.url) == (200, b"<rss/>", url)
    assert page.headers["etag"] == '"1"'
    request = server.requests[0].lower()
    assert request.startswith(b"get /feed?a=1 http/1.1")
    assert b"accept: text/xml" in request
    assert f"host: localhost:{server.port}".encode() in request


def test_links_in_several_headers_are_all_kept(serve: Start) -> None:
    server = serve(answer(Link="<a>; rel=hub", link="<b>; rel=self"))
    page = fetcher(server)(f"http://127.0.0.1:{server.port}/", {})
    assert page.headers["link"] == "<a>; rel=hub, <b>; rel=self"


def test_not_modified_is_an_answer(serve: Start) -> None:
    server = serve(answer(status="304 Not Modified"))
    assert fetcher(server)(f"http://127.0.0.1:{server.port}/", {}).status == 304


@pytest.mark.parametrize("status", ["404 Not Found", "500 Oops", "206 Partial", "410 Gone"])
def test_other_statuses_fail_with_their_number(serve: Start, status: str) -> None:
    server = serve(answer(b"words of a page", status))
    with pytest.raises(FetchError) as failure:
        fetcher(server)(f"http://127.0.0.1:{server.port}", {})
    assert failure.value.reason == f"status_{status[:3]}"
    assert failure.value.status == int(status[:3])


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(b"words")),
        ("deflate", zlib.compress(b"words")),
        ("identity", b"words"),
    ],
)
def test_compressed_pages_are_unpacked(serve: Start, encoding: str, body: bytes) -> None:
    server = serve(answer(body, Content_Encoding=encoding))
    assert fetcher(server)(f"http://127.0.0.1:{server.port}", {}).body == b"words"


@pytest.mark.parametrize(
    ("body", "headers", "reason"),
    [
        (b"x" * 1001, {}, "too_big"),
        (gzip.compress(b"x" * 50_000_000), {"Content_Encoding": "gzip"}, "too_big"),
        (gzip.compress(b"words")[:-6], {"Content_Encoding": "gzip"}, "incomplete"),
        (b"words", {"Content_Encoding": "gzip"}, "encoding_broken"),
        (b"words", {"Content_Encoding": "br"}, "encoding_unknown"),
    ],
    ids=["long", "bomb", "cut", "false", "foreign"],
)
def test_a_body_that_is_too_much_or_not_whole_fails(
    serve: Start, body: bytes, headers: dict[str, str], reason: str
) -> None:
    server = serve(answer(body, **headers))
    fetch = fetcher(server, max_bytes=1000)
    assert fails(fetch, f"http://127.0.0.1:{server.port}") == reason


def test_a_body_shorter_than_promised_is_incomplete(serve: Start) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"
    server = serve(lambda peer, _: peer.sendall(head))
    assert fails(fetcher(server), f"http://127.0.0.1:{server.port}") == "incomplete"


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_a_server_that_drips_is_cut_off(serve: Start, start: bytes) -> None:
    def drip(peer: socket.socket, _: bytes) -> None:
        peer.sendall(start)
        for _piece in range(200):
            time.sleep(0.02)
            peer.sendall(b"x")

    begun = time.monotonic()
    server = serve(drip)
    assert fails(fetcher(server, seconds=0.3), f"http://127.0.0.1:{server.port}") == "too_slow"
    assert time.monotonic() - begun < 2


def test_a_tls_handshake_that_never_ends_is_cut_off(serve: Start) -> None:
    server = serve(lambda *_: time.sleep(1))
    assert fails(fetcher(server, seconds=0.3), f"https://127.0.0.1:{server.port}") == "too_slow"


def test_what_is_no_http_fails(serve: Start) -> None:
    server = serve(lambda peer, _: peer.sendall(b"220 smtp.example ready\r\n"))
    assert fails(fetcher(server), f"http://127.0.0.1:{server.port}") == "BadStatusLine"
    tls = f"https://127.0.0.1:{server.port}"
    assert fails(fetcher(server), tls) == "SSLError"


def test_redirects_are_followed_three_times(serve: Start) -> None:
    def again(peer: socket.socket, request: bytes) -> None:
        step = int(request.split()[1].removeprefix(b"/"))
        location = f"/{step - 1}"
        reply = answer(status="302 Found", Location=location) if step else answer(b"end")
        reply(peer, request)

    server = serve(again)
    page = fetcher(server)(f"http://127.0.0.1:{server.port}/3", {})
    assert (page.body, page.url) == (b"end", f"http://127.0.0.1:{server.port}/0")
    reason = fails(fetcher(server), f"http://127.0.0.1:{server.port}/4")
    assert reason == "too_many_redirects"


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("http://169.254.169.254/latest/meta-data/", "address_refused"),
        ("http://127.0.0.1:1/", "address_refused"),
        ("http://[::ffff:10.0.0.1]/", "address_refused"),
        ("file:///etc/passwd", "address_malformed"),
        ("gopher://a.example/", "address_malformed"),
        ("", "redirect_refused"),
    ],
)
def test_a_redirect_is_checked_like_the_first_address(
    serve: Start, location: str, reason: str
) -> None:
    server = serve(answer(status="301 Moved", Location=location))
    assert fails(fetcher(server), f"http://127.0.0.1:{server.port}") == reason


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a.example/",
        "//a.example",
        "http://",
        "http://user:word@a.example/",
        "http://a.example:port/",
        "http://[broken/",
        "http://a.example/with space",
        "http://a.example/\r\nHost: b",
        "http://bücher.example/",
    ],
)
def test_a_malformed_address_is_never_asked(url: str) -> None:
    assert fails(Fetcher(), url) == "address_malformed"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0", "[::1]", "2130706433"])
def test_our_own_machine_is_refused(host: str) -> None:
    assert fails(Fetcher(), f"http://{host}:80/") == "address_refused"


def test_an_allowed_pair_allows_no_other_port_and_no_other_machine() -> None:
    fetch = Fetcher(loopback=frozenset({("127.0.0.1", 8001), ("10.0.0.1", 80)}))
    assert fails(fetch, "http://127.0.0.1:8002/") == "address_refused"
    assert fails(fetch, "http://10.0.0.1/") == "address_refused"


def test_a_name_that_leads_inside_with_any_of_its_addresses_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = [(0, 0, 0, "", (ip, 80)) for ip in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    assert fails(Fetcher(), "http://two-faced.example/") == "address_refused"


def test_a_name_is_resolved_once_and_the_connection_goes_there(
    serve: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(answer(b"pinned"))
    asked: list[str] = []

    def resolve(host: str, port: int, *_: object, **__: object) -> list[object]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    fetch = Fetcher(loopback=frozenset({("rebinding.example", server.port)}))
    page = fetch(f"http://rebinding.example:{server.port}/", {})
    assert page.body == b"pinned"
    assert [host for host in asked if host == "rebinding.example"] == ["rebinding.example"]


def test_a_name_that_does_not_resolve_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> list[object]:
        raise socket.gaierror("unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert fails(Fetcher(), "http://nowhere.example/") == "gaierror"


def test_a_resolver_that_does_not_answer_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answered = threading.Event()

    def hang(*_: object, **__: object) -> list[object]:
        answered.wait(10)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    begun = time.monotonic()
    assert fails(Fetcher(seconds=0.2), "http://silent.example/") == "too_slow"
    assert time.monotonic() - begun < 2
    answered.set()


@pytest.mark.parametrize(
    "address",
    [
        *("10.1.2.3", "172.16.0.1", "192.168.0.1", "127.0.0.1", "169.254.169.254", "0.0.0.0"),
        *("100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
        *("::1", "::", "fe80::1", "fc00::1", "fec0::1", "ff02::1", "2001:db8::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::10.0.0.1", "2002:7f00:1::", "2002:a00:1::"),
        *("64:ff9b::a00:1", "64:ff9b:1::a00:1", "2001:0:a00:1::"),
    ],
)
def test_what_is_not_the_public_internet_is_refused(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "1.1.1.1", "2606:2800:220:1::1", "::ffff:93.184.216.34"]
)
def test_public_addresses_are_allowed(address: str) -> None:
    assert is_public(ip_address(address))


def environment(stage: str) -> Settings:
    hosts = "127.0.0.1:8001, localhost:8001,nonsense,:1,[::1]:x"
    return Settings.model_validate(
        {**ENVIRONMENT, "EARSHOT_STAGE": stage, "EARSHOT_LOOPBACK_HOSTS": hosts}
    )


def test_loopback_is_for_the_local_stage_alone() -> None:
    assert loopback_hosts(environment("local")) == {("127.0.0.1", 8001), ("localhost", 8001)}
    for stage in ("dev", "prod", "Local", "local "):
        assert loopback_hosts(environment(stage)) == frozenset()
