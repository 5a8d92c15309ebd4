"""A stage for tests that call the flows themselves: what lies in it, and the way through it."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from earshot.aws import clients, keys
from earshot.aws.account_store import AccountStore
from earshot.aws.envelopes import DeliveryMessage
from earshot.aws.outbox import Outbox
from earshot.aws.raw_archive import RawArchive, RawObject
from earshot.aws.seller_store import SellerStore
from earshot.aws.signal_store import SignalStore
from earshot.domain.models import DataClass, Delivery, EntryKind, Signal
from earshot.flows import compile_watchlist, decide_signals, understand_posts
from earshot.settings import settings
from earshot.sources.surface import delivery_id
from tests import examples

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table
    from mypy_boto3_s3 import S3Client

_HANDLERS = {"deliveries": understand_posts.handle, "mentions": decide_signals.handle}


class _Context:
    aws_request_id = "test"
    function_name = "test"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:us-east-1:000000000000:function:test"

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


@dataclass(frozen=True)
class House:
    table: "Table"
    s3: "S3Client"
    bucket: str

    def furnish(self) -> None:
        """Two accounts of Anna's, a competitor with Carla at its desk, and the watchlist."""
        accounts, sellers = AccountStore(self.table), SellerStore(self.table)
        sellers.put(examples.seller("anna"))
        sellers.put(examples.seller("carla", desks=("competitor:rival",)))
        sellers.put(examples.seller("ben", territories=("DACH",)))
        accounts.put_accounts(
            examples.account(
                account_id=name.lower()[:4],
                name=name,
                domains=(f"{name.lower()[:4]}.example",),
                owner="anna",
                territory="DACH",
            )
            for name in ("Acme", "Betatron")  # "beta" is an ordinary word
        )
        accounts.put_entries([examples.entry(EntryKind.COMPETITOR, "rival", "RivalCRM")])
        compile_watchlist.handle({}, _Context())

    def deliver(
        self,
        *posts: dict[str, Any],
        connection: str = "forum",
        delay: int = 0,
        data_class: DataClass = DataClass.OWNED,
        received_at: datetime = examples.NOON,
    ) -> Delivery:
        """One delivery of the generic source in the archive and, after so many seconds, on the
        queue."""
        body = json.dumps({"posts": posts}).encode()
        raw = RawObject(headers={}, body=body, data_class=data_class)
        return self.deliver_raw(
            "generic", raw, connection=connection, delay=delay, received_at=received_at
        )

    def deliver_raw(
        self,
        source: str,
        raw: RawObject,
        *,
        connection: str = "main",
        delay: int = 0,
        received_at: datetime = examples.NOON,
    ) -> Delivery:
        """A delivery of any source, likewise."""
        identity = delivery_id(raw.headers, raw.body)
        delivery = Delivery(
            source=source,
            connection_id=connection,
            delivery_id=identity,
            raw_key=keys.raw_object(source, connection, identity),
            received_at=received_at,
        )
        RawArchive(self.s3, self.bucket).put(delivery.raw_key, raw)
        self.enqueue(delivery, delay=delay)
        return delivery

    def enqueue(self, delivery: Delivery, *, delay: int = 0) -> None:
        clients.sqs().send_message(
            QueueUrl=settings().EARSHOT_DELIVERIES_QUEUE_URL,
            MessageBody=DeliveryMessage(delivery=delivery).model_dump_json(),
            DelaySeconds=delay,
        )

    def run(self) -> None:
        """Until both queues are empty: what the event sources of the two Lambdas do."""
        while self.step("deliveries") or self.step("mentions"):
            pass

    def step(self, queue: str, *, most: int = 10) -> int:
        """One batch of one queue; the messages that failed stay. Returns how many were taken."""
        names = settings()
        url = {
            "deliveries": names.EARSHOT_DELIVERIES_QUEUE_URL,
            "mentions": names.EARSHOT_MENTIONS_QUEUE_URL,
        }[queue]
        sqs = clients.sqs()
        found = sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=most, MessageSystemAttributeNames=["All"]
        ).get("Messages", [])
        if not found:
            return 0
        answer = _HANDLERS[queue]({"Records": [queue_record(m, queue) for m in found]}, _Context())
        failed = {one["itemIdentifier"] for one in answer["batchItemFailures"]}
        for message in found:
            if message["MessageId"] not in failed:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return len(found)

    def signals(self, *subject_ids: str) -> dict[str, Signal]:
        store = SignalStore(self.table)
        return {s.signal_id: s for name in subject_ids for s in store.of_subject(name)}

    def alerts(self) -> list[tuple[str, str, str]]:
        """Signal, seller and state of every outbox row."""
        rows = (row for row in self.rows() if str(row["pk"]).startswith("OUTBOX#"))
        return sorted((str(r["signal_id"]), str(r["seller_id"]), str(r["state"])) for r in rows)

    def outbox(self) -> Outbox:
        return Outbox(self.table)

    def rows(self) -> Iterator[dict[str, Any]]:
        pages = self.table.meta.client.get_paginator("scan").paginate(TableName=self.table.name)
        for page in pages:
            yield from page["Items"]

    def objects(self, prefix: str = "") -> list[str]:
        listed = self.s3.list_objects_v2(Bucket=self.bucket, Prefix=prefix)
        return [str(entry["Key"]) for entry in listed.get("Contents", [])]

    def places_with(self, *words: str) -> list[str]:
        """Every row and object that holds one of the words."""
        rows = [f"{row['pk']} {row['sk']}" for row in self.rows() if _holds(row, words)]
        return rows + [key for key in self.objects() if _holds(self._body(key), words)]

    def _body(self, key: str) -> str:
        body = self.s3.get_object(Bucket=self.bucket, Key=key)["Body"]
        return body.read().decode(errors="replace")


def _holds(value: object, words: Iterable[str]) -> bool:
    text = str(value)
    return any(word in text for word in words)


def queue_record(message: Any, queue: str) -> dict[str, Any]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {},
        "md5OfBody": "",
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:us-east-1:000000000000:{queue}",
        "awsRegion": "us-east-1",
    }


def entry(number: int, text: str, **changes: Any) -> dict[str, Any]:
    """A post as the generic source takes it."""
    return {
        "id": f"p{number}",
        "url": f"https://forum.example/t/{number}",
        "author": {"id": f"u{number}", "handle": f"handle-{number}", "name": f"Name {number}"},
        "text": text,
        "posted_at": f"2026-11-18T11:{number % 60:02d}:00Z",
        **changes,
    }
