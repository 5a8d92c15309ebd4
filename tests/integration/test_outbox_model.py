"""The outbox as a model: the real code of sending, sweeping and settling over a table in memory,
with crashes between every two side effects.

Every sender is a thread that stops before each side effect; a seeded schedule decides who goes on,
who dies right there, how much time passes and what the mail service does. Assumed is what the
protocol promises nothing without: a hand-over ends within the mail client's time-outs, and a Send
event, when it comes, comes within ``LATEST_EVENT``.
"""

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock, Thread, current_thread
from typing import Any, cast

import pytest

from earshot.aws.outbox import LEASE, Outbox
from earshot.domain.mail import Mail
from earshot.domain.models import Alert, AlertState
from earshot.errors import MailOutcomeUnknownError, MailRefusedError
from earshot.flows import deliver_alert, settle_mail, sweep_outbox
from earshot.flows.deliver_alert import LEASE_FOR_SENDING
from tests.couriers import courier, settlement
from tests.fake_table import FakeTable

SCHEDULES = 1000
START = datetime(2026, 11, 23, 9, tzinfo=UTC)
HAND_OVER = timedelta(seconds=23)
LATEST_EVENT = LEASE_FOR_SENDING - 2 * HAND_OVER
STALLS = tuple(timedelta(seconds=s) for s in (0, 1, 30, 240, 400, 840, 1000))
MAIL = Mail(to="kim@example.com", subject="s", text="t", html="h", thread_id="s1")


class Crash(BaseException):
    """The process is gone: nothing after it runs, not even ``except Exception``."""


class Worker:
    """Code on a thread of its own that runs only while ``resume`` waits for it."""

    def __init__(self, run: Callable[[], object]) -> None:
        self._run = run
        self._mine, self._theirs = Lock(), Lock()
        self._mine.acquire()
        self._theirs.acquire()
        self._dies = False
        self.done = False
        self.error: Exception | None = None
        self.deadline: datetime | None = None
        self._thread = Thread(target=self._main, daemon=True)
        self._thread.worker = self  # type: ignore[attr-defined]
        self._thread.start()

    def _main(self) -> None:
        self._mine.acquire()
        try:
            with suppress(Crash):
                self._run()
        except Exception as error:  # noqa: BLE001 (raised by ``resume``)
            self.error = error
        self.done = True
        self._theirs.release()

    def resume(self, *, dies: bool) -> None:
        self._dies = dies
        self._mine.release()
        self._theirs.acquire()
        if self.error:
            raise self.error

    def pause(self) -> None:
        self._theirs.release()
        self._mine.acquire()
        if self._dies:
            raise Crash


def pause() -> None:
    """Here a schedule may let others run, let time pass, or end this worker."""
    worker = getattr(current_thread(), "worker", None)
    if worker:
        worker.pause()


