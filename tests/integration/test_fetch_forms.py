"""Forms that are posted to what came from outside, and what their servers ask for."""

import json
import socket
import time
from email.utils import formatdate

import pytest

from earshot.sources.fetch import FetchError, seconds_of
from tests.integration.test_fetch import Start, answer, fetcher, serve

__all__ = ["serve"]


def test_a_form_is_posted_and_accepted(serve: Start) -> None:
    server = serve(answer(status="202 Accepted"))
    url = f"http://127.0.0.1:{server.port}/hub"
    page = fetcher(server)(url, {"x-a": "1"}, form={"hub.mode": "subscribe", "a": "ü&b"})
    assert page.status == 202
    [request] = server.requests
    head, _, body = request.partition(b"\r\n\r\n")
    assert head.startswith(b"POST /hub HTTP/1.1")
    assert b"content-type: application/x-www-form-urlencoded" in head.lower()
    assert body == b"hub.mode=subscribe&a=%C3%BC%26b"


@pytest.mark.parametrize(
    ("status", "reason"), [("302 Found", "status_302"), ("303 See Other", "status_303")]
)
def test_a_redirect_that_would_lose_the_form_is_a_failure(
    serve: Start, status: str, reason: str
) -> None:
    server = serve(answer(status=status, Location="/other"))
    with pytest.raises(FetchError) as failure:
        fetcher(server)(f"http://127.0.0.1:{server.port}/", {}, form={"a": "b"})
    assert failure.value.reason == reason
    assert len(server.requests) == 1


def test_a_form_is_written_as_json_where_its_headers_say_so(serve: Start) -> None:
    server = serve(answer(b"{}"))
    url, headers = f"http://127.0.0.1:{server.port}/", {"content-type": "application/json"}
    page = fetcher(server)(url, headers, form={"a": "ü&b"})
    assert page.body == b"{}"
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert head.lower().count(b"content-type: application/json") == 1
    assert json.loads(body) == {"a": "ü&b"}


def test_bytes_are_posted_as_they_were_signed(serve: Start) -> None:
    server = serve(answer(status="202 Accepted"))
    url, headers = f"http://127.0.0.1:{server.port}/", {"content-type": "application/json"}
    assert fetcher(server)(url, headers, form=b'{"a":  1}').status == 202
    assert server.requests[0].partition(b"\r\n\r\n")[2] == b'{"a":  1}'


def test_a_form_follows_a_redirect_that_keeps_it(serve: Start) -> None:
    def behave(peer: socket.socket, request: bytes) -> None:
        moved = b"/hub" in request.split()[1]
        reply = answer(status="307 Moved", Location="/new") if moved else answer(b"ok")
        reply(peer, request)

    server = serve(behave)
    fetcher(server)(f"http://127.0.0.1:{server.port}/hub", {}, form={"a": "b"})
    assert [request.split()[:2] for request in server.requests] == [
        [b"POST", b"/hub"],
        [b"POST", b"/new"],
    ]
    assert server.requests[1].endswith(b"a=b")


def test_a_form_is_never_posted_to_another_host_by_a_redirect(serve: Start) -> None:
    server = serve(answer(status="307 Moved", Location="http://169.254.169.254/latest/api/token"))
    with pytest.raises(FetchError) as failure:
        fetcher(server)(f"http://127.0.0.1:{server.port}/", {}, form={"a": "b"})
    assert failure.value.reason == "redirect_refused"


def test_credentials_stay_with_the_host_that_they_are_for(serve: Start) -> None:
    other = serve(answer(b"end"))
    here = serve(answer(status="302 Found", Location=f"http://localhost:{other.port}/"))
    secret = {"Authorization": "Bearer canary", "accept": "text/xml"}
    fetch = fetcher(here)
    both = type(fetch)(loopback=fetch.loopback | fetcher(other).loopback)
    both(f"http://127.0.0.1:{here.port}/", secret)
    assert b"canary" in here.requests[0]
    assert b"canary" not in other.requests[0]
    assert b"text/xml" in other.requests[0]


def test_a_server_says_how_long_to_leave_it_alone(serve: Start) -> None:
    server = serve(answer(status="429 Too Many Requests", Retry_After="120"))
    with pytest.raises(FetchError) as failure:
        fetcher(server)(f"http://127.0.0.1:{server.port}/", {})
    assert (failure.value.reason, failure.value.wait_seconds) == ("status_429", 120)


@pytest.mark.parametrize(
    ("given", "seconds"),
    [("", 0), ("soon", 0), ("-5", 0), ("0", 0), ("30", 30), ("9" * 20, 604_800), ("1.5", 0)],
)
def test_a_wait_is_a_number_of_seconds_a_week_at_most(given: str, seconds: int) -> None:
    assert seconds_of(given) == seconds


def test_a_wait_may_be_told_as_a_date() -> None:
    found = seconds_of(formatdate(time.time() + 90, usegmt=True))
    assert 85 <= found <= 90
    assert seconds_of("Sun, 06 Nov 1994 08:49:37 GMT") == 0
