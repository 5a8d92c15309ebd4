"""`earshot why` over the production stores: what became of a post, step by step."""

import json
import re
from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any

import pytest
from typer.testing import Result

from earshot.aws import keys
from earshot.aws.config_store import Config
from earshot.aws.digest_store import DigestStore
from earshot.aws.feedback_store import FeedbackStore
from earshot.aws.items import item_of
from earshot.aws.preference_store import PreferenceStore
from earshot.aws.seller_store import SellerStore
from earshot.aws.signal_store import SignalStore
from earshot.aws.waiting_store import WaitingStore
from earshot.domain.models import (
    Alert,
    AlertKind,
    AlertState,
    Claim,
    DigestWish,
    Feedback,
    FeedbackKind,
    Holiday,
    Intent,
    Mute,
    MuteKind,
    Preferences,
    WorkingHours,
)
from earshot.domain.plays import Play
from earshot.flows import send_digests, sweep_outbox
from earshot.flows.divert import Diverting
from earshot.flows.erase import eraser
from earshot.flows.fan_out import fan_out_id
from earshot_ops.chalice_configuration import ROOT
from earshot_ops.commands import screen
from earshot_ops.commands.exits import ExitCode
from earshot_ops.target import Target
from tests import examples
from tests.house import House, entry
from tests.house_target import Earshot
from tests.standin import StandIn
from tests.standin.clock import logical_time

GOLDEN = ROOT / "tests/golden"
LEAVING_PLAY = Play(
    play_id="leaving",
    title="They leave",
    intents=(Intent.SWITCHING,),
    text="Call.",
    html="<p>Call.</p>",
    version="v1",
)
LEAVING = "We at Acme are leaving RivalCRM, any alternatives?"


@pytest.fixture
def aws(standin_environment: StandIn) -> Iterator[StandIn]:
    with logical_time(standin_environment.clock):
        yield standin_environment


@pytest.fixture
def earshot(earshot: Earshot, monkeypatch: pytest.MonkeyPatch) -> Earshot:
    monkeypatch.setattr(screen.out, "width", 100)
    return earshot


@pytest.fixture
def told(house: House) -> House:
    """A house in which one post about an account was decided."""
    house.furnish()
    house.deliver(entry(1, LEAVING))
    house.run()
    return house


def reads(answer: Result, name: str) -> None:
    """As a manager must read it; versions of models and watchlist go by."""
    said = re.sub(r"(text-|watchlist )[0-9a-f]{12}", r"\1VERSION", answer.stdout + answer.stderr)
    assert said == (GOLDEN / f"why_{name}.txt").read_text()


def alert_of(house: House, seller_id: str) -> Alert:
    rows = [row for row in house.rows() if str(row["pk"]).startswith("OUTBOX#")]
    (row,) = (row for row in rows if row["seller_id"] == seller_id)
    alert = house.outbox().get(str(row["alert_id"]))
    assert alert
    return alert


def send_digest(house: House, seller_id: str, aws: StandIn, *, is_sent: bool = True) -> None:
    """Of all that waits for the seller, the next morning."""
    aws.clock.advance(timedelta(hours=23))
    now, store = aws.clock.now(), DigestStore(house.table)
    digest = Alert(
        alert_id=keys.digest("digest", seller_id, f"{now:%Y-%m-%d}"),
        kind=AlertKind.DIGEST,
        seller_id=seller_id,
        state=AlertState.PENDING,
        due_at=now,
        made_at=now,
        day=now.date(),
    )
    assert store.begin(digest)
    waiting = WaitingStore(house.table)
    rows = [sort_key for sort_key, _ in waiting.all(seller_id)]
    store.freeze(digest.alert_id, rows, now)
    if is_sent:
        assert house.outbox().settle(digest.alert_id, "message-2", now)
        waiting.delete(seller_id, rows)
        store.clear(digest.alert_id, now)


def choose(house: House, seller_id: str, **chosen: Any) -> None:
    store, signals = PreferenceStore(house.table), SignalStore(house.table)
    wishes = Preferences(seller_id=seller_id, version=1, **chosen)
    assert signals.commit([store.puts(wishes)]) is None


