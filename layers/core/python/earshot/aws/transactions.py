"""Transactions whose conditions say what it means when they fail."""

import time
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from random import SystemRandom
from typing import TYPE_CHECKING, Any

from earshot.aws import keys
from earshot.errors import BusyError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

Action = dict[str, Any]

TRIES = 6
FIRST_PAUSE = 0.02
_PASSING = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})
_CHANCE = SystemRandom()


class Refusal(StrEnum):
    """Why a transaction changed nothing; the most telling first."""

    SUPERSEDED = "superseded"
    ERASED = "erased"
    USED = "used"
    CONFLICT = "conflict"
    HEARD = "heard"


def commit(table: "Table", actions: Sequence[Action]) -> Refusal | None:
    """All of the actions or none; the reason when a condition failed. Each action carries under
    ``refusal`` what its failed condition means.

    A transaction that met another one on its way says nothing of the conditions: it is tried again,
    and ``BusyError`` after ``TRIES``. What DynamoDB will never take escapes.
    """
    items = [{kind: body for kind, body in a.items() if kind != "refusal"} for a in actions]
    client = table.meta.client
    for tried in range(TRIES):
        try:
            client.transact_write_items(TransactItems=items)  # type: ignore[arg-type]
        except client.exceptions.TransactionCanceledException as error:
            reasons = [one.get("Code", "None") for one in error.response["CancellationReasons"]]
            if "ConditionalCheckFailed" in reasons:
                return _refusal(reasons, actions)
            if not set(reasons) & _PASSING:
                raise
            time.sleep(_CHANCE.uniform(0, FIRST_PAUSE * 2**tried))
        else:
            return None
    raise BusyError("transaction")


def puts(
    table: "Table",
    item: Mapping[str, Any],
    *,
    instead_of: Mapping[str, Any] | None = None,
    refusal: Refusal = Refusal.CONFLICT,
) -> Action:
    """A row that is not there yet; or one in the place of that with these values, as it was read.
    Their names must be no reserved words."""
    put: Action = {
        "TableName": table.name,
        "Item": dict(item),
        "ConditionExpression": "attribute_not_exists(pk)",
    }
    if instead_of:
        put["ConditionExpression"] = " AND ".join(f"{name} = :{name}" for name in instead_of)
        put["ExpressionAttributeValues"] = {f":{name}": v for name, v in instead_of.items()}
    return {"Put": put, "refusal": refusal}


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


def _refusal(reasons: Iterable[str], actions: Sequence[Action]) -> Refusal:
    failed = {
        action["refusal"]
        for action, reason in zip(actions, reasons, strict=True)
        if reason == "ConditionalCheckFailed"
    }
    return next(refusal for refusal in Refusal if refusal in failed)
