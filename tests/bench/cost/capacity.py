"""Read and write units of DynamoDB.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html: a unit
writes 1 KB and reads 4 KB, eventual reads cost half, transactions twice; a row that is not there is
read, and a condition that fails is written, as one of the least size.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.standin.dynamodb import DynamoDb
from tests.standin.ordered_rows import Place, Row
from tests.standin.tables import Index, Table

WRITE_BYTES = 1024
READ_BYTES = 4096

Request = dict[str, Any]


@dataclass(frozen=True)
class Touched:
    """A row that a write is about, as it was before."""

    table: Table
    place: Place
    old: Row | None
    factor: int

    @property
    def units(self) -> float:
        """Known once the write is done. An index is written for itself, where its row changes."""
        new = self.table.rows.get(self.place)
        largest = max(row.size if row else 0 for row in (self.old, new))
        beside = sum(_index_units(index, self.old, new) for index in self.table.indexes.values())
        return self.factor * _blocks(largest, WRITE_BYTES) + beside


def touched(store: DynamoDb, operation: str, request: Request) -> list[Touched]:
    """What a write is about to change; nothing for a read."""
    return [
        Touched(table, place, table.rows.get(place), factor)
        for table, place, factor in _places(store, operation, request)
    ]


def _places(
    store: DynamoDb, operation: str, request: Request
) -> Iterator[tuple[Table, Place, int]]:
    if operation in {"PutItem", "UpdateItem", "DeleteItem"}:
        yield _place(store, request, 1)
    elif operation == "TransactWriteItems":
        for action in request["TransactItems"]:
            yield from (_place(store, body, 2) for body in action.values())
    elif operation == "BatchWriteItem":
        yield from (_place(store, body, 1) for body in _batch(request))


def _batch(request: Request) -> Iterator[Request]:
    for name, wanted in request["RequestItems"].items():
        for one in wanted:
            yield from ({"TableName": name, **body} for body in one.values())


def _place(store: DynamoDb, body: Request, factor: int) -> tuple[Table, Place, int]:
    table = store.tables[body["TableName"]]
    return table, table.schema.place(body["Item"] if "Item" in body else body["Key"]), factor


def read_units(store: DynamoDb, operation: str, request: Request, *, read_bytes: int) -> float:
    """``read_bytes`` is what a query or scan read, before its filter."""
    if operation in {"Query", "Scan"}:
        return _factor(request) * _blocks(read_bytes, READ_BYTES)
    if operation == "GetItem":
        return _row_units(store.tables[request["TableName"]], request["Key"], request)
    if operation == "BatchGetItem":
        return sum(
            _row_units(store.tables[name], key, wanted)
            for name, wanted in request["RequestItems"].items()
            for key in wanted["Keys"]
        )
    return 0


def _row_units(table: Table, key: Any, request: Request) -> float:
    row = table.rows.get(table.schema.place(key))
    return _factor(request) * _blocks(row.size if row else 0, READ_BYTES)


def _factor(request: Request) -> float:
    return 1 if request.get("ConsistentRead") else 0.5


def _blocks(size: int, of: int) -> int:
    return max(1, math.ceil(size / of))


def _index_units(index: Index, old: Row | None, new: Row | None) -> int:
    """Keys only: a row of the index is put, deleted, or both where its key changes."""
    was, becomes = _key(index, old), _key(index, new)
    return 0 if was == becomes else (was is not None) + (becomes is not None)


def _key(index: Index, row: Row | None) -> Place | None:
    return index.schema.place(row.item) if row and index.schema.has(row.item) else None
