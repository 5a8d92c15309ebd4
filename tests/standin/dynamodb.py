"""DynamoDB: the operations that production uses, on tables in memory."""

from collections.abc import Callable
from typing import Any

from tests.standin import queries
from tests.standin.clock import LogicalClock
from tests.standin.expressions import Expressions
from tests.standin.ordered_rows import Place
from tests.standin.tables import Table
from tests.standin.transactions import Transactions
from tests.standin.values import Item, invalid
from tests.standin.wire import Call, Reply, ServiceError, json_refusal, json_reply
from tests.standin.writes import Planned, plan_delete, plan_put, plan_update

MOST_WRITES = 25
MOST_READS = 100

Request = dict[str, Any]


class DynamoDb:
    def __init__(self, clock: LogicalClock) -> None:
        self.tables: dict[str, Table] = {}
        self.refuse = json_refusal
        self._transactions = Transactions(clock)

    def create_table(self, call: Call) -> Reply:
        request = call.json()
        if request["TableName"] in self.tables:
            raise ServiceError("ResourceInUseException", "Table already exists")
        table = self.tables[request["TableName"]] = Table(request)
        return json_reply({"TableDescription": _description(table)})

    def describe_table(self, call: Call) -> Reply:
        return json_reply({"Table": _description(self._table(call.json()))})

    def get_item(self, call: Call) -> Reply:
        request = call.json()
        item = _read(self._table(request), request["Key"], Expressions(request))
        return json_reply({"Item": item} if item else {})

    def put_item(self, call: Call) -> Reply:
        return self._write(call, plan_put)

    def delete_item(self, call: Call) -> Reply:
        return self._write(call, plan_delete)

    def update_item(self, call: Call) -> Reply:
        return self._write(call, plan_update)

    def query(self, call: Call) -> Reply:
        request = call.json()
        return json_reply(queries.query(self._table(request), request))

    def scan(self, call: Call) -> Reply:
        request = call.json()
        return json_reply(queries.scan(self._table(request), request))

    def transact_write_items(self, call: Call) -> Reply:
        self._transactions.write(self.tables, call.json())
        return json_reply({})

    def batch_write_item(self, call: Call) -> Reply:
        """All requests are checked before the first is carried out."""
        wanted = [
            (self._table({"TableName": name}), kind, body)
            for name, requests in call.json()["RequestItems"].items()
            for request in requests
            for kind, body in request.items()
        ]
        if not 1 <= len(wanted) <= MOST_WRITES:
            raise invalid("1 to 25 requests may be in a BatchWriteItem")
        plans = [
            plan_put(table, body) if kind == "PutRequest" else plan_delete(table, body)
            for table, kind, body in wanted
        ]
        _refuse_duplicates([(plan.table.name, plan.place) for plan in plans])
        for plan in plans:
            plan.carry_out()
        return json_reply({"UnprocessedItems": {}})

    def batch_get_item(self, call: Call) -> Reply:
        wanted = [
            (self._table({"TableName": name}), key, Expressions(request))
            for name, request in call.json()["RequestItems"].items()
            for key in request["Keys"]
        ]
        if not 1 <= len(wanted) <= MOST_READS:
            raise invalid("1 to 100 keys may be in a BatchGetItem")
        _refuse_duplicates([(table.name, table.place(key)) for table, key, _ in wanted])
        found: dict[str, list[Item]] = {}
        for table, key, asked in wanted:
            items = found.setdefault(table.name, [])
            if item := _read(table, key, asked):
                items.append(item)
        return json_reply({"Responses": found, "UnprocessedKeys": {}})

    def _write(self, call: Call, plan: Callable[[Table, Request], Planned]) -> Reply:
        request = call.json()
        planned = plan(self._table(request), request)
        planned.carry_out()
        attributes = planned.attributes(request.get("ReturnValues", "NONE"))
        return json_reply({"Attributes": attributes} if attributes else {})

    def _table(self, request: Request) -> Table:
        found = self.tables.get(request["TableName"])
        if found is None:
            raise ServiceError("ResourceNotFoundException", "Requested resource not found")
        return found


def _read(table: Table, key: Item, asked: Expressions) -> Item | None:
    row = table.rows.get(table.place(key))
    return asked.project(row.item) if row else None


def _refuse_duplicates(places: list[tuple[str, Place]]) -> None:
    if len(set(places)) < len(places):
        raise invalid("Provided list of item keys contains duplicates")


def _description(table: Table) -> dict[str, Any]:
    return {"TableName": table.name, "TableStatus": "ACTIVE"}
