"""Which deliveries an operator means: by time, source, connection or delivery."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from earshot.aws.receipt_store import ReceiptStore
from earshot.domain.models import Connection, Delivery

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Wanted:
    """From ``since`` until ``until``, both included; of any source, connection and delivery where
    none is named. ``delivery_id`` may be how one begins."""

    since: datetime
    until: datetime
    source: str | None = None
    connection_id: str | None = None
    delivery_id: str = ""

    @property
    def hours(self) -> list[datetime]:
        first = self.since.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        count = max(0, (self.until - first) // HOUR + 1)
        return [first + number * HOUR for number in range(count)]

    def takes(self, delivery: Delivery) -> bool:
        is_within = self.since <= delivery.received_at <= self.until
        return is_within and delivery.delivery_id.startswith(self.delivery_id)

    def asks(self, connection: Connection) -> bool:
        is_of_source = self.source in {None, connection.source}
        return is_of_source and self.connection_id in {None, connection.connection_id}


def walk(
    receipts: ReceiptStore, connections: list[Connection], wanted: Wanted
) -> Iterator[list[Delivery]]:
    """Hour by hour of each connection, also those in which nothing came; each delivery once,
    however often it came."""
    for one in connections:
        seen: set[str] = set()
        for hour in wanted.hours:
            came = receipts.since(one.source, one.connection_id, hour, until=hour)
            found = [d for d in came if wanted.takes(d) and d.delivery_id not in seen]
            seen |= {delivery.delivery_id for delivery in found}
            yield found
