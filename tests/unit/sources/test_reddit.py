import base64
import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.aws.raw_archive import RawObject
from earshot.domain.models import DataClass, Deletion, Ignored, Post
from earshot.errors import MalformedPayloadError, SecretMissingError
from earshot.sources import catalog, reddit
from earshot.sources.fetch import FetchError
from earshot.sources.surface import Held, PolledPage
from tests.unit.sources.test_events import EVENTS, delivery
from tests.unit.sources.test_hackernews import JSON
from tests.unit.sources.test_polling import NOON, FakeWeb, Poller, Request, page_of

SECRET = "the-client:the-secret"
NOW = int(NOON.timestamp())


def normalise(value: Any) -> list[Any]:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return list(catalog.normalise(delivery("reddit"), RawObject({}, body, DataClass.BORROWED)))


def post(name: str, **changes: Any) -> dict[str, Any]:
    said = {"title": f"Title {name}", "selftext": "Words", "author": "mika", "created_utc": NOW}
    return {"kind": "t3", "data": {"name": f"t3_{name}", "edited": False, **said, **changes}}


def listing(children: list[Any], after: str | None = None) -> dict[str, Any]:
    return {"kind": "Listing", "data": {"after": after, "children": children}}


@dataclass
class Site:
    posts: dict[str, dict[str, Any]] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    headers_of_info: dict[str, str] = field(default_factory=dict)
    token: Any = "t0ken"
    size: int = 2

    def __call__(self, request: Request) -> Any:
        if request.form is not None:
            return {"access_token": self.token, "token_type": "bearer"}
        if request.path.endswith("/api/info"):
            wanted = request.query["id"].split(",")
            return page_of(
                listing([self.posts[name] for name in wanted if name in self.posts]),
                **self.headers_of_info,
            )
        ordered = list(self.posts.values())[::-1]
        start = int(request.query.get("after", "0").removeprefix("t3_"))
        more = start + self.size < len(ordered)
        here = ordered[start : start + self.size]
        return page_of(listing(here, f"t3_{start + self.size}" if more else None), **self.headers)

    def add(self, *names: str, age: int = 0) -> None:
        for name in names:
            made = NOW - age + len(self.posts)
            self.posts[f"t3_{name}"] = post(name, created_utc=made)


def poller(site: Site, url: str = "https://reddit.example") -> Poller:
    return Poller(reddit.poll, FakeWeb(site), source="reddit", secret=SECRET, url=url)


def names(pages: list[PolledPage]) -> list[str]:
    told = [json.loads(page.body)["data"]["children"] for page in pages]
    return [child["data"]["name"] for children in told for child in children]


def test_new_posts_come_once() -> None:
    site = Site()
    site.add("a", "b", "c")
    polled = poller(site)
    assert names(polled.run()) == ["t3_c", "t3_b", "t3_a"]
    assert polled.run() == []
    site.add("d")
    assert names(polled.run()) == ["t3_d", "t3_c"]


def test_a_run_signs_in_and_says_who_asks() -> None:
    site = Site()
    polled = poller(site)
    polled.run()
    signing_in, search = polled.web.asked
    assert signing_in.url == "https://reddit.example/api/v1/access_token"
    assert signing_in.form == {"grant_type": "client_credentials"}
    basic = base64.b64encode(SECRET.encode()).decode()
    assert signing_in.headers["authorization"] == f"Basic {basic}"
    assert search.headers["authorization"] == "Bearer t0ken"
    assert "main" in search.headers["user-agent"]
    asked = {"q": "crm", "sort": "new", "limit": "100", "raw_json": "1"}
    assert asked.items() <= search.query.items()


def test_reddit_itself_gives_tokens_at_another_address() -> None:
    polled = poller(Site(), url=reddit.address)
    polled.run()
    assert polled.web.asked[0].url == "https://www.reddit.com/api/v1/access_token"
    assert polled.web.asked[1].url.startswith("https://oauth.reddit.com/search?")


def test_neither_token_nor_secret_is_kept() -> None:
    site = Site()
    site.add("a")
    polled = poller(site)
    kept = f"{polled.run()} {polled.cursor}"
    for secret in ("t0ken", "the-secret", base64.b64encode(SECRET.encode()).decode()):
        assert secret not in kept


def test_a_connection_needs_a_secret_and_a_query() -> None:
    polled = poller(Site())
    polled.secret = None
    with pytest.raises(SecretMissingError):
        polled.run()
    polled.query = None
    with pytest.raises(MalformedPayloadError):
        polled.run()


@pytest.mark.parametrize("token", [None, "", "a\r\nb", {"a": 1}])
def test_an_answer_without_a_token_is_an_error(token: Any) -> None:
    with pytest.raises(FetchError, match="no_token"):
        poller(Site(token=token)).run()


def test_requests_that_are_used_up_are_waited_for() -> None:
    site = Site(headers={"x_ratelimit_remaining": "0.0", "x_ratelimit_reset": "321"})
    site.add("a", "b", "c")
    polled = poller(site)
    [page] = polled.run()
    assert page.wait_seconds == 321
    site.headers = {"x_ratelimit_remaining": "lots"}
    assert names(polled.run()) == ["t3_a"]
    site.headers = {"x_ratelimit_remaining": "0", "x_ratelimit_reset": "9"}
    with pytest.raises(FetchError) as error:
        polled.run()
    assert error.value.wait_seconds == 9


