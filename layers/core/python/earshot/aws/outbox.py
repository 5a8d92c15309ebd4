"""The outbox: a row per alert, PENDING -> SENDING (lease, attempt) -> SENT.

The mail service has no idempotency token, so a row is claimed before its mail is handed over and
settled after. A claim whose holder died, or never got its answer, keeps the row until the lease
ends; until then the service's own Send event may settle it. Only after that is the mail sent again,
and counted in ``resends``. FAILED and CANCELLED are final as well; a CANCELLED row stays so,
whatever is reported later. Finished rows leave the ``due`` index and live for another
``KEPT_AFTER_END``.
"""

import heapq
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Key as KeyCondition

from earshot.aws import keys
from earshot.domain.models import Alert, AlertState

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

LEASE = timedelta(minutes=15)
KEPT_AFTER_END = timedelta(days=400)

_PREFIX = keys.outbox("")["pk"]
_FINISH = "REMOVE due_shard, due_at, lease_until"
_UNFINISHED = "#state IN (:pending, :sending)"
_NOT_FINAL = "#state IN (:pending, :sending, :failed)"


class Outbox:
    """Every change is conditional and ``None`` or ``False`` says that it did not apply."""

    def __init__(self, table: "Table", *, page_size: int = 100) -> None:
        self._table = table
        self._page_size = page_size

    def insert_items(self, alerts: Iterable[Alert]) -> list[dict[str, Any]]:
        """For the deciding transaction: a conditional Put per alert, values as Python has them. It
        takes the place of an alert that was cancelled before anybody tried to send it."""
        return [
            {
                "Put": {
                    "TableName": self._table.name,
                    "Item": _item_of(alert),
                    "ConditionExpression": (
                        "attribute_not_exists(pk) OR (#state = :cancelled AND attempt = :none)"
                    ),
                    "ExpressionAttributeNames": {"#state": "state"},
                    "ExpressionAttributeValues": {
                        ":cancelled": AlertState.CANCELLED.value,
                        ":none": 0,
                    },
                }
            }
            for alert in alerts
        ]

    def get(self, alert_id: str) -> Alert | None:
        found = self._table.get_item(Key=keys.outbox(alert_id), ConsistentRead=True).get("Item")
        return _alert_of(found) if found else None

    def due(self, now: datetime) -> Iterator[str]:
        """Ids of alerts that may be claimed, the longest due first; pages are read as needed. The
        index follows the rows with a delay, so a claim may still be refused."""
        shards = (self._due_in(shard, now) for shard in keys.due_shards())
        return (alert_id for _, alert_id in heapq.merge(*shards))

    def _due_in(self, shard: str, now: datetime) -> Iterator[tuple[str, str]]:
        condition = KeyCondition("due_shard").eq(shard)
        options: dict[str, Any] = {
            "IndexName": keys.DUE_INDEX,
            "KeyConditionExpression": condition & KeyCondition("due_at").lte(keys.timestamp(now)),
            "Limit": self._page_size,
        }
        while True:
            page = self._table.query(**options)
            for item in page["Items"]:
                yield str(item["due_at"]), str(item["pk"]).removeprefix(_PREFIX)
            if "LastEvaluatedKey" not in page:
                return
            options["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def claim(self, alert_id: str, now: datetime) -> Alert | None:
        """The alert with a new attempt and lease, for one caller only: it was due, or its lease
        ran out, in which case ``resends`` went up."""
        take = (
            "SET #state = :sending, attempt = attempt + :one, lease_until = :lease, due_at = :lease"
        )
        values = {":now": keys.timestamp(now), ":lease": keys.timestamp(now + LEASE), ":one": 1}
        return self._update(
            alert_id, take, condition="#state = :pending AND due_at <= :now", values=values
        ) or self._update(
            alert_id,
            f"{take}, resends = resends + :one",
            condition="#state = :sending AND lease_until <= :now",
            values=values,
        )

    def settle(self, alert_id: str, message_id: str, now: datetime) -> Alert | None:
        """The mail service accepted the mail: so says its answer, or its Send event. It holds
        whichever attempt is running, and overrules a failure."""
        return self._update(
            alert_id,
            f"SET #state = :sent, message_id = :message, #ttl = :ttl {_FINISH}",
            condition=_NOT_FINAL,
            values={":message": message_id, ":ttl": _ttl(now)},
        )

    def release(self, alert: Alert, reason: str, retry_at: datetime) -> Alert | None:
        """Gives a claim back when it is known that nothing was sent under it."""
        return self._update(
            alert.alert_id,
            "SET #state = :pending, due_at = :due, failure = :reason REMOVE lease_until",
            condition="#state = :sending AND attempt = :attempt",
            values={":attempt": alert.attempt, ":due": keys.timestamp(retry_at), ":reason": reason},
        )

    def postpone(self, alert: Alert, until: datetime) -> Alert | None:
        """Moves an alert that may not be mailed yet, unless somebody claimed it meanwhile."""
        return self._update(
            alert.alert_id,
            "SET due_at = :due",
            condition=f"{_UNFINISHED} AND attempt = :attempt",
            values={":attempt": alert.attempt, ":due": keys.timestamp(until)},
        )

    def fail(self, alert: Alert, reason: str, now: datetime) -> Alert | None:
        """Ends an alert that no retry can deliver."""
        return self._update(
            alert.alert_id,
            f"SET #state = :failed, failure = :reason, #ttl = :ttl {_FINISH}",
            condition=f"{_UNFINISHED} AND attempt = :attempt",
            values={":attempt": alert.attempt, ":reason": reason, ":ttl": _ttl(now)},
        )

    def cancel(self, alert_id: str, now: datetime) -> Alert | None:
        """Ends an alert because what it tells was erased; ``None`` once it was sent."""
        return self._update(
            alert_id,
            f"SET #state = :cancelled, #ttl = :ttl {_FINISH}",
            condition=_NOT_FINAL,
            values={":ttl": _ttl(now)},
        )

    def record_delivery(self, alert_id: str, status: str) -> Alert | None:
        """Notes what became of the mail; ``delivered`` does not cover a bounce or complaint."""
        unknown = "attribute_not_exists(delivery_status)" if status == "delivered" else ""
        return self._update(
            alert_id, "SET delivery_status = :status", condition=unknown, values={":status": status}
        )

    def _update(
        self, alert_id: str, change: str, *, condition: str, values: dict[str, Any]
    ) -> Alert | None:
        text = f"{change} {condition}"
        states = {f":{state.lower()}": state.value for state in AlertState}
        used = {name: value for name, value in states.items() if name in text}
        names = {f"#{name}": name for name in ("state", "ttl") if f"#{name}" in text}
        options: dict[str, Any] = {"ExpressionAttributeNames": names} if names else {}
        try:
            answer = self._table.update_item(
                Key=keys.outbox(alert_id),
                UpdateExpression=change,
                ConditionExpression=" AND ".join(filter(None, ("attribute_exists(pk)", condition))),
                ExpressionAttributeValues={**used, **values},
                ReturnValues="ALL_NEW",
                **options,
            )
        except self._table.meta.client.exceptions.ConditionalCheckFailedException:
            return None
        return _alert_of(answer["Attributes"])


def alert_id_of(key: Mapping[str, Any]) -> str | None:
    """``None`` for the key of another kind of row."""
    pk = str(key.get("pk", ""))
    return pk.removeprefix(_PREFIX) if pk.startswith(_PREFIX) else None


def _ttl(now: datetime) -> int:
    return int((now + KEPT_AFTER_END).timestamp())


def _item_of(alert: Alert) -> dict[str, Any]:
    """``due_shard`` and ``due_at`` are there while somebody has to look at the row again."""
    fields = alert.model_dump(mode="json", exclude_none=True)
    moments = {
        name: keys.timestamp(moment)
        for name in ("due_at", "lease_until")
        if (moment := getattr(alert, name))
    }
    shard = {"due_shard": keys.due_shard(alert.alert_id)} if alert.due_at else {}
    return {**keys.outbox(alert.alert_id), **fields, **moments, **shard}


def _alert_of(item: dict[str, Any]) -> Alert:
    fields = {name: item[name] for name in Alert.model_fields if name in item}
    return Alert.model_validate({"due_at": None, **fields})
