import hashlib
import hmac
import itertools
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from earshot.aws.raw_archive import RawObject
from earshot.domain.models import Connection, DataClass, Ignored, Post
from earshot.errors import MalformedPayloadError, SecretMissingError, SignatureError
from earshot.sources import catalog, mastodon, mastodon_timeline
from earshot.sources.fetch import FetchError
from earshot.sources.surface import FetchedPage, Held, Item, Polling
from tests.unit.sources.test_events import EVENTS, delivery

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SHARED = Path(os.environ.get("EARSHOT_SHARED", Path(__file__).parents[4] / "shared"))
CREATED: dict[str, Any] = json.loads((EVENTS / "mastodon/status.created.json").read_text())
BOOST: dict[str, Any] = json.loads((EVENTS / "mastodon/boost.created.json").read_text())
TIMELINE: list[Any] = json.loads((EVENTS / "mastodon/timeline.json").read_text())
STATUS: dict[str, Any] = CREATED["object"]
IDA = "https://social.example/users/ida"


def read(body: Any) -> list[Item]:
    raw = RawObject({}, encoded(body), DataClass.BORROWED)
    return list(catalog.normalise(delivery("mastodon"), raw))


def post_of(body: Any) -> Post:
    [found] = read(body)
    assert isinstance(found, Post)
    return found


def encoded(body: Any) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body).encode()


def test_one_of_the_live_secrets_is_enough() -> None:
    told = {"x-hub-signature": "sha256=" + hmac.new(b"old", b"{}", hashlib.sha256).hexdigest()}
    mastodon.verify(told, b"{}", secrets=(b"new", b"old"), now=NOW)
    flipped = {"x-hub-signature": told["x-hub-signature"][:-1] + "g"}
    for claimed, body in ((told, b"{}x"), (flipped, b"{}"), ({}, b"{}")):
        with pytest.raises(SignatureError):
            mastodon.verify(claimed, body, secrets=(b"old",), now=NOW)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"event": "account.approved", "object": {"id": "1"}}, "account"),
        ({"event": "report.created", "object": {"id": "1", "statuses": [STATUS]}}, "report"),
        ({"event": "weather.changed", "object": STATUS}, "other_event"),
        ({"event": "status.created", "object": None}, "malformed_post"),
        ({"event": "status.created", "object": {**STATUS, "account": None}}, "malformed_post"),
        ({"event": "status.created", "object": {**STATUS, "visibility": "direct"}}, "not_public"),
        ({"statuses": [], "accounts": []}, "empty_page"),
        ({"statuses": None, "accounts": [STATUS["account"]]}, "account"),
        (STATUS["account"], "account"),
        ({}, "other_event"),
        ([], "empty_page"),
        ([7], "malformed_post"),
        ([{"id": "9", "type": "follow", "account": STATUS["account"]}], "follow"),
        ("words", "other_event"),
    ],
)
def test_what_nobody_said_is_ignored(body: Any, reason: str) -> None:
    assert read(body) == [Ignored(reason=reason)]


def test_a_status_is_the_same_whoever_tells_it() -> None:
    notice = {"id": "4", "type": "mention", "account": STATUS["account"], "status": STATUS}
    for body in (STATUS, [STATUS], {"statuses": [STATUS], "accounts": []}, [notice]):
        assert read(body) == read(CREATED)


def test_another_server_gives_it_another_id_and_knows_more_of_the_name() -> None:
    account = {**STATUS["account"], "acct": "ida@social.example", "id": "3"}
    told = post_of({**STATUS, "id": "987654", "account": account})
    assert told == post_of(STATUS)
    assert told.author.handle == "ida@social.example"


def test_the_newest_version_is_the_greatest_in_any_order() -> None:
    edits = [None, "2026-03-02T09:20:00.000Z", "2026-03-02T10:21:00+01:00"]
    bodies = [
        {"event": "status.updated", "object": {**STATUS, "edited_at": at, "content": f"words {n}"}}
        for n, at in enumerate(edits)
    ]
    for order in itertools.permutations(bodies):
        newest = max((post_of(body) for body in order), key=lambda post: post.version)
        assert newest.plain == "words 2"


def test_counts_make_no_new_version() -> None:
    assert post_of({**STATUS, "favourites_count": 900}).version == post_of(STATUS).version


def test_a_boost_repeats_and_says_nothing() -> None:
    boost = post_of(BOOST)
    assert (boost.kind, boost.text, boost.plain) == ("repost", "", "")
    assert boost.repeats == "Tally has free imports until Friday"


def test_a_boost_outlives_what_it_boosts() -> None:
    original = BOOST["object"]["reblog"]["uri"]
    assert Held(original, "https://other.example/users/tom") in list(
        mastodon.held({}, encoded(BOOST))
    )
    rest = mastodon.without({}, encoded(BOOST), original)
    assert rest is not None
    for words in (b"free imports", b"@tom"):
        assert words not in rest
    assert post_of(rest) == post_of(BOOST).model_copy(update={"repeats": None})
    assert mastodon.without({}, rest, original) == rest
    assert mastodon.without({}, encoded(BOOST), BOOST["object"]["uri"]) is None


