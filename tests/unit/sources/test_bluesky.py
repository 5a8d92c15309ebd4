import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.aws.raw_archive import RawObject
from earshot.domain.models import DataClass, Deletion, Ignored, Post
from earshot.errors import MalformedPayloadError
from earshot.sources import bluesky, catalog
from earshot.sources.bluesky_records import clock_of
from earshot.sources.fetch import FetchError
from earshot.sources.surface import Held, PolledPage
from tests.unit.sources.test_events import EVENTS, delivery
from tests.unit.sources.test_hackernews import JSON
from tests.unit.sources.test_polling import NOON, FakeWeb, Poller, Request

MIA = "did:plc:aaaabbbbccccddddeeeeffff"
DIGITS = "234567abcdefghijklmnopqrstuvwxyz"


def normalise(value: Any) -> list[Any]:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return list(catalog.normalise(delivery("bluesky"), RawObject({}, body, DataClass.BORROWED)))


def uri(key: str) -> str:
    return f"at://{MIA}/app.bsky.feed.post/{key}"


def view(key: str, text: str = "Words", at: datetime = NOON, **changes: Any) -> dict[str, Any]:
    record = {"text": text, "createdAt": at.isoformat(), **changes.pop("record", {})}
    author = {"did": MIA, "handle": "mia.example"}
    seen = (at + timedelta(seconds=1)).isoformat()
    return {"uri": uri(key), "author": author, "record": record, "indexedAt": seen, **changes}


def commit(operation: str, text: str, at: datetime, **changes: Any) -> dict[str, Any]:
    record = {"text": text, "createdAt": NOON.isoformat()}
    told = {"rev": tid(at), "operation": operation, "collection": "app.bsky.feed.post"}
    told |= {"rkey": "a", "record": record} | changes
    return {"did": MIA, "time_us": micros(at), "kind": "commit", "commit": told}


