import hashlib
import hmac
import json
import os
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.aws.raw_archive import RawObject
from earshot.domain.models import DataClass, Ignored, Post
from earshot.errors import MalformedPayloadError, SignatureError
from earshot.sources import catalog, mail_form, mailgun
from earshot.sources.surface import Held, Item
from tests.unit.sources.test_events import EVENTS, delivery

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SHARED = Path(os.environ.get("EARSHOT_SHARED", Path(__file__).parents[4] / "shared"))
FORM = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
JSON = {"content-type": "application/json"}
MULTIPART = {"content-type": 'Multipart/Form-Data; boundary="b 1"'}
MAIL = mail_form.fields(FORM, (EVENTS / "mailgun/mail.form").read_bytes())


def read(body: bytes, headers: dict[str, str] | None = None) -> list[Item]:
    raw = RawObject(headers or FORM, body, DataClass.OWNED)
    return list(catalog.normalise(delivery("mailgun"), raw))


def post_of(**changed: str | None) -> Post:
    [found] = read(form(**changed))
    assert isinstance(found, Post)
    return found


def form(**changed: str | None) -> bytes:
    """Underscores in the names stand for hyphens; ``None`` takes a field out."""
    fields = {**MAIL, **{name.replace("_", "-"): value for name, value in changed.items()}}
    return urlencode({name: value for name, value in fields.items() if value is not None}).encode()


def header(*pairs: tuple[str, str]) -> str:
    kept = [["From", "ida@acme.example"], ["Message-Id", "<m7@acme.example>"]]
    return json.dumps([*kept, *pairs])


def multipart(*parts: bytes, end: bytes = b"\r\n") -> bytes:
    lines = [b"--b 1" + end + part for part in parts]
    return b"preamble" + end + end.join([*lines, b"--b 1--", b"epilogue"])


def field(name: str, value: bytes, end: bytes = b"\r\n") -> bytes:
    return f'Content-Disposition: form-data; name="{name}"'.encode() + end * 2 + value


def signed(
    secret: bytes = b"key", at: datetime = NOW, token: str = "t" * 50, **changed: str
) -> dict[str, str]:
    timestamp = str(int(at.timestamp()))
    mac = hmac.new(secret, f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
    return {"timestamp": timestamp, "token": token, "signature": mac, **changed}


def verify(told: dict[str, str], *secrets: bytes) -> None:
    mailgun.verify(FORM, form(**told), secrets=secrets, now=NOW)


def test_one_of_the_live_secrets_is_enough() -> None:
    verify(signed(b"old"), b"new", b"old")
    with pytest.raises(SignatureError):
        verify(signed(b"old"), b"new")


@pytest.mark.parametrize("field_name", ["timestamp", "token", "signature"])
def test_each_of_the_three_is_signed(field_name: str) -> None:
    told = signed()
    for wrong in ("", "0", told[field_name][:-1], told[field_name] + "0"):
        with pytest.raises(SignatureError):
            verify({**told, field_name: wrong}, b"key")


def test_digits_cannot_move_from_the_time_to_the_token() -> None:
    told = signed(token="0" * 50)
    for digits in (1, -1):
        both = told["timestamp"] + told["token"]
        at = len(told["timestamp"]) + digits
        with pytest.raises(SignatureError):
            verify({**told, "timestamp": both[:at], "token": both[at:]}, b"key")


@pytest.mark.parametrize("hours", [-9, 0, 8, 9])
def test_a_mail_that_was_tried_again_for_hours_is_accepted(hours: int) -> None:
    verify(signed(at=NOW - timedelta(hours=hours)), b"key")


@pytest.mark.parametrize("hours", [-10, 10, 24 * 365])
def test_an_old_one_is_refused(hours: int) -> None:
    with pytest.raises(SignatureError):
        verify(signed(at=NOW - timedelta(hours=hours)), b"key")


def test_an_event_is_signed_inside() -> None:
    body = json.dumps({"signature": signed(), "event-data": {"event": "opened"}}).encode()
    mailgun.verify(JSON, body, secrets=(b"key",), now=NOW)
    assert mailgun.token_of(JSON, body) == "t" * 50
    assert read(body, JSON) == [Ignored(reason="opened")]
    for wrong in (b"{}", b"[]", b"", b'{"signature": null}', json.dumps(signed()).encode()):
        with pytest.raises(SignatureError):
            mailgun.verify(JSON, wrong, secrets=(b"key",), now=NOW)


def test_a_delivery_is_known_by_its_token() -> None:
    assert mailgun.token_of(FORM, form(token="abc")) == "abc"
    assert mailgun.token_of(FORM, form(token=None)) is None


@pytest.mark.parametrize("content_type", ["", "text/plain", "multipart/form-data", "\u0660;=;"])
def test_what_is_no_form_is_neither_verified_nor_read(content_type: str) -> None:
    told = {"content-type": content_type}
    with pytest.raises(SignatureError):
        mailgun.verify(told, form(**signed()), secrets=(b"key",), now=NOW)
    with pytest.raises(MalformedPayloadError):
        read(form(), told)


@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_a_form_of_parts_gives_the_same_mail(end: bytes) -> None:
    parts = [field(name, value.encode(), end) for name, value in MAIL.items()]
    attachment = b'Content-Disposition: form-data; name="subject"; filename="x"' + end * 2 + b"no"
    assert read(multipart(attachment, *parts, end=end), MULTIPART) == read(form())


def test_parts_keep_their_lines_and_whatever_looks_like_a_boundary() -> None:
    value = b"one\r\n\r\ntwo\r\n--b 12\r\n --b 1\r\n"
    [(name, found)] = mail_form.fields(MULTIPART, multipart(field("x", value))).items()
    assert (name, found.encode()) == ("x", value)


def test_of_two_fields_of_one_name_the_first_counts() -> None:
    body = multipart(field("a", b"1"), field("a", b"2"), field("A", b"3"), b"no head", b"")
    assert mail_form.fields(MULTIPART, body) == {"a": "1", "A": "3"}
    assert mail_form.fields(FORM, b"a=1&a=2&b=") == {"a": "1", "b": ""}


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (FORM, b"a=1&" * 2000),
        (MULTIPART, multipart(*[field("x", b"")] * 2000)),
    ],
)
def test_a_form_of_too_many_fields_is_malformed(headers: dict[str, str], body: bytes) -> None:
    with pytest.raises(MalformedPayloadError):
        mail_form.fields(headers, body)


