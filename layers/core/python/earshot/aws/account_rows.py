"""The row of an account: what it is seen as under ``data``, what everybody said beside it.

The dossier is JSON text, since it is read and written as a whole and no condition looks into it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from earshot.aws import keys
from earshot.aws.items import Item, item_of, model_of
from earshot.aws.queries import batch
from earshot.domain.business import Account
from earshot.domain.facts import Origin, statement_of
from earshot.domain.merging import Dossier, tell

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

Action = dict[str, Any]
MOST_ACTIONS = 100
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_CHANGED_MEANWHILE = frozenset({"ConditionalCheckFailed", "TransactionConflict"})


@dataclass(frozen=True, slots=True)
class AccountRow:
    """``version`` is 0 for a row that is not there yet."""

    dossier: Dossier
    seen: Account | None = None
    version: int = 0


def row_of(item: Item) -> AccountRow:
    """A row without a dossier is of an earlier version of this software: the CRM said all of it."""
    seen = model_of(Account, item)
    if text := item.get("dossier"):
        return AccountRow(Dossier.model_validate_json(text), seen, int(item["version"]))
    return AccountRow(tell({}, statement_of(seen, Origin.CRM, _LONG_AGO)), seen)


def read(table: "Table", account_ids: Iterable[str]) -> dict[str, AccountRow]:
    """Those that are there, read consistently."""
    wanted = [keys.account(account_id) for account_id in dict.fromkeys(account_ids)]
    rows = map(row_of, batch(table, wanted))
    return {row.dossier.account_id: row for row in rows}


def actions(
    table: "Table", before: AccountRow | None, *, dossier: Dossier, seen: Account
) -> list[Action]:
    """What puts the row and its routes in the place of those that were read."""
    item = item_of(keys.account(dossier.account_id), seen)
    item |= {
        "dossier": dossier.model_dump_json(exclude_defaults=True),
        "version": (before.version if before else 0) + 1,
    }
    if dossier.merged_into:
        item["merged_into"] = dossier.merged_into
    put = {"TableName": table.name, "Item": item, **_unchanged(before)}
    return [{"Put": put}, *_routes(table, before.seen if before else None, seen)]


def _unchanged(before: AccountRow | None) -> dict[str, Any]:
    if before is None or before.version == 0:
        return {"ConditionExpression": "attribute_not_exists(version)"}
    return {
        "ConditionExpression": "version = :version",
        "ExpressionAttributeValues": {":version": before.version},
    }


def _routes(table: "Table", before: Account | None, seen: Account) -> Iterator[Action]:
    old, new = (routes(before) if before else set()), routes(seen)
    for role, seller_id in sorted(new - old):
        key = keys.candidate("account", seen.account_id, role=role, seller_id=seller_id)
        item = {**key, "role": role, "seller_id": seller_id}
        yield {"Put": {"TableName": table.name, "Item": item}}
    for role, seller_id in sorted(old - new):
        key = keys.candidate("account", seen.account_id, role=role, seller_id=seller_id)
        yield {"Delete": {"TableName": table.name, "Key": key}}


def routes(account: Account) -> set[tuple[str, str]]:
    owner = {("owner", account.owner)} if account.owner else set()
    return owner | {("deputy", deputy) for deputy in account.deputies[:40]}


def commit(table: "Table", wanted: list[Action]) -> bool:
    """All or nothing. False when somebody changed a row since it was read."""
    client = table.meta.client
    try:
        client.transact_write_items(TransactItems=wanted)  # type: ignore[arg-type]
    except client.exceptions.TransactionCanceledException as error:
        if _reasons(error) & _CHANGED_MEANWHILE:
            return False
        raise
    return True


def _reasons(error: ClientError) -> set[str]:
    found: Any = error.response.get("CancellationReasons", [])
    return {str(one.get("Code")) for one in found}
