"""The expressions of one request, each parsed once and kept, with what they name checked."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from tests.standin import conditions, key_conditions, projections, updates
from tests.standin.tokens import Scope, Tokens
from tests.standin.values import Item, Value, invalid

_GRAMMARS: dict[str, Callable[[Tokens], Any]] = {
    "ConditionExpression": conditions.any_of,
    "FilterExpression": conditions.any_of,
    "KeyConditionExpression": key_conditions.clauses,
    "ProjectionExpression": projections.paths,
    "UpdateExpression": updates.changes,
}


class _Parsed(NamedTuple):
    meaning: Any
    names: frozenset[str]
    values: frozenset[str]


@lru_cache(maxsize=4096)
def _parse(kind: str, text: str) -> _Parsed:
    tokens = Tokens(kind, text)
    meaning = _GRAMMARS[kind](tokens)
    tokens.end()
    return _Parsed(meaning, frozenset(tokens.names), frozenset(tokens.values))


class Expressions:
    """``names`` and ``values`` are what the request gives beside them: all of it is used."""

    def __init__(self, request: Mapping[str, Any]) -> None:
        self._names: dict[str, str] = request.get("ExpressionAttributeNames") or {}
        self._values: dict[str, Value] = request.get("ExpressionAttributeValues") or {}
        self._parsed = {
            kind: _parse(kind, request[kind]) for kind in _GRAMMARS if request.get(kind) is not None
        }
        for kind, parsed in self._parsed.items():
            self._refuse_undefined(kind, parsed)
        self._refuse_unused()

    def meaning(self, kind: str) -> Any:
        """What the expression was compiled to, or ``None``."""
        parsed = self._parsed.get(kind)
        return parsed.meaning if parsed else None

    def scope(self, item: Item | None) -> Scope:
        return Scope(item or {}, self._names, self._values)

    def holds(self, kind: str, item: Item | None) -> bool:
        check = self.meaning(kind)
        return check is None or check(self.scope(item))

    def project(self, item: Item) -> Item:
        wanted = self.meaning("ProjectionExpression")
        return projections.project(wanted, self.scope(item)) if wanted else item

    def _refuse_undefined(self, kind: str, parsed: _Parsed) -> None:
        if missing := parsed.names - self._names.keys():
            raise invalid(
                f"Invalid {kind}: An expression attribute name used in the document path is not "
                f"defined; attribute name: {min(missing)}"
            )
        if missing := parsed.values - self._values.keys():
            raise invalid(
                f"Invalid {kind}: An expression attribute value used in expression is not defined; "
                f"attribute value: {min(missing)}"
            )

    def _refuse_unused(self) -> None:
        for kind, given, used in (
            ("Names", self._names, {n for p in self._parsed.values() for n in p.names}),
            ("Values", self._values, {v for p in self._parsed.values() for v in p.values}),
        ):
            if given and not self._parsed:
                raise invalid(
                    f"ExpressionAttribute{kind} can only be specified when using expressions"
                )
            if unused := given.keys() - used:
                raise invalid(
                    f"Value provided in ExpressionAttribute{kind} unused in expressions: "
                    f"keys: {{{', '.join(sorted(unused))}}}"
                )
