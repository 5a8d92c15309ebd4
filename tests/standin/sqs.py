"""SQS: standard and FIFO queues on a logical clock."""

import hashlib
import itertools
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from tests.standin.clock import LogicalClock
from tests.standin.message_checks import LARGEST, check_body, check_tokens, dedup_of
from tests.standin.message_queue import Message, MessageQueue
from tests.standin.wire import Call, Reply, ServiceError, json_refusal, json_reply

MOST_IN_A_BATCH = 10
_URL = "https://sqs.us-east-1.amazonaws.com/000000000000/"
_ARN = "arn:aws:sqs:us-east-1:000000000000:"

Request = dict[str, Any]


class Sqs:
    def __init__(self, clock: LogicalClock) -> None:
        self.queues: dict[str, MessageQueue] = {}
        self.refuse = json_refusal
        self._clock = clock
        self._sequence = itertools.count(1)

    def queue(self, url: str) -> MessageQueue:
        found = self.queues.get(url.rpartition("/")[2])
        if found is None:
            raise ServiceError(
                "QueueDoesNotExist",
                "The specified queue does not exist.",
            )
        return found

    def create_queue(self, call: Call) -> Reply:
        request = call.json()
        name, attributes = request["QueueName"], request.get("Attributes", {})
        if (attributes.get("FifoQueue") == "true") != name.endswith(".fifo"):
            raise ServiceError("InvalidParameterValue", "The name does not fit the type of queue.")
        queue = self.queues.setdefault(name, MessageQueue(name, attributes))
        if policy := json.loads(attributes.get("RedrivePolicy", "{}")):
            queue.dead_letters = self.queue(policy["deadLetterTargetArn"].replace(":", "/"))
            queue.most_receives = int(policy["maxReceiveCount"])
        return json_reply({"QueueUrl": f"{_URL}{name}"})

    def get_queue_url(self, call: Call) -> Reply:
        return json_reply({"QueueUrl": f"{_URL}{self.queue(call.json()['QueueName']).name}"})

    def get_queue_attributes(self, call: Call) -> Reply:
        request = call.json()
        queue = self.queue(request["QueueUrl"])
        queue.show(self._clock.now())
        hidden = queue.count_hidden()
        known = {
            **queue.attributes,
            "QueueArn": f"{_ARN}{queue.name}",
            "ApproximateNumberOfMessages": str(len(queue.messages) - hidden),
            "ApproximateNumberOfMessagesNotVisible": str(hidden),
        }
        wanted = request.get("AttributeNames", [])
        chosen = {k: v for k, v in known.items() if k in wanted or "All" in wanted}
        return json_reply({"Attributes": chosen})

    def purge_queue(self, call: Call) -> Reply:
        self.queue(call.json()["QueueUrl"]).clear()
        return json_reply({})

    def send_message(self, call: Call) -> Reply:
        request = call.json()
        return json_reply(self._send(self.queue(request["QueueUrl"]), request))

    def send_message_batch(self, call: Call) -> Reply:
        request = call.json()
        queue = self.queue(request["QueueUrl"])
        size = sum(len(entry["MessageBody"].encode()) for entry in request["Entries"])
        if size > LARGEST:
            raise ServiceError("BatchRequestTooLong", "The batch is longer than 1048576 bytes.")
        return _each(request, lambda entry: self._send(queue, entry))

    def receive_message(self, call: Call) -> Reply:
        request = call.json()
        queue = self.queue(request["QueueUrl"])
        most = request.get("MaxNumberOfMessages", 1)
        if not 1 <= most <= MOST_IN_A_BATCH:
            raise ServiceError("InvalidParameterValue", "MaxNumberOfMessages is between 1 and 10.")
        seconds = request.get("VisibilityTimeout")
        lease = queue.visibility if seconds is None else timedelta(seconds=seconds)
        found = queue.receive(most, self._clock.now(), lease)
        return json_reply({"Messages": [_received(m, request) for m in found]} if found else {})

    def delete_message(self, call: Call) -> Reply:
        request = call.json()
        self._delete(self.queue(request["QueueUrl"]), request)
        return json_reply({})

    def delete_message_batch(self, call: Call) -> Reply:
        request = call.json()
        queue = self.queue(request["QueueUrl"])
        return _each(request, lambda entry: self._delete(queue, entry))

    def change_message_visibility(self, call: Call) -> Reply:
        request = call.json()
        queue = self.queue(request["QueueUrl"])
        message = _of_receipt(queue, request["ReceiptHandle"])
        now = self._clock.now()
        queue.show(now)
        if message is None or message.hidden_until is None:
            raise ServiceError("MessageNotInflight", "The message is not in flight.")
        seconds = timedelta(seconds=request["VisibilityTimeout"])
        queue.change_visibility(message, now + seconds)
        return json_reply({})

    def _send(self, queue: MessageQueue, request: Request) -> dict[str, Any]:
        check_body(request["MessageBody"])
        check_tokens(queue, request)
        sequence, now = next(self._sequence), self._clock.now()
        identity = f"message-{sequence:08d}"
        message = Message(
            message_id=identity,
            sequence=sequence,
            body=request["MessageBody"],
            attributes=request.get("MessageAttributes", {}),
            group=request.get("MessageGroupId", "") if queue.is_fifo else identity,
            is_grouped=queue.is_fifo,
            dedup=dedup_of(queue, request),
            sent_at=now,
        )
        delay = request.get("DelaySeconds", int(queue.attributes.get("DelaySeconds", "0")))
        sent = queue.send(message, timedelta(seconds=delay))
        answer = {"MessageId": sent.message_id, "MD5OfMessageBody": _md5(request["MessageBody"])}
        return {**answer, "SequenceNumber": f"{sent.sequence:020d}"} if queue.is_fifo else answer

    def _delete(self, queue: MessageQueue, request: Request) -> dict[str, Any]:
        """Of a standard queue with any receipt, of a FIFO queue with the latest, while it holds:
        https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html"""
        queue.show(self._clock.now())
        message = _of_receipt(queue, request["ReceiptHandle"])
        if message is None:
            return {}
        is_stale = message.receipt != request["ReceiptHandle"] or message.hidden_until is None
        if queue.is_fifo and is_stale:
            raise ServiceError(
                "InvalidParameterValue", "The receipt handle has expired.", Sender=True
            )
        queue.delete(message)
        return {}


