"""A feed is polled from loopback, and asked the second time only whether there is news."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from earshot.aws import keys
from earshot_ops.demo import drain, feed
from tests.e2e import lines, replayed
from tests.e2e.platforms import RIVAL, Post
from tests.e2e.town import Town
from tests.e2e.waiting import until

pytestmark = pytest.mark.e2e


def test_a_feed_that_did_not_change_makes_no_second_post(town: Town) -> None:
    post = town.post("rss")
    article = feed.Article(
        guid=post.number,
        title=f"{post.company.name} opens a new site",
        text=post.text,
        author=post.handle,
        link=f"https://news.example/{post.number}",
    )
    page = Page(f"/{post.word}.xml", feed.rss([article], datetime.now(UTC)))
    with served(page, town.stack.feed_port) as asked:
        url = f"http://127.0.0.1:{town.stack.feed_port}{page.path}"
        town.earshot("connect", "rss", "--connection", "news", "--url", url)
        drain.invoke(town.target, "poll_sources")
        until(lambda: _mailed(town, post), "the article is mailed")
        until(town.is_quiet, "the queues are empty")
        before = _deliveries(town)
        drain.invoke(town.target, "poll_sources")
    assert asked[0] is None
    assert set(asked[1:]) == {page.tag}  # the schedule may have asked as well
    assert _deliveries(town) == before
    assert len(town.mails_of(post)) == 1


def test_a_search_without_words_asks_for_what_the_watchlist_names(town: Town) -> None:
    target, path = town.target, "/bluesky/xrpc/app.bsky.feed.searchPosts"
    with replayed.replaying(town.stack.feed_port) as replay:
        replay.answers[path] = replayed.of_json({"posts": []})
        url = replay.url("/bluesky")
        town.earshot("connect", "bluesky", "--connection", "names", "--url", url)
        try:
            target.s3.delete_object(Bucket=target.bucket, Key=keys.poller_queries_object())
            drain.invoke(target, "poll_sources")  # before the first compilation
            drain.invoke(target, "compile_watchlist")
            key = keys.connection("bluesky", "names")
            target.table.update_item(Key=key, UpdateExpression="REMOVE not_before")
            drain.invoke(target, "poll_sources")
        finally:
            lines.remove(town, [("bluesky", "names")])
    assert any(RIVAL.casefold() in asked.query["q"].casefold() for asked, _ in replay.of(path))


def _mailed(town: Town, post: Post) -> bool:
    return bool(town.mails_of(post))


def _deliveries(town: Town) -> list[str]:
    found = town.target.s3.list_objects_v2(Bucket=town.target.bucket, Prefix="raw/rss/")
    return [one["Key"] for one in found["Contents"]]


@dataclass(frozen=True)
class Page:
    path: str
    body: bytes

    @property
    def tag(self) -> str:
        return f'"{self.path}"'


@contextmanager
def served(page: Page, port: int) -> Iterator[list[str | None]]:
    """Answers with the page, or 304 to who knows its tag; yields the tags that were asked with."""
    asked: list[str | None] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path != page.path:
                self.send_error(404)
                return
            asked.append(self.headers["If-None-Match"])
            known = asked[-1] == page.tag
            self.send_response(304 if known else 200)
            self.send_header("ETag", page.tag)
            self.send_header("Content-Type", "application/rss+xml")
            self.send_header("Content-Length", "0" if known else str(len(page.body)))
            self.end_headers()
            if not known:
                self.wfile.write(page.body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Silent."""

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield asked
        finally:
            server.shutdown()
            thread.join()
