"""What SES tells of a mail, through to the row, the suppression list, the figures, the pause."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from earshot.aws import keys
from earshot.aws.config_store import ConfigStore
from earshot.aws.mail_health import MailHealth
from earshot.aws.outbox import Outbox
from earshot.domain.mail_health import MailFigures
from earshot.domain.models import Alert, AlertState
from earshot.flows import settle_mail
from earshot.flows.settle_mail import Watch
from earshot.flows.settlement import settlement
from tests.examples import NOON
from tests.house import House
from tests.standin import StandIn
from tests.standin.stage import Aws

EVENTS = Path(__file__).parents[1] / "events/ses"
SELLER = "seller@customer.example"
ACCEPTED = ("send", "delivery", "delivery_delay", "bounce_permanent", "complaint")


@pytest.fixture
def aws(standin_environment: StandIn) -> Aws:
    """Each of its requests is made on ministack as well, by `test_mail_health.py`."""
    return standin_environment


@dataclass
class Post:
    """An outbox, and all that hears of its mails."""

    house: House

    def __post_init__(self) -> None:
        table = self.house.table
        self.outbox, self.health = Outbox(table), MailHealth(table)
        self.configs = ConfigStore(table)
        self.watch = Watch(self.health, self.configs)

    def hand_over(self, alert_id: str = "a1") -> None:
        """The sender never learned what became of it."""
        alert = Alert(
            alert_id=alert_id,
            signal_id="s1",
            subject_id="account:acme",
            seller_id="kim",
            revision=1,
            state=AlertState.PENDING,
            due_at=NOON,
        )
        self.house.table.put_item(**self.outbox.inserts(alert)["Put"])
        assert self.outbox.claim(alert_id, NOON)

    def hear(self, name: str, alert_id: str = "a1", *, now: datetime = NOON) -> None:
        told = json.loads((EVENTS / f"{name}.json").read_text())
        told["mail"]["tags"]["alert_id"] = [alert_id]
        told["mail"]["messageId"] = f"m-{alert_id}"
        event = settle_mail.parse(json.dumps(told))
        settle_mail.apply(event, settlement(), now)
        self.watch.see(event, now)

    def hear_much(self, sent: int, **figures: int) -> None:
        """As if so many mails had been counted today."""
        self.house.table.put_item(
            Item={**keys.mail_figures(NOON.date().isoformat()), "sent": sent, **figures}
        )

    def row(self, alert_id: str = "a1") -> dict[str, Any]:
        found: dict[str, Any] = self.house.table.get_item(Key=keys.outbox(alert_id))["Item"]
        return found

    @property
    def figures(self) -> MailFigures:
        return self.health.figures(NOON, None)


@pytest.fixture
def post(house: House) -> Post:
    return Post(house)


@pytest.mark.parametrize("name", ACCEPTED)
def test_whatever_shows_that_ses_took_the_mail_settles_it(post: Post, name: str) -> None:
    post.hand_over()
    post.hear(name)
    assert (post.row()["state"], post.row()["message_id"]) == ("SENT", "m-a1")
    assert post.outbox.claim("a1", NOON + timedelta(hours=1)) is None


def test_a_rejected_mail_is_noted_and_counts_for_nothing(post: Post) -> None:
    post.hand_over()
    post.hear("reject")
    assert post.row()["delivery_status"] == "rejected"
    assert post.figures == MailFigures()
    assert not post.health.is_suppressed(SELLER)


@pytest.mark.parametrize(
    ("name", "is_suppressed", "figures"),
    [
        ("bounce_permanent", True, MailFigures(sent=1, bounced=1)),
        ("bounce_forwarded", True, MailFigures(sent=1, bounced=1)),
        ("bounce_suppressed_by_ses", True, MailFigures(sent=1)),
        ("bounce_transient", False, MailFigures(sent=1)),
        ("bounce_undetermined", False, MailFigures(sent=1)),
        ("complaint", True, MailFigures(sent=1, complained=1)),
        ("complaint_suppressed_by_ses", True, MailFigures(sent=1)),
        ("complaint_not_spam", False, MailFigures(sent=1)),
        ("delivery", False, MailFigures()),
        ("delivery_delay", False, MailFigures()),
        ("send", False, MailFigures(sent=1)),
    ],
)
def test_only_a_hard_bounce_or_a_complaint_suppresses_and_each_is_counted_once(
    post: Post, name: str, is_suppressed: bool, figures: MailFigures
) -> None:
    post.hand_over()
    for _ in range(3):
        post.hear(name)
    assert post.health.is_suppressed(SELLER.upper()) == is_suppressed
    assert post.figures == figures


def test_all_that_is_told_of_one_mail_is_counted_once_each_in_any_order(post: Post) -> None:
    post.hand_over()
    for name in ("complaint", "delivery", "send", "bounce_permanent", "complaint", "send"):
        post.hear(name)
    assert post.figures == MailFigures(sent=1, bounced=1, complained=1)


def test_a_bounce_of_a_forwarded_mail_suppresses_the_address_that_was_written_to(
    post: Post,
) -> None:
    post.hand_over()
    post.hear("bounce_forwarded")
    assert post.health.is_suppressed("old@elsewhere.example")
    assert post.health.is_suppressed(SELLER)


def test_an_event_of_an_unknown_alert_suppresses_and_brings_no_row(post: Post) -> None:
    post.hear("complaint", "long-gone")
    assert post.health.is_suppressed(SELLER)
    assert post.figures == MailFigures()
    assert "Item" not in post.house.table.get_item(Key=keys.outbox("long-gone"))


def test_no_row_holds_an_address_whatever_was_told(post: Post) -> None:
    post.hand_over()
    for path in sorted(EVENTS.glob("*.json")):
        post.hear(path.stem)
    rows = str(post.house.table.scan()["Items"])
    assert "@" not in rows
    assert "customer.example" not in rows


def test_the_bounce_that_is_too_many_pauses_and_the_one_before_does_not(post: Post) -> None:
    post.hear_much(sent=498, bounced=19)
    post.hand_over("a1")
    post.hear("bounce_permanent", "a1")
    assert post.configs.get().mail_paused_at is None
    post.hand_over("a2")
    post.hear("send", "a2")
    assert post.figures == MailFigures(sent=500, bounced=20)
    assert post.configs.get().mail_paused_at is None
    post.hear("bounce_permanent", "a2")
    config = post.configs.get()
    assert (config.mail_paused_at, config.mail_paused_reason) == (NOON, "bounces")


def test_the_five_hundredth_mail_pauses_for_what_came_back_before_it(post: Post) -> None:
    post.hear_much(sent=498, complained=1)
    for alert_id in ("a1", "a2"):
        assert post.configs.get().mail_paused_at is None
        post.hand_over(alert_id)
        post.hear("send", alert_id)
    assert post.configs.get().mail_paused_reason == "complaints"


def test_a_second_report_pauses_for_who_died_after_counting(post: Post) -> None:
    post.hand_over()
    post.hear("send")
    post.hear_much(sent=1_000, bounced=41)
    post.hear("send")
    assert post.configs.get().mail_paused_reason == "bounces"


def test_once_resumed_the_figures_of_before_pause_nothing(post: Post) -> None:
    post.hear_much(sent=1_000, bounced=41)
    post.hand_over()
    post.hear("send")
    later = NOON + timedelta(hours=1)
    post.health.begin_anew(later)
    assert post.configs.resume(later)
    post.hear("bounce_permanent", now=later)
    assert post.configs.get().mail_paused_at is None
    assert post.health.figures(later, later) == MailFigures(bounced=1)


def test_a_pause_is_counted_once_and_logged_without_an_address(
    post: Post, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    post.hear_much(sent=1_000, bounced=41)
    for _ in range(2):
        post.hear("bounce_permanent", "unknown")
    counted = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["mail_paused"] for line in counted if "mail_paused" in line] == [[1.0]]
    assert sum("mail_address_suppressed" in line for line in counted) == 1
    paused = [vars(record) for record in caplog.records if record.message == "mail_paused"]
    assert [record["reason"] for record in paused] == ["bounces"]
    assert "@" not in str([counted, *map(vars, caplog.records)])


def test_the_lambda_takes_what_sns_brings(post: Post) -> None:
    post.hand_over()
    messages = [(EVENTS / f"{name}.json").read_text() for name in ("send", "bounce_permanent")]
    records = [{"Sns": {"Message": message}} for message in (*messages, "no event", messages[0])]
    assert settle_mail.handle({"Records": records}, None) == {"records": 4}
    assert post.row()["delivery_status"] == "bounced"
    assert post.health.is_suppressed(SELLER)
