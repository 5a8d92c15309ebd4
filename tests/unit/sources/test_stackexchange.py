import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.aws.raw_archive import RawObject
from earshot.domain.models import DataClass, Ignored, Post
from earshot.errors import MalformedPayloadError
from earshot.sources import catalog, stackexchange
from earshot.sources.fetch import FetchError
from earshot.sources.surface import Held, PolledPage
from tests.unit.sources.test_events import EVENTS, delivery
from tests.unit.sources.test_hackernews import JSON
from tests.unit.sources.test_polling import NOON, FakeWeb, Poller, Request

NOW = int(NOON.timestamp())
ASKED = {"content-location": "https://api.stackexchange.com/2.3/search/advanced?site=salesforce"}


def normalise(*parts: Any, headers: dict[str, str] = ASKED) -> list[Any]:
    body = json.dumps({"items": parts, "has_more": False}).encode()
    return read(body, headers)


def read(body: bytes, headers: dict[str, str] = ASKED) -> list[Any]:
    raw = RawObject(headers, body, DataClass.COPIED)
    return list(catalog.normalise(delivery("stackexchange"), raw))


def question(number: int, **changes: Any) -> dict[str, Any]:
    said = {"title": f"Question {number}", "body": "<p>Words</p>", "owner": {"user_id": 1}}
    return {"question_id": number, "creation_date": NOW - 50, **said, **changes}


@dataclass
class Site:
    active: dict[int, int] = field(default_factory=dict)
    wrapper: dict[str, Any] = field(default_factory=dict)
    size: int = 2
    status: int = 200

    def __call__(self, request: Request) -> Any:
        if self.status != 200:
            raise FetchError(f"status_{self.status}", status=self.status)
        floor, page = int(request.query["min"]), int(request.query["page"])
        ordered = sorted(self.active.items(), key=lambda one: -one[1])
        found = [question(name, last_activity_date=at) for name, at in ordered if at >= floor]
        here = found[(page - 1) * self.size : page * self.size]
        more = page * self.size < len(found)
        return {"items": here, "has_more": more, "quota_remaining": 250, **self.wrapper}


def poller(site: Site, query: str | None = "salesforce: rivalcrm") -> Poller:
    web = FakeWeb(site)
    return Poller(stackexchange.poll, web, source="stackexchange", query=query)


def numbers(pages: list[PolledPage]) -> list[int]:
    return [item["question_id"] for page in pages for item in json.loads(page.body)["items"]]


def test_what_became_active_comes_once() -> None:
    site = Site({1: NOW - 30, 2: NOW - 20, 3: NOW - 10})
    polled = poller(site)
    assert numbers(polled.run()) == [3, 2, 1]
    assert polled.run() == []
    site.active[1] = NOW
    assert numbers(polled.run()) == [1, 3]
    assert polled.run() == []


@pytest.mark.parametrize(
    ("query", "path", "site", "words"),
    [
        ("salesforce: moving away", "/v1/search/advanced", "salesforce", "moving away"),
        ("moving away", "/v1/search/advanced", "stackoverflow", "moving away"),
        ("mathoverflow.net:", "/v1/questions", "mathoverflow.net", None),
        (None, "/v1/questions", "stackoverflow", None),
    ],
)
def test_a_query_names_a_site_and_words(
    query: str | None, path: str, site: str, words: str | None
) -> None:
    polled = poller(Site({1: NOW}), query)
    [page] = polled.run()
    [request] = polled.web.asked
    assert (request.path, request.query["site"]) == (path, site)
    assert request.query.get("q") == words
    assert f"site={site}" in page.headers["content-location"]


def test_a_key_is_used_and_kept_nowhere() -> None:
    polled = poller(Site({1: NOW}))
    polled.secret = "s3cret(("
    pages = polled.run()
    assert polled.web.asked[0].query["key"] == "s3cret(("
    assert "s3cret" not in f"{pages} {polled.cursor}"


def test_a_backoff_is_obeyed_and_the_next_page_comes_after_it() -> None:
    site = Site({1: NOW - 30, 2: NOW - 20, 3: NOW - 10}, {"backoff": 10})
    polled = poller(site)
    [page] = polled.run()
    assert (numbers([page]), page.wait_seconds) == ([3, 2], 10)
    [page] = polled.run()
    assert (numbers([page]), page.wait_seconds) == ([1], 10)


def test_a_spent_quota_is_waited_for_until_midnight() -> None:
    site = Site({1: NOW}, {"quota_remaining": 0})
    polled = poller(site)
    assert polled.run()[0].wait_seconds == 12 * 3600
    with pytest.raises(FetchError) as error:
        polled.run()
    assert error.value.wait_seconds == 12 * 3600


