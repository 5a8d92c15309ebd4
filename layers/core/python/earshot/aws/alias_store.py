"""What is known of the aliases that are ambiguous: an account's name that is also a word.

Posts and labels are counted as they come; matching reads a snapshot that only the compilation of
the watchlist renews. So what a post is held to be about does not depend on what came just before.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from earshot.aws import keys
from earshot.aws.queries import partition
from earshot.domain.learned_prior import NOTHING_KNOWN, AliasPrior, prior_from, text_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

_MILLI = 1000


class AliasStore:
    def __init__(self, table: "Table") -> None:
        self._table = table

    def prior(self, entry_id: str, alias: str) -> AliasPrior:
        """As of the latest compilation."""
        found = self._table.get_item(Key=keys.alias(entry_id, alias)).get("Item", {})
        return prior_from(str(found["snapshot"])) if "snapshot" in found else NOTHING_KNOWN

    def observe(self, entry_id: str, alias: str, kinship: float, *, version: str) -> None:
        """One more post with this alias. A new version of the model begins to count anew."""
        amounts: dict[str, Any] = {":one": 1, ":kinship": round(kinship * _MILLI), ":version": version}
        key = keys.alias(entry_id, alias)
        try:
            self._table.update_item(
                Key=key,
                UpdateExpression="ADD posts :one, kinship :kinship SET model = :version",
                ConditionExpression="attribute_not_exists(pk) OR model = :version",
                ExpressionAttributeValues=amounts,
            )
        except self._table.meta.client.exceptions.ConditionalCheckFailedException:
            self._table.update_item(
                Key=key,
                UpdateExpression=(
                    "SET posts = :one, kinship = :kinship, model = :version REMOVE labels"
                ),
                ExpressionAttributeValues=amounts,
            )

    def renew(self) -> int:
        """Makes what was counted so far the snapshot that matching reads; how many changed."""
        changed = 0
        for row in self._rows():
            snapshot = text_of(_prior_of(row))
            if row.get("snapshot") != snapshot:
                self._table.update_item(
                    Key={"pk": row["pk"], "sk": row["sk"]},
                    UpdateExpression="SET #snapshot = :snapshot",
                    ConditionExpression="attribute_exists(pk)",
                    ExpressionAttributeNames={"#snapshot": "snapshot"},
                    ExpressionAttributeValues={":snapshot": snapshot},
                )
                changed += 1
        return changed

    def _rows(self) -> Iterator[dict[str, Any]]:
        for shard in keys.alias_shards():
            yield from partition(self._table, shard)


def _prior_of(row: dict[str, Any]) -> AliasPrior:
    """``labels`` is what sellers taught, as ``text_of`` wrote it."""
    taught = prior_from(str(row["labels"])) if "labels" in row else NOTHING_KNOWN
    return replace(
        taught,
        version=str(row["model"]),
        posts=int(row["posts"]),
        kinship=int(row["kinship"]) / _MILLI,
    )
