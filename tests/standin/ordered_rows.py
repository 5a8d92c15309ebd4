"""Rows in the order of their keys."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from operator import itemgetter
from typing import Any, NamedTuple

from tests.standin.values import Item

# Hash and range value; then, in an index, the key of the table, for rows that share both.
Place = tuple[Any, ...]
_RANGE = itemgetter(1)


class Row(NamedTuple):
    item: Item
    size: int


class Ordered:
    """Rows by hash value, sorted within each."""

    def __init__(self) -> None:
        self._rows: dict[Any, dict[Place, Row]] = {}
        self._orders: dict[Any, list[Place]] = {}

    def get(self, place: Place) -> Row | None:
        return self._rows.get(place[0], {}).get(place)

    def put(self, place: Place, row: Row) -> None:
        rows = self._rows.setdefault(place[0], {})
        if place not in rows:
            insort(self._orders.setdefault(place[0], []), place)
        rows[place] = row

    def remove(self, place: Place) -> None:
        rows, order = self._rows[place[0]], self._orders[place[0]]
        del rows[place]
        del order[bisect_left(order, place)]
        if not rows:
            del self._rows[place[0]], self._orders[place[0]]

    def between(self, first: Any, operator: str, values: list[Any]) -> list[Place]:
        """Places of a partition whose range value is in the relation to ``values``."""
        order = self._orders.get(first, [])
        low, high = _bounds(order, operator, values)
        return order[low:high]

    def first(self, first: Any) -> Place | None:
        """Of a partition."""
        return next(iter(self._orders.get(first, ())), None)

    def all(self) -> Iterator[tuple[Place, Row]]:
        for first, order in self._orders.items():
            for place in order:
                yield place, self._rows[first][place]

    def row(self, place: Place) -> Row:
        return self._rows[place[0]][place]


def _bounds(order: list[Place], operator: str, values: list[Any]) -> tuple[int, int]:
    if operator == "":
        return 0, len(order)
    first, last = values[0], values[-1]
    if operator == "begins_with":
        size = len(first)
        end = bisect_right(order, first, key=lambda place: place[1][:size])
        return bisect_left(order, first, key=_RANGE), end
    from_it, after_it = bisect_left(order, first, key=_RANGE), bisect_right(order, last, key=_RANGE)
    return {
        "=": (from_it, after_it),
        "between": (from_it, after_it),
        "<": (0, from_it),
        "<=": (0, after_it),
        ">": (after_it, len(order)),
        ">=": (from_it, len(order)),
    }[operator]
