"""Settle outbox rows by what the mail service reports, and stop mailing where it does harm."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parseaddr
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from pydantic import BaseModel, Field, ValidationError

from earshot.aws import clients
from earshot.aws.config_store import ConfigStore
from earshot.aws.mail_health import MailHealth
from earshot.domain import heartbeat_reader
from earshot.domain.mail_health import why_to_pause
from earshot.domain.models import Alert
from earshot.errors import MalformedPayloadError
from earshot.flows import note_heartbeat
from earshot.flows.counting import count
from earshot.flows.settlement import Settlement, settlement
from earshot.settings import settings

# The event types of SES event publishing that are subscribed. All but Reject say that SES took the
# mail in order to deliver it; what came back was sent.
# https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
_ACCEPTED = ("Send", "Delivery", "DeliveryDelay", "Bounce", "Complaint")
_STATUS_BY_TYPE = {
    "Delivery": "delivered",
    "Bounce": "bounced",
    "Complaint": "complained",
    "Reject": "rejected",
}
EVENT_TYPES = {*_ACCEPTED, *_STATUS_BY_TYPE}
# Nothing was tried: SES had the address on its own list, and does not count it either.
_NOT_TRIED = "OnAccountSuppressionList"

logger = Logger()


class Recipient(BaseModel):
    address: str = Field(alias="emailAddress", default="", repr=False)


class Bounce(BaseModel):
    kind: str = Field(alias="bounceType", default="")
    subtype: str = Field(alias="bounceSubType", default="")
    recipients: list[Recipient] = Field(alias="bouncedRecipients", default=[])


class Complaint(BaseModel):
    """``feedback`` is that of the mailbox provider, RFC 5965; ``not-spam`` takes a mail's part."""

    subtype: str | None = Field(alias="complaintSubType", default=None)
    feedback: str | None = Field(alias="complaintFeedbackType", default=None)
    recipients: list[Recipient] = Field(alias="complainedRecipients", default=[])


class SentMail(BaseModel):
    message_id: str = Field(alias="messageId", min_length=1, max_length=512)
    destination: list[str] = Field(default=[], repr=False)
    tags: dict[str, list[str]]


class MailEvent(BaseModel):
    """Of an event that holds addresses, headers and the subject, what is needed."""

    event_type: str = Field(alias="eventType")
    mail: SentMail
    bounce: Bounce | None = None
    complaint: Complaint | None = None

    @property
    def alert_id(self) -> str:
        return next(iter(self.mail.tags.get("alert_id", [])), "")

    @property
    def harm(self) -> str | None:
        """``bounced`` or ``complained`` when the address must not be written to again."""
        if self.event_type == "Bounce" and self.bounce and self.bounce.kind == "Permanent":
            return "bounced"
        if self.event_type == "Complaint" and self.complaint:
            return None if self.complaint.feedback == "not-spam" else "complained"
        return None

    @property
    def is_tried(self) -> bool:
        told = self.bounce or self.complaint
        return told is None or told.subtype != _NOT_TRIED

    def addresses(self) -> Iterator[str]:
        """Whom it did not reach or please. A forwarded mail bounces with an address that we never
        wrote to; each of our mails goes to one, so that one is meant."""
        told = self.bounce or self.complaint
        named = [one.address for one in told.recipients] if told else []
        written_to = self.mail.destination if len(self.mail.destination) == 1 else []
        for address in {parseaddr(one)[1] for one in (*named, *written_to)}:
            if address:
                yield address


@dataclass(frozen=True)
class Watch:
    """Keeps the figures, and acts on them."""

    health: MailHealth
    configs: ConfigStore

    def see(self, event: MailEvent, now: datetime) -> None:
        """May be told the same any number of times, and of mails that nobody knows. Heartbeats do
        not count: they would hide how many mails to people come back."""
        if event.mail.destination == [heartbeat_reader.SELLER.email]:
            return
        if event.harm:
            for address in event.addresses():
                if self.health.suppress(address, event.harm, now):
                    count("mail_address_suppressed")
        for figure in _figures(event):
            self.health.note(event.alert_id, event.mail.message_id, figure, now=now)
        self._judge(now)

    def _judge(self, now: datetime) -> None:
        """Also without news: whoever counted last may have died before this."""
        config = self.configs.get()
        if config.mail_paused_at:
            return
        reason = why_to_pause(self.health.figures(now, config.mail_resumed_at))
        if reason and self.configs.pause(reason, now, seen=config):
            count("mail_paused")
            logger.error("mail_paused", reason=reason)


def _figures(event: MailEvent) -> Iterator[str]:
    """What came back is counted among what was sent, even if that was not reported."""
    if event.event_type in {"Send", "Bounce", "Complaint"}:
        yield "sent"
    if event.harm and event.is_tried:
        yield event.harm


@cache
def watch() -> Watch:
    table = clients.table(settings().EARSHOT_TABLE)
    return Watch(MailHealth(table), ConfigStore(table))


def handle(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    for record in event["Records"]:
        handle_message(record["Sns"]["Message"], settlement(), watch())
    return {"records": len(event["Records"])}


def handle_message(message: str, settling: Settlement, watching: Watch) -> None:
    """What no retry can read is counted and done with; it never says anything about a row."""
    try:
        event = parse(message)
    except MalformedPayloadError as error:
        count("mail_event_malformed")
        logger.warning("mail_event_malformed", reason=str(error))
        return
    count(f"mail_event_{event.event_type.lower()}")
    now = datetime.now(UTC)
    if alert := apply(event, settling, now):
        note_heartbeat.note(alert, now)
    watching.see(event, now)


def parse(message: str) -> MailEvent:
    """``MalformedPayloadError`` for what is no event of a mail of ours."""
    try:
        event = MailEvent.model_validate_json(message)
    except ValidationError as error:
        raise MalformedPayloadError(f"{error.error_count()} fields of an event") from error
    if event.event_type not in EVENT_TYPES:
        raise MalformedPayloadError("unknown type")
    if not event.alert_id:
        raise MalformedPayloadError("no alert_id")
    return event


def apply(event: MailEvent, settling: Settlement, now: datetime) -> Alert | None:
    """The alert that the event is about, unless its row is gone or it was cancelled."""
    alert = None
    if event.event_type in _ACCEPTED:
        alert = settling.sent(event.alert_id, event.mail.message_id, now)
    if status := _STATUS_BY_TYPE.get(event.event_type):
        alert = settling.outbox.record_delivery(event.alert_id, status) or alert
    logger.set_correlation_id(alert.delivery_id if alert else None)
    logger.info(
        "mail_event_applied",
        alert_id=event.alert_id,
        event_type=event.event_type,
        known=alert is not None,
    )
    return alert