@dataclass
class World:
    """What the senders share, and the events on their way."""

    seed: int
    events_arrive: bool
    now: datetime = START
    calm: bool = False
    accepted: Counter[str] = field(default_factory=Counter)
    journalled: set[str] = field(default_factory=set)
    events: list[tuple[datetime, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.table = PausingTable()
        self.outbox = Outbox(cast(Any, self.table))
        self.settlement = settlement(self.outbox, self)
        self.courier = courier(
            self.outbox,
            mail_service=self,
            settlement=self.settlement,
            draft=lambda *_: MAIL,
            clock=lambda: self.now,
        )

    def put_object(self, **request: Any) -> None:
        pause()
        self.journalled.add(json.loads(request["Body"])["identity"])

    def send(self, mail: Mail, alert_id: str) -> str:
        """The mail service: whether it accepts and whether it answers are two things."""
        self._hand_over()
        fate = "well" if self.calm else self.random.choice(("well", "well", "mute", "lost", "no"))
        if fate == "no":
            raise MailRefusedError("TooManyRequestsException", permanent=False)
        if fate == "lost":
            raise MailOutcomeUnknownError("ReadTimeoutError")
        self.accepted[alert_id] += 1
        message_id = f"m{self.accepted.total()}"
        self._report(alert_id, message_id)
        pause()
        if fate == "mute":
            raise MailOutcomeUnknownError("ReadTimeoutError")
        return message_id

    def _hand_over(self) -> None:
        worker = getattr(current_thread(), "worker", None)
        if worker:
            worker.deadline = self.now + HAND_OVER
            worker.pause()
            worker.deadline = None

    def _report(self, alert_id: str, message_id: str) -> None:
        if not self.events_arrive:
            return
        mail = {"messageId": message_id, "tags": {"alert_id": [alert_id]}}
        for kind in ("Send", "Send", "Delivery"):
            delay = LATEST_EVENT * (self.random.random() if kind == "Delivery" else 1)
            delay *= 1 if self.random.random() < 0.3 else self.random.random()
            message = json.dumps({"eventType": kind, "mail": mail})
            self.events.append((self.now + delay, message))

    def pass_time(self, span: timedelta) -> None:
        """Events arrive when they are due, the time standing at theirs."""
        until = self.now + span
        while True:
            self.events.sort()
            if not self.events or self.events[0][0] > until:
                break
            self.now, message = self.events.pop(0)
            event = settle_mail.parse(message)
            settle_mail.apply(event, self.settlement, self.now)
        self.now = until


class PausingTable(FakeTable):
    def get_item(self, **request: Any) -> dict[str, Any]:
        answer = super().get_item(**request)
        pause()
        return answer

    def update_item(self, **request: Any) -> dict[str, Any]:
        answer = super().update_item(**request)
        pause()
        return answer


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A hundred thousand log lines would take longer than the model."""
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Earshot")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "alerts")
    level = deliver_alert.logger.log_level
    deliver_alert.logger.setLevel("CRITICAL")
    yield
    deliver_alert.logger.setLevel(level)


def run(seed: int, *, events_arrive: bool) -> World:
    """One schedule, then calm until nothing is left to do."""
    world = World(seed, events_arrive)
    alert_ids = [f"a{number}" for number in range(world.random.choice((1, 1, 2)))]
    for alert_id in alert_ids:
        world.table.put_item(**world.outbox.inserts(alert(alert_id))["Put"])
    workers = [Worker(work) for work in jobs(world, alert_ids)]
    while alive := [worker for worker in workers if not worker.done]:
        let_time_pass(world, alive)
        world.random.choice(alive).resume(dies=world.random.random() < 0.08)
    world.calm = True
    for _ in range(4):
        world.pass_time(LEASE + timedelta(hours=1))
        sweep(world)
    return world


def jobs(world: World, alert_ids: list[str]) -> list[Callable[[], object]]:
    """Stream records, some delivered twice, and sweeps, some at the same time."""
    records = alert_ids * world.random.choice((1, 2))
    streams: list[Callable[[], object]] = [
        lambda alert_id=alert_id: world.courier.deliver(alert_id)  # type: ignore[misc]
        for alert_id in records
    ]
    return streams + [lambda: sweep(world)] * world.random.choice((1, 2))


def sweep(world: World) -> None:
    sweep_outbox.sweep(world.courier, lambda: True)


def let_time_pass(world: World, alive: list[Worker]) -> None:
    """Not beyond the end of a hand-over that is under way."""
    span = world.random.choice(STALLS) if world.random.random() < 0.3 else timedelta(0)
    deadlines = [worker.deadline - world.now for worker in alive if worker.deadline]
    world.pass_time(min([span, *deadlines]))


def alert(alert_id: str) -> Alert:
    return Alert(
        alert_id=alert_id,
        signal_id="s1",
        subject_id="account:acme",
        seller_id="kim",
        revision=1,
        state=AlertState.PENDING,
        due_at=START,
    )


def rows(world: World) -> dict[str, Alert]:
    found = {
        str(row["alert_id"]): world.outbox.get(row["alert_id"])
        for row in list(world.table.rows.values())
    }
    return {alert_id: row for alert_id, row in found.items() if row}


def test_none_is_lost_and_none_doubled_while_send_events_arrive() -> None:
    for seed in range(SCHEDULES):
        world = run(seed, events_arrive=True)
        for alert_id, row in rows(world).items():
            assert row.state is AlertState.SENT, seed
            assert world.accepted[alert_id] == 1, seed
            assert alert_id in world.journalled, seed


def test_without_events_none_is_lost_and_every_double_was_counted_as_a_resend() -> None:
    doubled = 0
    for seed in range(SCHEDULES):
        world = run(seed, events_arrive=False)
        for alert_id, row in rows(world).items():
            assert row.state is AlertState.SENT, seed
            assert 1 <= world.accepted[alert_id] <= 1 + row.resends, seed
            doubled += world.accepted[alert_id] - 1
    assert doubled
