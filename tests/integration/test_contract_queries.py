"""What production relies on of DynamoDB's queries and index, asked of ministack and of the
stand-in."""

from typing import Any

import pytest

from earshot.aws.queries import batch
from tests.integration.dynamodb_requests import fill


@pytest.mark.parametrize(
    ("condition", "values", "found"),
    [
        ("pk = :p", {}, "a b1 b2 c"),
        ("pk = :p AND begins_with(sk, :x)", {":x": "b"}, "b1 b2"),
        ("pk = :p AND sk BETWEEN :x AND :y", {":x": "b", ":y": "c"}, "b1 b2 c"),
        ("pk = :p AND sk >= :x", {":x": "b2"}, "b2 c"),
        ("pk = :p AND sk > :x", {":x": "b2"}, "c"),
        ("pk = :p AND sk <= :x", {":x": "b1"}, "a b1"),
        ("pk = :p AND sk < :x", {":x": "b1"}, "a"),
        ("(pk = :p AND sk = :x)", {":x": "b2"}, "b2"),
    ],
)
def test_a_query_reads_a_range_in_order(
    table: Any, condition: str, values: dict[str, str], found: str
) -> None:
    fill(table, "c", "b2", "a", "b1")
    table.put_item(Item={"pk": "other", "sk": "b1"})
    for forward in (True, False):
        answer = table.query(
            KeyConditionExpression=condition,
            ExpressionAttributeValues={":p": "a", **values},
            ScanIndexForward=forward,
            ConsistentRead=True,
        )
        expected = found.split() if forward else found.split()[::-1]
        assert [row["sk"] for row in answer["Items"]] == expected


def test_what_is_wanted_twice_is_read_once_and_what_is_absent_not_at_all(table: Any) -> None:
    fill(table, "a", "b")
    wanted = [{"pk": "a", "sk": sk} for sk in ("a", "b", "a", "gone")]
    assert sorted(row["sk"] for row in batch(table, wanted)) == ["a", "b"]


def test_text_is_in_the_order_of_its_bytes(table: Any) -> None:
    marks = ["A", "a", "é", "\ufffd", "🌍"]
    fill(table, *reversed(marks))
    answer = table.query(KeyConditionExpression="pk = :p", ExpressionAttributeValues={":p": "a"})
    assert [row["sk"] for row in answer["Items"]] == marks


@pytest.mark.parametrize("forward", [True, False])
def test_pages_follow_each_other_to_the_end(table: Any, forward: bool) -> None:
    keys = [f"{number:02d}" for number in range(7)]
    fill(table, *keys)
    found: list[str] = []
    start: dict[str, Any] = {}
    while True:
        page = table.query(
            KeyConditionExpression="pk = :p",
            ExpressionAttributeValues={":p": "a"},
            Limit=3,
            ScanIndexForward=forward,
            **start,
        )
        assert len(page["Items"]) <= 3
        found += [row["sk"] for row in page["Items"]]
        if "LastEvaluatedKey" not in page:
            break
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
    assert found == (keys if forward else keys[::-1])


def test_a_page_holds_a_megabyte(table: Any) -> None:
    for number in range(4):
        table.put_item(Item={"pk": "a", "sk": str(number), "x": "y" * 399_000})
    page = table.query(KeyConditionExpression="pk = :p", ExpressionAttributeValues={":p": "a"})
    assert len(page["Items"]) < 4
    assert page["LastEvaluatedKey"] == {"pk": "a", "sk": str(len(page["Items"]) - 1)}


def test_a_filter_comes_after_the_limit_and_a_projection_after_both(table: Any) -> None:
    fill(table, "1", "2", "3", n=1, deep={"a": 1, "b": 2})
    table.put_item(Item={"pk": "a", "sk": "1", "n": 2})
    answer = table.query(
        KeyConditionExpression="pk = :p",
        FilterExpression="n = :one",
        ProjectionExpression="sk, deep.b",
        ExpressionAttributeValues={":p": "a", ":one": 1},
        Limit=2,
    )
    assert answer["Items"] == [{"sk": "2", "deep": {"b": 2}}]
    assert (answer["Count"], answer["ScannedCount"]) == (1, 2)


def due(table: Any, until: str, **more: Any) -> Any:
    return table.query(
        IndexName="due",
        KeyConditionExpression="due_shard = :s AND due_at <= :until",
        ExpressionAttributeValues={":s": "s1", ":until": until},
        **more,
    )


def test_the_index_holds_the_keys_of_rows_that_have_both_of_its_own(table: Any) -> None:
    for number, moment in enumerate(("3", "1", "2")):
        row = {"pk": f"p{number}", "sk": "x", "due_shard": "s1", "due_at": moment, "text": "t"}
        table.put_item(Item=row)
    table.put_item(Item={"pk": "p9", "sk": "x", "due_shard": "s1"})
    found = due(table, "2")["Items"]
    assert [row["pk"] for row in found] == ["p1", "p2"]
    assert set(found[0]) == {"pk", "sk", "due_shard", "due_at"}
    table.update_item(Key={"pk": "p1", "sk": "x"}, UpdateExpression="REMOVE due_at, due_shard")
    assert [row["pk"] for row in due(table, "9")["Items"]] == ["p2", "p0"]


def test_rows_of_one_moment_are_all_found_page_by_page(table: Any) -> None:
    for number in range(5):
        table.put_item(Item={"pk": f"p{number}", "sk": "x", "due_shard": "s1", "due_at": "1"})
    found: set[str] = set()
    page = due(table, "1", Limit=2)
    while True:
        found |= {row["pk"] for row in page["Items"]}
        if "LastEvaluatedKey" not in page:
            break
        page = due(table, "1", Limit=2, ExclusiveStartKey=page["LastEvaluatedKey"])
    assert found == {f"p{number}" for number in range(5)}
