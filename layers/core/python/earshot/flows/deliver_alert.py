"""One alert out of the outbox and into the mail service, or into the next digest.

What the mail says is read before the row is claimed, so that a lease covers the hand-over and
nothing else: whatever fails while reading leaves the row as it was.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Protocol

from aws_lambda_powertools import Logger

from earshot.aws import clients
from earshot.aws.mailer import Mailer
from earshot.aws.outbox import Outbox
from earshot.domain.mail import Mail
from earshot.domain.models import Alert, AlertKind, AlertState
from earshot.errors import (
    BusyError,
    GoneError,
    MailOutcomeUnknownError,
    MailRefusedError,
    PermanentError,
    SuppressedError,
)
from earshot.flows.counting import count
from earshot.flows.divert import Diverting, diverting
from earshot.flows.draft_mail import drafts
from earshot.flows.gate_mail import gate
from earshot.flows.postponed import Diverted, Postponed
from earshot.flows.settlement import Settlement, settlement
from earshot.flows.tell_sellers import telling_on
from earshot.settings import settings

# What has to be left of the lease at the hand-over: the mail client gives up after 23 seconds, and
# the Send event of a mail whose answer was lost has the rest to arrive in.
LEASE_FOR_SENDING = timedelta(minutes=10)
FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=1)
EXPANDED_AGAIN = timedelta(minutes=4)
"""A fan-out that was not done with by then."""
# About a day of refusals; what was worth an interruption then is none any more.
MOST_ATTEMPTS = 30

logger = Logger()


class Outcome(StrEnum):
    SENT = "sent"
    NOT_DUE = "not_due"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"
    FAILED = "failed"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    DIGESTED = "digested"
    EXPANDED = "expanded"


class MailService(Protocol):
    def send(self, mail: Mail, alert_id: str) -> str:
        """The message id. ``MailRefusedError`` when nothing was sent, ``MailOutcomeUnknownError``
        when nobody knows."""


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Courier:
    """Delivers alerts. ``draft`` reads what the mail says: ``GoneError`` when it was erased.
    ``gate`` says whether the mail may go at all, and now; ``spend`` whether the day has room for
    it; ``expand`` makes alerts of a fan-out."""

    outbox: Outbox
    mail_service: MailService
    settlement: Settlement
    diverting: Diverting
    draft: Callable[[Alert, datetime], Mail | Postponed | Diverted]
    gate: Callable[[Mail, datetime], Postponed | None]
    spend: Callable[[Alert, datetime], bool]
    expand: Callable[[Alert, datetime], None]
    clock: Callable[[], datetime] = utc_now

    def deliver(self, alert_id: str) -> Outcome:
        """Whatever it returns was counted; an exception leaves the alert to the sweeper."""
        alert = self.outbox.get(alert_id)
        if alert is None or not _is_claimable(alert, self.clock()):
            return Outcome.NOT_DUE
        logger.set_correlation_id(alert.delivery_id)
        if alert.kind is AlertKind.FAN_OUT:
            return self._expand(alert)
        outcome = self._deliver(alert)
        if outcome is not Outcome.NOT_DUE:
            count(f"mail_{outcome}")
            logger.info("alert_handled", alert_id=alert_id, kind=alert.kind, outcome=outcome)
        return outcome

    def _expand(self, fan_out: Alert) -> Outcome:
        """Put off before, so that one which outlasts the sweep leaves the next ones to others."""
        now = self.clock()
        if not self.outbox.postpone(fan_out, now + EXPANDED_AGAIN):
            return Outcome.NOT_DUE
        try:
            self.expand(fan_out, now)
        except BusyError:
            count("fan_out_left")
            return Outcome.POSTPONED
        return Outcome.EXPANDED

    def _deliver(self, alert: Alert) -> Outcome:
        now = self.clock()
        try:
            mail = self.draft(alert, now)
            if isinstance(mail, Mail):
                mail = self.gate(mail, now) or mail
        except GoneError:
            return _applied(self.outbox.cancel(alert.alert_id, now), Outcome.CANCELLED)
        except PermanentError as error:
            is_suppressed = isinstance(error, SuppressedError)
            reason = "suppressed" if is_suppressed else type(error).__name__
            return _applied(self.outbox.fail(alert, reason, now), Outcome.FAILED)
        if isinstance(mail, Diverted):
            return self._divert(alert, mail.reason)
        if isinstance(mail, Postponed):
            return _applied(self.outbox.postpone(alert, mail.until), Outcome.POSTPONED)
        if not self.spend(alert, now):
            return self._divert(alert, "over_budget")
        return self._claim_and_send(alert, mail, now)

    def _divert(self, alert: Alert, reason: str) -> Outcome:
        diverted = self.diverting.divert(alert, reason, self.clock())
        return Outcome.DIGESTED if diverted else Outcome.NOT_DUE

    def _claim_and_send(self, alert: Alert, mail: Mail, now: datetime) -> Outcome:
        claimed = self.outbox.claim(alert.alert_id, now, posts=alert.posts, moved=alert.moved)
        if claimed is None:
            return Outcome.NOT_DUE
        if claimed.resends > alert.resends:
            count("mail_resent")
        return self._send(claimed, mail)

    def _send(self, claimed: Alert, mail: Mail) -> Outcome:
        if claimed.attempt > MOST_ATTEMPTS:
            failed = self.outbox.fail(claimed, "no_outcome", self.clock())
            return _applied(failed, Outcome.FAILED)
        if claimed.lease_until is None or claimed.lease_until - self.clock() < LEASE_FOR_SENDING:
            return _applied(self.outbox.release(claimed, "stalled", self.clock()), Outcome.REFUSED)
        try:
            message_id = self.mail_service.send(mail, claimed.alert_id)
        except MailRefusedError as error:
            return self._refused(claimed, error)
        except MailOutcomeUnknownError:
            return Outcome.UNKNOWN
        self.settlement.sent(claimed.alert_id, message_id, self.clock())
        return Outcome.SENT

    def _refused(self, claimed: Alert, error: MailRefusedError) -> Outcome:
        now = self.clock()
        logger.warning("mail_not_accepted", alert_id=claimed.alert_id, code=error.code)
        if error.permanent or claimed.attempt >= MOST_ATTEMPTS:
            return _applied(self.outbox.fail(claimed, error.code, now), Outcome.FAILED)
        wait = min(LONGEST_RETRY, FIRST_RETRY * 2 ** min(claimed.attempt - 1, 10))
        return _applied(self.outbox.release(claimed, error.code, now + wait), Outcome.REFUSED)


@cache
def courier() -> Courier:
    mailer = Mailer(
        clients.ses(),
        configuration_set=settings().EARSHOT_CONFIGURATION_SET,
        sender=settings().EARSHOT_MAIL_FROM,
    )
    return Courier(
        outbox=settlement().outbox,
        mail_service=mailer,
        settlement=settlement(),
        diverting=diverting(),
        draft=drafts().of,
        gate=gate().of,
        spend=drafts().spend,
        expand=telling_on(clients.table(settings().EARSHOT_TABLE)).expand,
    )


def _is_claimable(alert: Alert, now: datetime) -> bool:
    waits_until = {AlertState.PENDING: alert.due_at, AlertState.SENDING: alert.lease_until}
    moment = waits_until.get(alert.state)
    return moment is not None and moment <= now


def _applied(changed: Alert | None, outcome: Outcome) -> Outcome:
    """Somebody else had the row meanwhile when the change did not apply."""
    return outcome if changed else Outcome.NOT_DUE
