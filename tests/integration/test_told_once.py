"""What was void is told otherwise, once: edits, late retries and rows that cannot be told."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from email import message_from_bytes, policy
from functools import partial
from typing import Any

import pytest

from earshot.aws import keys, outbox
from earshot.aws.config_store import Config, ConfigStore
from earshot.aws.day_store import DayStore
from earshot.aws.guard_store import Guard, GuardStore
from earshot.aws.items import item_of
from earshot.aws.seller_store import SellerStore
from earshot.aws.waiting_store import WaitingStore
from earshot.domain.models import (
    Alert,
    AlertKind,
    AlertState,
    Mute,
    MuteKind,
    Preferences,
    WorkingHours,
)
from earshot.domain.posts import PostId
from earshot.errors import BusyError
from earshot.flows import send_digests, sweep_outbox
from earshot.flows.erase import eraser
from earshot.flows.seller_news import News
from earshot.flows.tell_sellers import Telling
from tests import examples
from tests.house import House, entry
from tests.standin import Call, ServiceError, StandIn
from tests.standin.clock import logical_time
from tests.standin.stage import forget_container
from tests.standin.workers import Killed

ASKING = "We at Acme are leaving RivalCRM this month, any alternatives?"
AGAIN = "Nobody at RivalCRM answers us at Acme, so we want to buy something else this month."
BETA = "We at Betatron are leaving RivalCRM this month, what do you use?"
URGENT = "We at Acme need an alternative to RivalCRM ASAP, who can help us right now?"
NOTHING = "Something else altogether, of no interest"
EIGHT = datetime(2026, 11, 24, 8, tzinfo=UTC)


class Context:
    def get_remaining_time_in_millis(self) -> int:
        return 300_000


@dataclass
class Stage:
    """Only Anna hears of anything."""

    house: House
    aws: StandIn

    def at(self, moment: datetime) -> None:
        self.aws.clock.advance(moment - self.aws.clock.now())

    def say(self, *posts: dict[str, Any]) -> None:
        for post in posts:
            forget_container()
            with logical_time(self.aws.clock):
                self.house.deliver(post)
                self.house.run()

    def sweep(self) -> dict[str, int]:
        forget_container()
        with logical_time(self.aws.clock):
            return {str(k): v for k, v in sweep_outbox.handle({}, Context()).items()}

    def rows(self, seller: str = "anna") -> list[Alert]:
        ids = (str(r["alert_id"]) for r in self.house.rows() if str(r["pk"]).startswith("OUTBOX#"))
        found = [alert for one in ids if (alert := self.house.outbox().get(one))]
        mine = [alert for alert in found if alert.seller_id == seller]
        return sorted(mine, key=lambda one: str(one.made_at))

    def pending(self) -> list[Alert]:
        return [one for one in self.rows() if one.state is AlertState.PENDING]

    def guard(self, number: int) -> Guard:
        found = GuardStore(self.house.table).of_post("generic", f"p{number}")
        return next(one for one in found if one.seller_id == "anna")

    def told(self, *words: str) -> list[int]:
        """In how many of Anna's mails each is."""
        mails = [_text(one.raw) for one in self.aws.ses.mails if "anna" in one.to[0]]
        return [sum(word in mail for mail in mails) for word in words]


def _text(raw: bytes) -> str:
    body = message_from_bytes(raw, policy=policy.default).get_body(("plain",))
    assert body
    return str(body.get_content())


def edited(number: int, text: str, minute: int, **changes: Any) -> dict[str, Any]:
    return entry(number, text, edited_at=f"2026-11-18T12:{minute}:00Z", **changes)


@pytest.fixture
def aws(standin_environment: StandIn) -> StandIn:
    return standin_environment


@pytest.fixture
def stage(make_house: Callable[[], House], aws: StandIn) -> Stage:
    aws.clock.restart()
    aws.ses.mails.clear()
    made = Stage(make_house(), aws)
    with logical_time(aws.clock):
        made.house.furnish()
    ConfigStore(made.house.table).put(Config(live=True))
    made.at(EIGHT)
    return made


def test_a_story_that_went_and_came_back_is_told_by_an_alert_of_its_own(stage: Stage) -> None:
    stage.say(entry(1, ASKING))
    (first,) = stage.rows()
    stage.say(edited(1, NOTHING, 10))
    assert stage.house.outbox().cancel(first.alert_id, stage.aws.clock.now())
    stage.say(edited(1, ASKING, 11))
    assert stage.rows("everybody") == []
    (second,) = stage.pending()
    assert stage.guard(1).alert_id == second.alert_id


