"""Suppression, figures, pause and rate, on a real table."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from earshot.aws import keys
from earshot.aws.config_store import Config, ConfigStore
from earshot.aws.mail_health import MailHealth, Suppression
from earshot.aws.outbox import Outbox
from earshot.domain.mail import Mail
from earshot.domain.mail_health import MailFigures, arrival_after, microseconds
from earshot.domain.models import Alert, AlertState
from earshot.errors import SuppressedError
from earshot.flows.gate_mail import LONGEST_WAIT, MailGate
from earshot.flows.postponed import Postponed
from earshot_ops.embedded_aws import EmbeddedAws
from tests.couriers import courier, settlement
from tests.examples import NOON
from tests.standin.stage import make_table

KIM = "Kim@Example.com"


@pytest.fixture(autouse=True)
def _metrics(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Earshot")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "alerts")


@pytest.fixture
def health(table: Any) -> MailHealth:
    return MailHealth(table)


def sent(health: MailHealth, table: Any, name: str, *figures: str, now: datetime = NOON) -> None:
    """One mail whose alert is in the outbox, with what was reported of it."""
    table.put_item(Item=keys.outbox(name))
    for figure in ("sent", *figures):
        assert health.note(name, f"m-{name}", figure, now=now)


# Addresses


def test_an_address_is_suppressed_however_it_is_written_and_stored_as_a_hash(
    health: MailHealth, table: Any
) -> None:
    assert health.suppress(KIM, "bounce", NOON)
    assert not health.suppress(" kim@example.com", "complaint", NOON + timedelta(days=1))
    assert health.is_suppressed("KIM@example.com ")
    assert not health.is_suppressed("kim@example.org")
    assert "example" not in str(table.scan()["Items"]).casefold()


def test_the_suppressed_among_many_are_told_with_the_first_reason(health: MailHealth) -> None:
    health.suppress("s7@example.com", "bounce", NOON)
    health.suppress("s7@example.com", "complaint", NOON)
    health.suppress("s130@example.com", "complaint", NOON)
    found = health.suppressions([f"s{n}@example.com" for n in range(150)] + ["S7@example.com"])
    bounced = Suppression(reason="bounce", suppressed_at=NOON)
    assert found == {
        "s7@example.com": bounced,
        "S7@example.com": bounced,
        "s130@example.com": Suppression(reason="complaint", suppressed_at=NOON),
    }


def test_an_address_comes_off_the_list_once(health: MailHealth) -> None:
    health.suppress(KIM, "bounce", NOON)
    assert health.unsuppress(KIM.lower())
    assert not health.unsuppress(KIM)
    assert not health.is_suppressed(KIM)


# Figures


def test_what_is_reported_again_is_counted_once(health: MailHealth, table: Any) -> None:
    sent(health, table, "a1", "bounced")
    assert not health.note("a1", "m-a1", "sent", now=NOON + timedelta(days=1))
    assert not health.note("a1", "m-a1", "bounced", now=NOON)
    assert health.note("a1", "handed over again", "sent", now=NOON)
    assert health.figures(NOON, None) == MailFigures(sent=2, bounced=1)


def test_nothing_is_counted_for_an_alert_that_is_gone_or_made_by_counting(
    health: MailHealth, table: Any
) -> None:
    assert not health.note("gone", "m1", "sent", now=NOON)
    assert health.figures(NOON, None) == MailFigures()
    assert table.scan()["Items"] == []


def test_seven_days_count_with_today_and_no_day_before_them(health: MailHealth, table: Any) -> None:
    for days in (-8, -7, -6, 0, 1):
        sent(health, table, f"a{days}", now=NOON + timedelta(days=days))
    assert health.figures(NOON, None) == MailFigures(sent=2)
    ends = {item["sk"]: int(item["ttl"]) for item in table.scan()["Items"] if "ttl" in item}
    assert ends[NOON.date().isoformat()] > NOON.timestamp() + 7 * 86_400


def test_what_was_counted_before_sending_was_resumed_is_not_judged_again(
    health: MailHealth, table: Any
) -> None:
    sent(health, table, "old", "bounced", now=NOON - timedelta(days=1))
    sent(health, table, "today", "bounced", "complained")
    health.begin_anew(NOON)
    assert health.figures(NOON, NOON) == MailFigures()
    sent(health, table, "after")
    assert health.figures(NOON, NOON) == MailFigures(sent=1)
    assert health.figures(NOON + timedelta(days=1), NOON) == MailFigures(sent=1)
    assert health.figures(NOON, None) == MailFigures(sent=3, bounced=2, complained=1)
    health.begin_anew(NOON)
    assert health.figures(NOON, NOON) == MailFigures()


def test_beginning_anew_before_any_mail_of_the_day_changes_no_figure(health: MailHealth) -> None:
    health.begin_anew(NOON)
    assert health.figures(NOON, NOON) == MailFigures()


# The pause


def test_mail_is_paused_once_and_resumed_once(table: Any) -> None:
    configs = ConfigStore(table)
    seen = configs.get()
    assert configs.pause("bounces", NOON, seen=seen)
    assert not configs.pause("complaints", NOON + timedelta(minutes=1), seen=seen)
    assert (configs.get().mail_paused_at, configs.get().mail_paused_reason) == (NOON, "bounces")
    later = NOON + timedelta(hours=1)
    assert configs.resume(later)
    assert not configs.resume(later)
    assert configs.get() == Config(mail_resumed_at=later)


def test_who_judged_by_figures_of_before_the_resumption_pauses_nothing(table: Any) -> None:
    configs = ConfigStore(table)
    for hours in (0, 2):
        seen = configs.get()
        assert configs.pause("bounces", NOON + timedelta(hours=hours), seen=seen)
        assert configs.resume(NOON + timedelta(hours=hours + 1))
        assert not configs.pause("bounces", NOON + timedelta(hours=hours + 1), seen=seen)
    assert configs.pause("bounces", NOON + timedelta(hours=5), seen=configs.get())


def test_mode_pause_and_rate_leave_each_other_alone(table: Any) -> None:
    configs = ConfigStore(table)
    configs.observe("ops@example.com")
    configs.pause("operator", NOON, seen=configs.get())
    configs.set_rate(14)
    expected = Config(
        live=True,
        operator_email="ops@example.com",
        mail_paused_at=NOON,
        mail_paused_reason="operator",
        mails_per_second=14,
    )
    assert configs.go_live() == configs.get() == expected
    observing = configs.observe("other@example.com")
    assert (observing.live, observing.mail_paused_at) == (False, NOON)
    configs.put(expected)
    assert configs.get() == expected


# The rate


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    rate=st.integers(1, 15),
    asked=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 700_000)), max_size=12),
)
def test_any_senders_keep_the_rate_that_the_arithmetic_gives(
    table: Any, rate: int, asked: list[tuple[int, int]]
) -> None:
    """Each of the three remembers another state of the row than the last one that moved it."""
    table.delete_item(Key=keys.mail_rate())
    senders = [MailHealth(table) for _ in range(3)]
    now, arrival = NOON, None
    for sender, pause in asked:
        now += timedelta(microseconds=pause)
        expected = arrival_after(arrival, microseconds(now), rate)
        free_at = senders[sender].take(now, rate)
        assert (free_at is None) == (expected is not None)
        arrival = expected if expected is not None else arrival
        if free_at:
            assert free_at > now
            assert arrival_after(arrival, microseconds(free_at), rate) is not None
            assert arrival_after(arrival, microseconds(free_at) - 1, rate) is None


@pytest.fixture
def tables(aws_environment: EmbeddedAws) -> list[Any]:
    """One table as eight processes see it."""
    name = f"table-{uuid.uuid4().hex[:12]}"
    make_table(aws_environment, name)
    return [aws_environment.access.resource("dynamodb").Table(name) for _ in range(8)]


def test_senders_that_race_share_one_burst(tables: list[Any]) -> None:

    def sends(own: Any) -> int:
        sender = MailHealth(own)
        return sum(sender.take(NOON, 10) is None for _ in range(4))

    with ThreadPoolExecutor(len(tables)) as racing:
        assert sum(racing.map(sends, tables)) == 10


def test_reports_that_race_are_counted_once_each(tables: list[Any]) -> None:
    for name in ("a1", "a2", "a3"):
        tables[0].put_item(Item=keys.outbox(name))

    def reports(own: Any) -> int:
        told = MailHealth(own)
        return sum(told.note(name, "m", "sent", now=NOON) for name in ("a1", "a2", "a3"))

    with ThreadPoolExecutor(len(tables)) as racing:
        assert sum(racing.map(reports, tables)) == 3
    assert MailHealth(tables[0]).figures(NOON, None) == MailFigures(sent=3)


class Waits:
    def __init__(self) -> None:
        self.seconds: list[float] = []

    def __call__(self, seconds: float) -> None:
        assert seconds > 0
        self.seconds.append(seconds)


def mail(to: str = KIM) -> Mail:
    return Mail(to=to, subject="s", text="t", html="h", thread_id="s1")


def test_the_gate_waits_for_the_rate_as_long_as_that_is_short(
    health: MailHealth, table: Any
) -> None:
    waits = Waits()
    gate = MailGate(health, ConfigStore(table), waits)
    assert [gate.of(mail(), NOON) for _ in range(12)] == [None] * 12
    assert waits.seconds == [0.1, 0.2]


def test_the_gate_postpones_what_would_wait_for_long(health: MailHealth, table: Any) -> None:
    waits = Waits()
    gate = MailGate(health, ConfigStore(table), waits)
    far = NOON + timedelta(minutes=1)
    MailHealth(table).take(far, 10)
    assert gate.of(mail(), NOON) == Postponed(far - timedelta(seconds=0.8), "rate")
    assert waits.seconds == []
    assert far - timedelta(seconds=0.8) > NOON + LONGEST_WAIT


def test_the_gate_asks_for_suppression_then_pause_then_rate(health: MailHealth, table: Any) -> None:
    configs = ConfigStore(table)
    gate = MailGate(health, configs, Waits())
    configs.pause("bounces", NOON, seen=configs.get())
    health.suppress(KIM, "bounce", NOON)
    with pytest.raises(SuppressedError):
        gate.of(mail(), NOON)
    assert gate.of(mail("other@example.com"), NOON) == Postponed(
        NOON + timedelta(minutes=10), "paused"
    )
    assert "Item" not in table.get_item(Key=keys.mail_rate())
    configs.resume(NOON)
    assert gate.of(mail("other@example.com"), NOON) is None
    assert "Item" in table.get_item(Key=keys.mail_rate())


class Office:
    """A mail service that takes all, and the bucket of the journal."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def send(self, mail: Mail, alert_id: str) -> str:
        self.sent.append(alert_id)
        return f"m{len(self.sent)}"

    def put_object(self, **request: Any) -> None:
        """Nothing reads it here."""


