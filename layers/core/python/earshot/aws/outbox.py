"""The outbox: a row per alert, PENDING -> SENDING (lease, attempt) -> SENT, or -> DIGESTED.

The mail service has no idempotency token, so a row is claimed before its mail is handed over and
settled after. A claim whose holder died, or never got its answer, keeps the row until the lease
ends; until then the service's own Send event may settle it. Only after that is the mail sent again,
and counted in ``resends``. FAILED, CANCELLED and DIGESTED are final as well; of these only FAILED
is overruled by what is reported later. Finished rows leave the ``due`` index and live for another
``KEPT_AFTER_END``. Until its first attempt an alert may take in further posts.
"""

import heapq
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Key as KeyCondition

from earshot.aws import keys
from earshot.aws.alert_rows import alert_of, item_of, text_of
from earshot.aws.queries import batch
from earshot.aws.transactions import Action, Refusal, puts
from earshot.domain.models import Alert, AlertKind, AlertState

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

LEASE = timedelta(minutes=15)
KEPT_AFTER_END = timedelta(days=400)

_PREFIX = keys.outbox("")["pk"]
_UNSCHEDULE = "REMOVE due_shard, due_at"
_FINISH = f"{_UNSCHEDULE}, lease_until"
_UNFINISHED = "#state IN (:pending, :sending)"
_NOT_FINAL = "#state IN (:pending, :sending, :failed)"
_AS_READ = (
    "(attribute_not_exists(posts) OR posts = :posts) "
    "AND (attribute_not_exists(moved) OR moved = :moved)"
)
MOST_SIGNALS = 100
"""An alert tells of no more; others wait for the digest."""


