import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.aws.raw_archive import RawObject
from earshot.domain.models import DataClass, Deletion, Ignored, Post
from earshot.errors import MalformedPayloadError
from earshot.sources import catalog, hackernews
from earshot.sources.fetch import FetchError
from earshot.sources.surface import PolledPage
from tests.unit.sources.test_events import EVENTS, delivery
from tests.unit.sources.test_polling import FakeWeb, Poller, Request, page_of

PAGE = (EVENTS / "hackernews/page.json").read_bytes()


def normalise(value: Any, **headers: str) -> list[Any]:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    raw = RawObject(headers, body, DataClass.COPIED)
    return list(catalog.normalise(delivery("hackernews"), raw))


def comment(number: int, **changes: Any) -> dict[str, Any]:
    said = {"by": "tomi", "parent": 1, "text": f"Comment {number}", "time": 1_772_000_000 + number}
    return {"id": number, "type": "comment", **said, **changes}


@dataclass
class Site:
    """Items up to ``newest``; ``later`` are not yet there although they are counted."""

    newest: Any = 200
    later: set[int] = field(default_factory=set)
    changed: dict[int, dict[str, Any]] = field(default_factory=dict)
    listed: list[Any] = field(default_factory=list)
    answers: dict[str, Callable[[], Any]] = field(default_factory=dict)

    def __call__(self, request: Request) -> Any:
        name = request.path.removeprefix("/v0/").removesuffix(".json")
        if name in self.answers:
            return self.answers[name]()
        if name == "maxitem":
            return self.newest
        if name == "updates":
            return page_of({"items": self.listed}, date="Mon, 02 Mar 2026 11:59:00 GMT")
        number = int(name.removeprefix("item/"))
        return None if number in self.later else {**comment(number), **self.changed.get(number, {})}


def poller(site: Site) -> Poller:
    web = FakeWeb(site)
    return Poller(
        hackernews.poll, web, source="hackernews", query=None, url="https://hn.example/v0/"
    )


def numbers(pages: list[PolledPage]) -> list[int]:
    return [item["id"] for page in pages for item in json.loads(page.body)]


def test_the_first_poll_begins_a_page_before_the_newest_item() -> None:
    polled = poller(Site())
    assert numbers(polled.run()) == list(range(151, 201))
    assert polled.run() == []


def test_later_polls_go_on_from_there_in_pages() -> None:
    site = Site()
    polled = poller(site)
    polled.run()
    site.newest = 320
    pages = polled.run()
    assert [len(json.loads(page.body)) for page in pages] == [50, 50, 20]
    assert numbers(pages) == list(range(201, 321))


def test_a_run_asks_for_so_many_items_only() -> None:
    site = Site(newest=200)
    polled = poller(site)
    polled.run()
    site.newest = 1_000
    assert numbers(polled.run()) == list(range(201, 401))
    assert numbers(polled.run()) == list(range(401, 601))


def test_an_item_that_is_not_yet_there_is_asked_for_once_more() -> None:
    site = Site(newest=200, later={199, 200})
    polled = poller(site)
    assert 198 in numbers(polled.run())
    site.newest, site.later = 202, {200}
    assert numbers(polled.run()) == [199, 201, 202]
    site.newest, site.later = 203, set()
    assert numbers(polled.run()) == [203]


def test_a_page_of_items_that_are_not_there_is_passed() -> None:
    site = Site(newest=200)
    polled = poller(site)
    polled.run()
    site.newest, site.later = 400, set(range(201, 401))
    polled.run()
    site.newest = 401
    assert numbers(polled.run()) == [401]
    site.later = {402}
    site.newest = 402
    assert polled.run() == []
    site.later = set()
    assert numbers(polled.run()) == [402]


def test_a_refused_item_is_passed_and_a_failing_server_is_an_error() -> None:
    site = Site()

    def refused(status: int) -> Callable[[], Any]:
        def answers() -> Any:
            raise FetchError(f"status_{status}", status=status)

        return answers

    site.answers["item/160"] = refused(401)
    polled = poller(site)
    assert 160 not in numbers(polled.run())
    site.newest, site.answers["item/201"] = 201, refused(503)
    with pytest.raises(FetchError):
        polled.run()


@pytest.mark.parametrize("newest", ["250", 250])
def test_the_newest_number_may_come_as_text(newest: Any) -> None:
    assert numbers(poller(Site(newest=newest)).run())[-1] == 250


