"""Connections: what is configured for each, how far the polled ones got, and whether they work."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from earshot.aws import keys
from earshot.aws.fresh import Fresh
from earshot.aws.queries import partition
from earshot.domain.deliveries import Connection, ConnectionState, Delivery
from earshot.errors import UnknownConnectionError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

MAX_AGE_SECONDS = 60
LONGEST_ID = 63
"""As long as a slug can be. Strangers choose what is asked for, and a key has its limits."""


class ConnectionStore:
    def __init__(self, table: "Table") -> None:
        self._table = table
        self._fresh: Fresh[tuple[str, str], Connection | None] = Fresh()
        self._noted: Fresh[tuple[str, str], bool] = Fresh()

    def get(self, source: str, connection_id: str) -> Connection:
        """``UnknownConnectionError`` when it is not configured. The answer, also that one, may be a
        minute old."""
        if len(connection_id) > LONGEST_ID:
            raise UnknownConnectionError(f"{source}, an id that none can have")
        found = self._fresh.get(
            (source, connection_id),
            lambda: self._read(source, connection_id),
            max_age=MAX_AGE_SECONDS,
        )
        if found is None:
            raise UnknownConnectionError(f"{source}/{connection_id}")
        return found

    def put(self, connection: Connection) -> None:
        key = keys.connection(connection.source, connection.connection_id)
        self._table.put_item(Item={**key, **connection.model_dump(mode="json", exclude_none=True)})

    def list(self) -> Iterator[Connection]:
        for row in partition(self._table, keys.connections()):
            yield _connection(row)

    def save_cursor(self, connection: Connection, cursor: dict[str, str]) -> bool:
        """How far the connection got, and that it works. False when somebody else moved the cursor
        since ``connection`` was read, or removed the connection."""
        try:
            self._table.update_item(
                Key=keys.connection(connection.source, connection.connection_id),
                UpdateExpression="SET #cursor = :cursor REMOVE last_error, last_error_at",
                ConditionExpression="#cursor = :read",
                ExpressionAttributeNames={"#cursor": "cursor"},
                ExpressionAttributeValues={":cursor": cursor, ":read": connection.cursor},
            )
        except self._table.meta.client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def save_error(self, connection: Connection, reason: str, at: datetime) -> None:
        """Why the last poll failed: a word, never a piece of a page."""
        try:
            self._table.update_item(
                Key=keys.connection(connection.source, connection.connection_id),
                UpdateExpression="SET last_error = :reason, last_error_at = :at",
                ConditionExpression="attribute_exists(pk)",
                ExpressionAttributeValues={":reason": reason, ":at": keys.timestamp(at)},
            )
        except self._table.meta.client.exceptions.ConditionalCheckFailedException:
            return

    def note_delivery(self, delivery: Delivery) -> None:
        """That the connection delivered; of many in a minute the first is noted. It never goes
        back, and nothing is made of a connection that was removed."""
        self._noted.get(
            (delivery.source, delivery.connection_id),
            lambda: self._save_delivery(delivery),
            max_age=MAX_AGE_SECONDS,
        )

    def _save_delivery(self, delivery: Delivery) -> bool:
        try:
            self._table.update_item(
                Key=keys.connection(delivery.source, delivery.connection_id),
                UpdateExpression="SET last_delivery_at = :at",
                ConditionExpression="attribute_exists(pk) AND "
                "(attribute_not_exists(last_delivery_at) OR last_delivery_at < :at)",
                ExpressionAttributeValues={":at": keys.timestamp(delivery.received_at)},
            )
        except self._table.meta.client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def states(self) -> Iterator[ConnectionState]:
        """Whether each delivers, in the order of their names."""
        for row in partition(self._table, keys.connections()):
            yield ConnectionState.model_validate(
                {name: row[name] for name in ConnectionState.model_fields if name in row}
            )

    def last_error(self, connection: Connection) -> str | None:
        """Why the last poll failed; ``None`` when it worked, or there was none."""
        key = keys.connection(connection.source, connection.connection_id)
        found = self._table.get_item(Key=key).get("Item", {}).get("last_error")
        return str(found) if found else None

    def _read(self, source: str, connection_id: str) -> Connection | None:
        row = self._table.get_item(Key=keys.connection(source, connection_id)).get("Item")
        return _connection(row) if row else None


def _connection(row: dict[str, Any]) -> Connection:
    return Connection.model_validate(
        {name: row[name] for name in Connection.model_fields if name in row}
    )