def test_alerts_wait_while_mail_is_paused_and_end_when_their_seller_is_suppressed(
    health: MailHealth, table: Any
) -> None:
    outbox, configs, office, now = Outbox(table), ConfigStore(table), Office(), [NOON]
    sending = courier(
        outbox,
        mail_service=office,
        settlement=settlement(outbox, office),
        draft=lambda alert, _: mail(f"{alert.seller_id}@example.com"),
        gate=MailGate(health, configs, Waits()).of,
        clock=lambda: now[0],
    )
    for seller in ("kim", "lee"):
        alert = Alert(alert_id=seller, seller_id=seller, state=AlertState.PENDING, due_at=NOON)
        table.put_item(**outbox.inserts(alert)["Put"])
    configs.pause("bounces", NOON, seen=configs.get())
    health.suppress(KIM, "bounced", NOON)
    assert [sending.deliver(seller) for seller in ("kim", "lee")] == ["failed", "postponed"]
    ended, waits = outbox.get("kim"), outbox.get("lee")
    assert ended is not None
    assert waits is not None
    assert (ended.state, ended.failure) == (AlertState.FAILED, "suppressed")
    assert (waits.state, waits.due_at) == (AlertState.PENDING, NOON + timedelta(minutes=10))
    configs.resume(NOON)
    now[0] += timedelta(minutes=10)
    assert [sending.deliver(seller) for seller in ("kim", "lee")] == ["not_due", "sent"]
    assert office.sent == ["lee"]


def test_times_in_the_table_are_whole_numbers(health: MailHealth, table: Any) -> None:
    health.take(datetime(2026, 11, 18, 12, 0, 0, 123_456, tzinfo=UTC), 10)
    (row,) = table.scan()["Items"]
    assert row["arrival"] == 1_795_003_200_223_456
