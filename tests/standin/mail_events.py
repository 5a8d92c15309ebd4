"""What SES tells of the mails that it took: through SNS, late, twice, in any order, or never."""

import heapq
import itertools
import json
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from tests.e2e import ses_events
from tests.standin.clock import LogicalClock
from tests.standin.event_sources import Context, Handler
from tests.standin.ses import SentMail, Ses

LATEST = timedelta(minutes=8)
"""A lease has 10 minutes left when the mail is handed over, which may take 23 seconds."""

RETRY = timedelta(seconds=20)
KINDS = (("Send",), ("Send",), ("Send", "Send"), ("Send", "Delivery"), ("Send", "Send", "Delivery"))


class MailEvents:
    """Send for each mail, sometimes twice, sometimes Delivery. Whoever dies of one has it again."""

    def __init__(
        self,
        ses: Ses,
        handle: Handler,
        clock: LogicalClock,
        *,
        chance: random.Random,
        lost: float = 0.0,
    ) -> None:
        self._ses = ses
        self._handle = handle
        self._clock = clock
        self._chance = chance
        self._lost = lost
        self._seen = 0
        self._order = itertools.count()
        self._events: list[tuple[datetime, int, dict[str, Any]]] = []
        self.losses = 0

    def take(self) -> Callable[[], None] | None:
        self._look()
        if not self._events or self._events[0][0] > self._clock.now():
            return None
        _, _, event = heapq.heappop(self._events)
        return lambda: self._invoke(event)

    def next_return(self) -> datetime | None:
        self._look()
        return self._events[0][0] if self._events else None

    def _look(self) -> None:
        for mail in self._ses.mails[self._seen :]:
            self._seen += 1
            if self._chance.random() < self._lost:
                self.losses += 1
                continue
            for kind in self._chance.choice(KINDS):
                self._put(_event(kind, mail), LATEST * self._chance.random() ** 2)

    def _put(self, event: dict[str, Any], delay: timedelta) -> None:
        due = self._clock.now() + delay
        heapq.heappush(self._events, (due, next(self._order), event))

    def _invoke(self, event: dict[str, Any]) -> None:
        try:
            self._handle({"Records": [{"Sns": {"Message": json.dumps(event)}}]}, Context())
        except BaseException:
            self._put(event, RETRY)
            raise


def _event(kind: str, mail: SentMail) -> dict[str, Any]:
    event = ses_events.send("", mail.message_id, sender=mail.sender, to=mail.to[0])
    event["mail"]["tags"] |= {name: [value] for name, value in mail.tags.items()}
    return {"eventType": kind, "mail": event["mail"], kind.lower(): {}}