def test_what_was_edited_or_deleted_is_told_once() -> None:
    site = Site()
    site.add("a", "b", "c")
    polled = poller(site)
    polled.run()
    site.posts["t3_a"]["data"] |= {"selftext": "[removed]", "removed_by_category": "moderator"}
    site.posts["t3_b"]["data"] |= {"selftext": "Other words", "edited": NOW + 60}
    [page] = polled.run()
    assert sorted(names([page])) == ["t3_a", "t3_b"]
    assert {type(item) for item in normalise(page.body)} == {Deletion, Post}
    assert polled.run() == []
    site.posts["t3_b"]["data"] |= {"edited": NOW + 90}
    assert names(polled.run()) == ["t3_b"]
    del site.posts["t3_c"]
    assert polled.run() == []


def test_a_hundred_posts_are_looked_at_again_in_one_request() -> None:
    site = Site(size=60)
    site.add(*(f"p{number}" for number in range(150)))
    polled = poller(site)
    polled.run()
    looked_at = [request for request in polled.web.asked if request.path.endswith("/api/info")]
    assert [len(request.query["id"].split(",")) for request in looked_at] == [100]


def test_requests_that_looking_again_used_up_are_waited_for() -> None:
    site = Site()
    site.add("a")
    polled = poller(site)
    polled.run()
    site.headers_of_info = {"x_ratelimit_remaining": "0", "x_ratelimit_reset": "9"}
    with pytest.raises(FetchError) as error:
        polled.run()
    assert error.value.wait_seconds == 9
    site.posts["t3_a"]["data"]["author"] = "[deleted]"
    assert polled.run()[0].wait_seconds == 9


def test_the_later_edit_wins_in_any_order() -> None:
    [first] = normalise(post("a"))
    [edited] = normalise(post("a", selftext="Other words", edited=NOW + 5.0))
    [again] = normalise(post("a", selftext="Yet other words", edited=str(NOW + 9)))
    assert first.version < edited.version < again.version
    assert first.edited_at is None
    assert edited.edited_at is not None
    assert normalise(post("a", edited=True))[0].version == first.version


@pytest.mark.parametrize(
    "changes",
    [
        {"author": "[deleted]"},
        {"selftext": "[deleted]"},
        {"selftext": " [removed] "},
        {"removed_by_category": "author"},
        {"title": "[deleted by user]"},
    ],
)
def test_what_was_taken_back_is_a_deletion_without_words(changes: dict[str, Any]) -> None:
    body = json.dumps(listing([post("a", **changes), post("b")])).encode()
    assert [type(item) for item in normalise(body)] == [Deletion, Post]
    rest = reddit.without({}, body, "t3_a")
    assert rest is not None
    assert b"Title a" not in rest
    assert [type(item) for item in normalise(rest)] == [Deletion, Post]


def test_the_words_of_others_are_found_and_go() -> None:
    body = (EVENTS / "reddit/search.json").read_bytes()
    assert list(reddit.held({}, body)) == [Held("t3_1rqq99", "t2_4reg")]
    rest = reddit.without({}, body, "t3_1rqq99")
    assert rest is not None
    assert b"regret" not in rest
    assert [item.version for item in normalise(rest) if isinstance(item, Post)] == [
        item.version for item in normalise(body) if isinstance(item, Post)
    ]
    body = (EVENTS / "reddit/comments.json").read_bytes()
    assert Held("t3_1rqq99", "regretful") in list(reddit.held({}, body))
    rest = reddit.without({}, body, "t3_1rqq99")
    assert rest is not None
    assert b"regret" not in rest
    assert normalise(rest) == normalise(body)


def test_what_says_nothing_is_ignored_by_kind() -> None:
    assert normalise(listing([])) == [Ignored(reason="empty_listing")]
    assert normalise({"json": {}}) == [Ignored(reason="other_event")]
    assert normalise({"kind": "t9"}) == [Ignored(reason="other_event")]
    assert normalise(listing([3, {"kind": "t3"}])) == [Ignored(reason="malformed_post")] * 2


@pytest.mark.parametrize("body", [b"", b"<html>", b'"words"', b"5"])
def test_a_body_that_is_no_listing_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedPayloadError):
        normalise(body)


FIELDS = ("name", "title", "author", "created_utc", "edited", "replies", "permalink", "link_id")
MORE_FIELDS = ("crosspost_parent_list", "link_title", "score", "removed_by_category", "id")


@given(st.lists(st.dictionaries(st.sampled_from([*FIELDS, *MORE_FIELDS]), JSON), max_size=3))
def test_fields_may_be_anything(parts: list[dict[str, Any]]) -> None:
    strange = [{"kind": "t3", "data": {"name": "t3_zz", "author": "x", **part}} for part in parts]
    body = json.dumps(listing([post("a"), *strange, *parts])).encode()
    assert isinstance(normalise(body)[0], Post)
    list(reddit.held({}, body))
    rest = reddit.without({}, body, "t3_zz")
    assert rest is not None
    assert normalise(rest)[0] == normalise(body)[0]
