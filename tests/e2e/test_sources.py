"""Every platform that posts to us, from `earshot connect` to a stored post and back to nothing.

All is said in two waves; the tests look at what became of it.
"""

import base64
import hmac
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import urllib3

from earshot.aws import keys
from earshot.aws.expiry_store import Expiry, ExpiryStore
from earshot.domain.models import Delivery, PostHead
from earshot_ops.demo import drain
from tests.conftest import Stack
from tests.e2e import hearing, lines, replayed, web_platforms
from tests.e2e.hearing import (
    DELETING,
    DELETIONS,
    EDITING,
    EDITS,
    FORGETTING,
    LENT,
    META,
    OF_ONE_AUTHOR,
    PLATFORMS,
    PUSHED,
    SOURCES,
    Heard,
)
from tests.e2e.lines import Line
from tests.e2e.replayed import Hub, Replay
from tests.e2e.sayings import Saying, saying
from tests.e2e.senders import asked_to_erase, of_json
from tests.e2e.town import Town
from tests.e2e.waiting import until

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def hub() -> Hub:
    return Hub(lease_seconds=3600)


@pytest.fixture(scope="module")
def replay(stack: Stack, hub: Hub) -> Iterator[Replay]:
    with replayed.replaying(stack.feed_port) as replay:
        links = (
            f'<link rel="hub" href="{replay.url("/hub")}"/>'
            f'<link rel="self" href="{replay.url("/feed.xml")}"/>'
        )
        feed = web_platforms.atom(links=links).encode()
        replay.answers |= {"/hub": hub, "/feed.xml": replayed.tagged(feed, "application/atom+xml")}
        yield replay


@pytest.fixture(scope="module")
def connected(town: Town, replay: Replay, hub: Hub) -> Iterator[dict[str, Line]]:
    yield {one.source: lines.connect(town, one, replay, hub) for one in PLATFORMS}
    lines.remove(town, [(source, lines.NAME) for source in SOURCES])


@pytest.fixture(scope="module")
def heard(town: Town, connected: dict[str, Line]) -> Heard:
    return hearing.hear(town, connected)


# The address is proved


@pytest.mark.parametrize("source", META)
def test_meta_is_echoed_its_challenge_for_the_token_that_connect_printed(
    town: Town, connected: dict[str, Line], source: str
) -> None:
    line = connected[source]
    asked = {"hub.mode": "subscribe", "hub.challenge": "1158201444"}
    answer = line.ask({**asked, "hub.verify_token": line.token})
    assert (answer.status, answer.data) == (200, b"1158201444")
    assert line.ask({**asked, "hub.verify_token": line.token[::-1]}).status == 401
    assert _is_proved(town, source)


def test_x_gets_its_token_signed_and_no_body_is(town: Town, connected: dict[str, Line]) -> None:
    line = connected["x"]
    mac = base64.b64encode(hmac.digest(line.secret, b"a-token_1", "sha256")).decode()
    answer = line.ask({"crc_token": "a-token_1"})
    assert answer.json() == {"response_token": f"sha256={mac}"}
    assert line.ask({"crc_token": '{"data":{}}'}).status == 401
    assert _is_proved(town, "x")


def test_slack_gets_its_challenge_back(town: Town, connected: dict[str, Line]) -> None:
    asked = of_json({"type": "url_verification", "token": "t", "challenge": "3eZbrw1aB"})
    answer = town.send(connected["slack"].envelope(asked))
    assert (answer.status, answer.json()) == (200, {"challenge": "3eZbrw1aB"})
    assert town.send(connected["slack"].forged(asked)).status == 401


def test_a_sender_of_cloudevents_may_send(town: Town, connected: dict[str, Line]) -> None:
    asked = {"WebHook-Request-Origin": "events.example", "WebHook-Request-Rate": "120"}
    answer = connected["cloudevents"].ask({}, method="OPTIONS", headers=asked)
    assert answer.status == 200
    assert answer.headers["WebHook-Allowed-Origin"] == "events.example"
    assert answer.headers["WebHook-Allowed-Rate"] == "120"
    assert connected["cloudevents"].ask({}, method="OPTIONS").status == 405


