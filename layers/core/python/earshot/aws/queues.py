"""Messages onto queues, and what cannot work onto a dead-letter queue with its reason."""

import hashlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

    from earshot.aws.envelopes import Envelope


class Queue:
    """``group`` and ``dedup`` are for FIFO queues, and needed there."""

    def __init__(self, sqs: "SQSClient", url: str) -> None:
        self._sqs = sqs
        self._url = url

    def send(
        self, message: "Envelope", *, group: str | None = None, dedup: str | None = None
    ) -> None:
        self._sqs.send_message(
            QueueUrl=self._url, MessageBody=_body(message), **_fifo(group, dedup)
        )

    def dead_letter(
        self, body: str, reason: str, *, group: str | None = None, message_id: str = ""
    ) -> None:
        """The message as it came, with why it cannot work beside it. A FIFO queue takes the same of
        one ``message_id`` once; what was sent back and fails again is another message."""
        dedup = f"{message_id}\n{reason}\n{body}" if group else None
        self._sqs.send_message(
            QueueUrl=self._url,
            MessageBody=body,
            MessageAttributes={"reason": {"DataType": "String", "StringValue": reason}},
            **_fifo(group, dedup),
        )


def _body(message: "Envelope") -> str:
    """SQS refuses two characters that JSON allows: they go as escapes."""
    return message.model_dump_json().replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")


def _fifo(group: str | None, dedup: str | None) -> dict[str, Any]:
    """SQS takes 128 characters of a small alphabet: digests stand for identities."""
    given: dict[str, Any] = {}
    if group:
        given["MessageGroupId"] = _token(group)
    if dedup:
        given["MessageDeduplicationId"] = _token(dedup)
    return given


def _token(identity: str) -> str:
    return hashlib.sha256(identity.encode()).hexdigest()
