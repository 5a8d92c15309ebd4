"""Messages that no retry makes better."""

import json

from earshot.aws import clients, keys
from earshot.aws.envelopes import DeliveryMessage
from earshot.aws.mention_message import MentionMessage
from earshot.aws.raw_archive import RawObject
from earshot.domain.models import DataClass, Delivery, Intent, Understanding, Urgency
from earshot.settings import settings
from tests.house import House, entry

_NO_JSON = "no {json"


class Poison:
    """``dead`` are the bodies and reasons that have to be dead letters in the end; beside these, a
    delivery and a mention whose raw objects are gone are to expire."""

    def __init__(self, house: House) -> None:
        self.dead: set[tuple[str, str]] = set()
        self._house = house
        self._names = settings()

    def lay(self) -> None:
        """Onto both queues."""
        gone = self._house.deliver(entry(900_001, "gone"))
        self._house.s3.delete_object(Bucket=self._house.bucket, Key=gone.raw_key)
        self._mention(_mention_of(gone))
        self._mention(_NO_JSON, "MalformedPayloadError")
        newer = json.loads(_mention_of(gone)) | {"schema_version": 2}
        self._mention(json.dumps(newer), "UnknownSchemaError")
        self._delivery(_NO_JSON + "!", "MalformedPayloadError")
        self._delivery(json.dumps({"schema_version": 2, "delivery": {}}), "UnknownSchemaError")
        unreadable = RawObject({}, b"<no json>", DataClass.OWNED)
        self._is_dead(self._house.deliver_raw("generic", unreadable))
        damaged = self._house.deliver(entry(900_002, "damaged"))
        self._house.s3.put_object(Bucket=self._house.bucket, Key=damaged.raw_key, Body=b"\0")
        self._is_dead(damaged)

    def _is_dead(self, delivery: Delivery) -> None:
        body = DeliveryMessage(delivery=delivery).model_dump_json()
        self.dead.add((body, "MalformedPayloadError"))

    def _delivery(self, body: str, reason: str) -> None:
        url = self._names.EARSHOT_DELIVERIES_QUEUE_URL
        clients.sqs().send_message(QueueUrl=url, MessageBody=body)
        self.dead.add((body, reason))

    def _mention(self, body: str, reason: str = "") -> None:
        url = self._names.EARSHOT_MENTIONS_QUEUE_URL
        clients.sqs().send_message(
            QueueUrl=url,
            MessageBody=body,
            MessageGroupId="g",
            MessageDeduplicationId=keys.digest(body),
        )
        if reason:
            self.dead.add((body, reason))


def _mention_of(delivery: Delivery) -> str:
    return MentionMessage(
        source="generic",
        native_id="p900001",
        version="1",
        author_id="u900001",
        understanding=Understanding(
            intent=Intent.SWITCHING, urgency=Urgency.NONE, evidence=(), model_version="1"
        ),
        strand_id="strand",
        strand_ids=("strand",),
        watchlist_version="1",
        delivery=delivery,
    ).model_dump_json()
