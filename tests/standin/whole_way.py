"""Everything from the queue to the settled mail, put together on a stand-in."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from earshot.flows import (
    decide_signals,
    send_alerts,
    send_digests,
    settle_mail,
    sweep_outbox,
    understand_posts,
)
from earshot.settings import settings
from tests.standin.event_sources import EventSource, Handler, QueueSource, StreamSource
from tests.standin.mail_events import MailEvents
from tests.standin.schedules import ScheduleSource, first_due, is_waiting
from tests.standin.stand_in import StandIn
from tests.standin.tables import Table

MINUTE = timedelta(minutes=1)
DIGESTS_AT = time(8)


@dataclass
class WholeWay:
    """``lost`` is the part of mails whose events never come."""

    aws: StandIn
    table: str
    until: datetime
    chance: random.Random
    lost: float = 0.0
    watched: Callable[[Handler], Handler] = lambda handle: handle

    def __post_init__(self) -> None:
        handle = self.watched(settle_mail.handle)
        self.events = MailEvents(
            self.aws.ses, handle, self.aws.clock, chance=self.chance, lost=self.lost
        )

    def sources(self) -> list[EventSource]:
        return [*self.at_once(), *self.schedules()]

    def at_once(self) -> list[EventSource]:
        names, clock, watched = settings(), self.aws.clock, self.watched
        deliveries = self.aws.sqs.queue(names.EARSHOT_DELIVERIES_QUEUE_URL)
        mentions = self.aws.sqs.queue(names.EARSHOT_MENTIONS_QUEUE_URL)
        return [
            QueueSource(deliveries, watched(understand_posts.handle), clock),
            QueueSource(mentions, watched(decide_signals.handle), clock),
            StreamSource(self._rows, watched(send_alerts.handle), prefix="OUTBOX#"),
            self.events,
        ]

    def schedules(self) -> list[EventSource]:
        sweep, digests = self.watched(sweep_outbox.handle), self.watched(send_digests.handle)
        clock = self.aws.clock
        return [
            ScheduleSource(sweep, clock, every=MINUTE, wanted=self._first_due),
            ScheduleSource(digests, clock, every=5 * MINUTE, wanted=self._next_digests),
        ]

    @property
    def _rows(self) -> Table:
        return self.aws.dynamodb.tables[self.table]

    def _first_due(self) -> datetime | None:
        return self._in_time(first_due(self._rows))

    def _next_digests(self) -> datetime | None:
        """Within the quarter of an hour in which they are due, while something waits for them."""
        if not is_waiting(self._rows):
            return None
        now = self.aws.clock.now()
        today = datetime.combine(now.date(), DIGESTS_AT, now.tzinfo)
        is_over = now > today + 15 * MINUTE
        return self._in_time(max(now, today + is_over * timedelta(days=1)))

    def _in_time(self, moment: datetime | None) -> datetime | None:
        return moment if moment and moment < self.until else None
