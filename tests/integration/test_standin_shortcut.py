"""What long runs stand on: the shorter way answers as the wire does, and what is held is seen."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import pytest
from botocore.exceptions import ClientError

from earshot.flows import understand_posts
from tests.standin import StandIn
from tests.standin.held import held
from tests.standin.shortcut import shorter
from tests.standin.stage import make_table

KEY = {"pk": "p", "sk": "s"}
ITEM = {**KEY, "n": 1, "bytes": {b"\0\1", b"two"}, "one": b"\xff", "deep": {"list": [True, None]}}
PUT = {"TableName": "t", "Item": ITEM, "ConditionExpression": "attribute_not_exists(pk)"}
BATCH = {"t": {"Keys": [KEY, {"pk": "p", "sk": "none"}]}}
ADD = {"UpdateExpression": "ADD n :one", "ExpressionAttributeValues": {":one": 1}}
ALL_OLD = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
ASIDE = ("ResponseMetadata", "message", "Message")
"""The text of an error is told twice on the wire."""

Answers = list[tuple[str, Any]]


def answers(standin: StandIn) -> Answers:
    make_table(standin, "t")
    table = standin.table("t")
    client = table.meta.client
    asked: list[tuple[Callable[..., Any], dict[str, Any]]] = [
        (client.transact_write_items, {"TransactItems": [{"Put": PUT}]}),
        (client.transact_write_items, {"TransactItems": [{"Put": {**PUT, **ALL_OLD}}]}),
        (client.put_item, {**PUT, **ALL_OLD}),
        (table.get_item, {"Key": KEY, "ConsistentRead": True}),
        (client.batch_get_item, {"RequestItems": BATCH}),
        (table.update_item, {"Key": KEY, "ReturnValues": "ALL_NEW", **ADD}),
        (
            table.query,
            {"KeyConditionExpression": "pk = :p", "ExpressionAttributeValues": {":p": "p"}},
        ),
        (table.update_item, {"Key": KEY, "UpdateExpression": "SET pk = :one"}),
        (table.get_item, {"Key": {"pk": "p"}}),
    ]
    return [_answer(ask, given) for ask, given in asked]


def _answer(ask: Callable[..., Any], given: dict[str, Any]) -> tuple[str, Any]:
    try:
        answer, kind = ask(**given), "answer"
    except ClientError as error:
        answer, kind = error.response, type(error).__name__
    return kind, {name: one for name, one in answer.items() if name not in ASIDE}


def test_the_shorter_way_answers_as_the_wire_does(standin_environment: StandIn) -> None:
    near = StandIn()
    with shorter(near):
        found = answers(near)
    for one, other in zip(found, answers(standin_environment), strict=True):
        assert one == other
    assert {kind for kind, _ in found} >= {"answer", "TransactionCanceledException"}
    assert near.calls == standin_environment.calls


def test_what_the_product_comes_to_hold_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    @lru_cache(maxsize=10)
    def bounded(number: int) -> bytes:
        return bytes(100_000 + number)

    bounded.__module__ = understand_posts.__name__
    before = held()
    monkeypatch.setattr(understand_posts, "bounded", bounded, raising=False)
    with_cache = held()
    bounded(1)
    filled = held()
    monkeypatch.setattr(understand_posts, "kept", [bytes(100_000)], raising=False)
    assert 0 <= with_cache.rest - before.rest < 10_000
    assert 100_000 < filled.caches - with_cache.caches < 110_000
    assert filled.rest == with_cache.rest
    assert 100_000 < held().rest - filled.rest < 110_000
