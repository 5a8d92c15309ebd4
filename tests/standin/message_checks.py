"""What SQS refuses to send, and how it tells messages apart."""

import hashlib
import re
from typing import Any

from tests.standin.message_queue import MessageQueue
from tests.standin.wire import ServiceError

LARGEST = 1024 * 1024
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
_REFUSED = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TOKEN = re.compile(r"[A-Za-z0-9!-/:-@\[-`{-~]{1,128}")

Request = dict[str, Any]


def check_body(body: str) -> None:
    if not body:
        raise ServiceError("MissingParameter", "The request must contain the parameter MessageBody")
    if _REFUSED.search(body):
        raise ServiceError(
            "InvalidMessageContents", "Invalid characters found. Valid unicode characters are …"
        )
    if len(body.encode()) > LARGEST:
        raise ServiceError(
            "InvalidParameterValue", "One or more parameters are invalid. Reason: too long."
        )


def check_tokens(queue: MessageQueue, request: Request) -> None:
    group, dedup = request.get("MessageGroupId"), request.get("MessageDeduplicationId")
    for token in filter(None, (group, dedup)):
        if not _TOKEN.fullmatch(token):
            raise ServiceError("InvalidParameterValue", "128 characters of a small alphabet")
    if not queue.is_fifo:
        if dedup:
            raise ServiceError("InvalidParameterValue", "This queue type takes no such parameter.")
        return
    if not group:
        raise ServiceError(
            "MissingParameter", "The request must contain the parameter MessageGroupId."
        )
    if not dedup_of(queue, request):
        raise ServiceError(
            "InvalidParameterValue",
            "The queue should either have ContentBasedDeduplication enabled or "
            "MessageDeduplicationId provided explicitly",
        )


def dedup_of(queue: MessageQueue, request: Request) -> str:
    if dedup := request.get("MessageDeduplicationId"):
        return str(dedup)
    if queue.attributes.get("ContentBasedDeduplication") == "true":
        return hashlib.sha256(request["MessageBody"].encode()).hexdigest()
    return ""