def test_a_quote_outlives_what_it_quotes() -> None:
    [quoting, *others] = read(TIMELINE)
    rest = mastodon.without({}, encoded(TIMELINE), STATUS["uri"])
    assert rest is not None
    assert b"six years" not in rest
    [left, *left_others] = read(rest)
    assert isinstance(quoting, Post)
    assert left == quoting.model_copy(update={"repeats": None})
    assert left_others == others


def test_of_who_is_erased_no_name_stays_beside() -> None:
    other = {**TIMELINE[3]}
    body = encoded({"accounts": [STATUS["account"]], "statuses": [STATUS, other]})
    rest = mastodon.without({}, body, STATUS["uri"])
    assert rest is not None
    assert b"Ida" not in rest
    assert read(rest) == read([other])


def test_what_is_not_for_all_can_be_erased() -> None:
    body = encoded({"event": "status.created", "object": {**STATUS, "visibility": "direct"}})
    assert list(mastodon.held({}, body)) == [Held(STATUS["uri"], IDA)]
    assert mastodon.without({}, body, STATUS["uri"]) is None


def test_a_server_that_is_no_web_address_gives_no_links() -> None:
    account = {**STATUS["account"], "acct": "ida", "url": "http://[", "uri": "acct:ida"}
    told = post_of({**STATUS, "account": account, "url": "javascript:1"})
    assert (told.permalink, told.author.handle, told.author.profile_url) == (None, "ida", None)


@dataclass
class Server:
    """A timeline of so many statuses, numbered from 1, that gives the pages that Mastodon would."""

    length: int
    asked: list[str] = field(default_factory=list)
    error: FetchError | None = None

    def __call__(
        self, url: str, headers: Mapping[str, str], /, *, form: Mapping[str, str] | None = None
    ) -> FetchedPage:
        self.asked.append(url)
        if self.error:
            raise self.error
        query = parse_qs(urlsplit(url).query)
        limit, after = int(query["limit"][0]), query.get("min_id")
        ids = range(1, self.length + 1)
        page = [n for n in ids if n > int(after[0])][:limit] if after else list(ids)[-limit:]
        body = [{**STATUS, "id": str(n), "uri": f"{IDA}/statuses/{n}"} for n in reversed(page)]
        return FetchedPage(200, url, {}, encoded(body))


def connection(query: str | None = "crm", cursor: dict[str, str] | None = None) -> Connection:
    return Connection(
        source="mastodon",
        connection_id="main",
        data_class=DataClass.BORROWED,
        url="https://social.example/",
        query=query,
        cursor=cursor or {},
        created_at=NOW,
    )


def no_secret() -> tuple[bytes, ...]:
    raise SecretMissingError("mastodon")


def poll(server: Server, of: Connection) -> tuple[list[int], dict[str, str]]:
    """The numbers of the statuses page by page, and where the cursor is then."""
    numbers, cursor = [], of.cursor
    for page in mastodon.poll(Polling(of, server, NOW, no_secret)):
        numbers += [int(status["id"]) for status in json.loads(page.body)]
        cursor = page.cursor
        assert read(page.body)
    return numbers, cursor


def test_the_first_poll_takes_the_newest_page() -> None:
    server = Server(100)
    numbers, cursor = poll(server, connection("#crm tools"))
    assert sorted(numbers) == list(range(61, 101))
    assert cursor["min_id"] == "100"
    assert server.asked == ["https://social.example/api/v1/timelines/tag/crm%20tools?limit=40"]


@pytest.mark.parametrize("news", [0, 1, 40, 95])
def test_later_polls_take_all_that_is_new_and_nothing_twice(news: int) -> None:
    _, cursor = poll(Server(100), connection())
    numbers, cursor = poll(Server(100 + news), connection(cursor=cursor))
    assert sorted(numbers) == list(range(101, 101 + news))
    assert poll(Server(100 + news), connection(cursor=cursor))[0] == []


def test_another_tag_begins_anew() -> None:
    _, cursor = poll(Server(50), connection("one"))
    assert len(poll(Server(50), connection("another", cursor))[0]) == mastodon_timeline.PAGE


def test_a_server_that_repeats_itself_is_asked_once() -> None:
    _, cursor = poll(Server(50), connection())
    server = Server(50)
    assert poll(server, connection(cursor=cursor))[0] == []
    assert len(server.asked) == 1


@pytest.mark.parametrize("query", [None, "", " # "])
def test_without_a_tag_there_is_nothing_to_ask_for(query: str | None) -> None:
    with pytest.raises(MalformedPayloadError):
        poll(Server(1), connection(query))


def test_a_server_that_refuses_stops_the_poll() -> None:
    with pytest.raises(FetchError):
        poll(Server(1, error=FetchError("status_429", status=429)), connection())


def test_real_answers_are_read() -> None:
    paths = sorted((SHARED / "data/payloads/mastodon").glob("*.json"))
    if not paths:
        pytest.skip("real payloads are not part of the project")
    for path in paths:
        assert read(path.read_bytes())