def test_a_refusal_is_not_repeated_at_once() -> None:
    with pytest.raises(FetchError) as error:
        poller(Site(status=400)).run()
    assert error.value.wait_seconds == 900


def test_an_error_in_the_wrapper_is_one() -> None:
    with pytest.raises(FetchError, match="error_502"):
        poller(Site({1: NOW}, {"error_id": 502})).run()


def test_a_page_that_is_no_wrapper_holds_no_news() -> None:
    polled = Poller(stackexchange.poll, FakeWeb(lambda _: [1]), source="stackexchange")
    assert polled.run() == []


@pytest.mark.parametrize(
    ("link", "site"),
    [
        ("https://stackoverflow.com/questions/5/x", "stackoverflow"),
        ("https://es.stackoverflow.com/questions/5/x", "es.stackoverflow"),
        ("https://Salesforce.StackExchange.com/questions/5/x", "salesforce"),
        ("https://mathoverflow.net/questions/5/x", "mathoverflow.net"),
        ("https://[broken", "salesforce"),
        (None, "salesforce"),
    ],
)
def test_the_site_is_part_of_every_identity(link: str | None, site: str) -> None:
    [found] = normalise(question(5, link=link))
    assert found.native_id == f"{site}:question:5"
    assert found.author.author_id == f"{site}:1"


@pytest.mark.parametrize(
    ("site", "link"),
    [
        ("salesforce", "https://salesforce.stackexchange.com/a/7"),
        ("superuser", "https://superuser.com/a/7"),
        ("meta.superuser", "https://meta.superuser.com/a/7"),
        ("mathoverflow.net", "https://mathoverflow.net/a/7"),
    ],
)
def test_an_answer_without_a_link_gets_the_short_one(site: str, link: str) -> None:
    headers = {"content-location": f"https://api.example/answers?site={site}"}
    [found] = normalise({"answer_id": 7, "question_id": 5, "body": "<p>x</p>"}, headers=headers)
    assert found.permalink == link
    assert found.parent_id == f"{site}:question:5"


def test_the_later_edit_wins_and_mere_activity_changes_nothing() -> None:
    [first] = normalise(question(5))
    [edited] = normalise(question(5, body="<p>Other</p>", last_edit_date=NOW))
    [answered] = normalise(question(5, last_activity_date=NOW, answer_count=2))
    assert first.version == answered.version < edited.version


def test_posts_of_every_kind_are_known_by_their_kind() -> None:
    [found] = normalise({"post_id": 9, "post_type": "answer", "body": "x", "owner": {}})
    assert (found.kind, found.native_id) == ("answer", "salesforce:answer:9")
    told = {"item_type": "comment", "question_id": 5, "title": "Somebody commented"}
    assert normalise(told) == [Ignored(reason="other_event")]


NESTED = (EVENTS / "stackexchange/nested.json").read_bytes()
OVERFLOW = {"content-location": "https://api.stackexchange.com/2.3/questions?site=stackoverflow"}


@pytest.mark.parametrize("headers", [OVERFLOW, {}])
def test_a_question_goes_and_its_answers_stay(headers: dict[str, str]) -> None:
    kept = [item for item in read(NESTED, headers) if item.kind != "question"]
    rest = stackexchange.without(headers, NESTED, "stackoverflow:question:403")
    assert rest is not None
    assert read(rest, headers) == kept
    assert b"Bulk export" not in rest


def test_a_question_that_is_only_named_is_found() -> None:
    named = "stackoverflow:question:399"
    assert Held(named, "stackoverflow:nobody") in list(stackexchange.held(OVERFLOW, NESTED))
    rest = stackexchange.without(OVERFLOW, NESTED, named)
    assert rest is not None
    assert b"nightly export" not in rest
    assert read(rest, OVERFLOW) == read(NESTED, OVERFLOW)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"5"])
def test_a_body_that_is_no_wrapper_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedPayloadError):
        read(body)


FIELDS = ("question_id", "answer_id", "comment_id", "post_id", "post_type", "title", "body")
MORE_FIELDS = ("owner", "link", "creation_date", "last_edit_date", "score", "answers", "comments")


@given(st.lists(st.dictionaries(st.sampled_from([*FIELDS, *MORE_FIELDS]), JSON), max_size=3))
def test_fields_may_be_anything(parts: list[dict[str, Any]]) -> None:
    body = json.dumps({"items": [question(12345), *parts]}).encode()
    assert isinstance(read(body)[0], Post)
    list(stackexchange.held(ASKED, body))
    stackexchange.without(ASKED, body, "salesforce:question:12345")
