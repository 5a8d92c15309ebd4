"""Who hears of what, by which row: alerts, updates of a thread, and what waits for the digest."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from earshot.aws.guard_store import Guard, GuardStore
from earshot.aws.thread_store import ThreadStore
from earshot.aws.waiting_store import WaitingStore
from earshot.domain.models import Alert, AlertKind, AlertState
from earshot.flows.erase import eraser
from earshot.flows.reconcile import reconciling
from earshot.flows.tell_sellers import BETWEEN_MAILS, Telling
from tests.house import House, entry
from tests.standin import Call, StandIn
from tests.standin.workers import Killed

ASKING = "We at Acme are leaving RivalCRM this month, any alternatives?"
AGAIN = "Nobody at RivalCRM answers us at Acme, so we want to buy something else this month."
PRAISE = "Thanks to Acme for the great summer party."


@pytest.fixture
def aws(standin_environment: StandIn) -> StandIn:
    return standin_environment


@pytest.fixture
def house(make_house: Callable[[], House]) -> House:
    made = make_house()
    made.furnish()
    return made


def say(house: House, *posts: dict[str, Any]) -> None:
    for post in posts:
        house.deliver(post)
        house.run()


def rows(house: House, seller: str = "anna") -> list[Alert]:
    """The seller's outbox rows, in the order in which they were made."""
    keys = (str(row["alert_id"]) for row in house.rows() if str(row["pk"]).startswith("OUTBOX#"))
    found = [alert for key in keys if (alert := house.outbox().get(key))]
    mine = [alert for alert in found if alert.seller_id == seller]
    return sorted(mine, key=lambda one: str(one.made_at))


def guards(house: House, number: int) -> dict[str, Guard]:
    found = GuardStore(house.table).of_post("generic", f"p{number}")
    return {guard.seller_id: guard for guard in found}


def waiting(house: House, seller: str) -> list[str]:
    return [row.native_id for _, row in WaitingStore(house.table).all(seller)]


def send(house: House, alert: Alert) -> datetime:
    """As the courier does when the mail service accepts."""
    now = alert.due_at
    assert now
    assert house.outbox().claim(alert.alert_id, now, posts=alert.posts)
    assert house.outbox().settle(alert.alert_id, "m1", now)
    return now


def test_the_first_post_is_an_alert_and_leaves_no_fan_out_behind(house: House) -> None:
    say(house, entry(1, ASKING))
    (alert,) = rows(house)
    assert (alert.kind, alert.state, alert.posts) == (AlertKind.ALERT, AlertState.PENDING, 1)
    assert alert.signal_ids == {("account:acme", alert.signal_id)}
    assert guards(house, 1)["anna"].alert_id == alert.alert_id
    assert rows(house, "everybody") == []


def test_while_the_alert_waits_later_posts_join_it(house: House) -> None:
    say(house, entry(1, ASKING), entry(2, AGAIN, thread_id="p1"))
    (alert,) = rows(house)
    assert alert.posts == 2
    assert guards(house, 2)["anna"].alert_id == alert.alert_id


def test_another_story_of_the_same_account_joins_while_the_alert_waits(house: House) -> None:
    say(house, entry(1, ASKING), entry(2, AGAIN))
    (alert,) = rows(house)
    assert alert.posts == 2
    assert len(alert.signal_ids) == 2


def test_after_the_alert_posts_join_one_update_that_comes_half_an_hour_later(house: House) -> None:
    say(house, entry(1, ASKING))
    told_at = send(house, rows(house)[0])
    say(house, entry(2, AGAIN, thread_id="p1"), entry(3, f"{AGAIN} Really.", thread_id="p1"))
    alert, update = rows(house)
    assert (update.kind, update.posts) == (AlertKind.UPDATE, 2)
    assert update.root_id == alert.alert_id
    assert update.due_at == told_at + BETWEEN_MAILS
    assert {guards(house, number)["anna"].alert_id for number in (2, 3)} == {update.alert_id}


