"""`make cost` counts as DynamoDB and the others do, and all that it counts has a price."""

from collections.abc import Callable
from typing import Any

import pytest

from earshot_ops import prices
from tests.bench.cost import assumptions
from tests.bench.cost.__main__ import ORDER, WAYS, Way, count
from tests.bench.cost.capacity import read_units, touched
from tests.standin import Call, StandIn
from tests.standin.queries import READ_BYTES
from tests.standin.stage import make_table
from tests.standin.wire import Reply

KB = 1024


class Units:
    """Adds up what every call takes."""

    def __init__(self, standin: StandIn) -> None:
        self.read = self.written = 0.0
        self._aws = standin
        self._touched: list[Any] = []
        standin.before.append(self._before)
        standin.answered.append(self._answered)

    def of(self, work: Callable[[], object]) -> tuple[float, float]:
        self.read = self.written = 0.0
        work()
        return self.read, self.written

    def _before(self, call: Call) -> None:
        self._touched = touched(self._aws.dynamodb, call.operation, call.json())

    def _answered(self, call: Call, reply: Reply) -> None:
        size = int(reply.body.partition(f'"{READ_BYTES}": '.encode())[2].split(b",")[0] or 0)
        self.written += sum(one.units for one in self._touched)
        self.read += read_units(self._aws.dynamodb, call.operation, call.json(), read_bytes=size)


@pytest.fixture
def table(standin_environment: StandIn) -> Any:
    make_table(standin_environment, "t")
    return standin_environment.table("t")


def test_a_row_is_written_by_the_kilobyte_and_read_by_four(
    standin_environment: StandIn, table: Any
) -> None:
    units = Units(standin_environment)
    small, large = {"pk": "A", "sk": "1"}, {"pk": "A", "sk": "2"}
    assert units.of(lambda: table.put_item(Item={**small, "text": "x"})) == (0, 1)
    assert units.of(lambda: table.put_item(Item={**large, "text": "x" * 9 * KB})) == (0, 10)
    assert units.of(lambda: table.get_item(Key=small)) == (0.5, 0)
    assert units.of(lambda: table.get_item(Key=large, ConsistentRead=True)) == (3, 0)
    query = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": "A"}}
    assert units.of(lambda: table.query(**query, ConsistentRead=True)) == (3, 0)
    assert units.of(lambda: table.query(**query, FilterExpression="sk = :pk")) == (1.5, 0)
    assert units.of(lambda: table.get_item(Key={"pk": "B", "sk": "0"})) == (0.5, 0)
    assert units.of(lambda: table.delete_item(Key=large)) == (0, 10)


def test_a_transaction_is_written_twice_and_what_it_only_checks_too(
    standin_environment: StandIn, table: Any
) -> None:
    units = Units(standin_environment)
    nothing = {"ConditionExpression": "attribute_not_exists(pk)", "TableName": "t"}
    actions = [
        {"Put": {**nothing, "Item": {"pk": "A", "sk": "1"}}},
        {"ConditionCheck": {**nothing, "Key": {"pk": "A", "sk": "2"}}},
    ]
    client = table.meta.client
    assert units.of(lambda: client.transact_write_items(TransactItems=actions)) == (0, 4)


def test_an_index_is_written_where_its_row_changes(
    standin_environment: StandIn, table: Any
) -> None:
    units = Units(standin_environment)
    due = {"pk": "A", "sk": "1", "due_shard": "DUE#0", "due_at": "2026"}
    assert units.of(lambda: table.put_item(Item=due)) == (0, 2)
    assert units.of(lambda: table.put_item(Item={**due, "state": "SENT"})) == (0, 1)
    assert units.of(lambda: table.put_item(Item={**due, "due_at": "2027"})) == (0, 3)


def test_less_memory_waits_as_long_and_computes_longer() -> None:
    whole, half = (assumptions.billed_ms(mb, 0.010, 40) for mb in (1769, 884))
    assert whole == 40 + round(10 / assumptions.VCPU_SPEED) + 1
    assert half > whole
    assert assumptions.billed_ms(512, 0, 40) == 40


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_each_way_takes_what_it_must_and_no_more(way: Way) -> None:
    posts = 100
    found = count(way, posts)
    receive, understand, decide, alerts = (found.by_stage[stage] for stage in ORDER)
    deliveries = posts / way.size
    assert receive.usage["s3_puts"] == receive.usage["lambda_requests"] == deliveries
    assert receive.usage["sqs_requests"] == deliveries
    assert receive.usage["api_requests"] == (0 if way.is_polled else deliveries)
    assert understand.usage["dynamodb_writes"] <= 4 * posts + 2
    assert understand.calls["s3.GetObject"] <= deliveries + 1
    assert decide.calls["dynamodb.TransactWriteItems"]
    assert alerts.usage["ses_mails"]
    assert all(one.usage["log_gb"] for one in found.by_stage.values())
    assert found.usd_per_million("eu-central-1") > found.usd_per_million("us-east-1") > 0


def test_every_price_has_a_source_and_a_region() -> None:
    table = prices.read()
    assert {"us-east-1", "eu-central-1"} <= table.regions
    assert all(one.source.startswith("https://aws.amazon.com/") for one in table.prices.values())
    assert table.bill({"ses_mails": 2_000}) == {"ses_mails": pytest.approx(0.2)}
    with pytest.raises(KeyError):
        table.bill({"unheard_of": 1})
