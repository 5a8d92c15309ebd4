"""Query and Scan: a range of a partition, or everything, page by page.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Pagination.html
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tests.standin.expressions import Expressions
from tests.standin.key_conditions import Clause
from tests.standin.ordered_rows import Ordered, Place, Row
from tests.standin.tables import Index, Schema, Table
from tests.standin.values import Item, invalid, key_value

LARGEST_PAGE = 1024 * 1024
READ_BYTES = "ScannedBytes"
"""Of this stand-in only, for whoever counts; botocore leaves it out of the answer."""

Request = Mapping[str, Any]


def query(table: Table, request: Request) -> dict[str, Any]:
    asked = Expressions(request)
    index = _index(table, request)
    schema, rows = (index.schema, index.rows) if index else (table.schema, table.rows)
    places = _range(schema, rows, asked)
    if not request.get("ScanIndexForward", True):
        places.reverse()
    if start := request.get("ExclusiveStartKey"):
        places = list(_after(places, _start(table, index, start), request=request))
    found = ((place, rows.row(place)) for place in places)
    return _page(found, asked, request, keys=_key_names(table, index))


def scan(table: Table, request: Request) -> dict[str, Any]:
    asked = Expressions(request)
    index = _index(table, request)
    rows = index.rows if index else table.rows
    found = rows.all()
    if start := request.get("ExclusiveStartKey"):
        last = _start(table, index, start)
        found = iter(list(found))
        next((place for place, _ in found if place == last), None)
    return _page(found, asked, request, keys=_key_names(table, index))


def _index(table: Table, request: Request) -> Index | None:
    name = request.get("IndexName")
    if name is None:
        return None
    if name not in table.indexes:
        raise invalid(f"The table does not have the specified index: {name}")
    if request.get("ConsistentRead"):
        raise invalid("Consistent reads are not supported on global secondary indexes")
    return table.indexes[name]


def _range(schema: Schema, rows: Ordered, asked: Expressions) -> list[Place]:
    clauses: tuple[Clause, ...] = asked.meaning("KeyConditionExpression") or ()
    scope = asked.scope(None)
    by_name = {scope.names.get(clause.name, clause.name): clause for clause in clauses}
    first = by_name.pop(schema.hash_name, None)
    if first is None:
        raise invalid(f"Query condition missed key schema element: {schema.hash_name}")
    second = by_name.pop(schema.range_name, None) if schema.range_name else None
    if first.operator != "=" or by_name:
        raise invalid("Query key condition not supported")
    bounds = [key_value(scope.values[name]) for name in second.values] if second else []
    if second and second.operator == "between" and bounds[0] > bounds[1]:
        raise invalid("The BETWEEN operator requires upper bound to be greater than lower bound")
    operator = second.operator if second else ""
    return rows.between(key_value(scope.values[first.values[0]]), operator, bounds)


def _start(table: Table, index: Index | None, key: Item) -> Place:
    if key.keys() != set(_key_names(table, index)):
        raise invalid("The provided starting key is invalid")
    place = table.place(table.schema.key(key))
    return (*index.schema.place(key), place) if index else place


def _after(places: list[Place], start: Place, *, request: Request) -> Iterator[Place]:
    """The start itself may be gone meanwhile."""
    if request.get("ScanIndexForward", True):
        return (place for place in places if place > start)
    return (place for place in places if place < start)


def _key_names(table: Table, index: Index | None) -> tuple[str, ...]:
    names = (*(index.schema.names if index else ()), *table.schema.names)
    return tuple(dict.fromkeys(names))


def _page(
    rows: Iterable[tuple[Place, Row]],
    asked: Expressions,
    request: Request,
    *,
    keys: tuple[str, ...],
) -> dict[str, Any]:
    """``Limit`` and the size of a page count what was read, before the filter."""
    limit = request.get("Limit")
    if limit is not None and limit < 1:
        raise invalid("Limit must be greater than or equal to 1")
    chosen: list[Item] = []
    read = size = 0
    last: Item = {}
    is_cut = False
    for _, row in rows:
        is_cut = read == limit or (read > 0 and size + row.size > LARGEST_PAGE)
        if is_cut:
            break
        read, size, last = read + 1, size + row.size, row.item
        if asked.holds("FilterExpression", row.item):
            chosen.append(asked.project(row.item))
    answer: dict[str, Any] = {"Count": len(chosen), "ScannedCount": read, READ_BYTES: size}
    if request.get("Select") != "COUNT":
        answer["Items"] = chosen
    if is_cut or read == limit:
        answer["LastEvaluatedKey"] = {name: last[name] for name in keys}
    return answer
