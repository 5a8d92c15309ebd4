"""Everything that is kept, a page at a time, and how far a scan of it is."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from earshot.aws import keys
from earshot.aws.items import Item, item_of, model_of
from earshot.aws.queries import batch
from earshot.aws.rounds import Rounds
from earshot.domain.retention import Round

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table
    from mypy_boto3_s3 import S3Client

ROWS_AT_ONCE = 1_000
OBJECTS_AT_ONCE = 100


class Stored(NamedTuple):
    """An object of the bucket, and when it was written last."""

    key: str
    written_at: datetime


class ScanStore:
    """The one place that reads the whole table and the whole bucket."""

    def __init__(self, table: "Table", s3: "S3Client", bucket: str) -> None:
        self._table = table
        self._s3 = s3
        self._bucket = bucket
        self.rounds = Rounds(table, keys.scan_round(), Round)

    def rows(self, after: dict[str, str]) -> tuple[list[Item], dict[str, str]]:
        """Some rows behind the one of this key, and the key to go on from; empty at the end. They
        may be as they were a second ago."""
        start: dict[str, Any] = {"ExclusiveStartKey": after} if after else {}
        page = self._table.scan(Limit=ROWS_AT_ONCE, **start)
        last = page.get("LastEvaluatedKey", {})
        return page["Items"], {name: str(value) for name, value in last.items()}

    def again(self, wanted: Iterable[keys.Key]) -> list[Item]:
        """These rows as they are now."""
        return list(batch(self._table, list(wanted)))

    def objects(self, after: str) -> tuple[list[Stored], str]:
        """Some objects behind this key, likewise."""
        start: dict[str, Any] = {"StartAfter": after} if after else {}
        page = self._s3.list_objects_v2(Bucket=self._bucket, MaxKeys=OBJECTS_AT_ONCE, **start)
        found = [Stored(str(one["Key"]), one["LastModified"]) for one in page.get("Contents", ())]
        return found, found[-1].key if page["IsTruncated"] else ""

    def entry(self, key: str) -> dict[str, Any] | None:
        """One of the journal; ``None`` when it is gone."""
        try:
            found = self._s3.get_object(Bucket=self._bucket, Key=key)
        except self._s3.exceptions.NoSuchKey:
            return None
        entry: dict[str, Any] = json.loads(found["Body"].read())
        return entry

    def put_report(self, report: Round) -> None:
        self._table.put_item(Item=item_of(keys.scan_report(), report))

    def report(self) -> Round | None:
        """Of the last round that was finished."""
        found = self._table.get_item(Key=keys.scan_report(), ConsistentRead=True).get("Item")
        return model_of(Round, found) if found else None

    def forget_names(self) -> None:
        """Keys that were found hold ids, which may be those of whom was erased; the counts stay
        until the next round."""
        for key in (keys.scan_report(), keys.scan_round()):
            try:
                self._table.update_item(
                    Key=key,
                    UpdateExpression="SET #data.named = :none",
                    ConditionExpression="attribute_exists(#data)",
                    ExpressionAttributeNames={"#data": "data"},
                    ExpressionAttributeValues={":none": []},
                )
            except self._table.meta.client.exceptions.ConditionalCheckFailedException:
                continue
