import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.domain.models import Connection, DataClass
from earshot.errors import SignatureError
from earshot.sources import websub
from earshot.sources.surface import FetchedPage, Headers, Question, Reply
from earshot.sources.websub import SubscriptionError

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HUB = "https://hub.example/subscribe"
TOPIC = "https://blog.example/feed?of=1"
HOOK = "https://ears.example/hooks/rss/blog"
METHODS = ["sha1", "sha256", "sha384", "sha512"]


def connection(**changed: Any) -> Connection:
    known = {"hub": HUB, "url": TOPIC, "hook_url": HOOK, **changed}
    return Connection(
        source="rss",
        connection_id="blog",
        data_class=DataClass.COPIED,
        created_at=NOON,
        **known,
    )


def signed(method: str, body: bytes = b"<feed/>", key: bytes = b"key") -> dict[str, str]:
    return {"x-hub-signature": f"{method}={hmac.new(key, body, method).hexdigest()}"}


def verify(headers: Headers, body: bytes = b"<feed/>", *secrets: bytes) -> None:
    websub.verify(headers, body, secrets=secrets or (b"new", b"key"), now=NOON)


@pytest.mark.parametrize("method", METHODS)
def test_a_push_is_signed_by_the_method_it_states(method: str) -> None:
    good = signed(method)
    verify(good)
    verify({"x-hub-signature": good["x-hub-signature"].upper()})
    for headers, body, secret in (
        (good, b"<feed/> ", b"key"),
        (good, b"<feed/>", b"other"),
        ({"x-hub-signature": good["x-hub-signature"][:-1]}, b"<feed/>", b"key"),
        (
            {"x-hub-signature": good["x-hub-signature"].replace(method, "sha224")},
            b"<feed/>",
            b"key",
        ),
    ):
        with pytest.raises(SignatureError):
            verify(headers, body, secret)


@pytest.mark.parametrize(
    "claimed", ["", "sha1", "sha1=", "=", "md5={md5}", "{sha1}", "sha256={sha1}"]
)
def test_no_other_method_is_taken(claimed: str) -> None:
    macs = {name: hmac.new(b"key", b"<feed/>", name).hexdigest() for name in ("md5", "sha1")}
    with pytest.raises(SignatureError):
        verify({"x-hub-signature": claimed.format(**macs)})
    with pytest.raises(SignatureError):
        verify({})


@given(st.binary(), st.integers(min_value=0))
def test_a_flipped_bit_is_refused(body: bytes, at: int) -> None:
    headers = signed("sha256", body + b"!")
    flipped = bytearray(body + b"!")
    flipped[at % len(flipped)] ^= 1 << (at % 8)
    with pytest.raises(SignatureError):
        verify(headers, bytes(flipped))


def ask(known: Connection | None = None, method: str = "GET", **said: str) -> Reply | None:
    query = {f"hub.{name}": value for name, value in said.items()}
    return websub.handshake(Question(method, query, {}, known or connection(), (b"key",)))


def test_what_we_asked_for_is_agreed_to() -> None:
    reply = ask(mode="subscribe", topic=TOPIC, challenge="4f2a~<b>", lease_seconds="432000")
    assert reply
    assert (reply.body, reply.status, reply.content_type) == ("4f2a~<b>", 200, "text/plain")
    assert reply.lease_seconds == 432_000


@pytest.mark.parametrize("claimed", ["", "-5", "soon", "1e9", "864001", "9" * 10, "9" * 5000, "٣"])
def test_a_lease_is_never_longer_than_asked_for(claimed: str) -> None:
    reply = ask(mode="subscribe", topic=TOPIC, challenge="c", lease_seconds=claimed)
    assert reply
    assert reply.lease_seconds == 864_000


@pytest.mark.parametrize(
    "said",
    [
        {"mode": "subscribe", "topic": "https://other.example/", "challenge": "c"},
        {"mode": "subscribe", "challenge": "c"},
        {"mode": "subscribe", "topic": TOPIC},
        {"mode": "subscribe", "topic": TOPIC, "challenge": ""},
        {"mode": "subscribe", "topic": TOPIC, "challenge": "a\r\nb"},
        {"mode": "subscribe", "topic": TOPIC, "challenge": "c" * 1025},
        {"mode": "unsubscribe", "topic": TOPIC, "challenge": "c"},
        {"mode": "denied", "topic": "https://other.example/"},
        {"mode": "publish", "topic": TOPIC, "challenge": "c"},
        {"mode": ""},
    ],
    ids=str,
)
def test_what_we_did_not_ask_for_is_not_found(said: dict[str, str]) -> None:
    assert ask(None, "GET", **said) == Reply("", status=404)


def test_who_has_no_hub_leaves_and_does_not_come() -> None:
    polled = connection(hub=None)
    reply = ask(polled, mode="unsubscribe", topic=TOPIC, challenge="c", lease_seconds="5")
    assert reply
    assert (reply.body, reply.status, reply.lease_seconds) == ("c", 200, None)
    assert ask(polled, mode="subscribe", topic=TOPIC, challenge="c") == Reply("", status=404)


