"""Stories under unlucky schedules: transactions that meet, erasures beside a join, kills, edits."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

import pytest

from earshot.aws.story_store import StoryStore
from earshot.domain.models import DataClass
from earshot.errors import BusyError
from earshot.flows import join_story
from earshot.flows.erase import eraser
from tests.house import House, entry
from tests.integration.test_stories import BEGINNING, LONG, PEOPLE, WHY, told
from tests.standin import Call, ServiceError, StandIn

ASKING = "We are leaving RivalCRM after six years, any alternatives to it?"


@pytest.fixture
def aws(standin_environment: StandIn) -> StandIn:
    return standin_environment


@pytest.fixture
def house(make_house: Callable[[], House]) -> House:
    made = make_house()
    made.furnish()
    return made


def pending(house: House) -> list[str]:
    return [seller for _, seller, state in house.alerts() if state == "PENDING"]


def deliver(house: House, *posts: dict[str, Any]) -> None:
    for post in posts:
        house.deliver(post)
        house.run()


def conflicts(times: int) -> Callable[[Call], None]:
    """What DynamoDB answers to a transaction that meets another."""
    left = [None] * times

    def hook(call: Call) -> None:
        if call.operation == "TransactWriteItems" and left:
            left.pop()
            items = json.loads(cast("bytes", call.request.body))["TransactItems"]
            reasons = ["TransactionConflict", *["None"] * (len(items) - 1)]
            raise ServiceError(
                "TransactionCanceledException",
                "Transaction cancelled",
                CancellationReasons=[{"Code": code} for code in reasons],
            )

    return hook


def test_a_transaction_that_meets_another_is_tried_again(house: House, aws: StandIn) -> None:
    deliver(house, entry(1, BEGINNING))
    aws.before.append(conflicts(3))
    deliver(house, entry(2, LONG))
    assert [posts for _, posts in told(house)] == [["p1", "p2"]]


def test_an_erasure_that_meets_others_leaves_nothing_behind(house: House, aws: StandIn) -> None:
    deliver(house, entry(1, WHY), entry(2, WHY))
    aws.before.append(conflicts(2))
    eraser().erase_person("generic", "u1")
    assert house.places_with("Name 1") == []


def test_one_that_is_met_at_every_try_is_given_back(house: House, aws: StandIn) -> None:
    deliver(house, entry(1, WHY))
    aws.before.append(conflicts(100))
    with pytest.raises(BusyError):
        eraser().erase_post("generic", "p1")


def test_a_copy_of_words_that_their_author_edited_leaves_the_author_alone(house: House) -> None:
    other = "Our team of twelve wants to switch away from RivalCRM, what do people use instead?"
    deliver(house, entry(1, WHY), entry(2, WHY))
    deliver(house, entry(1, other, edited_at="2026-11-18T12:30:00Z"))
    deliver(house, entry(3, WHY))
    assert sorted(told(house)) == sorted([(PEOPLE[1], ["p1"]), (PEOPLE[2], ["p2", "p3"])])


def test_words_that_come_back_after_an_erasure_are_linked_again(house: House) -> None:
    deliver(house, entry(1, BEGINNING), entry(2, LONG))
    (strand,) = {str(r["pk"]) for r in house.rows() if r["sk"] == "POST#generic#p2"}
    eraser().erase_post("generic", "p2")
    assert house.places_with(strand.removeprefix("STRAND#words:")) == []
    deliver(house, entry(3, LONG))
    assert [posts for _, posts in told(house)] == [["p1", "p3"]]


def test_an_erasure_between_a_join_and_its_decision_silences_nobody(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(house, entry(1, "Question about RivalCRM at Acme for everybody", thread_id="t1"))
    house.deliver(entry(2, ASKING, thread_id="t1"))
    joined = join_story.Joining.decide
    left = ["once"]

    def erased_beside(self: Any, message: Any, now: Any) -> str:
        if left:
            left.pop()
            self._join(message, message.strand_id)
            eraser().erase_post("generic", "p1")
        return joined(self, message, now)

    monkeypatch.setattr(join_story.Joining, "decide", erased_beside)
    house.run()
    assert "carla" in pending(house)


def test_the_alert_of_an_erased_origin_goes_on_to_the_next_who_said_it(house: House) -> None:
    deliver(house, entry(1, WHY), entry(2, f"RT @handle-1: {WHY}"))
    eraser().erase_post("generic", "p1")
    assert pending(house) == ["carla"]


def test_an_edit_to_another_thread_takes_the_alert_along(house: House) -> None:
    deliver(house, entry(2, ASKING, thread_id="t1"))
    deliver(house, entry(2, ASKING, thread_id="t2", edited_at="2026-11-18T12:30:00Z"))
    assert len(told(house)) == 1
    (signal,) = house.signals(*PEOPLE).values()
    (row,) = (row for row in house.rows() if str(row["pk"]).startswith("OUTBOX#"))
    alert = house.outbox().get(str(row["alert_id"]))
    assert alert
    assert (alert.seller_id, alert.state) == ("carla", "PENDING")
    assert (signal.subject.subject_id, signal.signal_id) in alert.signal_ids


def test_another_thread_without_another_version_hangs_the_post_on_one_strand(house: House) -> None:
    deliver(house, entry(2, ASKING, thread_id="t1"), entry(2, ASKING, thread_id="t2"))
    assert [posts for _, posts in told(house)] == [["p2"]]


def test_an_erasure_that_was_killed_is_completed_by_the_next(house: House, aws: StandIn) -> None:
    deliver(house, entry(1, WHY))
    deletions: list[Call] = []

    def dies(call: Call) -> None:
        if call.operation == "DeleteItem":
            deletions.append(call)
            if len(deletions) == 3:
                raise KeyboardInterrupt

    aws.before.append(dies)
    with pytest.raises(KeyboardInterrupt):
        eraser().erase_person("generic", "u1")
    aws.before.remove(dies)
    eraser().erase_person("generic", "u1")
    left = [str(row["pk"]) for row in house.rows()]
    assert [pk for pk in left if pk.startswith(("POST#", "LINK#", "AUTHOR#", "STRAND#"))] == []


@pytest.mark.parametrize("order", ["abc", "bac", "cab", "cba"])
def test_a_cut_copy_is_one_whoever_came_first(house: House, order: str) -> None:
    said = "Acme raised our price per seat again"
    posts = {
        "a": entry(1, said),
        "b": entry(2, f"{said} yest\u2026"),
        "c": entry(3, f"{said} yesterday and told us why why, any alternatives to RivalCRM?"),
    }
    deliver(house, *(posts[one] for one in order))
    assert len(told(house)) == 1


def test_what_many_said_alike_takes_no_more_calls_than_what_some_did(
    house: House, aws: StandIn
) -> None:
    calls = []
    for number in range(1, 30):
        aws.calls.clear()
        deliver(house, entry(number, f"{LONG}, says ticket {number}"))
        calls.append(aws.calls.total())
    assert len(told(house)) == 29
    assert calls[28] == calls[2]


def test_borrowed_words_expire_and_the_story_stays(house: House) -> None:
    stories = StoryStore(house.table)
    deliver(house, entry(1, WHY))
    (signal,) = house.signals(*PEOPLE).values()
    (strand,) = stories.region(signal.strand_ids)
    (post,) = strand.posts
    expires_at = post.posted_at + timedelta(hours=48)
    lent = post.model_copy(update={"data_class": DataClass.BORROWED, "expires_at": expires_at})
    assert stories.join(strand.strand_id, lent, None, buried=[]) is None
    assert [p.quote for p in stories.posts_of(signal)] == [WHY]
    (words,) = [row for row in house.rows() if str(row["sk"]).startswith("WORDS#")]
    assert words["ttl"] == int(expires_at.timestamp())
    house.table.delete_item(Key={"pk": words["pk"], "sk": words["sk"]})  # as DynamoDB does
    assert [p.quote for p in stories.posts_of(signal)] == [""]
    assert house.places_with("at their support") == house.objects("raw/")
