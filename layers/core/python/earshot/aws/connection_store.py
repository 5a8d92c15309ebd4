"""Connections: what is configured for each, how far the polled ones got, and whether they work."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from earshot.aws import keys
from earshot.aws.fresh import Fresh
from earshot.aws.queries import partition
from earshot.domain import heartbeat
from earshot.domain.deliveries import Connection, ConnectionState, Delivery
from earshot.domain.rhythm import NOTED_FROM, week_of
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
        minute old. That of heartbeats is always there."""
        if heartbeat.is_connection(source, connection_id):
            return heartbeat.connection()
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
        """As configured; what is known of how it works stays."""
        values = connection.model_dump(mode="json", exclude_none=True)
        gone = sorted(set(Connection.model_fields) - set(values))
        expression = "SET " + ", ".join(f"#{name} = :{name}" for name in values)
        if gone:
            expression += " REMOVE " + ", ".join(f"#{name}" for name in gone)
        self._table.update_item(
            Key=keys.connection(connection.source, connection.connection_id),
            UpdateExpression=expression,
            ExpressionAttributeNames={f"#{name}": name for name in Connection.model_fields},
            ExpressionAttributeValues={f":{name}": value for name, value in values.items()},
        )

    def remove(self, source: str, connection_id: str) -> None:
        """Nothing of it is accepted any more, by a Lambda that read it before in a minute."""
        self._table.delete_item(Key=keys.connection(source, connection_id))

    def list(self) -> Iterator[Connection]:
        for row in partition(self._table, keys.connections()):
            yield _connection(row)

    def due(self, now: datetime) -> Iterator[Connection]:
        """Those that may be asked now; the others were told to wait."""
        for row in partition(self._table, keys.connections()):
            if str(row.get("not_before", "")) <= keys.timestamp(now):
                yield _connection(row)

    def save_cursor(self, connection: Connection, cursor: dict[str, str], *, at: datetime) -> bool:
        """How far the connection got, and that it worked ``at``. False when somebody else moved the
        cursor since ``connection`` was read, or removed the connection."""
        try:
            self._table.update_item(
                Key=keys.connection(connection.source, connection.connection_id),
                UpdateExpression="SET #cursor = :cursor, polled_at = :at "
                "REMOVE last_error, last_error_at",
                ConditionExpression="#cursor = :read",
                ExpressionAttributeNames={"#cursor": "cursor"},
                ExpressionAttributeValues={
                    ":cursor": cursor,
                    ":read": connection.cursor,
                    ":at": keys.timestamp(at),
                },
            )
        except self._table.meta.client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def wait(self, connection: Connection, until: datetime) -> None:
        """The source does not want to be asked before."""
        self._set(connection, not_before=keys.timestamp(until))

    def note_handshake(
        self, connection: Connection, at: datetime, *, lease_seconds: int | None
    ) -> None:
        """That the platform proved our address, and how long its hub will push."""
        noted = {"handshake_at": keys.timestamp(at)}
        if lease_seconds is not None:
            noted["lease_until"] = keys.timestamp(at + timedelta(seconds=lease_seconds))
            noted["lease_of"] = _leased(connection)
        self._set(connection, **noted)

    def note_denial(self, connection: Connection, at: datetime) -> None:
        """That the hub does not push, or no longer."""
        self.save_error(connection, "hub_denied", at)
        self._set(connection, lease_until=keys.timestamp(at))

    def note_request(self, connection: Connection, *, until: datetime) -> None:
        """That the hub accepted to be asked for a lease, until when at most."""
        self._update(
            connection,
            "SET asked_until = :until REMOVE last_error, last_error_at",
            {":until": keys.timestamp(until)},
        )

    def leases_ending(self, before: datetime) -> Iterator[Connection]:
        """The connections with a hub that is not known to push until then. A lease is of one feed
        at one hub, and lasts no longer than was asked for: anybody can answer in the hub's name."""
        for row in partition(self._table, keys.connections()):
            connection = _connection(row)
            is_held = row.get("lease_of") == _leased(connection)
            granted = str(row["lease_until"]) if is_held else ""
            ends = min(granted, str(row.get("asked_until", granted)))
            if connection.hub and ends < keys.timestamp(before):
                yield connection

    def save_error(self, connection: Connection, reason: str, at: datetime) -> None:
        """Why the last poll, or request to a hub, failed: a word, never a piece of a page."""
        self._set(connection, last_error=reason, last_error_at=keys.timestamp(at))

    def note_delivery(self, delivery: Delivery) -> None:
        """That the connection delivered; of many in a minute the first is noted. It never goes
        back, and nothing is made of a connection that was removed."""
        self._noted.get(
            (delivery.source, delivery.connection_id),
            lambda: self._save_delivery(delivery),
            max_age=MAX_AGE_SECONDS,
        )

    def _save_delivery(self, delivery: Delivery) -> bool:
        at = delivery.received_at
        try:
            before = self._table.update_item(
                Key=keys.connection(delivery.source, delivery.connection_id),
                UpdateExpression="SET last_delivery_at = :at, "
                "pauses = if_not_exists(pauses, :none)",
                ConditionExpression="attribute_exists(pk) AND "
                "(attribute_not_exists(last_delivery_at) OR last_delivery_at < :at)",
                ExpressionAttributeValues={":at": keys.timestamp(at), ":none": {}},
                ReturnValues="UPDATED_OLD",
            ).get("Attributes", {})
        except self._table.meta.client.exceptions.ConditionalCheckFailedException:
            return False
        if last := before.get("last_delivery_at"):
            self._save_pause(delivery, at - datetime.fromisoformat(str(last)))
        return True

    def _save_pause(self, delivery: Delivery, pause: timedelta) -> None:
        """The longest of its week."""
        if pause < NOTED_FROM:
            return
        try:
            self._table.update_item(
                Key=keys.connection(delivery.source, delivery.connection_id),
                UpdateExpression="SET pauses.#week = :pause",
                ConditionExpression="attribute_not_exists(pauses.#week) OR pauses.#week < :pause",
                ExpressionAttributeNames={"#week": week_of(delivery.received_at)},
                ExpressionAttributeValues={":pause": int(pause.total_seconds())},
            )
        except self._table.meta.client.exceptions.ConditionalCheckFailedException:
            return

    def states(self) -> Iterator[ConnectionState]:
        """Whether each delivers, in the order of their names."""
        for row in partition(self._table, keys.connections()):
            yield _state(row)

    def state(self, connection: Connection) -> ConnectionState:
        key = keys.connection(connection.source, connection.connection_id)
        row = self._table.get_item(Key=key, ConsistentRead=True).get("Item", key)
        identity = connection.model_dump(include={"source", "connection_id"})
        return _state({**row, **identity})

    def last_error(self, connection: Connection) -> str | None:
        """Why the last poll failed; ``None`` when it worked, or there was none."""
        key = keys.connection(connection.source, connection.connection_id)
        found = self._table.get_item(Key=key).get("Item", {}).get("last_error")
        return str(found) if found else None

    def _set(self, connection: Connection, **values: str) -> None:
        expression = "SET " + ", ".join(f"{name} = :{name}" for name in values)
        self._update(connection, expression, {f":{name}": one for name, one in values.items()})

    def _update(self, connection: Connection, expression: str, values: dict[str, str]) -> None:
        """On the connection's row, if it is still there."""
        try:
            self._table.update_item(
                Key=keys.connection(connection.source, connection.connection_id),
                UpdateExpression=expression,
                ConditionExpression="attribute_exists(pk)",
                ExpressionAttributeValues=values,
            )
        except self._table.meta.client.exceptions.ConditionalCheckFailedException:
            return

    def _read(self, source: str, connection_id: str) -> Connection | None:
        row = self._table.get_item(Key=keys.connection(source, connection_id)).get("Item")
        return _connection(row) if row else None


def _state(row: dict[str, Any]) -> ConnectionState:
    return ConnectionState.model_validate(
        {name: row[name] for name in ConnectionState.model_fields if name in row}
    )


def _leased(connection: Connection) -> str:
    return f"{connection.url} {connection.hub}"


def _connection(row: dict[str, Any]) -> Connection:
    return Connection.model_validate(
        {name: row[name] for name in Connection.model_fields if name in row}
    )
