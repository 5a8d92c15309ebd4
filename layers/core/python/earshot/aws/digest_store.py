"""Each day's digest of a seller: that there is one, and what of the waiting rows it tells.

Which rows it tells is frozen on its outbox row before the first try to send it, so that a second
try tells the same, and what comes in meanwhile is left to the next digest. They stand there as
eight bytes of a hash each: 20,000 of them in 160 KB. After the rows are gone the list still says
which digest told them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from earshot.aws import keys
from earshot.aws.outbox import Outbox
from earshot.aws.queries import batch
from earshot.aws.transactions import Action, commit, puts
from earshot.domain.models import Alert, AlertState, Slug
from earshot.domain.values import Identifier, Model

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

MOST_TOLD = 20_000


class LatestDigest(Model):
    seller_id: Slug
    alert_id: Identifier
    day: date


@dataclass(frozen=True)
class Frozen:
    """The rows that a digest tells, hashed, and whether they are gone."""

    rows: frozenset[bytes]
    is_cleared: bool


class DigestStore:
    def __init__(self, table: "Table") -> None:
        self._table = table
        self._outbox = Outbox(table)

    def latest(self, seller_ids: Sequence[str]) -> dict[str, LatestDigest]:
        """By seller, for those who had one."""
        rows = batch(self._table, [keys.last_digest(seller_id) for seller_id in seller_ids])
        found = (_latest_of(row) for row in rows)
        return {one.seller_id: one for one in found}

    def begin(self, digest: Alert) -> bool:
        """Puts the digest into the outbox after the one before it (``previous_id``). False when
        another comes after that one."""
        return commit(self._table, [self._outbox.inserts(digest), self._points(digest)]) is None

    def _points(self, digest: Alert) -> Action:
        latest = LatestDigest.model_validate(
            {"seller_id": digest.seller_id, "alert_id": digest.alert_id, "day": digest.day}
        )
        item = {**keys.last_digest(digest.seller_id), **latest.model_dump(mode="json")}
        before = {"alert_id": digest.previous_id} if digest.previous_id else None
        return puts(self._table, item, instead_of=before)

    def frozen(self, alert_id: str) -> Frozen | None:
        """``None`` while it is open what the digest tells."""
        row = self._table.get_item(
            Key=keys.outbox(alert_id),
            ConsistentRead=True,
            ProjectionExpression="frozen_at, frozen, cleared_at",
        ).get("Item", {})
        if "frozen_at" not in row:
            return None
        rows: Any = row.get("frozen", ())
        return Frozen(frozenset(map(bytes, rows)), "cleared_at" in row)

    def freeze(self, alert_id: str, sort_keys: Iterable[str], now: datetime) -> Frozen:
        """What the digest tells from now on: these rows, unless that was frozen before, or it was
        tried to send."""
        rows = frozenset(map(frozen_as, sort_keys))
        change = "SET frozen_at = :now" + (", frozen = :rows" if rows else "")
        values: dict[str, Any] = {":now": keys.timestamp(now), ":none": 0}
        values[":pending"] = AlertState.PENDING.value
        try:
            self._table.update_item(
                Key=keys.outbox(alert_id),
                UpdateExpression=change,
                ConditionExpression=(
                    "attribute_not_exists(frozen_at) AND attempt = :none AND #state = :pending"
                ),
                ExpressionAttributeNames={"#state": "state"},
                ExpressionAttributeValues=values | ({":rows": set(rows)} if rows else {}),
            )
        except self._table.meta.client.exceptions.ConditionalCheckFailedException:
            return self.frozen(alert_id) or Frozen(frozenset(), is_cleared=False)
        return Frozen(rows, is_cleared=False)

    def clear(self, alert_id: str, now: datetime) -> None:
        """The rows that it told are gone."""
        self._table.update_item(
            Key=keys.outbox(alert_id),
            UpdateExpression="SET cleared_at = :now",
            ConditionExpression="attribute_exists(pk)",
            ExpressionAttributeValues={":now": keys.timestamp(now)},
        )


def frozen_as(sort_key: str) -> bytes:
    return sha256(sort_key.encode()).digest()[:8]


def _latest_of(row: dict[str, Any]) -> LatestDigest:
    return LatestDigest.model_validate({name: row[name] for name in LatestDigest.model_fields})
