"""What one signal writes, and that sellers who are no candidates cost nothing: counted on the AWS
in this process."""

import json
from collections.abc import Iterator
from typing import cast

from earshot.aws.seller_store import SellerStore
from tests import examples
from tests.bench.figures import Figure
from tests.bench.stage import entered
from tests.house import entry
from tests.standin import StandIn
from tests.standin.wire import Call

FEW, MANY = 10, 1_000
_SINGLE = frozenset(("PutItem", "UpdateItem", "DeleteItem"))


def measure() -> Iterator[Figure]:
    """The figure of many is held against that of few."""
    few, many = written(FEW), written(MANY)
    name = "DynamoDB rows written for a signal, {:,} other sellers"
    yield Figure(name.format(FEW), "rows", (few,))
    yield Figure(name.format(MANY), "rows", (many,), at_most=few)


def written(sellers: int) -> int:
    """Rows, from a delivered post until each of its two candidates has what they are to hear, among
    so many other sellers."""
    standin = StandIn()
    with entered(standin) as house:
        house.furnish()
        store = SellerStore(house.table)
        for number in range(sellers):
            store.put(examples.seller(f"other-{number}", territories=(f"place-{number % 50}",)))
        house.deliver(entry(1, "acme.example is leaving RivalCRM. What do you use instead?"))
        counted: list[int] = []
        standin.before.append(lambda call: counted.append(_rows(call)))
        house.run()
        standin.before.clear()
        assert house.signals("account:acme"), "the post is a signal"
        return sum(counted)


def _rows(call: Call) -> int:
    if call.service != "dynamodb":
        return 0
    if call.operation in _SINGLE:
        return 1
    asked = json.loads(cast(bytes, call.request.body) or b"{}")
    in_batch = sum(map(len, asked.get("RequestItems", {}).values()))
    in_transaction = sum("ConditionCheck" not in one for one in asked.get("TransactItems", ()))
    return {"BatchWriteItem": in_batch, "TransactWriteItems": in_transaction}.get(call.operation, 0)
