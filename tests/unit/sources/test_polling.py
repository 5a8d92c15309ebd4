"""Walks down a search, with a source of two lines that is a search and nothing else."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.aws.raw_archive import RawObject
from earshot.domain.models import Connection, DataClass
from earshot.errors import MalformedPayloadError, SecretMissingError
from earshot.flows.poll_sources import MAX_PAGES
from earshot.sources import catalog, polling, walking
from earshot.sources.fetch import FetchError
from earshot.sources.surface import FetchedPage, Headers, PolledPage, Polling
from tests.unit.sources.test_events import delivery

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
URL = "https://api.example/v1"


@dataclass(frozen=True)
class Request:
    path: str
    query: dict[str, str]
    headers: Headers
    form: Mapping[str, str] | None
    url: str


@dataclass
class FakeWeb:
    """Answers with a page, or with a JSON value; remembers what it was asked."""

    answer: Callable[[Request], Any]
    asked: list[Request] = field(default_factory=list)

    def __call__(
        self, url: str, headers: Headers, /, *, form: Mapping[str, str] | None = None
    ) -> FetchedPage:
        parts = urlsplit(url)
        request = Request(parts.path, dict(parse_qsl(parts.query)), headers, form, url)
        self.asked.append(request)
        found = self.answer(request)
        return found if isinstance(found, FetchedPage) else page_of(found)


def page_of(value: Any, **headers: str) -> FetchedPage:
    told = {name.replace("_", "-"): text for name, text in headers.items()}
    return FetchedPage(200, URL, told, json.dumps(value).encode())


class Polls(Protocol):
    def __call__(self, asked: Polling, /) -> Iterator[PolledPage]: ...


@dataclass
class Poller:
    """A connection that is polled as the flow does it, its cursor kept."""

    poll: Polls
    web: FakeWeb
    source: str = "test"
    query: str | None = "crm"
    url: str | None = URL
    secret: str | None = None
    now: datetime = NOON
    cursor: dict[str, str] = field(default_factory=dict)

    def run(self, pages: int = MAX_PAGES) -> list[PolledPage]:
        taken = []
        for page in islice(self.poll(self._asked()), pages):
            taken.append(page)
            self.cursor = page.cursor
            if page.wait_seconds:
                break
        return taken

    def _asked(self) -> Polling:
        known = Connection(
            source=self.source,
            connection_id="main",
            data_class=DataClass.COPIED,
            url=self.url,
            query=self.query,
            cursor=self.cursor,
            created_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
        return Polling(connection=known, fetch=self.web, now=self.now, secrets=self._secrets)

    def _secrets(self) -> tuple[bytes, ...]:
        if self.secret is None:
            raise SecretMissingError("main")
        return (self.secret.encode(), b"an older one:of before")


@dataclass
class Search:
    """The newest first, ``size`` on a page; ``stuck`` names the same next page for ever."""

    posts: dict[str, int]
    size: int = 3
    stuck: bool = False
    wait: int = 0
    failing: int | None = None
    etag: str = ""

    def __call__(self, request: Request) -> Any:
        start = int(request.query.get("from", "0"))
        if self.failing is not None and start >= self.failing:
            raise FetchError("status_404", status=404)
        if self.etag and request.headers.get("if-none-match") == self.etag:
            return FetchedPage(304, URL, {}, b"")
        ordered = sorted(self.posts.items(), key=lambda one: -one[1])
        more = self.stuck or start + self.size < len(ordered)
        here = ordered[start : start + self.size]
        following = str(self.size if self.stuck else start + self.size) if more else None
        return page_of({"posts": here, "next": following}, etag=self.etag)

    def poll(self, asked: Polling) -> Iterator[PolledPage]:
        def ask(token: str, since: int) -> walking.Answer | None:
            url = polling.url_of(URL, "/search", {"from": token, "since": since})
            first = {} if token else polling.conditions(polling.cursor_of(asked.connection))
            page, told = polling.get_json(asked, url, first)
            if told is None:
                return None
            entries = [walking.Entry(name, at) for name, at in told["posts"]]
            return walking.Answer(page, entries, told["next"], wait_seconds=self.wait)

        return walking.walk(asked, ask)


def poller(search: Search) -> Poller:
    return Poller(search.poll, FakeWeb(search))


def names(pages: list[PolledPage]) -> list[str]:
    return [name for page in pages for name, _ in json.loads(page.body)["posts"]]


def posts(count: int, start: int = 1_772_000_000) -> dict[str, int]:
    return {f"p{number}": start + number for number in range(count)}


def test_everything_comes_once_and_then_only_what_is_new() -> None:
    search = Search(posts(7))
    polled = poller(search)
    assert names(polled.run()) == ["p6", "p5", "p4", "p3", "p2", "p1", "p0"]
    assert polled.run() == []
    search.posts["p7"] = search.posts["p6"]
    [page] = polled.run()
    assert names([page])[:2] in (["p6", "p7"], ["p7", "p6"])
    assert polled.run() == []


def test_what_became_active_again_is_new() -> None:
    search = Search(posts(5))
    polled = poller(search)
    polled.run()
    search.posts["p1"] += 100
    assert names(polled.run())[0] == "p1"
    assert polled.run() == []


def test_a_walk_that_was_broken_off_goes_on_where_it_was() -> None:
    search = Search(posts(9))
    polled = poller(search)
    assert names(polled.run(pages=1)) == ["p8", "p7", "p6"]
    search.posts["p9"] = search.posts["p8"] + 1
    rest = names(polled.run())
    assert {"p9", "p5", "p4", "p3", "p2", "p1", "p0"} <= set(rest)
    assert polled.run() == []


def test_a_place_that_is_gone_is_left_for_the_top() -> None:
    search = Search(posts(9))
    polled = poller(search)
    polled.run(pages=1)
    search.failing, search.posts["p9"] = 3, search.posts["p8"] + 1
    assert names(polled.run())[0] == "p9"


def test_a_page_that_cannot_be_had_on_the_way_is_an_error() -> None:
    search = Search(posts(9), failing=3)
    with pytest.raises(FetchError):
        poller(search).run()


def test_the_same_next_page_for_ever_ends() -> None:
    polled = poller(Search(posts(9), stuck=True))
    polled.run()
    assert len(polled.web.asked) == 2


@given(
    st.lists(
        st.tuples(
            st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(1, 9)), max_size=4),
            st.none() | st.sampled_from(["1", "2", "3"]),
        ),
        min_size=1,
        max_size=40,
    )
)
def test_no_server_keeps_a_poll_busy(told: list[tuple[list[tuple[str, int]], str | None]]) -> None:
    turn = 0

    def ask(_token: str, _since: int) -> walking.Answer:
        nonlocal turn
        turn += 1
        entries, following = told[turn % len(told)]
        listed = [walking.Entry(name, at) for name, at in entries]
        return walking.Answer(page_of([]), listed, following)

    polled = Poller(lambda asked: walking.walk(asked, ask), FakeWeb(lambda _: {}))
    for _ in range(3):
        before = turn
        polled.run(pages=100)
        assert turn - before <= 2 * MAX_PAGES
        assert len(polled.cursor.get("known", "")) < 8_000


def test_a_wait_is_told_with_a_page_and_without_news_as_an_error() -> None:
    search = Search(posts(9), wait=10**12)
    polled = poller(search)
    [page] = polled.run()
    assert page.wait_seconds == 7 * 86_400
    search.wait = 30
    while polled.cursor.get("next"):
        polled.run()
    with pytest.raises(FetchError) as error:
        polled.run()
    assert error.value.wait_seconds == 30


def test_validators_are_sent_back_until_the_query_changes() -> None:
    search = Search(posts(2), etag='W/"1"')
    polled = poller(search)
    polled.run()
    assert "if-none-match" not in polled.web.asked[-1].headers
    assert polled.run() == []
    assert polled.web.asked[-1].headers["if-none-match"] == 'W/"1"'
    polled.query = "something else"
    assert names(polled.run()) == ["p1", "p0"]
    assert "if-none-match" not in polled.web.asked[-1].headers


def test_a_first_poll_asks_for_the_last_days() -> None:
    polled = poller(Search(posts(1)))
    polled.run()
    since = int(polled.web.asked[0].query["since"])
    assert since == int((NOON - timedelta(days=7)).timestamp())
    polled.run()
    assert int(polled.web.asked[1].query["since"]) == posts(1)["p0"]


def test_only_so_many_posts_are_remembered() -> None:
    search = Search(posts(500), size=60)
    polled = poller(search)
    polled.run()
    assert len(walking.known_of(polled.cursor)) == walking.REMEMBERED
    assert polled.run() == []


def test_an_answer_that_is_no_json_is_an_error() -> None:
    web = FakeWeb(lambda _: FetchedPage(200, URL, {}, b"<html>"))
    with pytest.raises(FetchError, match="no_json"):
        Poller(Search({}).poll, web).run()


def test_a_connection_needs_an_address() -> None:
    known = Poller(Search({}).poll, FakeWeb(lambda _: {}), url=None)._asked().connection
    with pytest.raises(MalformedPayloadError):
        polling.base_of(known)


@pytest.mark.parametrize("token", ["", "two\nlines", "ümlaut"])
def test_a_token_is_one_printable_word(token: str) -> None:
    with pytest.raises(FetchError):
        polling.bearer(token)


@pytest.mark.parametrize("secret", ["no colon", ":half", "half:"])
def test_half_a_secret_is_refused(secret: str) -> None:
    with pytest.raises(FetchError, match="secret_malformed"):
        polling.pair_of(secret)


REAL = Path(os.environ.get("EARSHOT_SHARED", Path(__file__).parents[4] / "shared"))


@pytest.mark.parametrize("source", ["bluesky", "hackernews", "reddit", "stackexchange"])
def test_real_payloads_are_read(source: str) -> None:
    found = sorted((REAL / "data/payloads" / source).glob("*.json"))
    if not found:
        pytest.skip(f"no payloads of {source} in {REAL}")
    for path in found:
        raw = RawObject({}, path.read_bytes(), DataClass.COPIED)
        assert list(catalog.normalise(delivery(source), raw))
        list(catalog.held(source, raw))
        catalog.without(source, raw, "nothing of this name")
