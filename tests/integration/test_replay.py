"""Deliveries go through the whole way again: the same comes of them, and nobody is mailed."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from earshot.aws.envelopes import DeliveryMessage, parse
from earshot.aws.mention_message import MentionMessage
from earshot.domain.models import Connection, DataClass, Delivery, EntryKind
from earshot.domain.relevance import Weights
from earshot.domain.subjects import prospect_subject_id
from earshot.flows import compile_watchlist, decide_signals
from earshot.flows.fan_out import Cause
from earshot_ops.commands.exits import ExitCode
from earshot_ops.target import Target
from tests import examples
from tests.house import House, entry
from tests.house_target import Earshot
from tests.integration.test_cli import LEAVING
from tests.standin import StandIn
from tests.standin.stage import forget_flows

CAME = datetime(2026, 11, 20, 10, 30, tzinfo=UTC)
SINCE = ("--since", "2026-11-20T10:00", "--until", "2026-11-20T11:00")


@pytest.fixture
def aws(standin_environment: StandIn) -> StandIn:
    return standin_environment


@pytest.fixture
def house(house: House) -> House:
    house.furnish()
    return house


def came(
    house: House, target: Target, *posts: dict[str, Any], connection: str = "forum", minute: int = 0
) -> Delivery:
    """A delivery with its receipt and its connection, gone through the whole way."""
    target.connections.put(
        Connection(
            source="generic",
            connection_id=connection,
            data_class=DataClass.OWNED,
            created_at=examples.NOON,
        )
    )
    at = CAME + timedelta(minutes=minute)
    delivery = house.deliver(*posts, connection=connection, received_at=at)
    target.receipts.add(delivery)
    house.run()
    return delivery


def everything(house: House) -> dict[tuple[str, str], Any]:
    return {(str(row["pk"]), str(row["sk"])): row for row in house.rows()}


def prospect_of(target: Target, native_id: str) -> str:
    head = target.posts.head("generic", native_id)
    assert head
    return prospect_subject_id("generic", head.author_id)


def listen_for(target: Target, entry_id: str, name: str) -> None:
    target.accounts.put_entries([examples.entry(EntryKind.COMPETITOR, entry_id, name)])
    target.sellers.put(
        examples.seller("carla", desks=("competitor:rival", f"competitor:{entry_id}"))
    )
    compile_watchlist.handle({}, None)
    forget_flows()


def dry(earshot: Earshot, *words: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(earshot("replay", "--dry-run", "--json", *words).stdout)
    return told


def test_replaying_what_is_as_it_was_changes_no_row(
    house: House, target: Target, earshot: Earshot
) -> None:
    came(house, target, entry(1, LEAVING), entry(2, "Lunch was good"))
    before, alerts = everything(house), house.alerts()
    assert alerts
    for _ in range(2):
        answer = earshot("replay", *SINCE)
        assert answer.stdout == "1 deliveries replayed; nobody is mailed for it\n"
        house.run()
    after = everything(house)
    assert after.keys() == before.keys()
    changed = {sk for pk, sk in before if after[pk, sk] != before[pk, sk]}
    assert changed <= {"-STRAND", "HEAD"}  # its counter of changes; how long nobody's post stays
    assert house.alerts() == alerts


def test_what_an_old_post_is_about_by_now_becomes_a_signal_that_mails_nobody(
    house: House, target: Target, earshot: Earshot
) -> None:
    text = "We are leaving NewRival, what do people use instead?"
    came(house, target, entry(1, text))
    assert house.alerts() == []
    listen_for(target, "newrival", "NewRival")
    subject = prospect_of(target, "p1")
    earshot("replay", *SINCE)
    house.run()
    assert house.signals(subject)
    assert house.alerts() == []
    answer = earshot("why", "generic:p1", "--json")
    [signal] = json.loads(answer.stdout)["signals"]
    assert {one["decision"]["reason"] for one in signal["sellers"]} == {"nothing_new"}
    rows = everything(house)
    earshot("replay", *SINCE)
    house.run()
    assert everything(house).keys() == rows.keys()


def test_a_replay_takes_no_news_away(house: House, target: Target, earshot: Earshot) -> None:
    """The delivery itself comes while its replay is under way, or after it."""
    delivery = came(house, target, entry(1, "We are leaving NewRival, what do people use?"))
    listen_for(target, "newrival", "NewRival")
    earshot("replay", *SINCE)
    house.run()
    assert house.alerts() == []
    house.enqueue(delivery)
    house.run()
    assert {seller for _, seller, _ in house.alerts()} == {"carla"}


def test_a_post_that_joins_a_story_while_another_is_replayed_is_told(
    house: House, target: Target, earshot: Earshot
) -> None:
    """It hangs on its strand already, and the replay makes the signal of both, in silence."""
    text = "We are leaving NewRival before the summer, so what do people use in place of it now?"
    came(house, target, entry(1, text))
    listen_for(target, "newrival", "NewRival")
    house.deliver(entry(2, text))
    house.step("deliveries")
    url, sqs = target.queues["mentions.fifo"], target.sqs
    [taken] = sqs.receive_message(QueueUrl=url, VisibilityTimeout=60)["Messages"]
    message = parse(MentionMessage, taken["Body"])
    decide_signals.joining()._join(message, message.strand_id or "")
    earshot("replay", *SINCE)
    house.run()  # the group is locked while one of it is in hand: the replay waits
    head = target.posts.head("generic", "p1")
    assert head
    cause = Cause("generic", "p1", head.version, head.author_id, "of it", replayed=True)
    decide_signals.joining().reconciling.apply(message.strand_ids, cause, datetime.now(UTC))
    assert house.signals(prospect_of(target, "p2"))
    assert house.alerts() == []
    sqs.change_message_visibility(
        QueueUrl=url, ReceiptHandle=taken["ReceiptHandle"], VisibilityTimeout=0
    )
    house.run()
    assert {seller for _, seller, _ in house.alerts()} == {"carla"}


def test_only_what_is_replayed_says_so() -> None:
    message = DeliveryMessage(delivery=examples.delivery())
    assert "replayed" not in message.model_dump_json()
    again = message.model_copy(update={"replayed": True})
    assert parse(DeliveryMessage, again.model_dump_json()).replayed


def test_those_who_ask_for_it_are_mailed(house: House, target: Target, earshot: Earshot) -> None:
    came(house, target, entry(1, "We are leaving NewRival, what do people use?"))
    listen_for(target, "newrival", "NewRival")
    assert earshot("replay", *SINCE, "--mail", given="n\n").exit_code != ExitCode.OK
    assert earshot("replay", *SINCE, "--mail", "--yes").exit_code == ExitCode.OK
    house.run()
    assert {seller for _, seller, _ in house.alerts()} == {"carla"}


def test_a_dry_replay_of_the_same_is_the_same_to_the_byte(
    house: House, target: Target, earshot: Earshot
) -> None:
    came(house, target, entry(1, LEAVING), entry(2, "Acme is great"))
    before = everything(house)
    told = dry(earshot, *SINCE)
    assert told["same_bytes"] > 0
    assert (told["differences"], told["posts_that_differ"]) == ([], [])
    assert told["other_versions_only"] == 0
    assert earshot("replay", "--dry-run", *SINCE).exit_code == ExitCode.OK
    assert everything(house) == before


def test_a_dry_replay_shows_which_posts_subjects_and_scores_would_differ(
    house: House, target: Target, earshot: Earshot
) -> None:
    came(house, target, entry(1, LEAVING), entry(2, "We are leaving NewRival, what do you use?"))
    listen_for(target, "newrival", "NewRival")
    target.weights.put(Weights(version="other", young_story=1))
    before = everything(house)
    told = dry(earshot, *SINCE)
    [post] = told["posts_that_differ"]
    assert (post["post"], post["subjects"]) == ("generic:p2", [])
    assert post["subjects_now"] == [prospect_of(target, "p2")]
    scores = {one["seller_id"]: one for one in told["differences"]}
    assert scores["carla"]["stored"] is None
    anna = scores["anna"]
    assert anna["present"]["versions"]["weights"] == "other"
    assert anna["stored"]["score"] >= anna["present"]["score"]
    answer = earshot("replay", "--dry-run", *SINCE)
    assert answer.exit_code == ExitCode.PROBLEMS
    assert "young_story +5 -> +1" in " ".join(answer.stdout.split())
    assert everything(house) == before


def test_what_a_dry_replay_shows_is_what_a_replay_does(
    house: House, target: Target, earshot: Earshot
) -> None:
    came(house, target, entry(1, LEAVING), entry(2, "We are leaving NewRival, what do you use?"))
    listen_for(target, "newrival", "NewRival")
    assert dry(earshot, *SINCE)["posts_that_differ"]
    earshot("replay", *SINCE)
    house.run()
    told = dry(earshot, *SINCE)
    assert (told["posts_that_differ"], told["differences"]) == ([], [])
    assert told["same_bytes"] > 0  # of the new signal; the other keeps its decisions


def test_deliveries_are_chosen_by_time_source_connection_and_id(
    house: House, target: Target, earshot: Earshot
) -> None:
    first = came(house, target, entry(1, LEAVING))
    came(house, target, entry(2, LEAVING), minute=40)
    came(house, target, entry(3, LEAVING), connection="blog", minute=10)
    target.receipts.add(first.model_copy(update={"received_at": CAME + timedelta(hours=2)}))
    day = ("--since", "2026-11-20", "--until", "2026-11-21")

    def count(*words: str) -> int:
        answer = earshot("replay", *words, "--json")
        return int(json.loads(answer.stdout)["replayed"])

    assert count(*day) == 3
    assert count(*SINCE) == 2
    assert count(*day, "--connection", "blog") == 1
    assert count(*day, "--source", "generic", "--connection", "forum") == 2
    assert count(*day, "--source", "slack") == 0
    assert count(*day, "--delivery", first.delivery_id) == 1
    assert count("--since", "2026-11-20T10:35", "--until", "2026-11-20T10:45") == 1
    assert earshot("replay", "--since", "yesterday").exit_code == ExitCode.USAGE


def test_what_was_erased_or_is_gone_does_not_come_back(
    house: House, target: Target, earshot: Earshot
) -> None:
    came(house, target, entry(1, LEAVING))
    gone = came(house, target, entry(2, LEAVING.replace("leaving", "moving off")), minute=1)
    earshot("erase", "--post", "generic:p1", "--yes")
    house.s3.delete_object(Bucket=house.bucket, Key=gone.raw_key)
    told = dry(earshot, *SINCE)
    assert told["gone"] >= 1
    earshot("replay", *SINCE)
    house.run()
    assert house.places_with("handle-1") == []
    assert json.loads(earshot("letters", "--json").stdout)["letters"] == []
