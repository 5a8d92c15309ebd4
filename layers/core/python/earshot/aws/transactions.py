"""Transactions whose conditions say what it means when they fail."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from earshot.aws import keys
from earshot.aws.items import Item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

Action = dict[str, Any]


class Refusal(StrEnum):
    """Why a transaction changed nothing; the most telling first."""

    SUPERSEDED = "superseded"
    ERASED = "erased"
    CONFLICT = "conflict"
    HEARD = "heard"


def commit(table: "Table", actions: Sequence[Action]) -> Refusal | None:
    """All of the actions or none; the reason when none. Each action carries under ``refusal`` what
    its failed condition means."""
    items = [{kind: body for kind, body in a.items() if kind != "refusal"} for a in actions]
    client = table.meta.client
    try:
        client.transact_write_items(TransactItems=items)  # type: ignore[arg-type]
    except client.exceptions.TransactionCanceledException as error:
        return _refusal(error, actions)
    return None


def expects_head(table: "Table", source: str, native_id: str, *, version: str) -> Action:
    """The post has no newer version."""
    return {
        "ConditionCheck": {
            "TableName": table.name,
            "Key": keys.post_head(source, native_id),
            "ConditionExpression": "version = :version",
            "ExpressionAttributeValues": {":version": version},
        },
        "refusal": Refusal.SUPERSEDED,
    }


def expects_absent(table: "Table", wanted: Iterable[keys.Key], refusal: Refusal) -> list[Action]:
    return [
        {
            "ConditionCheck": {
                "TableName": table.name,
                "Key": key,
                "ConditionExpression": "attribute_not_exists(pk)",
            },
            "refusal": refusal,
        }
        for key in wanted
    ]


def puts_new(table: "Table", item: Item, refusal: Refusal) -> Action:
    return {
        "Put": {
            "TableName": table.name,
            "Item": item,
            "ConditionExpression": "attribute_not_exists(pk)",
        },
        "refusal": refusal,
    }


def _refusal(error: ClientError, actions: Sequence[Action]) -> Refusal:
    reasons = error.response.get("CancellationReasons", [])
    failed = {
        action["refusal"]
        for action, reason in zip(actions, reasons, strict=False)
        if reason.get("Code") == "ConditionalCheckFailed"
    }
    return next((refusal for refusal in Refusal if refusal in failed), Refusal.CONFLICT)