def test_a_burst_of_stories_about_one_account_is_one_thread(house: House) -> None:
    say(house, entry(1, ASKING))
    told_at = send(house, rows(house)[0])
    say(house, entry(2, AGAIN))
    alert, update = rows(house)
    assert (update.kind, update.root_id) == (AlertKind.UPDATE, alert.alert_id)
    assert update.due_at == told_at + BETWEEN_MAILS


def test_another_story_later_is_an_alert_of_its_own(house: House) -> None:
    say(house, entry(1, ASKING))
    (first,) = rows(house)
    house.outbox().claim(first.alert_id, datetime.now(UTC), posts=1)
    house.outbox().settle(first.alert_id, "m1", datetime.now(UTC) - timedelta(days=1))
    say(house, entry(2, AGAIN))
    assert [alert.kind for alert in rows(house)] == [AlertKind.ALERT, AlertKind.ALERT]
    thread = ThreadStore(house.table).get("anna", "account:acme")
    assert thread is not None
    assert thread.root_id == rows(house)[1].alert_id


def test_what_is_for_the_digest_waits_without_a_mail(house: House) -> None:
    say(house, entry(1, "News: Acme and RivalCRM announce a partnership."))
    assert rows(house) == []
    assert waiting(house, "anna") == ["p1"]
    assert guards(house, 1)["anna"].waiting.endswith("#generic#p1")


def test_a_post_that_waits_is_not_told_again_when_the_story_gets_hot(house: House) -> None:
    say(house, entry(1, "News: Acme and RivalCRM announce a partnership."))
    say(house, entry(2, ASKING, thread_id="p1"))
    (alert,) = rows(house)
    assert (alert.posts, waiting(house, "anna")) == (1, ["p1"])


def test_of_a_story_that_gets_hot_all_posts_are_told(house: House) -> None:
    say(house, entry(1, PRAISE), entry(2, ASKING, thread_id="p1"))
    (alert,) = rows(house)
    assert (alert.posts, waiting(house, "anna")) == (2, [])


def test_what_an_erased_post_made_wait_goes_with_it(house: House) -> None:
    say(house, entry(1, "News: Acme and RivalCRM announce a partnership."))
    eraser().erase_post("generic", "p1")
    assert waiting(house, "anna") == []
    assert guards(house, 1) == {}


def killed_at(aws: StandIn, number: int) -> list[Call]:
    """The process dies right after its so-manieth side effect; what it did is in the list."""
    done: list[Call] = []

    def die(call: Call) -> None:
        if call.is_side_effect:
            done.append(call)
            if len(done) == number:
                raise Killed

    aws.after.append(die)
    return done


def test_killed_between_any_two_side_effects_each_hears_of_each_post_once(
    make_house: Callable[[], House], aws: StandIn
) -> None:
    for number in range(1, 40):
        house = make_house()
        house.furnish()
        house.deliver(entry(1, ASKING))
        done = killed_at(aws, number)
        try:
            house.run()
        except Killed:
            pass
        finally:
            aws.after.clear()
        survived = len(done) < number
        aws.clock.advance(timedelta(minutes=7))
        house.run()
        expand_what_was_left(house)
        (alert,) = rows(house)
        assert alert.posts == 1
        assert rows(house, "everybody") == []
        assert guards(house, 1)["anna"].alert_id == alert.alert_id
        if survived:
            return
    raise AssertionError("it never came through")


def expand_what_was_left(house: House) -> None:
    for fan_out in rows(house, "everybody"):
        reconciling().telling.expand(fan_out, datetime.now(UTC))


def test_expanding_again_tells_nobody_twice(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    expand = Telling.expand

    def twice(self: Telling, fan_out: Alert, now: datetime) -> None:
        expand(self, fan_out, now)
        expand(self, fan_out, now)

    monkeypatch.setattr(Telling, "expand", twice)
    say(house, entry(1, ASKING))
    assert [alert.posts for alert in rows(house)] == [1]
