"""Key conditions of a query: one partition, and perhaps a range of it."""

from typing import NamedTuple

from tests.standin.tokens import Tokens

_OPERATORS = ("=", "<", "<=", ">", ">=")


class Clause(NamedTuple):
    """``operator`` is a comparison, ``between`` or ``begins_with``; ``values`` are placeholders."""

    name: str
    operator: str
    values: tuple[str, ...]


def clauses(tokens: Tokens) -> tuple[Clause, ...]:
    if tokens.took("("):
        found = clauses(tokens)
        tokens.take(")")
    else:
        found = (_clause(tokens),)
    return (*found, *clauses(tokens)) if tokens.took("AND") else found


def _clause(tokens: Tokens) -> Clause:
    if tokens.function("begins_with"):
        name = _name(tokens)
        tokens.take(",")
        value = tokens.value()
        tokens.take(")")
        return Clause(name, "begins_with", (value,))
    name = _name(tokens)
    if tokens.took("BETWEEN"):
        low = tokens.value()
        tokens.take("AND")
        return Clause(name, "between", (low, tokens.value()))
    operator = tokens.take()
    if operator not in _OPERATORS:
        raise tokens.error(operator)
    return Clause(name, operator, (tokens.value(),))


def _name(tokens: Tokens) -> str:
    name, *rest = tokens.path()
    if rest:
        raise tokens.error(str(rest[0]))
    return str(name)
