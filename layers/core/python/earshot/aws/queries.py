"""Every page of a query, every item of a batch."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

MOST_READ = 100


def batch(table: "Table", wanted: Sequence[dict[str, str]]) -> Iterator[dict[str, Any]]:
    """Items of these keys that are there, each once, read consistently, in any order. A key may be
    named twice, which DynamoDB itself refuses."""
    distinct = list({(key["pk"], key["sk"]): key for key in wanted}.values())
    for start in range(0, len(distinct), MOST_READ):
        some = {"Keys": distinct[start : start + MOST_READ], "ConsistentRead": True}
        request: Any = {table.name: some}
        while request:
            answer = table.meta.client.batch_get_item(RequestItems=request)
            yield from answer["Responses"].get(table.name, [])
            request = answer.get("UnprocessedKeys")


def partition(
    table: "Table", pk: str, prefix: str = "", **options: Any
) -> Iterator[dict[str, Any]]:
    """Items of a partition whose sort key starts with ``prefix``, in its order, read
    consistently; all pages are followed."""
    options = {"ConsistentRead": True, **options, "KeyConditionExpression": "pk = :pk"}
    options["ExpressionAttributeValues"] = {":pk": pk}
    if prefix:
        options["KeyConditionExpression"] += " AND begins_with(sk, :prefix)"
        options["ExpressionAttributeValues"][":prefix"] = prefix
    while True:
        page = table.query(**options)
        yield from page["Items"]
        if "LastEvaluatedKey" not in page:
            return
        options["ExclusiveStartKey"] = page["LastEvaluatedKey"]
