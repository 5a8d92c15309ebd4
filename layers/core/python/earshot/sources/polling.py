"""What sources share that are asked rather than told: addresses, answers, secrets and cursors.

A cursor is worth something only for the address and the query that it is of.
"""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from earshot.domain.deliveries import Connection
from earshot.errors import MalformedPayloadError, SecretMissingError
from earshot.sources.fetch import FetchError
from earshot.sources.payload import read_json
from earshot.sources.surface import FetchedPage, Polling


def base_of(connection: Connection) -> str:
    """The address of the API, no slash at its end."""
    if not connection.url:
        raise MalformedPayloadError("the connection has no address")
    return connection.url.rstrip("/")


def url_of(base: str, path: str, asked_for: Mapping[str, str | int | None]) -> str:
    """With what is asked for, less what is ``None`` or empty."""
    return f"{base}{path}?{urlencode({k: v for k, v in asked_for.items() if v not in ('', None)})}"


def get_json(asked: Polling, url: str, headers: Mapping[str, str]) -> tuple[FetchedPage, Any]:
    """The page and what it says, which is ``None`` for one that did not change. ``FetchError``
    also for what is no JSON."""
    page = asked.fetch(url, {"accept": "application/json", **headers})
    return page, None if page.status == 304 else json_of(page)


def json_of(page: FetchedPage) -> Any:
    try:
        return read_json(page.body)
    except MalformedPayloadError as error:
        raise FetchError("no_json", status=page.status) from error


def secret_of(asked: Polling) -> str | None:
    """The newest of the connection, where it has one."""
    try:
        return next(iter(asked.secrets()), b"").decode().strip() or None
    except (SecretMissingError, UnicodeDecodeError):
        return None


def pair_of(secret: str) -> tuple[str, str]:
    """The two halves of a secret that was typed with a colon between them."""
    name, _, rest = secret.partition(":")
    if not name or not rest:
        raise FetchError("secret_malformed")
    return name, rest


def session_of(asked: Polling, sign_in: Callable[[], str]) -> dict[str, str]:
    """The header with the token that ``sign_in`` gets, which it is asked for once in a run."""
    if "token" not in asked.session:
        asked.session["token"] = sign_in()
    return bearer(asked.session["token"])


def bearer(token: str) -> dict[str, str]:
    """The header that a token goes in (RFC 6750, section 2.1)."""
    if not token or not token.isascii() or not token.isprintable():
        raise FetchError("no_token")
    return {"authorization": f"Bearer {token}"}


def cursor_of(connection: Connection) -> dict[str, str]:
    """Empty when the saved one is of another address or query."""
    return connection.cursor if connection.cursor.get("of") == _of(connection) else {}


def cursor_with(connection: Connection, **values: str) -> dict[str, str]:
    return {"of": _of(connection), **{name: value for name, value in values.items() if value}}


def _of(connection: Connection) -> str:
    told = f"{connection.url}\n{connection.query or ''}"
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def conditions(cursor: Mapping[str, str]) -> dict[str, str]:
    """What the last answer asked to be told again (RFC 9110, section 13.1)."""
    asked = {
        "if-none-match": cursor.get("etag", ""),
        "if-modified-since": cursor.get("last_modified", ""),
    }
    return {name: value for name, value in asked.items() if value}


def validators(page: FetchedPage) -> dict[str, str]:
    """Of an answer, for the cursor."""
    told = {
        "etag": page.headers.get("etag", ""),
        "last_modified": page.headers.get("last-modified", ""),
    }
    return {name: value for name, value in told.items() if value}
