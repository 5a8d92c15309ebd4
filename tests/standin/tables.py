"""A table in memory: its rows in the order of their keys, its indexes, and its stream of changes.

Rows are replaced whole and never changed in place, so what was read stays as it was.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.standin.ordered_rows import Ordered, Place, Row
from tests.standin.values import (
    LARGEST_ITEM,
    Item,
    Value,
    admit,
    admit_item,
    bytes_of,
    invalid,
    key_value,
    kind_of,
)

_WRONG = "One or more parameter values were invalid: "
_LONGEST = {"HASH": 2048, "RANGE": 1024}


@dataclass(frozen=True)
class Schema:
    """The attributes that make a key, and their types."""

    hash_name: str
    range_name: str | None
    types: Mapping[str, str]

    @property
    def names(self) -> tuple[str, ...]:
        return (self.hash_name, self.range_name) if self.range_name else (self.hash_name,)

    def place(self, item: Item) -> Place:
        second = key_value(item[self.range_name]) if self.range_name else ""
        return key_value(item[self.hash_name]), second

    def has(self, item: Item) -> bool:
        return all(name in item for name in self.names)

    def key(self, item: Item) -> Item:
        return {name: item[name] for name in self.names}


def schema_of(request: Mapping[str, Any], definitions: list[dict[str, str]]) -> Schema:
    by_role = {part["KeyType"]: part["AttributeName"] for part in request["KeySchema"]}
    types = {one["AttributeName"]: one["AttributeType"] for one in definitions}
    return Schema(by_role["HASH"], by_role.get("RANGE"), types)


class Index:
    """``keeps`` names the attributes of its projection; ``None`` stands for all."""

    def __init__(self, schema: Schema, keeps: frozenset[str] | None) -> None:
        self.schema = schema
        self.rows = Ordered()
        self._keeps = keeps

    def replace(self, place: Place, old: Row | None, new: Row | None) -> None:
        if old and self.schema.has(old.item):
            self.rows.remove((*self.schema.place(old.item), place))
        if new and self.schema.has(new.item):
            self.rows.put((*self.schema.place(new.item), place), self._projected(new))

    def _projected(self, row: Row) -> Row:
        if self._keeps is None:
            return row
        item = {name: value for name, value in row.item.items() if name in self._keeps}
        return Row(item, admit_item(item))


class Table:
    """``stream`` holds the keys of what changed, as a stream of that view type does."""

    def __init__(self, request: Mapping[str, Any]) -> None:
        definitions = request["AttributeDefinitions"]
        self.name: str = request["TableName"]
        self.schema = schema_of(request, definitions)
        self.rows = Ordered()
        self.indexes = {
            wanted["IndexName"]: self._index(wanted, definitions)
            for wanted in request.get("GlobalSecondaryIndexes", ())
        }
        self.stream: deque[dict[str, Any]] = deque()
        self._has_stream = bool(request.get("StreamSpecification"))
        self._changes = 0

    def _index(self, wanted: Mapping[str, Any], definitions: list[dict[str, str]]) -> Index:
        schema, projection = schema_of(wanted, definitions), wanted["Projection"]
        if projection["ProjectionType"] == "ALL":
            return Index(schema, None)
        beside = projection.get("NonKeyAttributes", ())
        return Index(schema, frozenset((*schema.names, *self.schema.names, *beside)))

    def place(self, key: Item) -> Place:
        """Of the key alone, as reads and deletions name a row."""
        if key.keys() != set(self.schema.names):
            raise invalid("The provided key element does not match the schema")
        self._check_key(key, "The provided key element does not match the schema")
        return self.schema.place(key)

    def place_of_item(self, item: Item) -> Place:
        for name in self.schema.names:
            if name not in item:
                raise invalid(f"{_WRONG}Missing the key {name} in the item")
        self._check_key(item, "")
        return self.schema.place(item)

    def _check_key(self, item: Item, mismatch: str) -> None:
        for name, role in zip(self.schema.names, _LONGEST, strict=False):
            _check_type(name, item[name], self.schema.types[name], mismatch=mismatch)
            size = admit(item[name])
            if not size:
                raise invalid(
                    "One or more parameter values are not valid. The AttributeValue for a key "
                    f"attribute cannot contain an empty string value. Key: {name}"
                )
            if size > _LONGEST[role]:
                raise invalid(f"{_WRONG}Size of the {role} key is beyond {_LONGEST[role]} bytes")

    def admitted(self, item: Item, *, too_large: str) -> Row:
        """A row that may be stored."""
        size = admit_item(item)
        if size > LARGEST_ITEM:
            raise invalid(too_large)
        for name, index in self.indexes.items():
            for part in index.schema.names:
                if part in item:
                    _check_index_key(name, part, item[part], kind=index.schema.types[part])
        return Row(item, size)

    def write(self, place: Place, new: Row | None) -> None:
        old = self.rows.get(place)
        if new:
            self.rows.put(place, new)
        elif old:
            self.rows.remove(place)
        for index in self.indexes.values():
            index.replace(place, old, new)
        self._tell(old, new)

    def _tell(self, old: Row | None, new: Row | None) -> None:
        changed = new or old
        if not self._has_stream or changed is None or (old and new and old.item == new.item):
            return
        self._changes += 1
        kind = ("MODIFY" if new else "REMOVE") if old else "INSERT"
        record = {"Keys": self.schema.key(changed.item), "SequenceNumber": f"{self._changes:021d}"}
        self.stream.append({"eventName": kind, "dynamodb": record})


def _check_type(name: str, value: Value, expected: str, *, mismatch: str) -> None:
    if kind_of(value) != expected:
        actual = f"Type mismatch for key {name} expected: {expected} actual: {kind_of(value)}"
        raise invalid(mismatch or f"{_WRONG}{actual}")


def _check_index_key(index: str, name: str, value: Value, *, kind: str) -> None:
    if kind_of(value) != kind:
        raise invalid(
            f"{_WRONG}Type mismatch for Index Key {name} Expected: {kind} "
            f"Actual: {kind_of(value)} IndexName: {index}"
        )
    if kind == "S" and not bytes_of(value["S"]):
        raise invalid(
            "One or more parameter values are not valid. A value specified for a secondary index "
            "key is not supported. The AttributeValue for a key attribute cannot contain an empty "
            f"string value. IndexName: {index}, IndexKey: {name}"
        )
