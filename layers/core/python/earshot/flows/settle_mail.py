"""Settle outbox rows by what the mail service reports."""

from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools import Logger
from pydantic import BaseModel, Field, ValidationError

from earshot.errors import MalformedPayloadError
from earshot.flows.counting import count
from earshot.flows.settlement import Settlement, settlement

# The event types of SES event publishing that are subscribed, and what the row then says:
# https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
_ACCEPTED = ("Send", "Delivery")
_STATUS_BY_TYPE = {
    "Delivery": "delivered",
    "Bounce": "bounced",
    "Complaint": "complained",
    "Reject": "rejected",
}

logger = Logger()


class SentMail(BaseModel):
    message_id: str = Field(alias="messageId", min_length=1, max_length=512)
    tags: dict[str, list[str]]


class MailEvent(BaseModel):
    """The part of an SES event that holds no address."""

    event_type: str = Field(alias="eventType")
    mail: SentMail

    @property
    def alert_id(self) -> str:
        return next(iter(self.mail.tags.get("alert_id", [])), "")


def handle(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    for record in event["Records"]:
        handle_message(record["Sns"]["Message"], settlement())
    return {"records": len(event["Records"])}


def handle_message(message: str, settling: Settlement) -> None:
    """What no retry can read is counted and done with; it never says anything about a row."""
    try:
        event = parse(message)
    except MalformedPayloadError as error:
        count("mail_event_malformed")
        logger.warning("mail_event_malformed", reason=str(error))
        return
    count(f"mail_event_{event.event_type.lower()}")
    apply(event, settling, datetime.now(UTC))


def parse(message: str) -> MailEvent:
    """``MalformedPayloadError`` for what is no event of a mail of ours."""
    try:
        event = MailEvent.model_validate_json(message)
    except ValidationError as error:
        raise MalformedPayloadError(f"{error.error_count()} fields of an event") from error
    if event.event_type not in {*_ACCEPTED, *_STATUS_BY_TYPE}:
        raise MalformedPayloadError("unknown type")
    if not event.alert_id:
        raise MalformedPayloadError("no alert_id")
    return event


def apply(event: MailEvent, settling: Settlement, now: datetime) -> None:
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
