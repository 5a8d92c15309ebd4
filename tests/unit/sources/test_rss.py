import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from earshot.aws.raw_archive import RawObject
from earshot.domain.models import Connection, DataClass, Ignored, Post
from earshot.errors import MalformedPayloadError
from earshot.sources import catalog, rss
from earshot.sources.surface import FetchedPage, Headers, Item, PolledPage, Polling
from tests.unit.sources.test_events import EVENTS, delivery

FEED = (EVENTS / "rss/blog.xml").read_bytes()
REAL = Path(__file__).parents[4] / "shared/data/payloads/rss_atom"
URL = "https://blog.example/feed"


def normalise(body: bytes, content_type: str = "application/xml") -> list[Item]:
    headers = {"content-type": content_type, "content-location": URL}
    return list(catalog.normalise(delivery("rss"), RawObject(headers, body, DataClass.COPIED)))


def posts(body: bytes) -> list[Post]:
    return [item for item in normalise(body) if isinstance(item, Post)]


def feed(*items: str) -> bytes:
    return f"<rss version='2.0'><channel>{''.join(items)}</channel></rss>".encode()


def connection(cursor: dict[str, str] | None = None, url: str | None = URL) -> Connection:
    return Connection(
        source="rss",
        connection_id="blog",
        data_class=DataClass.COPIED,
        url=url,
        cursor=cursor or {},
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


class FakeWeb:
    """One page for every address, remembered by its validators."""

    def __init__(self, headers: dict[str, str] | None = None) -> None:
        self.page = FetchedPage(200, "https://blog.example/moved", headers or {}, FEED)
        self.asked: list[Headers] = []

    def __call__(
        self, url: str, headers: Headers, /, *, form: Mapping[str, str] | None = None
    ) -> FetchedPage:
        self.asked.append(headers)
        etag = self.page.headers.get("etag")
        if etag and headers.get("if-none-match") == etag:
            return FetchedPage(304, url, {}, b"")
        return self.page


NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def asking(known: Connection, web: FakeWeb) -> Polling:
    return Polling(connection=known, fetch=web, now=NOON, secrets=tuple)


def poll(cursor: dict[str, str], web: FakeWeb) -> list[PolledPage]:
    return list(rss.poll(asking(connection(cursor), web)))


def test_a_feed_is_asked_for_only_when_it_changed() -> None:
    web = FakeWeb({"etag": '"1"', "last-modified": "Mon, 02 Mar 2026 09:00:00 GMT"})
    [page] = poll({}, web)
    assert page.body == FEED
    assert page.headers["content-location"] == "https://blog.example/moved"
    assert "if-none-match" not in web.asked[0]
    assert poll(page.cursor, web) == []
    assert web.asked[1]["if-none-match"] == '"1"'
    assert web.asked[1]["if-modified-since"] == "Mon, 02 Mar 2026 09:00:00 GMT"


def test_a_server_without_validators_costs_no_second_delivery() -> None:
    web = FakeWeb()
    [page] = poll({}, web)
    assert poll(page.cursor, web) == []


def test_a_changed_address_starts_again() -> None:
    web = FakeWeb({"etag": '"1"'})
    [page] = poll({}, web)
    assert len(poll({**page.cursor, "url": "https://elsewhere.example/"}, web)) == 1


def test_a_connection_without_address_says_so() -> None:
    with pytest.raises(MalformedPayloadError):
        list(rss.poll(asking(connection(url=None), FakeWeb())))


def test_an_entry_that_changed_has_a_later_version() -> None:
    entry = "<item><guid>1</guid><pubDate>Mon, 0{} Mar 2026 09:00:00 GMT</pubDate></item>"
    [early], [late] = posts(feed(entry.format(2))), posts(feed(entry.format(3)))
    assert early.version < late.version


def test_a_time_that_cannot_be_is_none() -> None:
    for moment in ("Mon, 02 Mar 0001 09:00:00 GMT", "soon"):
        [post] = posts(feed(f"<item><guid>1</guid><pubDate>{moment}</pubDate></item>"))
        assert post.version.startswith(rss.UNDATED)
        assert post.posted_at == post.received_at


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ("ida@blog.example (Ida Berg)", "Ida Berg"),
        ("Ida Berg &lt;ida@blog.example&gt;", "Ida Berg"),
        ("Ida Berg", "Ida Berg"),
        ("ida@blog.example", "blog.example"),
    ],
)
def test_an_author_is_a_name_and_never_an_address(author: str, name: str) -> None:
    [post] = posts(feed(f"<item><guid>1</guid><author>{author}</author></item>"))
    assert post.author.name == name
    assert "@" not in post.author.author_id


def test_an_identity_too_long_for_a_key_is_digested() -> None:
    [post] = posts(feed(f"<item><guid>https://blog.example/{'x' * 3000}</guid></item>"))
    assert len(post.native_id) < 100


