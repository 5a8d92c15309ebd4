"""Mailgun: mail to us, as a route posts it.

``signature`` is the hexadecimal HMAC-SHA-256 of ``timestamp`` and ``token`` with the webhook
signing key (documentation.mailgun.com, "Securing webhooks"): the mail itself is not signed, so a
token is good for one delivery. A mail comes as a form of its parsed parts and a field per header
(same site, "Receiving messages via HTTP"); what became of mails of ours comes as JSON with the
three under ``signature`` ("Webhooks"). Neither is ever edited or deleted.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from email.utils import parseaddr, parsedate_to_datetime
from typing import Any

from earshot.domain.models import Ignored
from earshot.errors import MalformedPayloadError, SignatureError
from earshot.sources import items, mail_form, signing
from earshot.sources.payload import list_of, part_in, read_json, read_object, text_in
from earshot.sources.surface import Headers, Held, Item, RawDelivery
from earshot.sources.surface import native_id as native_id_of
from earshot.sources.text import plain_of_html

reads_headers = ("content-type",)

WINDOW_SECONDS = 9 * 3600
"""Mailgun tries again for eight hours, with the timestamp of the first time."""

_EVENTS = frozenset(
    (
        *("accepted", "bounced", "clicked", "complained", "delivered", "dropped", "failed"),
        *("opened", "rejected", "stored", "unsubscribed"),
    )
)
_OF_MAIL = frozenset(("body-html", "body-mime", "body-plain", "sender", "stripped-text"))
_MACHINES = ("mailer-daemon@", "postmaster@")
_ADDRESS = re.compile(r'[^@\s,;<>"]{1,128}@[^@\s,;<>"]{1,128}')
_MAIL_ID = re.compile(r"<([^<>\s]{1,998})>")
_LONGEST_LINE = 998
"""Of a header (RFC 5322, section 2.1.1)."""


def verify(headers: Headers, body: bytes, /, *, secrets: Iterable[bytes], now: datetime) -> None:
    """``SignatureError`` unless timestamp and token are signed and the time is near enough."""
    try:
        told = _signed(headers, body)
    except MalformedPayloadError as error:
        raise SignatureError("form") from error
    token, timestamp = text_in(told, "token"), text_in(told, "timestamp")
    if not token:
        raise SignatureError("token")
    claimed = {"signature": text_in(told, "signature")}
    signing.check_hex(claimed, "signature", secrets, signed=f"{timestamp}{token}".encode())
    signing.check_clock(timestamp, now, tolerance=WINDOW_SECONDS)


def token_of(headers: Headers, body: bytes) -> str | None:
    """What was signed, of a delivery that was verified."""
    return text_in(_signed(headers, body), "token") or None


def normalise(raw: RawDelivery) -> Iterator[Item]:
    """The mail, unless a machine wrote it."""
    told = _told(raw.headers, raw.body)
    if not _is_mail(told):
        yield Ignored(reason=_event_of(told))
    elif _is_automatic(told):
        yield Ignored(reason="auto_reply")
    else:
        yield _read(raw, told)


def held(headers: Headers, body: bytes) -> Iterable[Held]:
    """Also a mail that a machine wrote."""
    told = _told(headers, body)
    identity = _identity(told)
    if _is_mail(told) and identity:
        yield Held(native_id_of(identity), native_id_of(_sender(told)[1] or identity))


def without(headers: Headers, body: bytes, native_id: str) -> bytes | None:
    """A delivery is one mail."""
    told = _told(headers, body)
    return None if _is_mail(told) and native_id_of(_identity(told)) == native_id else body


def _told(headers: Headers, body: bytes) -> dict[str, Any]:
    """JSON never tells of mail to us."""
    if headers.get("content-type", "").lower().startswith("application/json"):
        event = read_object(body)
        return {name: event[name] for name in ("event-data", "signature") if name in event}
    return {**mail_form.fields(headers, body)}


def _signed(headers: Headers, body: bytes) -> dict[str, Any]:
    told = _told(headers, body)
    return part_in(told, "signature") or told


def _is_mail(told: dict[str, Any]) -> bool:
    """Headers come as fields too, so a mail is told by what no event has."""
    return not _OF_MAIL.isdisjoint(told)


def _event_of(told: dict[str, Any]) -> str:
    data = told.get("event-data", told)
    try:
        event = text_in(read_json(data) if isinstance(data, str) else data, "event")
    except MalformedPayloadError:
        return "other_event"
    return event if event in _EVENTS else "other_event"


def _is_automatic(mail: dict[str, Any]) -> bool:
    """Answers and reports of machines say so (RFC 3834, section 5; RFC 6522), or let nobody answer
    (RFC 5321, section 4.5.5)."""
    header = _headers(mail)
    answers_go_to = (header.get("return-path", ""), mail.get("sender", ""))
    submitted = header.get("auto-submitted", "no").partition(";")[0].strip().lower()
    return (
        submitted != "no"
        or "x-autoreply" in header
        or "<>" in map(str.strip, answers_go_to)
        or header.get("content-type", "").strip().lower().startswith("multipart/report")
        or _sender(mail)[1].startswith(_MACHINES)
    )


def _read(raw: RawDelivery, mail: dict[str, Any]) -> Item:
    """Of the body only what is new: Mailgun has taken out what is quoted."""
    header, identity, (name, address) = _headers(mail), _identity(mail), _sender(mail)
    if not identity or not address:
        return Ignored(reason="malformed_post")
    written = text_in(mail, "stripped-text", "body-plain")
    markup = "" if written else text_in(mail, "stripped-html", "body-html")
    subject = text_in(mail, "subject") or header.get("subject", "")
    plain = written or plain_of_html(markup)
    if not f"{subject}{plain}".strip():
        return Ignored(reason="raw_mime" if "body-mime" in mail else "no_words")
    parent = _first_id(header.get("in-reply-to", ""))
    return items.post(
        raw,
        identity=identity,
        kind="message",
        author=items.author(address, email=address, name=name),
        text=f"{subject}\n{written or markup}".strip(),
        plain=f"{subject}\n{plain}".strip(),
        posted_at=_date(header.get("date", "")) or items.at_seconds(text_in(mail, "timestamp")),
        thread_id=_first_id(header.get("references", "")) or parent,
        parent_id=parent,
    )


def _headers(mail: dict[str, Any]) -> dict[str, str]:
    """Of the mail, by lower-case name: as they are listed, and as Mailgun's own fields."""
    found: dict[str, str] = {}
    try:
        listed = list_of(read_json(text_in(mail, "message-headers") or "[]"))
    except MalformedPayloadError:
        listed = []
    pairs = [pair for pair in listed if isinstance(pair, list) and len(pair) == 2]
    for name, value in [*pairs, *mail.items()]:
        if isinstance(name, str) and isinstance(value, str):
            found.setdefault(name.lower(), value)
    return found


def _identity(mail: dict[str, Any]) -> str:
    """What the sender's mailer gave the mail, or else the token of Mailgun."""
    given = _headers(mail).get("message-id", "")
    return _first_id(given) or given.strip() or text_in(mail, "token")


def _first_id(header: str) -> str | None:
    found = _MAIL_ID.search(header)
    return found[1] if found else None


def _sender(mail: dict[str, Any]) -> tuple[str, str]:
    """Name and address, in lower case, of who wrote it, or else of who sent it on."""
    listed = _headers(mail).get("from", "")
    for header in (text_in(mail, "from"), listed, text_in(mail, "sender")):
        try:
            name, address = parseaddr(header[:_LONGEST_LINE])
        except (RecursionError, IndexError, ValueError):  # comments without end
            continue
        if _ADDRESS.fullmatch(address):
            return name, address.lower()
    return "", ""


def _date(header: str) -> datetime | None:
    """Without a zone it is UTC."""
    try:
        found = parsedate_to_datetime(header[:_LONGEST_LINE])
        return items.plausible(found if found.tzinfo else found.replace(tzinfo=UTC))
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