def test_who_was_alerted_and_what_they_said_and_who_takes_care(
    told: House, earshot: Earshot, aws: StandIn
) -> None:
    alert = alert_of(told, "anna")
    aws.clock.advance(timedelta(minutes=1))
    assert told.outbox().settle(alert.alert_id, "message-1", aws.clock.now())
    aws.clock.advance(timedelta(minutes=4))
    said = Feedback(
        signal_id=alert.signal_id,
        subject_id=alert.subject_id,
        alert_id=alert.alert_id,
        seller_id="anna",
        kind=FeedbackKind.NOT_RELEVANT,
        why="known_already",
        given_at=aws.clock.now(),
    )
    FeedbackStore(told.table).give(said)
    claim = Claim(
        signal_id=alert.signal_id,
        subject_id=alert.subject_id,
        seller_id="carla",
        from_id="anna",
        state="offered",
        claimed_at=aws.clock.now(),
        lease_until=aws.clock.now() + timedelta(hours=4),
        version=1,
    )
    told.table.put_item(Item=item_of(keys.claim(alert.signal_id), claim))
    reads(earshot("why", "https://forum.example/t/1"), "alerted")


def test_what_waits_for_the_digest_and_in_which_it_was_told(
    told: House, earshot: Earshot, aws: StandIn
) -> None:
    waits = earshot("why", "generic:p1", "--seller", "carla").stdout
    assert "waits for the next digest since 2026-11-23 09:00 UTC" in waits
    send_digest(told, "carla", aws)
    send_digest(told, "ben", aws, is_sent=False)
    reads(earshot("why", "generic:p1", "--seller", "carla"), "digest")
    due = earshot("why", "generic:p1", "--seller", "ben").stdout
    assert "will read of it in the digest" in due
    assert "in the digest of 2026-11-25: mail PENDING, due 2026-11-25 07:00 UTC" in due


def test_who_muted_the_account_was_not_told(house: House, earshot: Earshot) -> None:
    house.furnish()
    choose(house, "anna", mutes=(Mute(kind=MuteKind.ACCOUNT, value="account:acme"),))
    house.deliver(entry(1, LEAVING))
    house.run()
    reads(earshot("why", "generic:p1", "--seller", "anna"), "muted")


def test_what_was_over_the_budget_is_in_a_digest(
    told: House, earshot: Earshot, aws: StandIn
) -> None:
    diverting = Diverting(told.outbox(), SignalStore(told.table), WaitingStore(told.table))
    assert diverting.divert(alert_of(told, "anna"), "over_budget", aws.clock.now())
    waits = earshot("why", "generic:p1", "--seller", "anna").stdout
    assert "will read of it in the digest" in waits
    send_digest(told, "anna", aws)
    reads(earshot("why", "generic:p1", "--seller", "anna"), "over_budget")


def test_who_is_no_candidate_is_on_none_of_the_routes_that_were_asked(
    house: House, earshot: Earshot
) -> None:
    house.furnish()
    sellers = SellerStore(house.table)
    sellers.put(examples.seller("emil", territories=("Nordics",)))
    house.deliver(entry(1, LEAVING))
    house.run()
    reads(earshot("why", "generic:p1", "--seller", "emil"), "no_candidate")
    assert "not in scope: emil\n" in earshot("why", "generic:p1").stdout
    sellers.put(examples.seller("emil", desks=("competitor:rival",)))
    now = earshot("why", "generic:p1", "--seller", "emil").stdout
    assert "now in scope as desk" in " ".join(now.split())


def test_of_very_many_who_are_out_of_scope_some_are_named(house: House, earshot: Earshot) -> None:
    house.furnish()
    for number in range(12):
        SellerStore(house.table).put(examples.seller(f"s{number:02}"))
    house.deliver(entry(1, LEAVING))
    house.run()
    words = " ".join(earshot("why", "generic:p1").stdout.split())
    assert "not in scope: s00, s01, s02, s03, s04, s05, s06, s07, s08, s09 and 2 more" in words


def test_what_is_about_to_be_told_is_told_from_what_never_will_be(
    told: House, earshot: Earshot, aws: StandIn
) -> None:
    (signal,) = told.signals("account:acme").values()
    told.table.delete_item(Key=keys.guard("generic", "p1", seller_id="anna"))
    words = earshot("why", "generic:p1", "--seller", "anna").stdout
    assert "anna (owner): not told, the story as it is by now: worth an alert" in words
    fan_out = Alert(
        alert_id=fan_out_id(signal),
        kind=AlertKind.FAN_OUT,
        seller_id="everybody",
        state=AlertState.PENDING,
        due_at=aws.clock.now(),
    )
    assert SignalStore(told.table).commit([told.outbox().inserts(fan_out)]) is None
    words = earshot("why", "generic:p1", "--seller", "anna").stdout
    assert "anna (owner): will be told within a minute, worth an alert" in words


