"""Every page of a query."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


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
