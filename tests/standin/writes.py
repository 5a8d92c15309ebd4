"""What a write would do: checked and planned first, carried out when all that belongs to it may.

A single write and an action of a transaction are planned alike.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.standin import updates
from tests.standin.expressions import Expressions
from tests.standin.ordered_rows import Place, Row
from tests.standin.tables import Table
from tests.standin.values import Item, invalid
from tests.standin.wire import ServiceError

Request = Mapping[str, Any]


@dataclass(frozen=True)
class Planned:
    """``changed`` names the attributes that an update speaks of."""

    table: Table
    place: Place
    old: Row | None
    new: Row | None
    changed: frozenset[str] = frozenset()
    only_checks: bool = False

    def carry_out(self) -> None:
        if not self.only_checks:
            self.table.write(self.place, self.new)

    def attributes(self, wanted: str) -> Item | None:
        """For ReturnValues."""
        row = self.old if wanted.endswith("_OLD") else self.new
        if row is None or wanted == "NONE":
            return None
        if wanted.startswith("ALL_"):
            return row.item
        return {name: value for name, value in row.item.items() if name in self.changed}


def plan_put(table: Table, request: Request) -> Planned:
    asked = Expressions(request)
    place = table.place_of_item(request["Item"])
    new = table.admitted(
        request["Item"], too_large="Item size has exceeded the maximum allowed size"
    )
    old = _checked(table, place, asked, request=request)
    return Planned(table, place, old, new)


def plan_delete(table: Table, request: Request) -> Planned:
    asked = Expressions(request)
    place = table.place(request["Key"])
    return Planned(table, place, _checked(table, place, asked, request=request), None)


def plan_check(table: Table, request: Request) -> Planned:
    asked = Expressions(request)
    place = table.place(request["Key"])
    old = _checked(table, place, asked, request=request)
    return Planned(table, place, old, old, only_checks=True)


def plan_update(table: Table, request: Request) -> Planned:
    asked = Expressions(request)
    place = table.place(request["Key"])
    old = _checked(table, place, asked, request=request)
    changes: tuple[updates.Change, ...] = asked.meaning("UpdateExpression") or ()
    before = old.item if old else request["Key"]
    scope = asked.scope(before)
    touched = frozenset(scope.names.get(str(c.path[0]), str(c.path[0])) for c in changes)
    if part := touched & set(table.schema.names):
        raise invalid(
            f"One or more parameter values were invalid: Cannot update attribute {min(part)}. "
            "This attribute is part of the key"
        )
    new = table.admitted(
        updates.apply(changes, scope),
        too_large="Item size to update has exceeded the maximum allowed size",
    )
    return Planned(table, place, old, new, touched)


PLANS: dict[str, Callable[[Table, Request], Planned]] = {
    "ConditionCheck": plan_check,
    "Delete": plan_delete,
    "Put": plan_put,
    "Update": plan_update,
}


def _checked(table: Table, place: Place, asked: Expressions, *, request: Request) -> Row | None:
    """The row as it is, when the condition holds of it."""
    old = table.rows.get(place)
    if asked.holds("ConditionExpression", old.item if old else None):
        return old
    wants_item = request.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
    fields: dict[str, Any] = {"Item": old.item} if old and wants_item else {}
    raise ServiceError(
        "ConditionalCheckFailedException", "The conditional request failed", **fields
    )