def test_of_a_post_that_matched_nothing_it_tells_so(house: House, earshot: Earshot) -> None:
    house.furnish()
    house.deliver(entry(3, "When do I plant tulips?"))
    house.run()
    reads(earshot("why", "generic:p3"), "unmatched")


def test_of_a_post_that_wants_nothing_it_tells_what_came_nearest(
    house: House, earshot: Earshot
) -> None:
    house.furnish()
    house.deliver(entry(3, "RivalCRM had a booth at the fair."))
    house.deliver(entry(3, "RivalCRM had a booth at the fair."), connection="other")
    house.run()
    answer = earshot("why", "generic:p3")
    assert answer.exit_code == ExitCode.OK
    words = " ".join(answer.stdout.split())
    assert "received in 2 deliveries, this version through generic/" in words
    assert "nothing surely; nearest on the watchlist is competitor:rival, 95%" in words
    assert "so it names an entry of the watchlist but wants nothing that is a sale" in words
    assert "nobody heard of it" in words


def test_an_erased_post_is_told_from_one_that_never_came(told: House, earshot: Earshot) -> None:
    eraser().erase_post("generic", "p1")
    answer = earshot("why", "generic:p1")
    assert answer.exit_code == ExitCode.PROBLEMS
    reads(answer, "erased")
    assert json.loads(earshot("why", "generic:p1", "--json").stdout)["is_erased"] is True
    for unknown in ("generic:p99", "https://forum.example/t/1"):
        answer = earshot("why", unknown)
        assert (answer.exit_code, answer.stdout) == (ExitCode.PROBLEMS, "")
        assert "no such post is known" in answer.stderr
    assert json.loads(earshot("why", "generic:p99", "--json").stdout)["is_erased"] is False


def test_a_post_that_waits_to_be_decided_is_not_called_one_that_nobody_heard_of(
    house: House, earshot: Earshot
) -> None:
    house.furnish()
    house.deliver(entry(1, LEAVING))
    house.step("deliveries")
    words = earshot("why", "generic:p1").stdout
    assert "it is not decided yet, or failed to be: earshot doctor looks for dead letters" in words
    assert "nobody heard of it" not in words


def test_a_stranger_is_told_as_a_prospect_in_words_and_in_json(
    house: House, earshot: Earshot
) -> None:
    house.furnish()
    house.deliver(entry(2, "We are leaving RivalCRM. What do people use instead?"))
    house.run()
    assert "Name 2 (prospect, in no CRM)" in earshot("why", "generic:p2").stdout
    (signal,) = json.loads(earshot("why", "generic:p2", "--json").stdout)["signals"]
    assert signal["signal"]["subject"]["account_id"] is None
    assert [(one["decision"]["seller_id"], one["fate"]) for one in signal["sellers"]] == [
        ("carla", "due")
    ]
    assert [one["seller_id"] for one in signal["no_candidates"]] == ["anna", "ben"]
    assert signal["asked"] == ["desk of competitor:rival"]
    assert signal["present"] == {"carla": "desk"}


def test_hours_days_off_and_wishes_are_told_with_the_clock_that_was_read(
    house: House, earshot: Earshot
) -> None:
    house.furnish()
    sellers = SellerStore(house.table)
    days_off = (Holiday(first=date(2026, 11, 20), last=date(2026, 11, 24)),)
    late = WorkingHours(start=time(10), end=time(16), holidays=days_off)
    sellers.put(examples.seller("anna", hours=late))
    house.deliver(entry(1, LEAVING))
    house.run()
    words = " ".join(earshot("why", "generic:p1", "--seller", "anna").stdout.split())
    assert "anna (owner): will be alerted, worth an alert" in words
    assert (
        "decided at 2026-11-23 09:00 UTC, on a day off, so not before 2026-11-25 10:00 UTC" in words
    )
    choose(house, "anna", instant=False)
    house.deliver(entry(4, "We at Betatron are leaving RivalCRM, any alternatives?"))
    house.run()
    words = earshot("why", "generic:p4", "--seller", "anna").stdout
    assert "anna (owner): will read of it in the digest, wants no interruptions" in words


def test_a_post_in_two_stories_is_heard_of_by_one(house: House, earshot: Earshot) -> None:
    house.furnish()
    house.deliver(entry(1, "We at Acme and Betatron are leaving RivalCRM, any alternatives?"))
    house.run()
    (one, other) = json.loads(earshot("why", "generic:p1", "--json").stdout)["signals"]
    fates = sorted(s["sellers"][0]["fate"] for s in (one, other))
    assert fates == ["due", "elsewhere"]
    words = " ".join(earshot("why", "generic:p1", "--seller", "anna").stdout.split())
    assert "anna (owner): heard of it by another story, worth an alert" in words