def test_a_denial_is_heard() -> None:
    assert ask(mode="denied", topic=TOPIC, reason="<script>") == Reply("", denied=True)


def test_what_is_no_question_is_none() -> None:
    assert ask() is None
    assert ask(method="OPTIONS", mode="subscribe", topic=TOPIC, challenge="c") is None


class FakeHub:
    def __init__(self) -> None:
        self.asked: list[tuple[str, Mapping[str, str] | None]] = []

    def __call__(
        self, url: str, headers: Headers, /, *, form: Mapping[str, str] | None = None
    ) -> FetchedPage:
        self.asked.append((url, form))
        return FetchedPage(202, url, {}, b"")


def test_a_subscription_asks_for_ten_days() -> None:
    hub = FakeHub()
    websub.subscribe(connection(), b"key", hub)
    form = {
        "hub.mode": "subscribe",
        "hub.topic": TOPIC,
        "hub.callback": HOOK,
        "hub.secret": "key",
        "hub.lease_seconds": "864000",
    }
    assert hub.asked == [(HUB, form)]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"hub": None}, "hub_address_missing"),
        ({"hook_url": None}, "hub_address_missing"),
        ({"url": None}, "hub_address_missing"),
        ({"hub": "http://hub.example/"}, "hub_without_tls"),
        ({"hub": "ftp://127.0.0.1/"}, "hub_without_tls"),
        ({"hub": "https://[::1"}, "hub_without_tls"),
    ],
)
def test_nothing_is_asked_without_an_address_or_in_the_clear(
    changed: dict[str, Any], reason: str
) -> None:
    hub = FakeHub()
    with pytest.raises(SubscriptionError, match=reason):
        websub.subscribe(connection(**changed), b"key", hub)
    assert hub.asked == []
    websub.subscribe(connection(hub="http://127.0.0.1:8080/hub"), b"key", hub)


ATOM = b"""<feed xmlns='http://www.w3.org/2005/Atom'><link rel='hub' href='https://in.example/hub'/>
<link rel='self' href='/feed.atom'/><link href='https://blog.example/'/><title>x</title></feed>"""
RSS = b"""<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel><title>x</title>
<atom:link rel='hub' href='https://in.example/hub'/><atom:link rel='self' href='/feed.rss'/>
</channel></rss>"""


def page(body: bytes, link: str = "") -> FetchedPage:
    return FetchedPage(200, "https://blog.example/moved", {"link": link} if link else {}, body)


@pytest.mark.parametrize(("body", "name"), [(ATOM, "atom"), (RSS, "rss")])
def test_a_feed_names_its_hub_and_itself(body: bytes, name: str) -> None:
    found = ("https://in.example/hub", f"https://blog.example/feed.{name}")
    assert websub.hub_of(page(body)) == found


@pytest.mark.parametrize(
    ("link", "hub", "topic"),
    [
        ('<https://h.example/>; rel="hub", </t>; rel="self"', "https://h.example/", "/t"),
        ("<https://h.example/>;rel=hub,</t>;rel=self", "https://h.example/", "/t"),
        ('<https://h.example/>; title="a, b"; REL="next hub"', "https://h.example/", "/moved"),
        ("<http://h.example/>; rel=hub, <https://i.example/>; rel=hub", "https://i.example/", None),
    ],
)
def test_headers_come_before_the_feed_s_own_links(link: str, hub: str, topic: str | None) -> None:
    no_links = b"<feed xmlns='http://www.w3.org/2005/Atom'><title>x</title></feed>"
    wanted = f"https://blog.example{topic or '/moved'}"
    assert websub.hub_of(page(no_links, link)) == (hub, wanted)
    found = websub.hub_of(page(ATOM, link))
    assert found
    assert found[0] == hub


@pytest.mark.parametrize(
    "link", ["", "<http://h.example/>; rel=hub", "<https://[::1>; rel=hub", "<>; rel", "rel=hub"]
)
def test_a_page_without_a_hub_that_keeps_secrets_has_none(link: str) -> None:
    assert websub.hub_of(page(b"<html/>", link)) is None
    assert websub.hub_of(page(ATOM.replace(b"https://in", b"http://in"), link)) is None


@pytest.mark.parametrize(
    "piece", ["<", "<a>", ";", "; rel", ";rel=", '"', "<a>; ", " ", "<a>;rel=hub,"]
)
def test_a_header_of_any_length_is_read_at_once(piece: str) -> None:
    websub.hub_of(page(b"", piece * (200_000 // len(piece))))


def test_a_hub_s_secret_is_not_its_own_signature() -> None:
    with pytest.raises(SignatureError):
        verify({"x-hub-signature": f"sha1={hashlib.sha1(b'<feed/>').hexdigest()}"})
