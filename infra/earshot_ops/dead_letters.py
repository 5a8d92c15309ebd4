"""The dead-letter queues: what lies there, back to its queue, or away.

Whoever looks holds what they see for `LEASE`, and lets go of it at the end; who dies meanwhile only
hides it for so long. Of a FIFO queue SQS gives ten messages of one group at a time, so those behind
them are seen once these are gone.
"""

import hashlib
from collections.abc import Generator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from earshot.aws.envelopes import DeliveryMessage, parse
from earshot.aws.inbox import dropped_keys
from earshot.aws.mention_message import MentionMessage
from earshot.domain.models import Delivery
from earshot.errors import PermanentError

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.literals import QueueAttributeNameType
    from mypy_boto3_sqs.type_defs import MessageTypeDef

NO_REASON = "none"
"""Of a message that SQS moved itself, after five receives."""
QUEUES = {
    "deliveries": ("deliveries-dlq", "deliveries"),
    "mentions": ("mentions-dlq.fifo", "mentions.fifo"),
    "inbox": ("inbox-dlq", "inbox"),
}
"""By the name that an operator gives: where letters lie, and where they were to go."""
LEASE = timedelta(minutes=5)
_AT_ONCE = 10
# A lease that ran out: SQS let go of the message itself.
_FREE_ALREADY = frozenset(
    {
        "AWS.SimpleQueueService.MessageNotInflight",
        "InvalidParameterValue",
        "MessageNotInflight",
        "ReceiptHandleIsInvalid",
    }
)


@dataclass(frozen=True)
class Letter:
    """What may be shown of a message: identities, and never its body. ``delivery``, ``post`` and
    ``file`` are what it points to, as far as it can be read."""

    letter_id: str
    queue: str
    reason: str
    sent_at: datetime
    delivery: Delivery | None = None
    post: str = ""
    file: str = ""


@dataclass(frozen=True)
class Held:
    """A letter in hand: what it takes to send it back or to delete it."""

    letter: Letter
    body: str
    group: str
    receipt: str

    @property
    def mark(self) -> str:
        """Equal for a message that came again."""
        return hashlib.sha256(f"{self.letter.queue}\n{self.body}".encode()).hexdigest()


@dataclass(frozen=True)
class DeadLetters:
    """``urls`` are the addresses of all queues, by name; ``deleted`` is what this one deleted."""

    sqs: "SQSClient"
    urls: dict[str, str]
    deleted: set[str] = field(default_factory=set)

    def waiting(self, queue: str) -> int:
        """About how many lie there, those in somebody's hand included."""
        names: list[QueueAttributeNameType] = [
            "ApproximateNumberOfMessages",
            "ApproximateNumberOfMessagesNotVisible",
        ]
        answer = self.sqs.get_queue_attributes(QueueUrl=self._lies_in(queue), AttributeNames=names)
        return sum(int(answer["Attributes"][name]) for name in names)

    def walk(self, queue: str) -> Generator[Held]:
        """Each letter once. It is let go of when the walk ends, unless it was deleted before."""
        seen: set[str] = set()
        with ExitStack() as at_the_end:
            while found := self._receive(queue):
                fresh = [one for one in found if one.letter.letter_id not in seen]
                if not fresh:
                    return
                for held in fresh:
                    seen.add(held.letter.letter_id)
                    at_the_end.callback(self._let_go, held)
                yield from fresh

    def redrive(self, held: Held) -> None:
        """Back to its queue, and then away from here. Killed between the two it is in both, which
        does no harm: every step may run twice. The token is one of its own, since SQS takes the
        former one for a repetition, for five minutes."""
        fifo: dict[str, Any] = {}
        if held.group:
            token = hashlib.sha256(f"redriven {held.letter.letter_id}".encode()).hexdigest()
            fifo = {"MessageGroupId": held.group, "MessageDeduplicationId": token}
        goes_to = self.urls[QUEUES[held.letter.queue][1]]
        self.sqs.send_message(QueueUrl=goes_to, MessageBody=held.body, **fifo)
        self.delete(held)

    def delete(self, held: Held) -> None:
        url = self._lies_in(held.letter.queue)
        self.sqs.delete_message(QueueUrl=url, ReceiptHandle=held.receipt)
        self.deleted.add(held.letter.letter_id)

    def _receive(self, queue: str) -> list[Held]:
        """Waits a second, so that SQS asks all of its servers."""
        answer = self.sqs.receive_message(
            QueueUrl=self._lies_in(queue),
            MaxNumberOfMessages=_AT_ONCE,
            VisibilityTimeout=int(LEASE.total_seconds()),
            WaitTimeSeconds=1,
            MessageAttributeNames=["reason"],
            MessageSystemAttributeNames=["SentTimestamp", "MessageGroupId"],
        )
        return [_held(queue, message) for message in answer.get("Messages", [])]

    def _let_go(self, held: Held) -> None:
        if held.letter.letter_id in self.deleted:
            return
        try:
            self.sqs.change_message_visibility(
                QueueUrl=self._lies_in(held.letter.queue),
                ReceiptHandle=held.receipt,
                VisibilityTimeout=0,
            )
        except ClientError as error:
            if error.response["Error"]["Code"] not in _FREE_ALREADY:
                raise

    def _lies_in(self, queue: str) -> str:
        return self.urls[QUEUES[queue][0]]


def _held(queue: str, message: "MessageTypeDef") -> Held:
    body, system = message["Body"], message.get("Attributes", {})
    given = message.get("MessageAttributes", {})
    reason = given["reason"].get("StringValue", NO_REASON) if "reason" in given else NO_REASON
    sent_at = datetime.fromtimestamp(int(system["SentTimestamp"]) / 1000, UTC)
    letter = Letter(message["MessageId"], queue, reason, sent_at, **_points_to(queue, body))
    group = system.get("MessageGroupId", "") if QUEUES[queue][0].endswith(".fifo") else ""
    return Held(letter, body, group, message["ReceiptHandle"])


def _points_to(queue: str, body: str) -> dict[str, Any]:
    """Nothing, of what is no message of ours."""
    try:
        if queue == "inbox":
            return {"file": ", ".join(dropped_keys(body))}
        if queue == "deliveries":
            return {"delivery": parse(DeliveryMessage, body).delivery}
        mention = parse(MentionMessage, body)
        return {
            "delivery": mention.delivery,
            "post": f"{mention.source}:{mention.native_id}",
        }
    except PermanentError:
        return {}