@pytest.mark.parametrize(
    "body",
    [
        b"\r\n--b 1" * 500_000,
        b"--b 1\r\nContent-Type: multipart/mixed; boundary=" + b"\r\n--b" * 800_000,
        b"--b 1\r\n" + b"a" * 4_000_000,
        multipart(field("from", b"(" * 100_000), field("message-headers", b"[" * 1_000_000)),
        multipart(field("sender", b"<" * 2_000_000), field("References", b"<a" * 500_000)),
    ],
    ids=["boundaries", "inner", "no-head", "comments", "brackets"],
)
def test_hostile_forms_take_no_time(body: bytes) -> None:
    begin = time.monotonic()
    with pytest.raises(SignatureError):
        mailgun.verify(MULTIPART, body, secrets=(b"key",), now=NOW)
    with suppress(MalformedPayloadError):
        read(body, MULTIPART)
    assert time.monotonic() - begin < 2


@given(st.binary(max_size=200), st.text(max_size=60))
def test_any_bytes_are_a_form_or_malformed(body: bytes, boundary: str) -> None:
    told = {"content-type": f"multipart/form-data; boundary={boundary}"}
    try:
        assert isinstance(mail_form.fields(told, body), dict)
    except MalformedPayloadError:
        return


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=30))
def test_any_header_is_read_or_left(sender: str, message_id: str, date: str) -> None:
    told = json.dumps([["From", sender], ["Message-Id", message_id], ["Date", date], ["x"], 3])
    items = read(urlencode({"message-headers": told, "body-plain": "words", "token": "t"}).encode())
    assert len(items) == 1


def test_what_mailgun_did_not_parse_is_in_the_list_of_headers() -> None:
    told = header(("Subject", "Prices"), ("Date", "Mon, 2 Mar 2026 09:00:00 -0000"))
    post = post_of(message_headers=told, Message_Id=None, subject=None, Date=None, **{"from": None})
    assert (post.native_id, post.author.author_id) == ("m7@acme.example", "ida@acme.example")
    assert post.text == "Prices\nCould you call me tomorrow?"
    assert post.posted_at == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert (post.thread_id, post.parent_id) == ("m7@acme.example", None)