@pytest.mark.parametrize(
    ("end", "told_as"),
    [
        ("fail", "could not be alerted, worth an alert"),
        ("cancel", "not alerted, worth an alert"),
    ],
)
def test_what_became_of_the_mail_is_told(
    told: House, earshot: Earshot, aws: StandIn, end: str, told_as: str
) -> None:
    alert = alert_of(told, "anna")
    if end == "fail":
        assert told.outbox().fail(alert, "SuppressedError", aws.clock.now())
    else:
        assert told.outbox().cancel(alert.alert_id, aws.clock.now())
    words = earshot("why", "generic:p1", "--seller", "anna").stdout
    assert f"anna (owner): {told_as}" in words
    assert ("the address is on the suppression list" in words) == (end == "fail")
    assert ("what it was to tell was erased" in words) == (end == "cancel")


def test_what_keeps_due_mails_back_is_told(
    told: House, target: Target, earshot: Earshot, aws: StandIn
) -> None:
    assert "the deployment observes, and has no operator" in earshot("why", "generic:p1").stdout
    target.config.put(Config(live=True, mail_paused_at=aws.clock.now()))
    paused = "no mail goes out: paused since 2026-11-23 09:00 UTC"
    assert paused in earshot("why", "generic:p1").stdout
    assert paused not in earshot("why", "generic:p1", "--seller", "carla").stdout


def test_who_takes_no_digest_is_told_beside_what_waits_for_it(
    told: House, earshot: Earshot
) -> None:
    assert "takes no digest" not in earshot("why", "generic:p1").stdout
    choose(told, "carla", digest=DigestWish.NEVER)
    assert "carla takes no digest: what waits is told" in earshot("why", "generic:p1").stdout


def test_who_is_no_seller_is_told_so(told: House, earshot: Earshot) -> None:
    answer = earshot("why", "generic:p1", "--seller", "nobody")
    assert (answer.exit_code, answer.stdout) == (ExitCode.PROBLEMS, "")
    assert answer.stderr == "there is no seller nobody\n"


class Context:
    aws_request_id = "test"
    function_name = "test"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:us-east-1:000000000000:function:test"

    def get_remaining_time_in_millis(self) -> int:
        return 300_000


def test_from_the_delivery_to_the_digest_each_step_is_told_as_it_happened(
    house: House, target: Target, earshot: Earshot, aws: StandIn
) -> None:
    house.furnish()
    target.config.put(Config(live=True))
    target.plays.put_all([LEAVING_PLAY])
    house.deliver(entry(1, LEAVING))
    house.run()
    aws.clock.advance(timedelta(minutes=1))
    sweep_outbox.handle({}, Context())
    words = " ".join(earshot("why", "generic:p1", "--seller", "anna").stdout.split())
    assert "anna (owner): alerted, worth an alert" in words
    assert "mail SENT 2026-11-23 09:01 UTC, with the play leaving" in words
    assert "1 use: 1 unanswered" in earshot("plays").stdout
    aws.clock.advance(timedelta(hours=23))
    for _ in range(2):
        send_digests.handle({}, Context())
        sweep_outbox.handle({}, Context())
        aws.clock.advance(timedelta(minutes=1))
    words = " ".join(earshot("why", "generic:p1", "--seller", "carla").stdout.split())
    assert "carla (desk): read of it in the digest" in words
    assert "in the digest of 2026-11-24: mail SENT 2026-11-24 08:01 UTC" in words


def test_what_did_not_fit_into_the_day_is_told_as_over_the_budget(
    house: House, target: Target, earshot: Earshot, aws: StandIn
) -> None:
    house.furnish()
    target.config.put(Config(live=True))
    SellerStore(house.table).put(examples.seller("carla", desks=("competitor:rival",), budget=1))
    for number in (1, 2):
        words = "How do I leave RivalCRM? We need something else by Friday, what do people use?"
        house.deliver(entry(number, f"{words} {number} of us ask, {'x' * number}."))
    house.run()
    aws.clock.advance(timedelta(minutes=1))
    sweep_outbox.handle({}, Context())
    told = [earshot("why", f"generic:p{n}", "--seller", "carla").stdout for n in (1, 2)]
    over = [words for words in told if "the day's budget of interruptions was spent" in words]
    assert len(over) == 1
    assert "waits for the next digest since" in over[0]