@pytest.mark.parametrize("source", PUSHED)
def test_a_hub_is_asked_to_push_and_told_that_it_was_meant(
    town: Town, connected: dict[str, Line], source: str
) -> None:
    connection = town.target.connections.get(source, lines.NAME)
    state = town.target.connections.state(connection)
    assert state.lease_until
    assert timedelta() < state.lease_until - datetime.now(UTC) <= timedelta(hours=1)
    another = {"hub.mode": "subscribe", "hub.challenge": "c", "hub.topic": "https://other.example/"}
    assert connected[source].ask(another).status == 404


def _is_proved(town: Town, source: str) -> bool:
    connection = town.target.connections.get(source, lines.NAME)
    return town.target.connections.state(connection).handshake_at is not None


# What was said is kept, once


@pytest.mark.parametrize("source", SOURCES)
def test_a_delivery_that_comes_five_times_is_one_raw_object_and_one_post(
    town: Town, connected: dict[str, Line], heard: Heard, source: str
) -> None:
    platform, said = connected[source].platform, heard.said[source, "once"]
    assert heard.answers[source, "once"] == [platform.accepted] * 5
    head = town.target.posts.head(source, platform.native_id(said))
    assert head
    assert (head.outcome, len(head.strand_ids)) == ("prospect", 1)
    rows = [str(row["sk"]) for row in town.target.posts.rows(source, head.native_id)]
    assert sorted(rows) == ["HEAD", f"RAW#{head.raw_key}"]
    (row, raw) = sorted(heard.places(said.own_word))
    assert row in {"DynamoDB, POST row", "DynamoDB, WORDS row"}
    assert raw in {"S3, raw/", "S3, borrowed/"}


@pytest.mark.parametrize("source", SOURCES)
def test_a_bad_signature_is_refused_and_leaves_nothing(
    town: Town, connected: dict[str, Line], heard: Heard, source: str
) -> None:
    said = heard.said[source, "forged"]
    assert heard.answers[source, "forged"] == [401]
    assert heard.places(said.word) == []
    assert town.target.posts.head(source, connected[source].platform.native_id(said)) is None


def test_a_token_that_was_good_for_one_mail_is_good_for_no_other(
    town: Town, connected: dict[str, Line]
) -> None:
    said = saying()
    first = connected["mailgun"].envelope(connected["mailgun"].platform.tells(said))
    assert town.send(first).status == 202
    body = first.body.replace(said.word.encode(), saying().word.encode())
    assert town.send(replace(first, body=body)).status == 406


@pytest.mark.parametrize("source", EDITING)
@pytest.mark.parametrize("case", EDITS)
def test_the_newest_version_wins_in_either_order(heard: Heard, source: str, case: str) -> None:
    said = heard.said[source, case]
    assert _rows(heard.places(said.original.own_word)) == []
    assert len(_rows(heard.places(said.edited.own_word))) == 1


@pytest.mark.parametrize("source", DELETING)
@pytest.mark.parametrize("case", DELETIONS)
def test_what_is_deleted_is_nowhere_in_either_order(
    town: Town, connected: dict[str, Line], heard: Heard, source: str, case: str
) -> None:
    platform, said = connected[source].platform, heard.said[source, case]
    assert heard.answers[source, case] == [platform.accepted] * 2
    assert heard.places(said.word) == []
    assert town.target.posts.rows(source, platform.native_id(said)) == ()


@pytest.mark.parametrize("source", FORGETTING)
def test_all_of_an_author_goes_who_is_to_be_forgotten(
    town: Town, connected: dict[str, Line], heard: Heard, source: str
) -> None:
    platform = connected[source].platform
    for case in OF_ONE_AUTHOR:
        said = heard.said[source, case]
        assert set(heard.answers[source, case]) == {platform.accepted}
        assert heard.places(said.word) == []
        assert town.target.posts.head(source, platform.native_id(said)) is None


def _rows(places: list[str]) -> list[str]:
    return [place for place in places if place.startswith("DynamoDB")]


def test_nothing_ended_in_a_dead_letter_queue(heard: Heard) -> None:
    assert heard.dead_letters == 0