def test_a_mail_without_an_identity_goes_by_its_token() -> None:
    post = post_of(message_headers=None, Message_Id=None, Date=None)
    assert post.native_id == MAIL["token"]
    assert post.posted_at == datetime(2026, 3, 2, 9, 15, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("references", "reply_to", "thread", "parent"),
    [
        ("<a@x>\r\n <b@x>", "<b@x>", "a@x", "b@x"),
        ("", "<b@x>", "b@x", "b@x"),
        ("no id", "", "m7@acme.example", None),
    ],
)
def test_a_thread_begins_with_the_first_reference(
    references: str, reply_to: str, thread: str, parent: str | None
) -> None:
    told = header(("References", references), ("In-Reply-To", reply_to))
    post = post_of(message_headers=told, Message_Id=None)
    assert (post.thread_id, post.parent_id) == (thread, parent)


@pytest.mark.parametrize(
    ("changed", "text", "plain"),
    [
        ({}, "Could you call me tomorrow?", "Could you call me tomorrow?"),
        (
            {"stripped_text": " "},
            "Could you call me tomorrow?\n\n> On Monday you wrote",
            "Could you call me tomorrow?\n\n> On Monday you wrote",
        ),
        (
            {"stripped_text": None, "body_plain": "", "body_html": "<p>Call<br>me</p>"},
            "<p>Call<br>me</p>",
            "Call\nme",
        ),
    ],
)
def test_quotes_stay_out_where_mailgun_found_them(
    changed: dict[str, str | None], text: str, plain: str
) -> None:
    post = post_of(subject="Hello", **changed)
    assert (post.text, post.plain) == (f"Hello\n{text}", f"Hello\n{plain}")


@pytest.mark.parametrize(
    "changed",
    [
        {"message_headers": header(("Auto-Submitted", "Auto-Replied; owner"))},
        {"message_headers": header(("Return-Path", "<>"))},
        {"message_headers": header(("Content-Type", "multipart/report; boundary=x"))},
        {"message_headers": header(("X-Autoreply", "yes"))},
        {"from": "Mail <MAILER-DAEMON@mx.example>"},
        {"sender": "<>"},
    ],
)
def test_what_a_machine_wrote_is_no_post(changed: dict[str, Any]) -> None:
    assert read(form(**changed)) == [Ignored(reason="auto_reply")]


def test_what_says_that_nobody_submitted_it_is_a_post() -> None:
    assert post_of(message_headers=header(("Auto-Submitted", "No")))


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"subject": "", "stripped_text": "", "body_plain": ""}, "no_words"),
        ({"subject": "", "stripped_text": "", "body_plain": None, "body_mime": "x"}, "raw_mime"),
        ({"from": "nobody", "sender": "", "message_headers": None}, "malformed_post"),
    ],
)
def test_a_mail_without_words_or_author_is_ignored(changed: dict[str, Any], reason: str) -> None:
    told = {"message_headers": "[]", **changed}
    assert read(form(**told)) == [Ignored(reason=reason)]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"event": "bounced", "recipient": "a@b.example"}, "bounced"),
        ({"event": "teleported"}, "other_event"),
        ({"event-data": '{"event": "failed"}'}, "failed"),
        ({"event-data": "{'event': 'failed'}"}, "other_event"),
        ({"event-data": "[]"}, "other_event"),
        ({"a": "b"}, "other_event"),
    ],
)
def test_events_also_come_as_forms(fields: dict[str, str], reason: str) -> None:
    assert read(urlencode(fields).encode()) == [Ignored(reason=reason)]


def test_a_header_that_is_called_event_hides_no_mail() -> None:
    assert isinstance(post_of(event="delivered", event_data="{}"), Post)


def test_a_delivery_is_one_mail() -> None:
    assert list(mailgun.held(FORM, form())) == [Held("m2@acme.example", "ida.berg@acme.example")]
    assert mailgun.without(FORM, form(), "m2@acme.example") is None
    assert mailgun.without(FORM, form(), "m3@acme.example") == form()
    event = b'{"event-data": {"event": "opened"}}'
    assert list(mailgun.held(JSON, event)) == []
    assert mailgun.without(JSON, event, "") == event


def test_real_mails_and_events_are_read() -> None:
    paths = sorted((SHARED / "data/payloads/mailgun").glob("*.json"))
    if not paths:
        pytest.skip("real payloads are not part of the project")
    for path in paths:
        told = json.loads(path.read_text())
        fields = {n: v if isinstance(v, str) else json.dumps(v) for n, v in told.items()}
        kinds = [type(item) for item in read(urlencode(fields).encode())]
        assert kinds == [Ignored if "event-data" in told else Post]
