"""Sources that are asked, from `earshot connect` to stored posts, by the deployed Lambda.

Each run of it is a chapter, and the tests look at what each one left.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from earshot.aws import keys
from earshot.domain.deliveries import Connection, ConnectionState
from earshot.domain.models import PostHead
from earshot_ops.demo import drain
from tests.conftest import Stack
from tests.e2e import lines, replayed
from tests.e2e.asked_platforms import (
    POLLERS,
    TOKEN,
    Poller,
    questions,
    reddit_taken_back,
)
from tests.e2e.replayed import Asked, Replay
from tests.e2e.sayings import Saying, saying
from tests.e2e.town import Town

pytestmark = pytest.mark.e2e

NAME = "asked"
SOURCES = [poller.source for poller in POLLERS]
CONDITIONAL = [poller.source for poller in POLLERS if poller.asks_conditionally]
EDITING = ["rss", "hackernews", "stackexchange"]
BACKOFF, RETRY_AFTER = 7200, 3600


@dataclass(frozen=True)
class Left:
    """How a run left a connection: what it asked for news and was answered, what came of it."""

    asked: list[Asked]
    statuses: list[int]
    connection: Connection
    state: ConnectionState
    raw: list[str]


@dataclass
class Told:
    """What was said first and later, and how each run left each source."""

    first: dict[str, Saying] = field(default_factory=lambda: {name: saying() for name in SOURCES})
    later: dict[str, Saying] = field(default_factory=dict)
    heads: dict[str, PostHead | None] = field(default_factory=dict)
    unstored: dict[str, Left] = field(default_factory=dict)
    stored: dict[str, Left] = field(default_factory=dict)
    unchanged: dict[str, Left] = field(default_factory=dict)
    changed: dict[str, Left] = field(default_factory=dict)
    refused: dict[str, Left] = field(default_factory=dict)
    resting: dict[str, Left] = field(default_factory=dict)


@pytest.fixture(scope="module")
def replay(stack: Stack) -> Iterator[Replay]:
    with replayed.replaying(stack.feed_port) as replay:
        yield replay


@pytest.fixture(scope="module")
def told(town: Town, replay: Replay) -> Iterator[Told]:
    told = Told()
    for poller in POLLERS:
        _answer(replay, poller, told.first[poller.source])
        url = replay.url(f"/{poller.source}")
        words = ("--connection", NAME, "--url", url, *poller.words)
        lines.operate(town, "connect", poller.source, *words, given=poller.secret)
    try:
        _tell(town, replay, told)
        yield told
    finally:
        lines.remove(town, [(source, NAME) for source in SOURCES])


def _tell(town: Town, replay: Replay, told: Told) -> None:
    with _nothing_can_be_archived(town.stack):
        told.unstored = _run(town, replay)
    told.stored = _run(town, replay)
    lines.wait_until_quiet(town)
    told.heads = {
        poller.source: town.target.posts.head(
            poller.source, poller.native_id(told.first[poller.source])
        )
        for poller in POLLERS
    }
    told.unchanged = _run(town, replay)
    _say_more(replay, told)
    told.changed = _run(town, replay)
    lines.wait_until_quiet(town)
    for path in ("/reddit/api/info", "/reddit/search", "/hackernews/maxitem.json"):
        replay.answers[path] = replayed.always(b"", 429, Retry_After=str(RETRY_AFTER))
    told.refused = _run(town, replay, but=["stackexchange"])
    told.resting = _run(town, replay, but=SOURCES)


def _say_more(replay: Replay, told: Told) -> None:
    """Something new or an edit everywhere, a deletion at Reddit, and a wish for rest."""
    for poller in POLLERS:
        source, first = poller.source, told.first[poller.source]
        told.later[source] = first.edited if source in EDITING else saying()
        _answer(replay, poller, told.later[source], *([] if source in EDITING else [first]))
    replay.answers["/reddit/api/info"] = reddit_taken_back(told.first["reddit"])
    page = questions([told.later["stackexchange"]], backoff=BACKOFF)
    replay.answers["/stackexchange/search/advanced"] = replayed.of_json(page)


def _answer(replay: Replay, poller: Poller, *said: Saying) -> None:
    told = poller.answers(said)
    replay.answers |= {f"/{poller.source}{path}": answer for path, answer in told.items()}


def _run(town: Town, replay: Replay, *, but: list[str] | None = None) -> dict[str, Left]:
    """How the deployed Lambda leaves them, once the time had come for each but these."""
    for source in set(SOURCES) - set(but or []):
        town.target.table.update_item(
            Key=keys.connection(source, NAME), UpdateExpression="REMOVE not_before"
        )
    replay.exchanges.clear()
    drain.invoke(town.target, "poll_sources")
    return {poller.source: _left(town, replay, poller) for poller in POLLERS}


def _left(town: Town, replay: Replay, poller: Poller) -> Left:
    (connection,) = (
        one
        for one in town.target.connections.list()
        if (one.source, one.connection_id) == (poller.source, NAME)
    )
    state = town.target.connections.state(connection)
    found = town.target.s3.list_objects_v2(Bucket=town.target.bucket).get("Contents", [])
    raw = [one["Key"] for one in found if f"/{poller.source}/{NAME}/" in one["Key"]]
    exchanges = replay.of(f"/{poller.source}{poller.page}")
    asked, answers = [one for one, _ in exchanges], [answer for _, answer in exchanges]
    return Left(asked, [answer.status for answer in answers], connection, state, raw)


@contextmanager
def _nothing_can_be_archived(stack: Stack) -> Iterator[None]:
    iam: Any = stack.client("iam")
    function = stack.client("lambda").get_function(FunctionName="earshot-local-poll_sources")
    role = function["Configuration"]["Role"].rpartition("/")[2]
    denial = {"Effect": "Deny", "Action": "s3:PutObject", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [denial]})
    iam.put_role_policy(RoleName=role, PolicyName="nothing", PolicyDocument=policy)
    try:
        yield
    finally:
        iam.delete_role_policy(RoleName=role, PolicyName="nothing")


@pytest.mark.parametrize("source", SOURCES)
def test_no_cursor_moves_behind_what_is_not_archived(told: Told, source: str) -> None:
    left = told.unstored[source]
    assert left.asked
    assert left.raw == []
    assert left.connection.cursor == {}
    assert left.state.last_error
    assert left.state.polled_at is None


@pytest.mark.parametrize("source", SOURCES)
def test_what_a_source_answers_becomes_a_post(told: Told, source: str) -> None:
    left, head = told.stored[source], told.heads[source]
    assert left.connection.cursor
    assert left.state.last_error is None
    assert head
    assert (head.outcome, [head.raw_key]) == ("prospect", left.raw)


@pytest.mark.parametrize("source", SOURCES)
def test_what_is_answered_again_is_not_archived_again(told: Told, source: str) -> None:
    left = told.unchanged[source]
    assert left.asked
    assert left.raw == told.stored[source].raw
    assert left.state.last_error is None


@pytest.mark.parametrize("source", CONDITIONAL)
def test_it_is_asked_only_for_what_changed(told: Told, source: str) -> None:
    assert told.stored[source].statuses[0] == 200
    assert told.unchanged[source].statuses[0] == 304


@pytest.mark.parametrize("source", SOURCES)
def test_what_is_new_or_was_edited_is_kept(town: Town, told: Told, source: str) -> None:
    said = told.later[source]
    assert len(told.changed[source].raw) > len(told.stored[source].raw)
    assert town.target.posts.head(source, _poller(source).native_id(said))
    assert [place for place in town.places_with(said.own_word) if "DynamoDB" in place]
    if said.is_edit:
        found = town.places_with(said.original.own_word)
        assert [place for place in found if "DynamoDB" in place] == []


def test_what_was_taken_back_at_reddit_is_nowhere(town: Town, told: Told) -> None:
    said = told.first["reddit"]
    assert town.target.posts.head("reddit", _poller("reddit").native_id(said)) is None
    assert town.places_with(said.word) == []


def test_reddit_is_asked_with_a_token_of_the_run(told: Told) -> None:
    assert {one.headers["authorization"] for one in told.stored["reddit"].asked} == {
        f"Bearer {TOKEN}"
    }
    assert all("earshot" in one.headers["user-agent"] for one in told.stored["reddit"].asked)


@pytest.mark.parametrize("source", ["reddit", "hackernews"])
def test_who_answers_429_is_left_alone_as_long_as_it_asks_for(told: Told, source: str) -> None:
    refused, resting = told.refused[source], told.resting[source]
    assert refused.state.last_error == "status_429"
    assert _rests(refused.state, RETRY_AFTER)
    assert resting.asked == []


def test_a_backoff_of_stack_exchange_is_obeyed(told: Told) -> None:
    changed = told.changed["stackexchange"]
    assert changed.state.last_error is None
    assert _rests(changed.state, BACKOFF)
    assert told.refused["stackexchange"].asked == []
    assert told.resting["stackexchange"].asked == []


def test_others_are_asked_meanwhile(told: Told) -> None:
    assert told.refused["rss"].asked
    assert told.resting["rss"].asked


def _poller(source: str) -> Poller:
    return next(poller for poller in POLLERS if poller.source == source)


def _rests(state: ConnectionState, seconds: int) -> bool:
    """Minutes may have passed since it was asked for."""
    assert state.not_before
    left = state.not_before - datetime.now(UTC)
    return timedelta(seconds=seconds - 600) < left <= timedelta(seconds=seconds)
