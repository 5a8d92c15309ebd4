"""Archive, receipt, queue: what makes a delivery one that is never lost."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache

from earshot.aws import clients, keys
from earshot.aws.connection_store import ConnectionStore
from earshot.aws.envelopes import DeliveryMessage
from earshot.aws.queues import Queue
from earshot.aws.raw_archive import RawArchive, RawObject
from earshot.aws.receipt_store import ReceiptStore
from earshot.aws.secret_store import SecretStore
from earshot.aws.spent_tokens import SpentTokens
from earshot.domain.deliveries import Connection, DataClass, Delivery
from earshot.settings import settings
from earshot.sources import catalog
from earshot.sources.surface import RawDelivery, delivery_id


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Intake:
    """What ingest works with."""

    connections: ConnectionStore
    secrets: SecretStore
    archive: RawArchive
    receipts: ReceiptStore
    deliveries: Queue
    spent: SpentTokens
    clock: Callable[[], datetime] = now


@cache
def intake() -> Intake:
    names = settings()
    return Intake(
        connections=ConnectionStore(clients.table(names.EARSHOT_TABLE)),
        secrets=SecretStore(clients.secrets_manager(), names.EARSHOT_SECRET_PREFIX),
        archive=RawArchive(clients.s3(), names.EARSHOT_BUCKET),
        receipts=ReceiptStore(clients.dynamodb(), names.EARSHOT_TABLE),
        deliveries=Queue(clients.sqs(), names.EARSHOT_DELIVERIES_QUEUE_URL),
        spent=SpentTokens(clients.table(names.EARSHOT_TABLE)),
    )


def delivery_of(
    connection: Connection, headers: dict[str, str], body: bytes, *, at: datetime
) -> Delivery:
    """The delivery that these bytes are; ``headers`` are those that its source reads."""
    identity = delivery_id(headers, body)
    return Delivery(
        source=connection.source,
        connection_id=connection.connection_id,
        delivery_id=identity,
        raw_key=keys.raw_object(
            connection.source,
            connection.connection_id,
            identity,
            is_borrowed=connection.data_class is DataClass.BORROWED,
        ),
        received_at=at,
    )


def raw_object(
    connection: Connection, delivery: Delivery, headers: dict[str, str], *, body: bytes
) -> RawObject:
    """What may lie in the archive: the bytes as received, or what stays of them of a source that is
    only displayed. The delivery's identity is that of the bytes in either case."""
    raw = RawObject(headers, body, connection.data_class, connection.keep_hours)
    if connection.data_class is not DataClass.DISPLAYED:
        return raw
    from earshot.sources import displayed  # it reads posts, which ingest otherwise never does

    module = catalog.source(connection.source)
    items = module.normalise(RawDelivery(delivery, headers, body, connection.data_class))
    return replace(raw, headers={}, body=displayed.reduced(items))


def accept(delivery: Delivery, raw: RawObject, into: Intake) -> None:
    """In this order, so that whoever stops in between is repeated by the sender; each step may run
    twice."""
    into.archive.put(delivery.raw_key, raw)
    into.receipts.add(delivery)
    into.deliveries.send(DeliveryMessage(delivery=delivery))
