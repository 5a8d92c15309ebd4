"""Whether a mail may be handed over at all, and whether now."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from earshot.aws import clients
from earshot.aws.config_store import ConfigStore
from earshot.aws.mail_health import MailHealth
from earshot.domain.mail import Mail
from earshot.errors import SuppressedError
from earshot.flows.counting import count
from earshot.flows.postponed import Postponed
from earshot.settings import settings

ASK_AGAIN_WHEN_PAUSED = timedelta(minutes=10)
# For the mail service's rate it pays to wait: whoever is postponed waits for the next sweep.
LONGEST_WAIT = timedelta(seconds=2)


@dataclass(frozen=True)
class MailGate:
    """``wait`` sleeps for so many seconds."""

    health: MailHealth
    configs: ConfigStore
    wait: Callable[[float], None] = time.sleep

    def of(self, mail: Mail, now: datetime) -> Postponed | None:
        """``None`` lets the mail go and counts it against the rate. ``SuppressedError`` when the
        address is on the suppression list. May take ``LONGEST_WAIT``."""
        if self.health.is_suppressed(mail.to):
            raise SuppressedError("address")
        config = self.configs.get()
        if config.mail_paused_at:
            count("mail_paused")
            return Postponed(now + ASK_AGAIN_WHEN_PAUSED, "paused")
        return self._within_rate(now, config.mails_per_second)

    def _within_rate(self, now: datetime, per_second: int) -> Postponed | None:
        latest = now + LONGEST_WAIT
        while (free_at := self.health.take(now, per_second)) is not None:
            if free_at > latest:
                return Postponed(free_at, "rate")
            self.wait((free_at - now).total_seconds())
            now = free_at
        return None


@cache
def gate() -> MailGate:
    table = clients.table(settings().EARSHOT_TABLE)
    return MailGate(MailHealth(table), ConfigStore(table))