def test_meta_can_show_a_person_that_their_request_was_taken(
    town: Town, connected: dict[str, Line]
) -> None:
    told = town.send(connected["facebook"].envelope(asked_to_erase("1"))).json()
    shown = urllib3.request("GET", told["url"], retries=False)
    assert shown.status == 200
    assert told["confirmation_code"] in told["url"]


def test_the_operator_sees_that_each_connection_delivers(town: Town, heard: Heard) -> None:
    told = json.loads(lines.operate(town, "sources", "--json"))["connections"]
    by_name = {one["connection"]: one for one in told}
    for source in SOURCES:
        one = by_name[f"{source}/{lines.NAME}"]
        assert one["last_delivery_at"]
        assert one["deliveries_in_24_hours"] >= 1
        assert one["last_error"] is None


# What runs on a schedule


@pytest.mark.parametrize("source", LENT)
def test_what_was_only_lent_goes_when_its_time_has_come(
    town: Town, connected: dict[str, Line], heard: Heard, source: str
) -> None:
    said = heard.said[source, "lent"]
    head = _expire(town, connected[source], said)
    assert town.places_with(said.word) == []
    assert town.target.posts.head(source, head.native_id) == head


@pytest.mark.parametrize("source", LENT)
def test_what_was_only_lent_and_is_deleted_then_leaves_the_journal(
    town: Town, connected: dict[str, Line], heard: Heard, source: str
) -> None:
    said, line = heard.said[source, "lent"], connected[source]
    native_id = _expire(town, line, said).native_id
    rows = town.target.posts.rows(source, native_id)
    journalled = [str(row["journal_key"]) for row in rows if "journal_key" in row]
    assert _in_bucket(town, journalled) == journalled
    assert line.platform.deletes
    (status,) = lines.send_all(town, [line.envelope(line.platform.deletes(said))])
    assert status == (200 if source in META else 202)
    lines.wait_until_quiet(town)
    assert town.target.posts.head(source, native_id) is None
    assert _in_bucket(town, journalled) == []


def test_what_names_people_to_be_forgotten_goes_when_that_was_done(
    town: Town, heard: Heard
) -> None:
    store, now = ExpiryStore(town.target.table), datetime.now(UTC)
    waiting = [
        one
        for shard in range(keys.EXPIRY_SHARDS)
        for one in store.waiting(shard, begun_until=now + timedelta(days=1))
        if one.delivery.raw_key.startswith("raw/")
    ]
    named = [one.delivery.raw_key for one in waiting]
    assert named
    assert _in_bucket(town, named) == named
    for one in waiting:
        received = one.delivery.model_copy(update={"received_at": now - timedelta(hours=3)})
        changed = {"delivery": received, "expires_at": now - timedelta(hours=2)}
        store.add(one.model_copy(update=changed))
    drain.invoke(town.target, "expire_bodies")
    assert _in_bucket(town, named) == []


def _expire(town: Town, line: Line, said: Saying) -> PostHead:
    """Two days later, in one run of the schedule; a second one finds nothing."""
    source, now = line.platform.source, datetime.now(UTC)
    head = town.target.posts.head(source, line.platform.native_id(said))
    assert head
    delivery = Delivery(
        source=source,
        connection_id=lines.NAME,
        delivery_id=head.raw_key.rpartition("/")[2],
        raw_key=head.raw_key,
        received_at=now - timedelta(hours=49),
    )
    expiry = Expiry(delivery=delivery, expires_at=now - timedelta(hours=1), once_told=True)
    ExpiryStore(town.target.table).add(expiry)
    drain.invoke(town.target, "expire_bodies")
    return head


def _in_bucket(town: Town, wanted: list[str]) -> list[str]:
    """Those of the keys that are there."""
    s3, bucket = town.target.s3, town.target.bucket
    return [key for key in wanted if s3.list_objects_v2(Bucket=bucket, Prefix=key)["KeyCount"]]


def test_a_lease_that_ends_soon_is_renewed(
    town: Town, connected: dict[str, Line], hub: Hub
) -> None:
    before = Counter(hub.confirmed)
    drain.invoke(town.target, "renew_leases")
    until(lambda: len(Counter(hub.confirmed) - before) == len(PUSHED), "both hubs have asked back")
