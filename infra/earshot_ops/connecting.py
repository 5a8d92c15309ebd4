"""What a new connection needs of its operator: a name, a secret, an address, words to ask for."""

import base64
import binascii
import re
import secrets
from urllib.parse import parse_qs, urlsplit

from earshot.domain import heartbeat
from earshot.domain.models import Connection, DataClass
from earshot.sources import catalog
from earshot.sources.surface import KEPT_WHEN_BORROWED
from earshot.sources.text import is_web_address
from earshot_ops.errors import OperationError
from earshot_ops.setups import SETUPS, Whose

DEFAULT_NAME = "main"
YOUTUBE_HUB = "https://pubsubhubbub.appspot.com/subscribe"

_SYMMETRIC, _PUBLIC = "whsec_", "whpk_"
_SHORTEST_SECRET = 16
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_TELEGRAM = re.compile(r"[A-Za-z0-9_-]{1,256}")
_CHANNEL = re.compile(r"UC[A-Za-z0-9_-]{22}")
_STANDARD = frozenset(("generic", "cloudevents"))
_PAIRS = frozenset(("reddit", "bluesky"))


class ConnectingError(OperationError):
    """The connection cannot be made with what was given."""


def check_source(source: str) -> None:
    if source not in catalog.SOURCES:
        known = ", ".join(sorted(catalog.SOURCES))
        raise ConnectingError(f"there is no source {source!r}; there are {known}")


def name_of(source: str, given: str | None, url: str | None, *, query: str | None = None) -> str:
    """As given; else after what is asked for or the feed's host, or ``main``."""
    if given is None and catalog.listing(source).polled:
        given = _slug(query or (urlsplit(url or "").hostname or ""))
    elif given is None and url:
        given = _slug(_channel_of(url) or "")
    name = given or DEFAULT_NAME
    if not NAME.fullmatch(name):
        raise ConnectingError(f"{name!r} is no name: letters a-z, digits, - and _, 63 at most")
    if name == heartbeat.NAME:
        raise ConnectingError(f"{name!r} is the name of Earshot's own connection")
    return name


def _slug(words: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", words.casefold()).strip("-")[:63].strip("-")


def address_of(source: str, url: str | None, query: str | None) -> tuple[str | None, str | None]:
    """Where the source is fetched, or which topic its hub pushes, and what it is asked for."""
    setup, listing = SETUPS[source], catalog.listing(source)
    if source == "youtube":
        return _topic_of(url), None
    if url and not listing.polled:
        raise ConnectingError(f"{source} posts to us and takes no --url")
    if query and not setup.asks_for:
        raise ConnectingError(f"{source} takes no --query")
    url = url or setup.address
    if (url or not listing.posts or source == "rss") and not (url and is_web_address(url)):
        raise ConnectingError(f"{source} needs --url with an http(s) address")
    if source == "mastodon" and bool(url) != bool(query):
        raise ConnectingError("mastodon takes --url and --query together: a server and a tag")
    return url.rstrip("/") if url and source != "rss" else url, query


def _topic_of(url: str | None) -> str:
    channel = _channel_of(url or "")
    if not channel:
        raise ConnectingError(
            "youtube needs --url of a channel, like https://www.youtube.com/channel/UC…"
        )
    return f"{SETUPS['youtube'].address}?channel_id={channel}"


def _channel_of(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        named = [*parse_qs(parts.query).get("channel_id", []), *parts.path.split("/")]
    except ValueError:
        return None
    return next((name for name in named if _CHANNEL.fullmatch(name)), None)


def whose_secret(source: str, url: str | None, *, is_pushed: bool) -> Whose:
    """Where the secret of such a connection comes from, if it needs one."""
    whose = SETUPS[source].whose
    if is_pushed:
        return Whose.HUB
    if whose is Whose.HUB:
        return Whose.NONE
    is_searched = catalog.listing(source).polled and url is not None
    credentials = whose in {Whose.CREDENTIALS, Whose.PERHAPS}
    return Whose.NONE if is_searched and not credentials else whose


def is_polled(connection: Connection) -> bool:
    return catalog.listing(connection.source).polled and connection.url is not None


def asked_for(connection: Connection) -> str:
    """What a search is for; empty for what is fetched whole."""
    if connection.query is not None:
        return f" for {connection.query}"
    is_searched = catalog.listing(connection.source).searched
    return " for what the watchlist names" if is_searched else ""


def takes_posts(connection: Connection) -> bool:
    """Whether a platform or a hub posts to us for it."""
    listing = catalog.listing(connection.source)
    return listing.posts and (not is_polled(connection) or connection.hub is not None)


def verify_token(connection: Connection, secret: str) -> str:
    """What the operator enters at a platform that proves its own questions by it; else empty."""
    found = getattr(catalog.source(connection.source), "verify_token", None)
    return str(found(secret.encode(), connection)) if found else ""


def check_keeping(data_class: DataClass, keep_hours: int | None) -> None:
    if keep_hours is not None and keep_hours < 1:
        raise ConnectingError("--keep-hours is one at least")
    if data_class is DataClass.BORROWED and (keep_hours or 0) > KEPT_WHEN_BORROWED:
        raise ConnectingError(f"what is borrowed is kept for {KEPT_WHEN_BORROWED} hours at most")


def generate(source: str) -> str:
    """256 random bits, spelled as the source wants them."""
    if SETUPS[source].whose not in {Whose.OURS, Whose.HUB}:
        raise ConnectingError(f"{source} makes its secret itself: the {SETUPS[source].secret}")
    if source == "generic":
        return _SYMMETRIC + base64.b64encode(secrets.token_bytes(32)).decode()
    return secrets.token_hex(32)


def check_secret(source: str, given: str) -> str:
    """The secret without the white space around it; ``ConnectingError`` never repeats it."""
    secret = given.strip()
    if not secret and SETUPS[source].whose is Whose.PERHAPS:
        return ""
    if not secret:
        raise ConnectingError(_missing(source))
    if not secret.isascii() or not secret.isprintable():
        raise ConnectingError("the secret holds characters that no platform signs with")
    if source == "generic" or (source in _STANDARD and secret.startswith((_SYMMETRIC, _PUBLIC))):
        _check_standard_webhooks(secret)
    elif source == "telegram" and not _TELEGRAM.fullmatch(secret):
        raise ConnectingError("the secret token is not 1 to 256 of A-Z a-z 0-9 _ -")
    elif source in _PAIRS and ":" not in secret.strip(":"):
        raise ConnectingError(f"not two words with a colon between: {SETUPS[source].secret}")
    elif len(secret) < _SHORTEST_SECRET and SETUPS[source].whose is Whose.OURS:
        raise ConnectingError(f"the secret is shorter than {_SHORTEST_SECRET} characters")
    return secret


def _missing(source: str) -> str:
    if SETUPS[source].whose is Whose.OURS:
        return "no secret was given; give one, or let --generate make it"
    return f"no secret was given: {source} needs the {SETUPS[source].secret}"


def _check_standard_webhooks(secret: str) -> None:
    """24 to 64 bytes in base64 after ``whsec_``, 32 after ``whpk_`` (Standard Webhooks 1.0,
    "Signature scheme")."""
    try:
        encoded = secret.removeprefix(_SYMMETRIC).removeprefix(_PUBLIC)
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        key = b""
    if secret.startswith(_PUBLIC):
        if len(key) != 32:
            raise ConnectingError(f"the key is not {_PUBLIC} and 32 bytes in base64")
    elif not 24 <= len(key) <= 64:
        raise ConnectingError(f"the secret is not {_SYMMETRIC} and 24 to 64 bytes in base64")
