"""What production relies on of DynamoDB's writes, asked of ministack and of the stand-in."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from earshot.aws import clients
from tests.integration.dynamodb_requests import KEY, changed, code_of, item
from tests.standin.stage import Aws

STORED = {
    **KEY,
    "count": 3,
    "text": "hello",
    "tags": {"x", "y"},
    "list": ["a", {"deep": 1}],
    "data": {"part": {"leaf": 1}, "empty": None, "flag": True},
}


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("attribute_exists(pk)", True),
        ("attribute_not_exists(pk)", False),
        ("attribute_exists(#d.part.leaf)", True),
        ("attribute_exists(#d.part.elsewhere)", False),
        ("#c = :three", True),
        ("#c <> :three", False),
        ("absent <> :three", True),
        ("absent = :three", False),
        ("absent < :three", False),
        ("#c < :ten AND #c >= :three", True),
        ("#c > :ten OR begins_with(#t, :he)", True),
        ("NOT #c > :ten", True),
        ("NOT (#c > :ten OR #t = :he)", True),
        ("#c > :ten AND #t = :he OR pk = :a", True),
        ("#c > :ten AND (#t = :he OR pk = :a)", False),
        ("#c BETWEEN :three AND :ten", True),
        ("#c IN (:ten, :three)", True),
        ("#c IN (:ten)", False),
        ("#t = :three", False),
        ("#t > :three", False),
        ("contains(tags, :x)", True),
        ("contains(tags, :a)", False),
        ("contains(#t, :he)", True),
        ("contains(#l, :a)", True),
        ("size(#l) = :two", True),
        ("size(#t) > :three", True),
        ("#l[1].deep = :one", True),
        ("#l[7] = :one", False),
        ("#d.flag = :true", True),
        ("attribute_type(tags, :ss)", True),
    ],
)
def test_a_condition_holds_or_not(table: Any, condition: str, holds: bool) -> None:
    table.put_item(Item=STORED)
    names = {"#c": "count", "#t": "text", "#l": "list", "#d": "data"}
    values = {":three": 3, ":ten": 10, ":two": 2, ":one": 1, ":he": "he", ":a": "a", ":x": "x"}
    values |= {":true": True, ":ss": "SS"}
    words = condition.replace("(", " ").replace(")", " ").replace(".", " ").replace("[", " ")
    used = {word.strip(",") for word in words.split()}

    def put() -> None:
        table.put_item(
            Item=STORED,
            ConditionExpression=condition,
            **_given("ExpressionAttributeNames", names, used),
            **_given("ExpressionAttributeValues", values, used),
        )

    if holds:
        put()
    else:
        assert code_of(put) == "ConditionalCheckFailedException"


def _given(kind: str, known: dict[str, Any], used: set[str]) -> dict[str, Any]:
    chosen = {name: value for name, value in known.items() if name in used}
    return {kind: chosen} if chosen else {}


def test_a_condition_on_what_is_not_there_writes_nothing(table: Any) -> None:
    for act in (
        lambda: table.update_item(
            Key=KEY,
            UpdateExpression="SET #t = :x",
            ConditionExpression="attribute_exists(pk)",
            ExpressionAttributeNames={"#t": "text"},
            ExpressionAttributeValues={":x": "x"},
        ),
        lambda: table.delete_item(Key=KEY, ConditionExpression="attribute_exists(pk)"),
    ):
        assert code_of(act) == "ConditionalCheckFailedException"
    assert item(table) is None
    table.delete_item(Key=KEY)


def test_values_come_back_as_they_went_in(table: Any) -> None:
    table.put_item(Item=STORED)
    assert item(table) == STORED
    table.put_item(Item={**KEY, "n": Decimal("1.50"), "big": 10**37, "b": b"\x00\xff"})
    found = item(table)
    assert (found["n"], found["big"], found["b"].value) == (Decimal("1.5"), 10**37, b"\x00\xff")


def test_an_update_sets_adds_and_removes_at_once(table: Any) -> None:
    table.put_item(Item=STORED)
    update = "SET title = :t, score = if_not_exists(score, :none) + :one REMOVE tags ADD readers :r"
    found = changed(table, update, t="new", none=0, one=1, r={"kim"})
    assert (found["title"], found["score"], found["readers"]) == ("new", 1, {"kim"})
    assert "tags" not in found
    assert found["text"] == "hello"
    assert item(table) == found


def test_an_update_makes_the_row_that_is_not_there(table: Any) -> None:
    assert changed(table, "ADD hits :one", one=1) == {**KEY, "hits": 1}
    assert changed(table, "ADD hits :one", one=1)["hits"] == 2


def test_sets_grow_and_shrink_and_vanish_when_empty(table: Any) -> None:
    assert changed(table, "ADD readers :r", r={"a", "b"})["readers"] == {"a", "b"}
    assert changed(table, "ADD readers :r", r={"b", "c"})["readers"] == {"a", "b", "c"}
    assert changed(table, "DELETE readers :r", r={"a", "x"})["readers"] == {"b", "c"}
    assert "readers" not in changed(table, "DELETE readers :r", r={"b", "c"})


def test_what_is_nested_changes_alone(table: Any) -> None:
    table.put_item(Item={**KEY, "deep": {"a": {"b": 1}, "c": 2}, "many": ["x", "y", "z"]})
    found = changed(table, "SET deep.a.b = :n, many[1] = :v REMOVE deep.c", n=9, v="Y")
    assert found["deep"] == {"a": {"b": 9}}
    assert found["many"] == ["x", "Y", "z"]
    found = changed(table, "SET many = list_append(many, :m)", m=["!"])
    assert found["many"] == ["x", "Y", "z", "!"]


def test_elements_are_removed_by_where_they_were(standin_table: Any) -> None:
    standin_table.put_item(Item={**KEY, "many": ["x", "y", "z"]})
    assert changed(standin_table, "REMOVE many[0], many[2]")["many"] == ["y"]


def test_operands_are_read_from_the_row_as_it_was(table: Any) -> None:
    table.put_item(Item={**KEY, "a1": 1, "b1": 2})
    found = changed(table, "SET a1 = b1, b1 = a1")
    assert (found["a1"], found["b1"]) == (2, 1)


@pytest.mark.parametrize(
    ("wanted", "answered"),
    [
        ("ALL_OLD", {**KEY, "n": 1, "m": 1}),
        ("ALL_NEW", {**KEY, "n": 2, "m": 1}),
        ("UPDATED_OLD", {"n": 1}),
        ("UPDATED_NEW", {"n": 2}),
        ("NONE", None),
    ],
)
def test_an_update_tells_what_was_asked(table: Any, wanted: str, answered: Any) -> None:
    table.put_item(Item={**KEY, "n": 1, "m": 1})
    answer = table.update_item(
        Key=KEY,
        UpdateExpression="SET n = :two",
        ExpressionAttributeValues={":two": 2},
        ReturnValues=wanted,
    )
    assert answer.get("Attributes") == answered


def test_the_old_row_is_told_when_asked(table: Any) -> None:
    table.put_item(Item={**KEY, "n": 1})
    assert table.put_item(Item=KEY, ReturnValues="ALL_OLD")["Attributes"]["n"] == 1
    assert table.delete_item(Key=KEY, ReturnValues="ALL_OLD")["Attributes"] == KEY
    assert "Attributes" not in table.delete_item(Key=KEY, ReturnValues="ALL_OLD")


def _put(table: Any, **request: Any) -> Callable[[], object]:
    return lambda: table.put_item(**{"Item": KEY, **request})


def _update(table: Any, update: str, **values: Any) -> Callable[[], object]:
    return lambda: changed(table, update, **values)


INVALID: dict[str, Callable[[Any], Callable[[], object]]] = {
    "an unused value": lambda t: _put(
        t, ConditionExpression="attribute_exists(pk)", ExpressionAttributeValues={":x": 1}
    ),
    "an unused name": lambda t: _put(
        t, ConditionExpression="attribute_exists(pk)", ExpressionAttributeNames={"#x": "x"}
    ),
    "an undefined value": lambda t: _put(t, ConditionExpression="pk = :x"),
    "an undefined name": lambda t: _put(t, ConditionExpression="attribute_exists(#x)"),
    "a reserved word": lambda t: _update(t, "SET state = :x", x="y"),
    "half a condition": lambda t: _put(
        t, ConditionExpression="pk =", ExpressionAttributeValues={":x": 1}
    ),
    "an unknown function": lambda t: _put(t, ConditionExpression="exists(pk)"),
    "a change of the key": lambda t: _update(t, "SET sk = :x", x="2"),
    "a nested path that is not there": lambda t: _update(t, "SET no.where = :x", x=1),
    "an operand that is not there": lambda t: _update(t, "SET n = m + :x", x=1),
    "a row without its sort key": lambda t: _put(t, Item={"pk": "a"}),
    "an empty key": lambda t: _put(t, Item={"pk": "", "sk": "1"}),
    "a key of another type": lambda t: _put(t, Item={"pk": 1, "sk": "1"}),
    "an index key of another type": lambda t: _put(t, Item={**KEY, "due_at": 1, "due_shard": "s"}),
    "an item of more than 400 KB": lambda t: _put(t, Item={**KEY, "x": "y" * 409_600}),
    "half a key": lambda t: lambda: t.get_item(Key={"pk": "a"}),
    "a strongly consistent read of an index": lambda t: (
        lambda: t.query(
            IndexName="due",
            ConsistentRead=True,
            KeyConditionExpression="due_shard = :x",
            ExpressionAttributeValues={":x": "s"},
        )
    ),
    "a query of no partition": lambda t: (
        lambda: t.query(KeyConditionExpression="sk = :x", ExpressionAttributeValues={":x": "1"})
    ),
    "an index that is not there": lambda t: (
        lambda: t.query(
            IndexName="none",
            KeyConditionExpression="pk = :x",
            ExpressionAttributeValues={":x": "1"},
        )
    ),
}


@pytest.mark.parametrize("case", INVALID)
def test_what_is_malformed_is_refused(table: Any, case: str) -> None:
    assert code_of(INVALID[case](table)) == "ValidationException"
    assert item(table) is None


INVALID_IN_AWS: dict[str, Callable[[Any], Callable[[], object]]] = {
    "two changes of one path": lambda t: _update(t, "SET n = :x REMOVE n", x=1),
    "one clause twice": lambda t: _update(t, "SET n = :x SET m = :x", x=1),
    "adding to a text": lambda t: _update(t, "SET n = :a + :x", a="text", x=1),
}


@pytest.mark.parametrize("case", INVALID_IN_AWS)
def test_what_aws_calls_malformed_is_refused(standin_table: Any, case: str) -> None:
    assert code_of(INVALID_IN_AWS[case](standin_table)) == "ValidationException"
    assert item(standin_table) is None


def test_a_table_that_is_not_there_is_said(either_aws: Aws) -> None:
    absent = clients.table(f"absent-{uuid4().hex[:8]}")
    assert code_of(lambda: absent.get_item(Key=KEY)) == "ResourceNotFoundException"