def _each(request: Request, act: Callable[[Request], dict[str, Any]]) -> Reply:
    """Every entry of a batch succeeds or fails by itself."""
    entries = request["Entries"]
    identities = {entry["Id"] for entry in entries}
    if not entries:
        raise ServiceError("EmptyBatchRequest", "There should be at least one entry.")
    if len(entries) > MOST_IN_A_BATCH:
        raise ServiceError("TooManyEntriesInBatchRequest", "Maximum number of entries is 10.")
    if len(identities) < len(entries):
        raise ServiceError("BatchEntryIdsNotDistinct", "Two or more entries share an Id.")
    successful: list[dict[str, Any]] = []
    failed: list[dict[str, Any]] = []
    for entry in entries:
        try:
            successful.append({"Id": entry["Id"], **act(entry)})
        except ServiceError as error:
            reason = {"Code": error.code, "Message": error.message, "SenderFault": True}
            failed.append({"Id": entry["Id"], **reason})
    answer = {"Successful": successful, "Failed": failed}
    return json_reply({name: found for name, found in answer.items() if found})


def _of_receipt(queue: MessageQueue, receipt: str) -> Message | None:
    identity, mark, _ = receipt.partition("#")
    if not mark:
        raise ServiceError("ReceiptHandleIsInvalid", "The input receipt handle is invalid.")
    return queue.messages.get(identity)


def _received(message: Message, request: Request) -> dict[str, Any]:
    wanted = {*request.get("MessageSystemAttributeNames", ()), *request.get("AttributeNames", ())}
    system = {
        "SentTimestamp": _milliseconds(message.sent_at),
        "ApproximateReceiveCount": str(message.receives),
        "ApproximateFirstReceiveTimestamp": _milliseconds(message.first_received_at),
    }
    if message.is_grouped:
        system["MessageGroupId"] = message.group
        system["MessageDeduplicationId"] = message.dedup
        system["SequenceNumber"] = f"{message.sequence:020d}"
    answer = {
        "MessageId": message.message_id,
        "ReceiptHandle": message.receipt,
        "Body": message.body,
        "MD5OfBody": _md5(message.body),
        "Attributes": {k: v for k, v in system.items() if k in wanted or "All" in wanted},
        "MessageAttributes": _chosen(message.attributes, request.get("MessageAttributeNames", [])),
    }
    return {name: value for name, value in answer.items() if value}


def _chosen(attributes: dict[str, Any], wanted: list[str]) -> dict[str, Any]:
    return {k: v for k, v in attributes.items() if k in wanted or {"All", ".*"} & set(wanted)}


def _milliseconds(moment: datetime | None) -> str:
    return str(int(moment.timestamp() * 1000)) if moment else ""


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
