"""What stands between queues or streams and Lambdas: batches in, partial failures out.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html
"""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any, Protocol

from tests.standin.clock import LogicalClock
from tests.standin.message_queue import Message, MessageQueue
from tests.standin.tables import Table

Event = dict[str, Any]
Handler = Callable[[Event, Any], dict[str, Any]]
BATCH = 10
STREAM_RETRIES = 2


class Context:
    """Of an invocation with five minutes left."""

    aws_request_id = "test"
    function_name = "test"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:us-east-1:000000000000:function:test"

    def get_remaining_time_in_millis(self) -> int:
        return 300_000


class EventSource(Protocol):
    def take(self) -> Callable[[], None] | None:
        """The next invocation, its batch already taken; ``None`` when nothing waits."""

    def next_return(self) -> datetime | None:
        """When something that is hidden now comes back."""


class QueueSource:
    """A batch that fails as a whole, or whose worker dies, comes back when its lease ends."""

    def __init__(self, queue: MessageQueue, handle: Handler, clock: LogicalClock) -> None:
        self._queue = queue
        self._handle = handle
        self._clock = clock
        self._arn = f"arn:aws:sqs:us-east-1:000000000000:{queue.name}"

    def take(self) -> Callable[[], None] | None:
        queue = self._queue
        batch = queue.receive(BATCH, self._clock.now(), queue.visibility)
        receipts = {message.message_id: message.receipt for message in batch}
        return (lambda: self._invoke(batch, receipts)) if batch else None

    def _invoke(self, batch: list[Message], receipts: dict[str, str]) -> None:
        records = [_queue_record(message, self._arn) for message in batch]
        failed = _failed(self._handle({"Records": records}, Context()))
        self._queue.show(self._clock.now())
        for message in batch:
            is_ours = message.receipt == receipts[message.message_id] and message.hidden_until
            if message.message_id not in failed and is_ours:
                self._queue.delete(message)

    def next_return(self) -> datetime | None:
        return self._queue.next_return()


class StreamSource:
    """Inserts whose partition key starts with ``prefix``, in order; given up after two retries."""

    def __init__(self, table: Table, handle: Handler, *, prefix: str) -> None:
        self._table = table
        self._handle = handle
        self._prefix = prefix

    def take(self) -> Callable[[], None] | None:
        batch: list[Event] = []
        stream = self._table.stream
        while stream and len(batch) < BATCH:
            record = stream.popleft()
            is_wanted = record["dynamodb"]["Keys"]["pk"]["S"].startswith(self._prefix)
            if record["eventName"] == "INSERT" and is_wanted:
                batch.append({"eventSource": "aws:dynamodb", **record})
        return (lambda: self._invoke(batch)) if batch else None

    def _invoke(self, batch: list[Event]) -> None:
        for _ in range(1 + STREAM_RETRIES):
            failed = self._try(batch)
            if not failed:
                return
            numbers = [record["dynamodb"]["SequenceNumber"] for record in batch]
            batch = batch[min(numbers.index(one) for one in failed if one in numbers) :]

    def _try(self, batch: list[Event]) -> Collection[str]:
        try:
            return _failed(self._handle({"Records": batch}, Context()))
        except Exception:  # noqa: BLE001 (a Lambda that raises fails its whole batch)
            return [batch[0]["dynamodb"]["SequenceNumber"]]

    def next_return(self) -> datetime | None:
        return None


def _failed(answer: dict[str, Any]) -> set[str]:
    return {one["itemIdentifier"] for one in answer["batchItemFailures"]}


def _queue_record(message: Message, arn: str) -> Event:
    grouped = {"MessageGroupId": message.group, "MessageDeduplicationId": message.dedup}
    return {
        "messageId": message.message_id,
        "receiptHandle": message.receipt,
        "body": message.body,
        "attributes": {
            "ApproximateReceiveCount": str(message.receives),
            "SentTimestamp": str(int(message.sent_at.timestamp() * 1000)),
            "SequenceNumber": f"{message.sequence:020d}",
            **(grouped if message.is_grouped else {}),
        },
        "messageAttributes": {},
        "md5OfBody": "",
        "eventSource": "aws:sqs",
        "eventSourceARN": arn,
        "awsRegion": "us-east-1",
    }