def test_a_post_that_moves_to_another_story_before_its_mail_is_told_there(stage: Stage) -> None:
    stage.say(entry(1, ASKING), entry(2, AGAIN, thread_id="p1"))
    stage.say(edited(2, BETA, 10, thread_id="p1"))
    stage.sweep()
    stage.at(EIGHT + timedelta(hours=1))
    stage.sweep()
    assert stage.told("We at Acme", "We at Betatron") == [1, 1]


def once(aws: StandIn, *words: str, act: Callable[[], object]) -> None:
    """Right before the first update that holds these words."""

    def meddle(call: Call) -> None:
        body = str(call.request.body) if call.operation == "UpdateItem" else ""
        if body and all(word in body for word in words):
            aws.before.remove(meddle)
            act()

    aws.before.append(meddle)


def test_a_post_that_moves_while_its_mail_is_made_is_told_once(stage: Stage) -> None:
    stage.say(entry(2, BETA))
    once(stage.aws, "DAY#anna", act=lambda: stage.say(edited(2, ASKING, 10)))
    for _ in range(3):
        stage.sweep()
        stage.at(stage.aws.clock.now() + timedelta(hours=1))
    assert stage.told("We at Acme", "We at Betatron") == [1, 0]


def test_whom_it_fails_for_keeps_no_other_from_hearing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell = Telling._tell

    def busy(self: Telling, news: News, posts: Sequence[PostId]) -> None:
        if news.seller_id == "anna":
            raise BusyError("telling")
        tell(self, news, posts)

    with monkeypatch.context() as patched:
        patched.setattr(Telling, "_tell", busy)
        stage.say(entry(1, ASKING))
    heard = GuardStore(stage.house.table).of_post("generic", "p1")
    assert {one.seller_id for one in heard} == {"ben", "carla"}
    stage.at(EIGHT + timedelta(minutes=2))
    stage.sweep()
    assert stage.rows("everybody") == []
    assert stage.guard(1).alert_id


def test_a_post_that_moves_after_its_mail_was_refused_is_told_there(stage: Stage) -> None:
    stage.say(entry(2, BETA))
    refuse_mail(stage.aws, 1)
    assert stage.sweep() == {"refused": 1}
    stage.say(edited(2, ASKING, 10))
    for minutes in (5, 60, 120):
        stage.at(EIGHT + timedelta(minutes=minutes))
        stage.sweep()
    assert stage.told("We at Acme", "We at Betatron") == [1, 0]


def test_a_post_that_moves_while_its_mail_is_refused_is_told_there(stage: Stage) -> None:
    stage.say(entry(2, BETA))
    refuse_mail(stage.aws, 1)
    once(stage.aws, "failure", act=lambda: stage.say(edited(2, ASKING, 10)))
    assert stage.sweep() == {"refused": 1}
    for minutes in (5, 60, 120):
        stage.at(EIGHT + timedelta(minutes=minutes))
        stage.sweep()
    assert stage.told("We at Acme", "We at Betatron") == [1, 0]


def test_what_may_have_been_sent_is_not_told_elsewhere(stage: Stage) -> None:
    stage.say(entry(2, BETA))
    lose_answers(stage.aws, 9)
    assert stage.sweep() == {"unknown": 1}
    stage.aws.before.clear()
    first = stage.rows()
    assert stage.house.outbox().cancel(first[0].alert_id, EIGHT)
    stage.say(edited(2, ASKING, 10))
    assert len(stage.rows()) == len(first)


GRAZ = "Acme opened a new office in Graz."


def begin_digest(stage: Stage) -> Alert:
    stage.at(EIGHT + timedelta(days=1))
    forget_container()
    with logical_time(stage.aws.clock):
        send_digests.handle({}, Context())
    return next(one for one in stage.rows() if one.kind is AlertKind.DIGEST)