@pytest.mark.parametrize("link", ["javascript:alert(1)", "file:///etc/passwd", "mailto:a@b.c"])
def test_a_link_that_is_no_web_address_is_no_permalink(link: str) -> None:
    [post] = posts(feed(f"<item><guid isPermaLink='false'>1</guid><link>{link}</link></item>"))
    assert post.permalink is None


def test_an_empty_feed_is_ignored() -> None:
    assert normalise(feed()) == [Ignored(reason="empty_feed")]


LAUGHS = b"<?xml version='1.0'%s?><!DOCTYPE rss [<!ENTITY a 'ha'>%s]>" + feed("<item>&z;</item>")
NESTED = b"".join(
    b"<!ENTITY %c '%s'>" % (letter, b"&%c;" % (letter - 1) * 50) for letter in b"bcdefghz"
)


@pytest.mark.parametrize(
    "body",
    [
        LAUGHS % (b"", NESTED),
        (LAUGHS % (b"", NESTED)).lower(),
        (LAUGHS % (b" encoding='utf-16'", NESTED)).decode().encode("utf-16"),
        (LAUGHS % (b" encoding='utf-7'", NESTED)).replace(b"<!", b"+ADwAIQ-"),
        b"<!DOCTYPE rss [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>" + feed("<item>&x;</item>"),
    ],
    ids=["laughs", "lower", "utf16", "utf7", "external"],
)
def test_a_feed_with_entities_of_its_own_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedPayloadError):
        normalise(body)


@pytest.mark.parametrize(
    "body", [b"", b"<html><body>404</body></html>", b"\x00\xff", b"{}"], ids=repr
)
def test_what_is_no_feed_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedPayloadError, match="no feed"):
        normalise(body)


@pytest.mark.parametrize("piece", ["<x>", "&lt;x>", "<a href='", "<![CDATA[<"])
def test_a_feed_of_nothing_but_tags_is_refused(piece: str) -> None:
    with pytest.raises(MalformedPayloadError, match="markup"):
        normalise(feed("<item>", piece * (2_000_000 // len(piece))))


def test_an_erased_entry_leaves_the_others_as_they_were() -> None:
    before = normalise(FEED)
    headers = {"content-type": "application/xml", "content-location": URL}
    rest = rss.without(headers, FEED, "tag:blog.example,2026:1")
    assert rest
    assert b"Ledgerly" not in rest
    assert normalise(rest) == before[1:]


def test_an_item_that_is_words_alone_is_known_by_them() -> None:
    body = feed("<item><description>One</description></item>", "<item><title>Two</title></item>")
    one, two = posts(body)
    assert (one.plain, two.plain) == ("One", "Two")
    assert one.native_id != two.native_id
    assert posts(feed("<item><description>One</description></item>"))[0].native_id == one.native_id
    rest = rss.without({}, body, one.native_id)
    assert rest is not None
    assert b"One" not in rest
    assert [post.native_id for post in posts(rest)] == [two.native_id]
    assert normalise(feed("<item><category>crm</category></item>")) == [
        Ignored(reason="malformed_post")
    ]


def test_an_entry_that_cannot_be_told_apart_takes_the_page_with_it() -> None:
    wide = FEED.decode().replace("utf-8", "utf-16").encode("utf-16")
    assert len(posts(wide)) == 2
    assert rss.without({"content-type": ""}, wide, "tag:blog.example,2026:1") is None
    single = feed("<item><guid>1</guid></item>")
    assert rss.without({}, single, "1") is None


RELATIVE = b"""<rss version='2.0'><channel><title>Notes</title><item><link>/notes/1</link>
<description>&lt;a href='/prices'&gt;Prices&lt;/a&gt;</description></item></channel></rss>"""


@pytest.mark.parametrize("body", [FEED, RELATIVE], ids=["absolute", "relative"])
def test_a_push_gives_the_same_posts_as_the_poll(body: bytes) -> None:
    link = f'<https://hub.example/>; rel="hub", <{URL}>; rel="self"'
    headers = {"content-type": "application/xml", "link": link}
    pushed = RawObject(headers, body, DataClass.COPIED)
    polled = normalise(body)
    assert list(catalog.normalise(delivery("rss"), pushed)) == polled
    for post in posts(body):
        rest = catalog.without("rss", pushed, post.native_id)
        left = [item for item in polled if item != post]
        assert (list(catalog.normalise(delivery("rss"), rest)) if rest else []) == left


def test_a_page_is_known_without_the_links_it_came_with() -> None:
    [page] = poll({}, FakeWeb({"link": '<https://hub.example/>; rel="hub"'}))
    assert "link" not in page.headers


@pytest.mark.skipif(not REAL.exists(), reason="real payloads are not part of the project")
def test_real_feeds_are_read() -> None:
    for path in REAL.glob("*.xml"):
        for item in normalise(path.read_bytes()):
            json.dumps(item.model_dump(mode="json"))
