"""Who takes care of which signal."""

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from earshot.aws import keys
from earshot.aws.items import item_of, model_of
from earshot.aws.queries import batch
from earshot.aws.transactions import Action, Refusal, puts
from earshot.domain.models import Claim, Signal

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

KEPT = timedelta(days=400)


class ClaimStore:
    def __init__(self, table: "Table") -> None:
        self._table = table

    def get(self, signal_id: str) -> Claim | None:
        """``None`` when nobody ever did."""
        found = self._table.get_item(Key=keys.claim(signal_id), ConsistentRead=True).get("Item")
        return model_of(Claim, found) if found else None

    def of(self, signal: Signal) -> Claim | None:
        """The latest on the signal, or on one that became part of it."""
        return self.of_signals([signal]).get(signal.signal_id)

    def of_signals(self, signals: Iterable[Signal]) -> dict[str, Claim]:
        """By the id of the signal; the same for many at once."""
        signal_by_id = {
            name: signal.signal_id
            for signal in signals
            for name in (signal.signal_id, *signal.absorbed)
        }
        rows = batch(self._table, [keys.claim(name) for name in signal_by_id])
        claims = sorted((model_of(Claim, row) for row in rows), key=lambda one: one.claimed_at)
        return {signal_by_id[claim.signal_id]: claim for claim in claims}

    def puts(self, claim: Claim, before: Claim | None) -> Action:
        """In the place of the one before, as it was read; one on a signal that became part of this
        one stays where it is."""
        ttl = int((claim.claimed_at + KEPT).timestamp())
        item = item_of(keys.claim(claim.signal_id), claim, version=claim.version, ttl=ttl)
        read = before if before and before.signal_id == claim.signal_id else None
        return puts(self._table, item, instead_of={"version": read.version} if read else None)

    def requires(self, signal: Signal) -> Action:
        """For a transaction: the signal is still there, so that no note outlives an erasure."""
        return {
            "ConditionCheck": {
                "TableName": self._table.name,
                "Key": keys.signal(*signal.key),
                "ConditionExpression": "attribute_exists(pk)",
            },
            "refusal": Refusal.ERASED,
        }
