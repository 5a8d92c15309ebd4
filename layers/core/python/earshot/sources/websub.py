"""WebSub, by which a hub pushes a feed to us as it changes (W3C Recommendation of 2018-01-23).

Section 4 says how a feed names its hub, 5.1 how a subscription is asked for, 5.2 and 5.3 how the
hub denies it or asks back, 8 how a push is signed. The hub calls the feed's address the topic.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from urllib.parse import urljoin, urlsplit

from earshot.domain.deliveries import Connection
from earshot.errors import EarshotError, MalformedPayloadError, SignatureError
from earshot.sources import signing
from earshot.sources.surface import Fetch, FetchedPage, Headers, Question, Reply

LEASE = timedelta(days=10)
"""What we ask for, and the longest that we believe: YouTube's hub gives no more."""

_SIGNATURE = "x-hub-signature"
_METHODS = frozenset(("sha1", "sha256", "sha384", "sha512"))
_CHALLENGE = re.compile(r"[\x21-\x7e]{1,1024}")
_SECONDS = re.compile(r"[0-9]{1,10}")
_LINK = re.compile(r"<([^<>]*)>([^<]*)")
_REL = re.compile(r';\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]+))', re.IGNORECASE)
_LOOPBACK = frozenset(("127.0.0.1", "::1", "localhost"))


class SubscriptionError(EarshotError):
    """The connection cannot be subscribed as it is; the reason is a word."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def verify(
    headers: Headers,
    body: bytes,
    /,
    *,
    secrets: Iterable[bytes],
    now: datetime,  # noqa: ARG001  a hub signs no time
) -> None:
    """``SignatureError`` unless signed by one of the four methods, whichever the hub chose."""
    claimed = headers.get(_SIGNATURE, "").strip().lower()
    method = claimed.partition("=")[0]
    if method not in _METHODS:
        raise SignatureError(_SIGNATURE)
    told = {_SIGNATURE: claimed}
    signing.check_hex(told, _SIGNATURE, secrets, signed=body, prefix=f"{method}=", method=method)


def handshake(question: Question) -> Reply | None:
    """Agrees to what we asked for ourselves, and to leave only where no hub is wanted any more:
    whoever knows our address can ask a hub to unsubscribe us."""
    if question.method != "GET" or "hub.mode" not in question.query:
        return None
    connection, query = question.connection, question.query
    is_ours = bool(connection.hub) and query.get("hub.topic") == connection.url
    match query["hub.mode"]:
        case "subscribe" if is_ours:
            return _agreed(query.get("hub.challenge", ""), _lease(query.get("hub.lease_seconds")))
        case "unsubscribe" if not connection.hub:
            return _agreed(query.get("hub.challenge", ""), None)
        case "denied" if is_ours:
            return Reply("", denied=True)
    return Reply("", status=404)


def _agreed(challenge: str, lease_seconds: int | None) -> Reply:
    """The challenge comes from anybody: it is sent back as text that no browser takes for more."""
    if not _CHALLENGE.fullmatch(challenge):
        return Reply("", status=404)
    careful = {"X-Content-Type-Options": "nosniff"}
    return Reply(challenge, headers=careful, lease_seconds=lease_seconds)


def _lease(claimed: str | None) -> int:
    """In seconds; what we asked for where the hub, against its duty, does not say."""
    longest = int(LEASE.total_seconds())
    return min(int(claimed), longest) if _SECONDS.fullmatch(claimed or "") and claimed else longest


def subscribe(connection: Connection, secret: bytes, fetch: Fetch) -> None:
    """Ask the hub to push, also before a lease ends; it asks back at ``hook_url``. Raises
    ``SubscriptionError``, or ``FetchError`` when the hub does not accept."""
    if not (connection.hub and connection.url and connection.hook_url):
        raise SubscriptionError("hub_address_missing")
    if not _keeps_secrets(connection.hub):
        raise SubscriptionError("hub_without_tls")
    form = {
        "hub.mode": "subscribe",
        "hub.topic": connection.url,
        "hub.callback": connection.hook_url,
        "hub.secret": secret.decode(),
        "hub.lease_seconds": str(int(LEASE.total_seconds())),
    }
    fetch(connection.hub, {}, form=form)


def hub_of(page: FetchedPage) -> tuple[str, str] | None:
    """The hub that a feed names, and the topic to subscribe to there; ``None`` when it names none
    that can be told a secret. Headers come before the feed's own links."""
    links = [*_header_links(page), *_feed_links(page)]
    hubs = [url for rel, url in links if rel == "hub" and _keeps_secrets(url)]
    topics = [url for rel, url in links if rel == "self"]
    return (hubs[0], (topics or [page.url])[0]) if hubs else None


def pushed_from(headers: Headers) -> str | None:
    """The topic that a push says it is of, in its ``Link`` header (section 7)."""
    return next((url for rel, url in _links(headers.get("link", "")) if rel == "self"), None)


def _keeps_secrets(url: str) -> bool:
    """``hub.secret`` travels in the request; only over loopback may it go without TLS."""
    try:
        parts = urlsplit(url)
        secure = parts.scheme == "https" or parts.hostname in _LOOPBACK
        return secure and parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False


def _header_links(page: FetchedPage) -> Iterator[tuple[str, str]]:
    for rel, url in _links(page.headers.get("link", "")):
        try:
            yield rel, urljoin(page.url, url)
        except ValueError:
            continue


def _links(header: str) -> Iterator[tuple[str, str]]:
    """Relation and address of each link in the header (RFC 8288, section 3)."""
    for url, parameters in _LINK.findall(header):
        if rel := _REL.search(parameters):
            for name in (rel[1] or rel[2] or "").lower().split():
                yield name, url.strip()


def _feed_links(page: FetchedPage) -> Iterator[tuple[str, str]]:
    from earshot.sources import feed_document  # what only answers hubs need not read feeds

    try:
        parsed = feed_document.parse({**page.headers, "content-location": page.url}, page.body)
    except MalformedPayloadError:
        return
    for link in parsed.feed.get("links", []):
        yield link.get("rel", ""), link.get("href", "")
