"""How the mail is doing: addresses not to be written to, figures of the last days, and the rate."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Key as KeyCondition

from earshot.aws import keys
from earshot.aws.queries import batch
from earshot.aws.transactions import Refusal, commit
from earshot.domain import mail_health as limits
from earshot.domain.mail_health import MailFigures
from earshot.domain.values import Model, Slug, Utc

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

KEPT_FIGURES = timedelta(days=60)

_FIGURES = tuple(MailFigures.model_fields)
_BEFORE = ", ".join(f"{name}_before = if_not_exists({name}, :none)" for name in _FIGURES)


class Suppression(Model):
    reason: Slug
    suppressed_at: Utc


class MailHealth:
    def __init__(self, table: "Table") -> None:
        self._table = table
        self._arrival = 0

    # Addresses

    def suppress(self, address: str, reason: str, now: datetime) -> bool:
        """Whether it was not on the list yet; the first reason stays."""
        return self._update(
            keys.suppressed(address),
            "SET reason = :reason, suppressed_at = :now",
            condition="attribute_not_exists(pk)",
            values={":reason": reason, ":now": keys.timestamp(now)},
        )

    def unsuppress(self, address: str) -> bool:
        """Whether it was on the list."""
        gone = self._table.delete_item(Key=keys.suppressed(address), ReturnValues="ALL_OLD")
        return "Attributes" in gone

    def is_suppressed(self, address: str) -> bool:
        found = self._table.get_item(Key=keys.suppressed(address), ConsistentRead=True)
        return "Item" in found

    def suppressions(self, addresses: Iterable[str]) -> dict[str, Suppression]:
        """Those of the addresses that are on the list."""
        pk_by_address = {address: keys.suppressed(address)["pk"] for address in addresses}
        wanted = {pk: keys.suppressed(address) for address, pk in pk_by_address.items()}
        found = {
            str(item["pk"]): Suppression(reason=item["reason"], suppressed_at=item["suppressed_at"])
            for item in batch(self._table, list(wanted.values()))
        }
        return {address: found[pk] for address, pk in pk_by_address.items() if pk in found}

    # Figures

    def note(self, alert_id: str, message_id: str, figure: str, *, now: datetime) -> bool:
        """Counts a mail under today as ``sent``, ``bounced`` or ``complained``, each once, however
        often it is reported. ``False`` when it was counted, or its outbox row is gone."""
        counted = {
            "Update": {
                "TableName": self._table.name,
                "Key": keys.outbox(alert_id),
                "UpdateExpression": "ADD mail_noted :marks",
                "ConditionExpression": "attribute_exists(pk) AND NOT contains(mail_noted, :mark)",
                "ExpressionAttributeValues": {
                    ":mark": f"{figure}:{message_id}",
                    ":marks": {f"{figure}:{message_id}"},
                },
            },
            "refusal": Refusal.HEARD,
        }
        one_more = {
            "Update": {
                "TableName": self._table.name,
                "Key": keys.mail_figures(_day(now)),
                "UpdateExpression": "SET #ttl = :ttl ADD #figure :one",
                "ExpressionAttributeNames": {"#ttl": "ttl", "#figure": figure},
                "ExpressionAttributeValues": {":ttl": _ttl(now), ":one": 1},
            }
        }
        return commit(self._table, [counted, one_more]) is None

    def figures(self, now: datetime, resumed_at: datetime | None) -> MailFigures:
        """Of the days that count, without what was counted before sending was resumed."""
        first, last = limits.days_that_count(now, resumed_at)
        condition = KeyCondition("pk").eq(keys.mail_figures("")["pk"])
        page = self._table.query(
            KeyConditionExpression=condition
            & KeyCondition("sk").between(first.isoformat(), last.isoformat()),
            ConsistentRead=True,
        )
        day_resumed = _day(resumed_at) if resumed_at else None
        return limits.total(
            _figures_of(item, without_before=item["sk"] == day_resumed) for item in page["Items"]
        )

    def begin_anew(self, now: datetime) -> None:
        """Notes where today's figures stand, so that sending can be resumed from here."""
        self._update(
            keys.mail_figures(_day(now)),
            f"SET #ttl = :ttl, {_BEFORE}",
            values={":ttl": _ttl(now), ":none": 0},
            names={"#ttl": "ttl"},
        )

    # The rate

    def take(self, now: datetime, per_second: int) -> datetime | None:
        """``None``: one mail may go now, and is counted. Else when to ask again.

        Any number of senders may ask; whichever form of the update fits what was seen last is
        tried first, so a mail mostly costs one write.
        """
        at = limits.microseconds(now)
        while not self._moves_on(at, per_second):
            self._arrival = self._read_arrival()
            if (free_at := limits.free_at(self._arrival, per_second)) > at:
                return limits.moment_of(free_at)
        return None

    def _read_arrival(self) -> int:
        found: Any = self._table.get_item(Key=keys.mail_rate(), ConsistentRead=True).get("Item", {})
        return int(found.get("arrival", 0))

    def _moves_on(self, at: int, per_second: int) -> bool:
        """`domain.mail_health.arrival_after` as expressions."""
        step = limits.spacing(per_second)
        if self._arrival <= at:
            change, values = "SET arrival = :next", {":now": at, ":next": at + step}
            condition = "attribute_not_exists(arrival) OR arrival <= :now"
        else:
            latest = limits.latest_arrival(at, per_second)
            change = "SET arrival = arrival + :step"
            values = {":now": at, ":latest": latest, ":step": step}
            condition = "arrival > :now AND arrival <= :latest"
        moved = self._update(keys.mail_rate(), change, condition=condition, values=values)
        self._arrival = max(self._arrival, at) + step if moved else self._arrival
        return moved

    def _update(
        self,
        key: keys.Key,
        change: str,
        *,
        values: dict[str, Any],
        condition: str = "",
        names: dict[str, str] | None = None,
    ) -> bool:
        options: dict[str, Any] = {"ExpressionAttributeNames": names} if names else {}
        options |= {"ConditionExpression": condition} if condition else {}
        try:
            self._table.update_item(
                Key=key, UpdateExpression=change, ExpressionAttributeValues=values, **options
            )
        except self._table.meta.client.exceptions.ConditionalCheckFailedException:
            return False
        return True


def _day(moment: datetime) -> str:
    return keys.timestamp(moment)[:10]


def _ttl(now: datetime) -> int:
    return int((now + KEPT_FIGURES).timestamp())


def _figures_of(item: dict[str, Any], *, without_before: bool) -> MailFigures:
    return MailFigures(
        **{
            name: int(item.get(name, 0)) - (int(item.get(f"{name}_before", 0)) * without_before)
            for name in _FIGURES
        }
    )
