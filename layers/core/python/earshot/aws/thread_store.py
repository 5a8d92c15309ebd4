"""The mails about one subject to one seller: so that a burst becomes one thread."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from earshot.aws import keys
from earshot.aws.queries import batch
from earshot.aws.transactions import Action, Refusal, puts
from earshot.domain.values import Identifier, Model

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

KEPT = timedelta(days=60)


class Thread(Model):
    """The alert that began it and the last mail in it."""

    root_id: Identifier
    latest_id: Identifier


class ThreadStore:
    def __init__(self, table: "Table") -> None:
        self._table = table

    def get(self, seller_id: str, subject_id: str) -> Thread | None:
        key = keys.thread(seller_id, subject_id)
        found = self._table.get_item(Key=key, ConsistentRead=True).get("Item")
        return Thread.model_validate(_fields(found)) if found else None

    def goes_on(
        self,
        seller_id: str,
        subject_id: str,
        thread: Thread,
        *,
        after: Thread | None,
        now: datetime,
    ) -> Action:
        """For a transaction: the thread, where it was read as ``after``."""
        key = keys.thread(seller_id, subject_id)
        item = {**key, **thread.model_dump(), "ttl": int((now + KEPT).timestamp())}
        before = {"latest_id": after.latest_id} if after else None
        return puts(self._table, item, instead_of=before)

    def told_of(
        self, signal_ids: Sequence[str], seller_ids: Sequence[str]
    ) -> dict[tuple[str, str], str]:
        """By signal and seller, where the seller was told of it: the alert that began it for them,
        or nothing where it was in a digest only."""
        wanted = [keys.told(one, seller_id) for one in signal_ids for seller_id in seller_ids]
        found = batch(self._table, wanted)
        return {
            (str(row["signal_id"]), str(row["seller_id"])): str(row["root_id"]) for row in found
        }

    def tells(self, signal_id: str, seller_id: str, root_id: str = "") -> Action:
        """For a transaction: the seller is told of the signal, in the thread of this alert, or by a
        digest."""
        root = ":root" if root_id else "if_not_exists(root_id, :root)"
        update: dict[str, Any] = {
            "TableName": self._table.name,
            "Key": keys.told(signal_id, seller_id),
            "UpdateExpression": f"SET root_id = {root}, signal_id = :signal, seller_id = :seller",
            "ExpressionAttributeValues": {
                ":root": root_id,
                ":signal": signal_id,
                ":seller": seller_id,
            },
        }
        return {"Update": update, "refusal": Refusal.CONFLICT}


def _fields(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in Thread.model_fields}
