"""How far the refresh of business data got, and when each account was asked about."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from earshot.aws import keys
from earshot.aws.items import item_of, model_of
from earshot.aws.queries import batch, partition
from earshot.aws.rounds import Rounds
from earshot.domain.business import Account
from earshot.domain.refreshing import Visits
from earshot.domain.values import Model, Utc

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

PAGE = 25
KEPT_SECONDS = 180 * 86_400


class Place(Model):
    """Where the walk over all accounts stands: in which shard, after which key. A round that came
    to its end has walked all shards."""

    started_at: Utc
    shard: int = 0
    after: str = ""

    @property
    def is_end(self) -> bool:
        return self.shard >= keys.ACCOUNT_SHARDS


class RefreshStore:
    """One run walks at a time, so no host is asked by two at once."""

    def __init__(self, table: "Table") -> None:
        self._table = table
        self.rounds = Rounds(table, keys.refresh_round(), Place)

    def pages(self, place: Place) -> Iterator[tuple[list[tuple[Account, Visits]], Place]]:
        """The accounts from there on to the end of the last shard, some at a time, each with what
        is known of its visits; and the place behind them. Those that are merged into another are
        passed over."""
        for shard in range(place.shard, keys.ACCOUNT_SHARDS):
            rows = self._rows(shard, place.after if shard == place.shard else "")
            while some := list(islice(rows, PAGE)):
                after = place.model_copy(update={"shard": shard, "after": str(some[-1]["sk"])})
                yield self._with_visits(some), after
            yield [], place.model_copy(update={"shard": shard + 1, "after": ""})

    def put_visits(self, visits: Visits, now: datetime) -> None:
        """They go when nobody was there for half a year: the account is gone, too."""
        ttl = int(now.timestamp()) + KEPT_SECONDS
        self._table.put_item(Item=item_of(keys.refresh(visits.account_id), visits, ttl=ttl))

    def visits(self, account_id: str) -> Visits:
        found = self._table.get_item(Key=keys.refresh(account_id), ConsistentRead=True).get("Item")
        return model_of(Visits, found) if found else Visits(account_id=account_id)

    def _rows(self, shard: int, after: str) -> Iterator[dict[str, Any]]:
        pk = keys.account_shards()[shard]
        start = {"ExclusiveStartKey": {"pk": pk, "sk": after}} if after else {}
        return partition(self._table, pk, "ACCOUNT#", Limit=PAGE, **start)

    def _with_visits(self, rows: list[dict[str, Any]]) -> list[tuple[Account, Visits]]:
        accounts = [model_of(Account, row) for row in rows if "merged_into" not in row]
        wanted = [keys.refresh(account.account_id) for account in accounts]
        found = (model_of(Visits, item) for item in batch(self._table, wanted))
        known = {visits.account_id: visits for visits in found}
        return [
            (account, known.get(account.account_id, Visits(account_id=account.account_id)))
            for account in accounts
        ]