@pytest.mark.parametrize("moment", ["before", "made", "claimed", "sent", "cleared"])
def test_what_waits_for_a_digest_and_moves_is_told_once(stage: Stage, moment: str) -> None:
    stage.say(entry(1, GRAZ))
    digest = begin_digest(stage)

    def move() -> None:
        stage.say(edited(1, BETA, 10))

    if moment == "before":
        move()
    elif moment == "made":
        once(stage.aws, digest.alert_id, ":lease", act=move)
    elif moment == "claimed":
        once(stage.aws, digest.alert_id, ":message", act=move)
    elif moment == "sent":
        once(stage.aws, digest.alert_id, "cleared_at", act=move)
    for _ in range(2):
        stage.sweep()
        stage.at(stage.aws.clock.now() + timedelta(minutes=20))
    if moment == "cleared":
        move()
        stage.sweep()
    moved_in_time = moment in {"before", "made"}
    assert stage.told("office in Graz", "We at Betatron") == [not moved_in_time, moved_in_time]


def test_what_moves_while_its_digest_is_refused_is_told_there(stage: Stage) -> None:
    stage.say(entry(1, GRAZ))
    digest = begin_digest(stage)
    refuse_mail(stage.aws, 3)  # everybody's
    once(stage.aws, digest.alert_id, "failure", act=lambda: stage.say(edited(1, BETA, 10)))
    for _ in range(4):
        stage.sweep()
        stage.at(stage.aws.clock.now() + timedelta(minutes=20))
    assert stage.told("office in Graz", "We at Betatron") == [0, 1]


def test_stories_beyond_those_that_a_mail_can_name_wait_for_the_digest(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "MOST_SIGNALS", 2)
    texts = ASKING, AGAIN, "Our contract with RivalCRM ends. Acme asks: what would you buy?"
    stage.say(*(entry(number, text) for number, text in enumerate(texts, 1)))
    (alert,) = stage.pending()
    assert (len(alert.signal_ids), alert.posts) == (2, 2)
    stage.say(entry(4, f"{AGAIN} Really, nobody.", thread_id="p2"))
    waits = [row.native_id for _, row in WaitingStore(stage.house.table).all("anna")]
    assert waits == ["p3"]
    assert stage.guard(4).alert_id == alert.alert_id