def micros(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def tid(at: datetime) -> str:
    number, letters = micros(at) << 10 | 5, ""
    for _ in range(13):
        number, digit = divmod(number, 32)
        letters = DIGITS[digit] + letters
    return letters


@dataclass
class Site:
    posts: dict[str, datetime] = field(default_factory=dict)
    size: int = 2

    def __call__(self, request: Request) -> Any:
        if request.form is not None:
            return {"accessJwt": "t0ken", "refreshJwt": "r3fresh", "did": MIA}
        start = int(request.query.get("cursor", "0"))
        ordered = sorted(self.posts, key=lambda key: self.posts[key], reverse=True)
        here = ordered[start : start + self.size]
        more = {"cursor": str(start + self.size)} if start + self.size < len(ordered) else {}
        return {"posts": [view(key, at=self.posts[key]) for key in here], **more}


def poller(site: Site, **changes: Any) -> Poller:
    return Poller(bluesky.poll, FakeWeb(site), source="bluesky", **changes)


def keys(pages: list[PolledPage]) -> list[str]:
    return [
        told["uri"].rpartition("/")[2] for page in pages for told in json.loads(page.body)["posts"]
    ]


def some(*names: str) -> dict[str, datetime]:
    return {name: NOON - timedelta(minutes=5 * i) for i, name in enumerate(reversed(names))}


def test_new_posts_come_once() -> None:
    site = Site(some("a", "b", "c"))
    polled = poller(site)
    assert keys(polled.run()) == ["c", "b", "a"]
    assert polled.run() == []
    site.posts["d"] = NOON + timedelta(minutes=1)
    assert keys(polled.run()) == ["d", "c"]
    asked = polled.web.asked[-1]
    assert asked.path == "/v1/xrpc/app.bsky.feed.searchPosts"
    assert {"q": "crm", "sort": "latest", "limit": "100"}.items() <= asked.query.items()


def test_posts_that_were_found_late_are_asked_for() -> None:
    site = Site(some("a", "b"))
    polled = poller(site)
    polled.run()
    polled.run()
    assert polled.web.asked[-1].query["since"] == "2026-03-02T11:50:01Z"


def test_nobody_signed_in_has_first_pages_only_at_the_public_address() -> None:
    polled = poller(Site(some("a", "b", "c")), url=bluesky.address)
    assert keys(polled.run()) == ["c", "b"]
    assert "authorization" not in polled.web.asked[0].headers
    assert polled.run() == []


def test_with_a_secret_a_session_begins_where_accounts_are() -> None:
    polled = poller(Site(some("a", "b", "c")), url=bluesky.address, secret="mia.example:ab-cd")
    pages = polled.run()
    assert keys(pages) == ["c", "b", "a"]
    session, search = polled.web.asked[:2]
    assert session.url == "https://bsky.social/xrpc/com.atproto.server.createSession"
    assert session.headers["content-type"] == "application/json"
    assert session.form == {"identifier": "mia.example", "password": "ab-cd"}
    assert search.url.startswith("https://bsky.social/xrpc/app.bsky.feed.searchPosts?")
    assert search.headers["authorization"] == "Bearer t0ken"
    assert not any(secret in f"{pages}{polled.cursor}" for secret in ("t0ken", "r3fresh", "ab-cd"))


def test_a_session_that_is_refused_and_a_missing_query_are_errors() -> None:
    web = FakeWeb(lambda _: {"error": "AuthFactorTokenRequired"})
    with pytest.raises(FetchError, match="no_token"):
        Poller(bluesky.poll, web, secret="mia.example:ab-cd").run()
    with pytest.raises(MalformedPayloadError):
        poller(Site(), query=None).run()


@given(st.permutations(["create", "update", "later"]))
def test_the_later_commit_wins_in_any_order(order: list[str]) -> None:
    told = {
        "create": commit("create", "First words", NOON + timedelta(milliseconds=200)),
        "update": commit("update", "Other words", NOON + timedelta(seconds=30)),
        "later": commit("update", "Last words", NOON + timedelta(seconds=60)),
    }
    lines = "\n".join(json.dumps(told[name]) for name in order).encode()
    newest = max(normalise(lines), key=lambda item: str(item.version))
    assert newest.text == "Last words"
    assert newest.edited_at == NOON + timedelta(seconds=60, microseconds=0)


def test_a_view_and_a_commit_are_the_same_version() -> None:
    [shown] = normalise({"posts": [view("a", "First words")]})
    [told] = normalise(commit("create", "First words", NOON + timedelta(milliseconds=200)))
    assert (shown.native_id, shown.version) == (told.native_id, told.version)


@pytest.mark.parametrize("claimed", ["2099-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "soon", None])
def test_a_claim_that_cannot_be_is_not_believed(claimed: str | None) -> None:
    [found] = normalise({"posts": [view("a", record={"createdAt": claimed})]})
    assert found.posted_at == NOON + timedelta(seconds=1)


def test_a_claim_of_long_ago_is() -> None:
    [found] = normalise({"posts": [view("a", record={"createdAt": "2011-01-01T00:00:00Z"})]})
    assert found.posted_at.year == 2011


def test_facets_count_bytes() -> None:
    text = "Grüße 🎉 @tom.example → example.org/a…"
    raw = text.encode()
    start = raw.index(b"@")
    mention = {
        "index": {"byteStart": start, "byteEnd": start + 12},
        "features": [{"$type": "app.bsky.richtext.facet#mention", "did": "did:plc:tom"}],
    }
    link = {
        "index": {"byteStart": raw.index(b"example.org"), "byteEnd": len(raw)},
        "features": [{"$type": "app.bsky.richtext.facet#link", "uri": "https://example.org/abc"}],
    }
    [found] = normalise({"posts": [view("a", text, record={"facets": [mention, link]})]})
    assert found.mentions == ("tom.example",)
    assert found.links == ("https://example.org/abc",)


@given(st.text(max_size=30), st.integers(-5, 200), st.integers(-5, 200))
def test_facets_may_lie(text: str, start: int, end: int) -> None:
    facet = {
        "index": {"byteStart": start, "byteEnd": end},
        "features": [{"$type": "app.bsky.richtext.facet#mention"}],
    }
    body = json.dumps({"posts": [view("a", text, record={"facets": [facet, 5, {}]})]})
    [found] = normalise(body.encode("utf-8", "replace"))
    assert isinstance(found, Post)


def test_what_is_quoted_is_told_apart_and_goes_alone() -> None:
    body = (EVENTS / "bluesky/search.json").read_bytes()
    quoted = "at://did:plc:qqqqqqqqqqqqqqqqqqqqqqqq/app.bsky.feed.post/3mg2quoted"
    assert Held(quoted, "did:plc:qqqqqqqqqqqqqqqqqqqqqqqq") in list(bluesky.held({}, body))
    rest = bluesky.without({}, body, quoted)
    assert rest is not None
    assert b"unread" not in rest
    assert b"Quinn" not in rest
    before, after = normalise(body), normalise(rest)
    assert before[1].repeats
    assert after[1].repeats is None
    assert after[1].version == before[1].version


def test_a_quote_with_pictures_is_one_too() -> None:
    quoted = {"uri": uri("q"), "author": {"did": "did:plc:q"}, "value": {"text": "Quoted words"}}
    embed = {"media": {}, "record": {"record": quoted}}
    assert normalise({"posts": [view("a", embed=embed)]})[0].repeats == "Quoted words"


def test_of_lines_only_those_of_the_post_go() -> None:
    lines = [commit("create", "Some words", NOON), commit("create", "Others", NOON, rkey="b")]
    lines.append(commit("delete", "", NOON, rkey="a", record=None))
    body = "\n".join(json.dumps(line) for line in lines).encode() + b'\n{"cut off": "a'
    rest = bluesky.without({}, body, uri("a"))
    assert rest is not None
    assert b"Some words" not in rest
    assert [type(item) for item in normalise(rest)] == [Post, Deletion]


@pytest.mark.parametrize("status", ["suspended", "takendown", "deactivated", None, "new status"])
def test_an_account_that_is_locked_may_come_back(status: str | None) -> None:
    account = {"active": False, "did": MIA, "status": status}
    [found] = normalise({"did": MIA, "kind": "account", "account": account})
    assert (found.author_id, found.comes_back) == (MIA, True)


def test_revisions_are_clocks() -> None:
    assert clock_of(tid(NOON)) == NOON
    assert clock_of("2222222222222") is None
    assert clock_of("zzzzzzzzzzzzz") is None
    assert clock_of("no revision") is None


def test_what_is_no_post_is_ignored() -> None:
    assert normalise({"posts": []}) == [Ignored(reason="empty_page")]
    assert normalise({"kind": "new kind"}) == [Ignored(reason="other_event")]
    assert normalise(commit("rename", "Words", NOON)) == [Ignored(reason="other_event")]
    assert normalise(commit("create", "Words", NOON, record=[])) == [
        Ignored(reason="malformed_post")
    ]


@pytest.mark.parametrize("body", [b"", b"<html>\n</html>", b"5", b"null"])
def test_a_body_without_an_object_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedPayloadError):
        normalise(body)


FIELDS = ("uri", "author", "record", "indexedAt", "embed", "likeCount", "commit", "kind", "did")


@given(st.lists(st.dictionaries(st.sampled_from(FIELDS), JSON), max_size=3))
def test_fields_may_be_anything(parts: list[dict[str, Any]]) -> None:
    body = json.dumps({"posts": [view("a"), *parts]}).encode()
    assert isinstance(normalise(body)[0], Post)
    lines = "\n".join(json.dumps(part) for part in [view("a"), *parts]).encode()
    normalise(lines)
    for raw in (body, lines):
        list(bluesky.held({}, raw))
        bluesky.without({}, raw, uri("a"))
