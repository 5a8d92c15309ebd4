"""Condition and filter expressions, compiled to checks of a scope.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
"""

from collections.abc import Callable
from typing import Any

from tests.standin.tokens import Scope, Tokens, find
from tests.standin.values import SETS, Value, canonical, invalid, key_value, kind_of

Check = Callable[[Scope], bool]
Operand = Callable[[Scope], Value | None]

_ORDERED: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
_FUNCTIONS = ("attribute_exists", "attribute_not_exists", "attribute_type", "begins_with")


def any_of(tokens: Tokens) -> Check:
    checks = [_all_of(tokens)]
    while tokens.took("OR"):
        checks.append(_all_of(tokens))
    return checks[0] if len(checks) == 1 else lambda scope: any(check(scope) for check in checks)


def _all_of(tokens: Tokens) -> Check:
    checks = [_claim(tokens)]
    while tokens.took("AND"):
        checks.append(_claim(tokens))
    return checks[0] if len(checks) == 1 else lambda scope: all(check(scope) for check in checks)


def _claim(tokens: Tokens) -> Check:
    if tokens.took("NOT"):
        check = _claim(tokens)
        return lambda scope: not check(scope)
    if tokens.took("("):
        check = any_of(tokens)
        tokens.take(")")
        return check
    if function := tokens.function(*_FUNCTIONS, "contains"):
        check = _function(function, tokens)
        tokens.take(")")
        return check
    return _comparison(tokens)


def _function(name: str, tokens: Tokens) -> Check:
    if name in {"attribute_exists", "attribute_not_exists"}:
        path, wanted = tokens.path(), name == "attribute_exists"
        return lambda scope: (find(path, scope) is not None) is wanted
    left = operand(tokens)
    tokens.take(",")
    right = operand(tokens)
    holds = {"begins_with": _begins, "contains": _contains, "attribute_type": _is_of}[name]

    def check(scope: Scope) -> bool:
        a, b = left(scope), right(scope)
        return a is not None and b is not None and holds(a, b)

    return check


def _comparison(tokens: Tokens) -> Check:
    left = operand(tokens)
    if tokens.took("BETWEEN"):
        low = operand(tokens)
        tokens.take("AND")
        high = operand(tokens)
        return lambda scope: (
            _compare(">=", left(scope), low(scope)) and _compare("<=", left(scope), high(scope))
        )
    if tokens.took("IN"):
        return _membership(left, tokens)
    operator = tokens.take()
    if operator not in {"=", "<>", *_ORDERED}:
        raise tokens.error(operator)
    right = operand(tokens)
    return lambda scope: _compare(operator, left(scope), right(scope))


def _membership(left: Operand, tokens: Tokens) -> Check:
    tokens.take("(")
    choices = [operand(tokens)]
    while tokens.took(","):
        choices.append(operand(tokens))
    tokens.take(")")
    return lambda scope: any(_compare("=", left(scope), choice(scope)) for choice in choices)


def operand(tokens: Tokens) -> Operand:
    if tokens.peek().startswith(":"):
        name = tokens.value()
        return lambda scope: scope.values[name]
    if tokens.function("size"):
        inner = tokens.path()
        tokens.take(")")
        return lambda scope: _size(find(inner, scope))
    path = tokens.path()
    return lambda scope: find(path, scope)


def _size(value: Value | None) -> Value | None:
    if value is None:
        return None
    kind, content = next(iter(value.items()))
    if kind in {"N", "BOOL", "NULL"}:
        return None
    return {"N": str(len(key_value(value) if kind == "B" else content))}


def _compare(operator: str, a: Value | None, b: Value | None) -> bool:
    """What is not there is unlike everything; only values of one kind have an order."""
    if operator in {"=", "<>"}:
        is_equal = a is not None and b is not None and canonical(a) == canonical(b)
        return is_equal is (operator == "=")
    if a is None or b is None or kind_of(a) != kind_of(b) or kind_of(a) not in {"S", "N", "B"}:
        return False
    return _ORDERED[operator](key_value(a), key_value(b))


def _begins(a: Value, b: Value) -> bool:
    if kind_of(b) not in {"S", "B"}:
        raise invalid("Invalid ConditionExpression: Incorrect operand type for begins_with")
    return kind_of(a) == kind_of(b) and bool(key_value(a).startswith(key_value(b)))


def _contains(a: Value, b: Value) -> bool:
    kind, content = next(iter(a.items()))
    if kind in {"S", "B"}:
        return kind_of(b) == kind and key_value(b) in key_value(a)
    if kind in SETS:
        return kind_of(b) == kind[0] and key_value(b) in canonical(a)[1]
    return kind == "L" and any(canonical(one) == canonical(b) for one in content)


def _is_of(a: Value, b: Value) -> bool:
    return kind_of(a) == b.get("S")
