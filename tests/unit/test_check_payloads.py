"""`make check-payloads` on a folder of made-up payloads: what is put where, and what fails."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from earshot.domain.posts import AuthorDeletion, Ignored
from earshot.errors import SignatureError
from earshot.sources import catalog
from earshot.sources.surface import Item
from earshot_ops.check_payloads import checked, main
from earshot_ops.payloads.files import source_of
from earshot_ops.payloads.proving import FailedError, Verdicts, proven
from earshot_ops.payloads.signing import MULTIPART, SCHEMES, Scheme, schemes_of, signed
from earshot_ops.payloads.tampering import flipped, tampered
from earshot_ops.payloads.trial import Outcome
from earshot_ops.payloads.wrapping import Sent

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
COMMENT = {
    "field": "feed",
    "value": {
        "item": "comment",
        "verb": "add",
        "comment_id": "7_9",
        "post_id": "5_7",
        "from": {"id": "3", "name": "Ada"},
        "created_time": 1772452800,
        "message": "We look for another CRM",
    },
}
ISSUE = {
    "action": "opened",
    "issue": {
        "id": 11,
        "number": 1,
        "title": "Slow",
        "body": "It is slow.",
        "user": {"id": 3, "login": "ada"},
        "html_url": "https://github.com/acme/crm/issues/1",
        "created_at": "2026-03-02T10:00:00Z",
        "updated_at": "2026-03-02T10:00:00Z",
    },
}
POST = {"id": "p1", "author": {"id": "a1"}, "text": "Hello", "posted_at": "2026-03-02T10:00:00Z"}
EVENT = {
    "specversion": "1.0",
    "type": "example.post",
    "source": "/forum",
    "id": "e1",
    "datacontenttype": "application/json",
    "data": POST,
}
MAIL = {
    "recipient": "us@acme.example",
    "sender": "ada@example.org",
    "from": "Ada <ada@example.org>",
    "subject": "A question",
    "body-plain": "What does it cost?",
    "Message-Id": "<m1@example.org>",
    "Date": "Mon, 02 Mar 2026 10:00:00 +0000",
}
WHATSAPP = {
    "messaging_product": "whatsapp",
    "contacts": [{"profile": {"name": "Ada"}, "wa_id": "49123"}],
    "messages": [
        {
            "from": "49123",
            "id": "wamid.1",
            "timestamp": "1772452800",
            "type": "text",
            "text": {"body": "Hello"},
        }
    ],
}
STATUS = {
    "id": "1",
    "uri": "https://social.example/users/ada/statuses/1",
    "url": "https://social.example/@ada/1",
    "created_at": "2026-03-02T10:00:00Z",
    "content": "<p>Hello</p>",
    "account": {"id": "2", "acct": "ada", "url": "https://social.example/@ada"},
}
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>urn:1</id><title>News</title>'
    "<updated>2026-03-02T10:00:00Z</updated></entry></feed>"
)
VIDEO = (
    '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:yt="http://www.youtube.com/xml/schemas/2015">'
    "<entry><id>yt:video:v1</id><yt:videoId>v1</yt:videoId><yt:channelId>c1</yt:channelId>"
    "<title>News</title><published>2026-03-02T10:00:00Z</published></entry></feed>"
)
UPDATE = {
    "message": {
        "message_id": 5,
        "from": {"id": 3, "first_name": "Ada"},
        "chat": {"id": -100, "type": "supergroup"},
        "date": 1772452800,
        "text": "Hello",
    }
}


def put(folder: Path, name: str, content: Any) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")


def outcomes(folder: Path, name: str, content: Any) -> list[Outcome]:
    put(folder, name, content)
    ((_, found),) = checked(folder, now=NOW, verdicts=Verdicts())
    return found


def told_of(item: Item) -> str:
    assert not isinstance(item, AuthorDeletion)
    return item.reason if isinstance(item, Ignored) else item.native_id


def kinds(found: list[Outcome]) -> list[list[str]]:
    return [[told_of(item) for item in one.items] for one in found]


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("facebook_page/feed.commentAdd.change.json", COMMENT, [["7_9"]]),
        ("facebook_page/entry.json", {"id": "5", "time": 1, "changes": [COMMENT]}, [["7_9"]]),
        ("whatsapp/value.json", WHATSAPP, [["wamid.1"]]),
        ("whatsapp/change.json", {"field": "messages", "value": WHATSAPP}, [["wamid.1"]]),
        ("github/issues.opened.json", ISSUE, [["issue:11"]]),
        ("github/acme/issues/opened.payload.json", ISSUE, [["issue:11"]]),
        ("github/hook.json", {"zen": "Keep it logically awesome."}, [["ping"]]),
        ("standardwebhooks/post.json", POST, [["p1"]]),
        ("cloudevents/event.json", EVENT, [["p1"]]),
        (
            "cloudevents/batch.json",
            [EVENT, {**EVENT, "data": {"n": 1}}],
            [["p1", "event_without_post"]],
        ),
        ("mailgun/inbound.raw_event.json", MAIL, [["m1@example.org"]]),
        ("mailgun/hook.raw_event.json", {"event-data": {"event": "opened"}}, [["opened"]]),
        ("mastodon/hook.json", {"event": "status.created", "object": STATUS}, [[STATUS["uri"]]]),
        ("mastodon/timeline.json", [STATUS], [[STATUS["uri"]]]),
        ("rss_atom/feed.xml", ATOM, [["urn:1"]]),
        ("websub/feed.xml", ATOM, [["urn:1"]]),
        ("websub/youtube/push.xml", VIDEO, [["yt:video:v1"]]),
        ("websub/push.xml", VIDEO, [["yt:video:v1"]]),
        ("hacker_news/max.json", "9130260", [["max_item"]]),
        ("telegram/text.update.json", UPDATE, [["-100:5"]]),
        ("discourse/hook.json", {"ping": "OK"}, [["ping"]]),
    ],
)
def test_a_file_becomes_what_its_platform_would_send(
    tmp_path: Path, name: str, content: Any, expected: list[list[str]]
) -> None:
    found = outcomes(tmp_path, name, content)
    assert [one.failure for one in found] == [""] * len(expected)
    assert kinds(found) == expected


def test_each_body_of_a_map_and_of_lines_is_run(tmp_path: Path) -> None:
    body = {
        "object": "whatsapp_business_account",
        "entry": [{"id": "1", "changes": [{"field": "messages", "value": WHATSAPP}]}],
    }
    found = outcomes(tmp_path / "a", "whatsapp/all.map.json", {"one": body, "two": body})
    assert [one.note for one in found] == ["one", "two"]
    assert kinds(found) == [["wamid.1"]] * 2
    lines = "\n".join([json.dumps(POST), "", json.dumps({**POST, "id": "p2"})])
    assert kinds(outcomes(tmp_path / "b", "generic/all.jsonl", lines)) == [["p1"], ["p2"]]


def test_other_forms_of_a_delivery_are_told_once_when_they_read_alike(tmp_path: Path) -> None:
    (mail,) = outcomes(tmp_path / "a", "mailgun/inbound.json", MAIL)
    (event,) = outcomes(tmp_path / "b", "cloudevents/event.json", EVENT)
    assert (mail.note, event.note) == ("urlencoded, multipart", "structured, binary")


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        ("facebook_page", "facebook"),
        ("Facebook Messenger", "messenger"),
        ("slack_shapes", "slack"),
        ("hacker-news", "hackernews"),
        ("twitter", "x"),
        ("standard_webhooks", "generic"),
        ("ses", None),
        ("threads", None),
    ],
)
def test_a_folder_is_for_the_source_it_is_named_after(folder: str, expected: str | None) -> None:
    assert source_of([folder]) == expected


def test_schemas_are_skipped_and_other_platforms_counted_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(tmp_path, "generic/post.json", POST)
    put(tmp_path, "bluesky/lexicon.json", {"lexicon": 1, "defs": {}})
    put(tmp_path, "slack/noted.json", {})
    put(tmp_path, "slack/README.md", "words")
    put(tmp_path, "ses/one.json", {})
    put(tmp_path, "SOURCES.md", "- slack/noted.json | a/b | c | MIT | schema, no payload\n")
    assert main(["--payloads", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert "ses/one.json: unsupported" in told
    assert "slack/noted.json: skipped (schema)" in told
    totals = dict(line.split()[:2] for line in told.partition("Totals\n")[2].splitlines())
    expected = {"files": 5, "posts": 1, "deletions": 0, "non-posts": 0}
    expected |= {"unsupported": 1, "skipped": 3, "failed": 0}
    assert totals == {name: str(number) for name, number in expected.items()}


def test_a_post_is_told_on_one_line_that_no_terminal_obeys(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "One\n\x1b[2J\x9btwo " + "and more " * 20
    put(tmp_path, "generic/post.json", {**POST, "text": text})
    assert main(["--payloads", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    (line,) = [line for line in told.splitlines() if "post  " in line and "p1" in line]
    assert line.startswith("  post         p1 | a1 | 2026-03-02T10:00:00Z | post | One [2J")
    assert line.endswith("…")
    assert all(letter.isprintable() for letter in line)


def test_a_body_that_cannot_be_read_fails_and_the_others_go_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(tmp_path, "generic/bad.json", "{")
    put(tmp_path, "generic/good.json", POST)
    assert main(["--payloads", str(tmp_path)]) == 1
    told = capsys.readouterr().out
    assert "FAILED       normalise: MalformedPayloadError" in told
    assert "p1 | a1" in told


def test_a_folder_without_payloads_is_a_failure(tmp_path: Path) -> None:
    assert main(["--payloads", str(tmp_path / "none")]) == 1


def test_a_vector_that_fails_is_a_failure(tmp_path: Path) -> None:
    put(tmp_path, "all/generic/post.json", POST)
    put(tmp_path, "vectors.json", [{"name": "v", "scheme": "github"}])
    arguments = ["--payloads", str(tmp_path / "all"), "--vectors", str(tmp_path / "vectors.json")]
    assert main(arguments) == 1


def test_an_exception_of_a_source_is_a_failure_that_names_its_type(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def normalise(*_: object) -> Iterator[Any]:
        raise TypeError("of the payload's own words")

    monkeypatch.setattr(catalog, "normalise", normalise)
    (found,) = outcomes(tmp_path, "generic/post.json", POST)
    assert found.failure == "normalise: TypeError"


class Careless:
    """A source that looks at nothing, or raises what is no refusal."""

    def __init__(self, error: Exception | None) -> None:
        self.error = error
        self.asked = 0

    def verify(self, *_: object, **__: object) -> None:
        self.asked += 1
        if self.error and self.asked > 1:
            raise self.error


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (None, "verify: accepted with another signature"),
        (AttributeError(), "verify: AttributeError"),
        (SignatureError(), ""),
    ],
)
def test_a_source_that_accepts_what_was_changed_is_found(
    monkeypatch: pytest.MonkeyPatch, error: Exception | None, failure: str
) -> None:
    careless = Careless(error)
    monkeypatch.setattr(catalog, "webhook", lambda _: careless)
    (scheme,) = schemes_of("github")
    if not failure:
        proven(Sent("github", b"{}"), scheme, now=NOW, verdicts=Verdicts())
        return
    with pytest.raises(FailedError, match=failure):
        proven(Sent("github", b"{}"), scheme, now=NOW, verdicts=Verdicts())


def test_every_source_that_posts_has_a_scheme() -> None:
    assert {source for scheme in SCHEMES for source in scheme.sources} == catalog.WEBHOOKS


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.name)
def test_every_change_is_a_change(scheme: Scheme) -> None:
    made = scheme.sign(b'{"a": 1}', scheme.new_secrets()[0], NOW)
    changes = list(tampered(made, with_body=scheme.covers_body))
    assert {name for name, _ in changes} >= set(made.proofs)
    assert all((told.headers, told.body) != (made.headers, made.body) for _, told in changes)


def test_a_time_stays_near_when_a_bit_of_it_changes() -> None:
    assert flipped("1772452800") == "1772452801"


def test_a_mail_is_signed_as_either_kind_of_form() -> None:
    secret, body = b"secret", json.dumps(MAIL).encode()
    for content_type in ("application/json", MULTIPART):
        made = signed("mailgun", body, secret, now=NOW, content_type=content_type)
        catalog.webhook("mailgun").verify(made.headers, made.body, secrets=(secret,), now=NOW)
        assert made.headers["content-type"] != "application/json"