@pytest.mark.parametrize("newest", [None, "many", [1], {"id": 1}, -4, True])
def test_what_is_no_number_is_an_error(newest: Any) -> None:
    with pytest.raises(FetchError, match="no_number"):
        poller(Site(newest=newest)).run()


def test_a_number_that_goes_back_a_little_changes_nothing() -> None:
    site = Site(newest=5_000)
    polled = poller(site)
    polled.run()
    site.newest = 4_990
    assert polled.run() == []
    site.newest = 5_001
    assert numbers(polled.run()) == [5_001]


def test_a_number_that_goes_back_far_begins_anew() -> None:
    site = Site(newest=10**12)
    polled = poller(site)
    polled.run()
    site.newest = 5_000
    assert numbers(polled.run())[-1] == 5_000


def test_another_address_begins_anew() -> None:
    polled = poller(Site())
    polled.run()
    polled.url = "https://mirror.example/v0"
    assert numbers(polled.run())[-1] == 200


def test_changed_words_come_again_and_votes_do_not() -> None:
    site = Site(listed=[160, 170, 999, "x", True])
    polled = poller(site)
    polled.run()
    site.listed, site.changed = [160, 170], {160: {"score": 9}, 170: {"text": "Other words"}}
    [page] = polled.run()
    assert numbers([page]) == [170]
    assert page.headers == {"date": "Mon, 02 Mar 2026 11:59:00 GMT"}
    assert polled.run() == []
    site.listed, site.changed = [160], {160: {"deleted": True, "text": None}}
    assert numbers(polled.run()) == [160]


def test_a_list_of_updates_that_is_the_same_is_not_followed_again() -> None:
    site = Site(listed=[120])
    polled = poller(site)
    assert numbers(polled.run())[-1] == 120
    site.changed[120] = {"text": "Other words"}
    asked = len(polled.web.asked)
    assert polled.run() == []
    assert [request.path for request in polled.web.asked[asked:]] == [
        "/v0/maxitem.json",
        "/v0/updates.json",
    ]


def test_the_cursor_stays_small() -> None:
    site = Site(newest=40_000_000)
    polled = poller(site)
    for _ in range(5):
        polled.run()
        site.newest += 200
    assert len(json.dumps(polled.cursor)) < 8_000


def test_the_later_words_win_in_any_order() -> None:
    [first] = normalise(comment(7))
    [edited] = normalise(comment(7, text="Other words"), date="Mon, 02 Mar 2026 11:59:00 GMT")
    [again] = normalise(comment(7, text="Yet others"), date="Mon, 02 Mar 2026 12:04:00 GMT")
    assert first.version < edited.version < again.version
    assert first.posted_at == again.posted_at
    assert normalise(comment(7, descendants=9))[0].version == first.version


def test_the_words_of_what_was_killed_go_and_that_it_was_stays() -> None:
    dead = [comment(7, dead=True, text="Buy this"), comment(8)]
    body = hackernews.without({}, json.dumps(dead).encode(), "7")
    assert body is not None
    assert b"Buy this" not in body
    assert [type(item) for item in normalise(body)] == [Deletion, Post]
    alone = hackernews.without({}, json.dumps(dead[0]).encode(), "7")
    assert alone is not None
    assert [type(item) for item in normalise(alone)] == [Deletion]


@pytest.mark.parametrize("body", [b"", b"<html>", b'"words"', b"true", b"[1,2", b'{"a":NaN}'])
def test_a_body_that_tells_nothing_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedPayloadError):
        normalise(body)


def test_lists_and_leftovers_are_ignored_by_kind() -> None:
    assert normalise([1, 2, 3]) == [Ignored(reason="item_list")]
    assert normalise(None) == [Ignored(reason="empty_item")]
    assert normalise({"id": 5}) == [Ignored(reason="malformed_post")]
    assert normalise({"surprise": 5}) == [Ignored(reason="other_event")]
    assert normalise([[comment(1)], "x"]) == [Ignored(reason="malformed_post")] * 2


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
FIELDS = ("id", "type", "by", "time", "text", "title", "url", "parent", "poll", "score", "deleted")


@given(st.lists(st.dictionaries(st.sampled_from(FIELDS), JSON), max_size=3))
def test_fields_may_be_anything(parts: list[dict[str, Any]]) -> None:
    body = json.dumps([comment(5), *parts]).encode()
    assert isinstance(normalise(body)[0], Post)
    hackernews.without({}, body, "5")
