"""Projection expressions: the named parts of an item, and nothing else."""

from tests.standin.tokens import Path, Scope, Tokens, find, resolve
from tests.standin.values import Item, Value


def paths(tokens: Tokens) -> tuple[Path, ...]:
    found = [tokens.path()]
    while tokens.took(","):
        found.append(tokens.path())
    return tuple(found)


def project(wanted: tuple[Path, ...], scope: Scope) -> Item:
    """Chosen elements of a list stand in their order, with no gaps."""
    chosen: Item = {}
    for path in wanted:
        value = find(path, scope)
        if value is not None:
            head, *rest = resolve(path, scope.names)
            _place(chosen, head, tuple(rest), value=value)
    return chosen


def _place(into: Item, head: str | int, rest: Path, *, value: Value) -> None:
    name = str(head)
    if not rest:
        into[name] = value
    elif isinstance(rest[0], int):
        members = into.setdefault(name, {"L": []})["L"]
        inner: Item = {}
        _place(inner, "", rest[1:], value=value)
        members.append(inner[""])
    else:
        _place(into.setdefault(name, {"M": {}})["M"], rest[0], rest[1:], value=value)
