"""What a new connection needs of its operator: a name, and a secret or an address."""

import base64
import binascii
import re
import secrets
from urllib.parse import urlsplit

from earshot.sources import catalog
from earshot.sources.text import is_web_address
from earshot_ops.errors import OperationError

DEFAULT_NAME = "main"
_PREFIX = "whsec_"
_SHORTEST_SECRET = 16
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


class ConnectingError(OperationError):
    """The connection cannot be made with what was given."""


def check_source(source: str) -> None:
    if source not in catalog.SOURCES:
        known = ", ".join(sorted(catalog.SOURCES))
        raise ConnectingError(f"there is no source {source!r}; there are {known}")


def name_of(source: str, given: str | None, url: str | None) -> str:
    """As given; else after the feed's host, or ``main``."""
    if given is None and source in catalog.POLLED and url:
        given = re.sub(r"[^a-z0-9]+", "-", (urlsplit(url).hostname or "").casefold()).strip("-")[
            :63
        ]
    name = given or DEFAULT_NAME
    if not _NAME.fullmatch(name):
        raise ConnectingError(f"{name!r} is no name: letters a-z, digits, - and _, 63 at most")
    return name


def check_address(source: str, url: str | None) -> None:
    """A source that is fetched has one; a source that posts to us has none."""
    if source in catalog.POLLED and not (url and is_web_address(url)):
        raise ConnectingError(f"{source} needs --url with an http(s) address")
    if source in catalog.WEBHOOKS and url:
        raise ConnectingError(f"{source} posts to us and takes no --url")


def generate(source: str) -> str:
    """256 random bits, spelled as the source wants them."""
    if source == "generic":
        return _PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
    return secrets.token_hex(32)


def check_secret(source: str, given: str) -> str:
    """The secret without the white space around it; ``ConnectingError`` never repeats it."""
    secret = given.strip()
    if not secret:
        raise ConnectingError("no secret was given; give one, or let --generate make it")
    if not secret.isascii() or not secret.isprintable():
        raise ConnectingError("the secret holds characters that no platform signs with")
    if source == "generic":
        _check_standard_webhooks(secret)
    elif len(secret) < _SHORTEST_SECRET:
        raise ConnectingError(f"the secret is shorter than {_SHORTEST_SECRET} characters")
    return secret


def _check_standard_webhooks(secret: str) -> None:
    """24 to 64 bytes in base64 after ``whsec_`` (Standard Webhooks 1.0, "Signature scheme")."""
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        key = b""
    if not 24 <= len(key) <= 64:
        raise ConnectingError(f"the secret is not {_PREFIX} and 24 to 64 bytes in base64")