class Outbox:
    """Every change is conditional and ``None`` or ``False`` says that it did not apply."""

    def __init__(self, table: "Table", *, page_size: int = 100) -> None:
        self._table = table
        self._page_size = page_size

    def inserts(self, alert: Alert) -> Action:
        """For a transaction; an alert of this id must not be there."""
        return puts(self._table, item_of(alert), refusal=Refusal.HEARD)

    def takes_in(
        self,
        alert: Alert,
        posts: int,
        signal: tuple[str, str],
        *,
        again: int = 0,
        due_at: datetime | None = None,
    ) -> Action:
        """For a transaction: the alert, which nobody tried to send yet, tells of more posts;
        ``again`` of them it was to tell before, as part of another signal. It may be due sooner
        then."""
        update = "ADD posts :posts, moved :again, signal_ids :signal"
        values: dict[str, Any] = {":posts": posts, ":again": again, ":signal": {text_of(signal)}}
        if due_at:
            update += " SET due_at = :due"
            values[":due"] = keys.timestamp(due_at)
        return self._changes_unsent(alert.alert_id, update, "attempt", values=values)

    def loses(self, alert_id: str, posts: int) -> Action:
        """For a transaction: what tells of so many posts no more, unless it may be sent already;
        a mail that was made before is made again."""
        values = {":posts": posts}
        return self._changes_unsent(alert_id, "ADD moved :posts", "resends", values=values)

    def digests(self, alert: Alert, reason: str, now: datetime) -> Action:
        """For a transaction: what the alert was to tell waits in the digest instead, when it is
        known that nothing was sent."""
        values = {
            ":digested": AlertState.DIGESTED.value,
            ":reason": reason,
            ":now": keys.timestamp(now),
            ":ttl": _ttl(now),
        }
        update = f"SET #state = :digested, failure = :reason, told_at = :now, #ttl = :ttl {_FINISH}"
        return self._changes_unsent(alert.alert_id, update, "resends", values=values)

    def _changes_unsent(
        self, alert_id: str, update: str, none_of: str, *, values: dict[str, Any]
    ) -> Action:
        """Of a PENDING row that had ``none_of`` them: attempts at all, or such whose outcome nobody
        knows."""
        names = {f"#{name}": name for name in ("state", "ttl") if f"#{name}" in f"{update} #state"}
        change = {
            "TableName": self._table.name,
            "Key": keys.outbox(alert_id),
            "UpdateExpression": update,
            "ConditionExpression": f"#state = :pending AND {none_of} = :none",
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": {
                ":pending": AlertState.PENDING.value,
                ":none": 0,
                **values,
            },
        }
        return {"Update": change, "refusal": Refusal.CONFLICT}

    def get(self, alert_id: str) -> Alert | None:
        found = self._table.get_item(Key=keys.outbox(alert_id), ConsistentRead=True).get("Item")
        return alert_of(found) if found else None

    def get_many(self, alert_ids: Iterable[str]) -> dict[str, Alert]:
        """Those that are there, by id."""
        wanted = [keys.outbox(alert_id) for alert_id in dict.fromkeys(alert_ids)]
        found = map(alert_of, batch(self._table, wanted))
        return {alert.alert_id: alert for alert in found}

    def ranks(self, alert_ids: Iterable[str]) -> dict[str, tuple[str, int]]:
        """Kind and score of those that are there, by id, also of a row that is no alert."""
        rows = batch(self._table, [keys.outbox(alert_id) for alert_id in dict.fromkeys(alert_ids)])
        return {
            str(row["pk"]).removeprefix(_PREFIX): (
                str(row.get("kind", AlertKind.ALERT)),
                int(row.get("score", 0)),
            )
            for row in rows
        }

    def remove(self, alert_id: str) -> None:
        """A fan-out whose sellers have all been told."""
        self._table.delete_item(Key=keys.outbox(alert_id))

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

    def claim(
        self, alert_id: str, now: datetime, *, posts: int = 0, moved: int = 0
    ) -> Alert | None:
        """The alert with a new attempt and lease, for one caller only: it was due, or its lease
        ran out, in which case ``resends`` went up. ``None`` also when it took in, or lost, more
        than the mail was made of: ``posts`` and ``moved``."""
        take = (
            "SET #state = :sending, attempt = attempt + :one, lease_until = :lease, due_at = :lease"
        )
        values = {":now": keys.timestamp(now), ":lease": keys.timestamp(now + LEASE), ":one": 1}
        return self._update(
            alert_id,
            take,
            condition=f"#state = :pending AND due_at <= :now AND {_AS_READ}",
            values={**values, ":posts": posts, ":moved": moved},
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
            f"SET #state = :sent, message_id = :message, told_at = :now, #ttl = :ttl {_FINISH}",
            condition=_NOT_FINAL,
            values={":message": message_id, ":now": keys.timestamp(now), ":ttl": _ttl(now)},
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
        """Moves an alert that may not be mailed yet, unless somebody claimed it meanwhile, or it
        took in, or lost, something."""
        read = {":attempt": alert.attempt, ":posts": alert.posts, ":moved": alert.moved}
        return self._update(
            alert.alert_id,
            "SET due_at = :due",
            condition=f"{_UNFINISHED} AND attempt = :attempt AND {_AS_READ}",
            values={**read, ":due": keys.timestamp(until)},
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
        """Ends an alert because what it tells was erased; ``None`` once it was sent. The lease of a
        try that did not end stays: the mail may have been sent."""
        return self._update(
            alert_id,
            f"SET #state = :cancelled, #ttl = :ttl {_UNSCHEDULE}",
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
        return alert_of(answer["Attributes"])


def alert_id_of(key: Mapping[str, Any]) -> str | None:
    """``None`` for the key of another kind of row."""
    pk = str(key.get("pk", ""))
    return pk.removeprefix(_PREFIX) if pk.startswith(_PREFIX) else None


def _ttl(now: datetime) -> int:
    return int((now + KEPT_AFTER_END).timestamp())


def is_open(alert: Alert) -> bool:
    """Whether it may take in further posts."""
    kinds = {AlertKind.ALERT, AlertKind.UPDATE}
    return alert.kind in kinds and alert.state is AlertState.PENDING and alert.attempt == 0


def has_room(alert: Alert, signal: tuple[str, str]) -> bool:
    return signal in alert.signal_ids or len(alert.signal_ids) < MOST_SIGNALS