def test_a_fan_out_that_outlasts_the_sweep_does_not_outlast_the_next(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def outlast(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(Telling, "_tell", outlast)
        with pytest.raises(Killed):
            stage.say(entry(1, ASKING))
        stage.at(EIGHT + timedelta(minutes=2))
        with pytest.raises(Killed):
            stage.sweep()
        stage.at(EIGHT + timedelta(minutes=4))
        assert stage.sweep() == {}
    stage.at(EIGHT + timedelta(minutes=7))
    assert [stage.sweep(), stage.sweep()] == [{"expanded": 1}, {"sent": 1}]
    assert stage.told("We at Acme") == [1]


def refuse_mail(aws: StandIn, times: int) -> None:
    left = [True] * times

    def refuse(call: Call) -> None:
        if call.operation == "SendEmail" and left:
            left.pop()
            raise ServiceError(
                "TooManyRequestsException", "Maximum sending rate exceeded.", status=429
            )

    aws.before.append(refuse)


@pytest.fixture
def day_of_one(stage: Stage) -> Stage:
    """Anna works from eight to five, and may be interrupted once a day."""
    hours = WorkingHours(start=time(8), end=time(17))
    SellerStore(stage.house.table).put(examples.seller("anna", hours=hours, budget=1))
    return stage


@pytest.mark.parametrize("thread", [{}, {"thread_id": "p1"}])
def test_what_is_urgent_does_not_wait_with_what_waits_for_the_morning(
    day_of_one: Stage, thread: dict[str, Any]
) -> None:
    stage = day_of_one
    hours = WorkingHours(start=time(8), end=time(17))
    anna = examples.seller("anna", hours=hours, urgent_anytime=True)
    SellerStore(stage.house.table).put(anna)
    stage.at(EIGHT + timedelta(hours=11))
    stage.say(entry(1, AGAIN))
    assert stage.sweep() == {}
    stage.say(entry(2, URGENT, **thread))
    assert stage.sweep() == {"sent": 1}
    assert stage.told("Nobody at RivalCRM", URGENT[:20]) == [1, 1]


def test_what_was_refused_in_the_evening_takes_its_part_of_the_next_day(day_of_one: Stage) -> None:
    stage = day_of_one
    stage.at(EIGHT + timedelta(hours=8, minutes=59, seconds=30))
    stage.say(entry(1, ASKING))
    refuse_mail(stage.aws, 1)
    assert stage.sweep() == {"refused": 1}
    stage.at(EIGHT + timedelta(hours=10))
    stage.say(entry(2, BETA))
    for minutes in range(0, 30, 10):
        stage.at(EIGHT + timedelta(days=1, minutes=minutes))
        stage.sweep()
    assert sum(stage.told("We at Acme", "We at Betatron")) == 1
    assert [one.state for one in stage.pending()] == []


def lose_answers(aws: StandIn, times: int) -> None:
    """The mail service fails, and nobody knows whether it took the mail."""
    left = [True] * times

    def fail(call: Call) -> None:
        if call.operation == "SendEmail" and left:
            left.pop()
            raise ServiceError("InternalFailure", status=500)

    aws.before.append(fail)


def test_a_mail_of_unknown_outcome_waits_for_a_day_with_room(day_of_one: Stage) -> None:
    stage = day_of_one
    stage.at(EIGHT + timedelta(hours=8, minutes=59))
    stage.say(entry(1, ASKING))
    lose_answers(stage.aws, 9)
    assert stage.sweep() == {"unknown": 1}
    stage.aws.before.clear()
    tomorrow = EIGHT + timedelta(days=1)
    DayStore(stage.house.table).spend("anna", tomorrow.date(), "other", budget=1, now=tomorrow)
    stage.at(tomorrow)
    assert stage.sweep() == {"postponed": 1}
    stage.at(tomorrow + timedelta(days=1))
    assert stage.sweep() == {"sent": 1}


def test_a_row_that_nobody_can_read_stops_no_other(stage: Stage) -> None:
    stage.say(entry(1, ASKING))
    strange: dict[str, Any] = {
        "alert_id": "x",
        "kind": "of_tomorrow",
        "state": "PENDING",
        "score": Decimal("0.5"),
    }
    due = {"due_shard": keys.due_shard("x"), "due_at": keys.timestamp(EIGHT)}
    stage.house.table.put_item(Item={**keys.outbox("x"), **strange, **due})
    with pytest.raises(ExceptionGroup, match="not delivered") as raised:
        stage.sweep()
    assert len(raised.value.exceptions) == 1
    assert stage.told("We at Acme") == [1]


MUTED = Mute(kind=MuteKind.ACCOUNT, value="account:acme")


@pytest.mark.parametrize("wish", [{"instant": False}, {"mutes": (MUTED,)}])
def test_who_wants_no_interruption_any_more_gets_none_that_waited(
    day_of_one: Stage, wish: dict[str, Any]
) -> None:
    stage = day_of_one
    stage.at(EIGHT + timedelta(hours=10))
    stage.say(entry(1, ASKING))
    chosen = Preferences(seller_id="anna", version=1, **wish)
    row = item_of(keys.preferences("anna"), chosen, version=1)
    stage.house.table.put_item(Item=row)
    stage.at(EIGHT + timedelta(days=1))
    assert stage.sweep() == {"digested": 1}
    assert stage.told("We at Acme") == [0]


def test_a_mail_that_is_made_while_its_post_is_erased_does_not_go_so(stage: Stage) -> None:
    stage.say(entry(1, ASKING), entry(2, AGAIN, thread_id="p1"))
    once(stage.aws, "DAY#anna", act=lambda: eraser().erase_post("generic", "p2"))
    for _ in range(2):
        stage.sweep()
    assert stage.told("We at Acme", "Nobody at RivalCRM") == [1, 0]


def test_a_digest_that_is_made_while_its_post_is_erased_does_not_go_so(stage: Stage) -> None:
    stage.say(entry(1, "Acme opened a new office in Graz."), entry(2, "Acme won a prize."))
    stage.at(EIGHT + timedelta(days=1))
    forget_container()
    with logical_time(stage.aws.clock):
        send_digests.handle({}, Context())
    (digest,) = stage.pending()
    erase = partial(eraser().erase_post, "generic", "p2")
    once(stage.aws, digest.alert_id, ":lease", act=erase)
    for _ in range(2):
        stage.sweep()
    assert stage.told("office in Graz", "won a prize") == [1, 0]


def test_an_update_counts_what_is_new_and_not_the_whole_story(stage: Stage) -> None:
    stage.say(entry(1, ASKING))
    assert stage.sweep() == {"sent": 1}
    stage.say(entry(2, AGAIN, thread_id="p1"))
    stage.at(stage.aws.clock.now() + timedelta(minutes=31))
    assert stage.sweep() == {"sent": 1}
    assert stage.told("New since the last mail: 1 post.") == [1]
