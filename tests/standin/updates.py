"""Update expressions, compiled to functions from a scope to the changed item. Every operand is
read from the item as it was before.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Context

from tests.standin.tokens import Path, Scope, Tokens, find, resolve
from tests.standin.values import SETS, Item, Value, invalid, key_value, kind_of, number_text

Operand = Callable[[Scope], Value]
_CLAUSES = ("SET", "REMOVE", "ADD", "DELETE")
_EXACT = Context(prec=38)
_WRONG_TYPE = "An operand in the update expression has an incorrect data type"
_NOT_THERE = "The document path provided in the update expression is invalid for update"


@dataclass(frozen=True)
class Change:
    """``value`` gives what is to be at the path, or nothing to remove what is there."""

    path: Path
    value: Callable[[Scope], Value | None]


def changes(tokens: Tokens) -> tuple[Change, ...]:
    found: list[Change] = []
    seen: set[str] = set()
    while tokens.peek() != "<EOF>":
        clause = tokens.take().upper()
        if clause not in _CLAUSES:
            raise tokens.error(clause)
        if clause in seen:
            raise invalid(
                f'Invalid UpdateExpression: The "{clause}" section can only be used once in an '
                "update expression;"
            )
        seen.add(clause)
        found += _clause(clause, tokens)
    return tuple(found)


def _clause(clause: str, tokens: Tokens) -> Iterator[Change]:
    read = {"SET": _set, "REMOVE": _remove, "ADD": _add, "DELETE": _delete}[clause]
    yield read(tokens)
    while tokens.took(","):
        yield read(tokens)


def _set(tokens: Tokens) -> Change:
    path = tokens.path()
    tokens.take("=")
    left = _operand(tokens)
    if tokens.peek() not in {"+", "-"}:
        return Change(path, left)
    sign = tokens.take()
    right = _operand(tokens)
    return Change(path, lambda scope: _sum(left(scope), right(scope), sign))


def _remove(tokens: Tokens) -> Change:
    return Change(tokens.path(), lambda _: None)


def _add(tokens: Tokens) -> Change:
    path, name = tokens.path(), tokens.value()
    return Change(path, lambda scope: _added(find(path, scope), scope.values[name]))


def _delete(tokens: Tokens) -> Change:
    path, name = tokens.path(), tokens.value()
    return Change(path, lambda scope: _without(find(path, scope), scope.values[name]))


def _operand(tokens: Tokens) -> Operand:
    if tokens.peek().startswith(":"):
        name = tokens.value()
        return lambda scope: scope.values[name]
    function = tokens.function("if_not_exists", "list_append")
    if function:
        left = tokens.path() if function == "if_not_exists" else _operand(tokens)
        tokens.take(",")
        right = _operand(tokens)
        tokens.take(")")
        if isinstance(left, tuple):
            return lambda scope: find(left, scope) or right(scope)
        return lambda scope: _appended(left(scope), right(scope))
    path = tokens.path()
    return lambda scope: _present(path, scope)


def _present(path: Path, scope: Scope) -> Value:
    found = find(path, scope)
    if found is None:
        raise invalid(
            "The provided expression refers to an attribute that does not exist in the item"
        )
    return found


def _appended(a: Value, b: Value) -> Value:
    if kind_of(a) != "L" or kind_of(b) != "L":
        raise invalid(_WRONG_TYPE)
    return {"L": [*a["L"], *b["L"]]}


def _sum(a: Value, b: Value, sign: str) -> Value:
    if kind_of(a) != "N" or kind_of(b) != "N":
        raise invalid(_WRONG_TYPE)
    act = _EXACT.add if sign == "+" else _EXACT.subtract
    return {"N": number_text(act(key_value(a), key_value(b)))}


def _added(present: Value | None, value: Value) -> Value:
    kind = kind_of(value)
    if kind != "N" and kind not in SETS:
        raise invalid(f"Invalid UpdateExpression: Incorrect operand type for ADD: {kind}")
    if present is None:
        return value
    if kind_of(present) != kind:
        raise invalid(_WRONG_TYPE)
    if kind == "N":
        return _sum(present, value, "+")
    return {kind: [*present[kind], *(one for one in value[kind] if not _holds(present, one))]}


def _without(present: Value | None, value: Value) -> Value | None:
    kind = kind_of(value)
    if kind not in SETS:
        raise invalid(f"Invalid UpdateExpression: Incorrect operand type for DELETE: {kind}")
    if present is None:
        return None
    if kind_of(present) != kind:
        raise invalid(_WRONG_TYPE)
    rest = [one for one in present[kind] if not _holds(value, one)]
    return {kind: rest} if rest else None


def _holds(members: Value, one: str) -> bool:
    kind = kind_of(members)
    return key_value({kind[0]: one}) in {key_value({kind[0]: m}) for m in members[kind]}


def apply(found: Iterable[Change], scope: Scope) -> Item:
    """The changed item. Elements of lists are removed from the end, so that each index means what
    it meant before."""
    resolved = [(resolve(change.path, scope.names), change.value(scope)) for change in found]
    _refuse_overlaps([path for path, _ in resolved])
    item: Value = {"M": scope.item}
    for path, value in sorted(resolved, key=_removals_last):
        item = _changed(item, path, value)
    return item["M"]  # type: ignore[no-any-return]


def _removals_last(change: tuple[Path, Value | None]) -> tuple[bool, int]:
    path, value = change
    last = path[-1]
    return value is None, -last if isinstance(last, int) and value is None else 0


def _refuse_overlaps(paths: list[Path]) -> None:
    for number, one in enumerate(paths):
        for other in paths[number + 1 :]:
            shorter = min(len(one), len(other))
            if one[:shorter] == other[:shorter]:
                raise invalid(
                    "Invalid UpdateExpression: Two document paths overlap with each other; must "
                    f"remove or rewrite one of these paths; path one: {one}, path two: {other}"
                )


def _changed(holder: Value, path: Path, value: Value | None) -> Value:
    """A copy along the path; what is stored is never changed in place."""
    head, rest = path[0], path[1:]
    if isinstance(head, int):
        return {"L": _list_changed(holder.get("L"), head, rest, value=value)}
    members = holder.get("M")
    if members is None or (rest and head not in members):
        raise invalid(_NOT_THERE)
    if rest:
        return {"M": {**members, head: _changed(members[head], rest, value)}}
    others = {name: one for name, one in members.items() if name != head}
    return {"M": others if value is None else {**members, head: value}}


def _list_changed(
    members: list[Value] | None, index: int, rest: Path, *, value: Value | None
) -> list[Value]:
    """Beyond the end a value is appended, and nothing is removed."""
    if members is None or (rest and index >= len(members)):
        raise invalid(_NOT_THERE)
    if rest:
        value = _changed(members[index], rest, value)
    return [*members[:index], *([] if value is None else [value]), *members[index + 1 :]]
