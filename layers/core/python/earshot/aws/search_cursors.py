"""How far a connection got with each search that it makes for the watchlist: a row per search,
since a row for all of them would be written whole with each page."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from earshot.aws import keys
from earshot.aws.queries import partition
from earshot.domain.deliveries import Connection

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

KEPT = timedelta(days=30)
"""After what the watchlist no longer names."""

Cursor = dict[str, str]


class SearchCursors:
    def __init__(self, table: "Table") -> None:
        self._table = table

    def of(self, connection: Connection) -> dict[str, Cursor]:
        """By the words of the search."""
        pk = keys.searches(connection.source, connection.connection_id)
        return {str(row["words"]): row["cursor"] for row in partition(self._table, pk)}

    def save(self, search: Connection, cursor: Cursor, *, at: datetime) -> bool:
        """How far the search got, which is the connection with its query and the cursor that was
        read. False when somebody else moved it since."""
        words = search.query or ""
        try:
            self._table.update_item(
                Key=keys.search(search.source, search.connection_id, words),
                UpdateExpression="SET words = :words, #cursor = :cursor, #ttl = :ttl",
                ConditionExpression="attribute_not_exists(pk) OR #cursor = :read",
                ExpressionAttributeNames={"#cursor": "cursor", "#ttl": "ttl"},
                ExpressionAttributeValues={
                    ":words": words,
                    ":cursor": cursor,
                    ":read": search.cursor,
                    ":ttl": int((at + KEPT).timestamp()),
                },
            )
        except self._table.meta.client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def forget(self, source: str, connection_id: str) -> None:
        """All of a connection that is removed."""
        with self._table.batch_writer() as writer:
            for row in partition(self._table, keys.searches(source, connection_id)):
                writer.delete_item(Key={"pk": str(row["pk"]), "sk": str(row["sk"])})
