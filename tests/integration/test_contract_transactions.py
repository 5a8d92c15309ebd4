"""What production relies on of DynamoDB's transactions and batches, asked of ministack and of the
stand-in."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.dynamodb_requests import KEY, code_of, fill, item


def transact(table: Any, *actions: dict[str, dict[str, Any]]) -> Callable[[], object]:
    named = [{k: {"TableName": table.name, **body} for k, body in a.items()} for a in actions]
    return lambda: table.meta.client.transact_write_items(TransactItems=named)


def put_new(sk: str, **more: Any) -> dict[str, dict[str, Any]]:
    row = {"pk": "a", "sk": sk, **more}
    return {"Put": {"Item": row, "ConditionExpression": "attribute_not_exists(pk)"}}


def test_a_transaction_writes_all(table: Any) -> None:
    fill(table, "old", "gone", "checked")
    transact(
        table,
        put_new("new"),
        {"Delete": {"Key": {"pk": "a", "sk": "gone"}}},
        {
            "Update": {
                "Key": {"pk": "a", "sk": "old"},
                "UpdateExpression": "SET n = :one",
                "ExpressionAttributeValues": {":one": 1},
            }
        },
        {
            "ConditionCheck": {
                "Key": {"pk": "a", "sk": "checked"},
                "ConditionExpression": "attribute_exists(pk)",
            }
        },
    )()
    assert (item(table, sk="new"), item(table, sk="gone")) == ({"pk": "a", "sk": "new"}, None)
    assert item(table, sk="old")["n"] == 1
    assert item(table, sk="checked") == {"pk": "a", "sk": "checked"}


def test_a_transaction_that_is_cancelled_says_why_for_each_and_writes_nothing(table: Any) -> None:
    fill(table, "there")
    act = transact(table, put_new("first"), put_new("there"), put_new("last"))
    with pytest.raises(table.meta.client.exceptions.TransactionCanceledException) as caught:
        act()
    codes = [reason["Code"] for reason in caught.value.response["CancellationReasons"]]
    assert codes == ["None", "ConditionalCheckFailed", "None"]
    assert (item(table, sk="first"), item(table, sk="last")) == (None, None)


def test_a_transaction_takes_a_hundred_actions(table: Any) -> None:
    transact(table, *(put_new(f"{number}") for number in range(100)))()
    too_many = transact(table, *(put_new(f"n{number}") for number in range(101)))
    assert code_of(too_many) == "ValidationException"


def test_a_transaction_touches_no_item_twice(table: Any) -> None:
    twice = transact(table, put_new("1"), {"Delete": {"Key": {"pk": "a", "sk": "1"}}})
    assert code_of(twice) == "ValidationException"
    assert item(table) is None


def test_a_transaction_of_more_than_four_megabytes_is_refused(table: Any) -> None:
    large = transact(table, *(put_new(str(n), x="y" * 390_000) for n in range(12)))
    assert code_of(large) in {"ValidationException", "TransactionCanceledException"}
    assert item(table, sk="0") is None


def test_a_transaction_repeated_under_its_token_is_done_once(table: Any) -> None:
    add = {
        "Update": {
            "TableName": table.name,
            "Key": KEY,
            "UpdateExpression": "ADD n :one",
            "ExpressionAttributeValues": {":one": 1},
        }
    }
    for _ in range(2):
        table.meta.client.transact_write_items(TransactItems=[add], ClientRequestToken="t" * 20)
    assert item(table)["n"] == 1


def test_a_batch_writes_25_and_names_no_key_twice(table: Any) -> None:
    client = table.meta.client

    def batch(*keys: str) -> Callable[[], object]:
        puts: list[Any] = [{"PutRequest": {"Item": {"pk": "a", "sk": sk}}} for sk in keys]
        return lambda: client.batch_write_item(RequestItems={table.name: puts})

    assert batch(*map(str, range(25)))()["UnprocessedItems"] == {}  # type: ignore[index]
    assert code_of(batch(*map(str, range(26)))) == "ValidationException"
    assert code_of(batch("1", "1")) == "ValidationException"


def test_a_batch_reads_what_is_there(table: Any) -> None:
    fill(table, "1", "2")
    wanted = {"Keys": [{"pk": "a", "sk": sk} for sk in ("1", "2", "3")], "ConsistentRead": True}
    answer = table.meta.client.batch_get_item(RequestItems={table.name: wanted})
    assert sorted(row["sk"] for row in answer["Responses"][table.name]) == ["1", "2"]
