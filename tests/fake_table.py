"""A DynamoDB table in memory that reads the real expressions.

It knows the grammar that the outbox uses and refuses the rest, reserved words and unused values
too. ``tests/integration/test_outbox.py`` asks the same questions of ministack.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from types import SimpleNamespace
from typing import Any

Item = dict[str, Any]
Scope = tuple[Item, dict[str, str], Item]
Check = Callable[[Scope], bool]
Value = Callable[[Scope], Any]
Change = Callable[[Scope], Item]

_RESERVED = frozenset({"state", "ttl", "data", "name", "status", "value"})
_TOKEN = re.compile(r"[#:]?\w+|<=|>=|=|<|>|[(),+]")
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
}


class ConditionalCheckFailedError(Exception):
    pass


class ValidationError(Exception):
    pass


class FakeTable:
    name = "earshot"

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], Item] = {}
        exceptions = SimpleNamespace(ConditionalCheckFailedException=ConditionalCheckFailedError)
        client = SimpleNamespace(exceptions=exceptions, batch_get_item=self._batch_get_item)
        self.meta = SimpleNamespace(client=client)

    def get_item(self, **request: Any) -> Item:
        row = self.rows.get(_key(request["Key"]))
        return {"Item": dict(row)} if row else {}

    def _batch_get_item(self, **request: Any) -> Item:
        wanted = request["RequestItems"][self.name]["Keys"]
        found = [self.get_item(Key=key) for key in wanted]
        return {"Responses": {self.name: [one["Item"] for one in found if one]}}

    def put_item(self, **request: Any) -> None:
        key = _key(request["Item"])
        self._check(request.get("ConditionExpression", ""), (self.rows.get(key, {}), {}, {}))
        self.rows[key] = dict(request["Item"])

    def update_item(self, **request: Any) -> Item:
        names: dict[str, str] = request.get("ExpressionAttributeNames", {})
        values: Item = request["ExpressionAttributeValues"]
        update, condition = request["UpdateExpression"], request.get("ConditionExpression", "")
        _refuse_unused(f"{update} {condition}", names, values)
        row = self.rows.get(_key(request["Key"]), {})
        self._check(condition, (row, names, values))
        changed = {**request["Key"], **row}
        for change in _changes(update):
            changed = change((changed, names, values))
        self.rows[_key(changed)] = changed
        return {"Attributes": dict(changed)}

    def query(self, **request: Any) -> Item:
        """What is due in a shard of the index, in one page."""
        shard, until = (part._values[1] for part in request["KeyConditionExpression"]._values)
        found = [
            {"pk": row["pk"], "sk": row["sk"], "due_at": row["due_at"]}
            for row in self.rows.values()
            if row.get("due_shard") == shard and row["due_at"] <= until
        ]
        return {"Items": sorted(found, key=lambda row: str(row["due_at"]))}

    def _check(self, expression: str, scope: Scope) -> None:
        if expression and not _condition(expression)(scope):
            raise ConditionalCheckFailedError(expression)


def _key(item: Item) -> tuple[str, str]:
    return item["pk"], item["sk"]


def _refuse_unused(text: str, names: dict[str, str], values: Item) -> None:
    used = set(_TOKEN.findall(text))
    unused = {*names, *values} - used
    undefined = {token for token in used if token[0] in "#:"} - {*names, *values}
    bare = _RESERVED & {token.lower() for token in used}
    if unused or undefined or bare:
        raise ValidationError(f"{unused=} {undefined=} reserved={bare}")


@cache
def _condition(expression: str) -> Check:
    tokens = _Tokens(expression)
    check = tokens.any_of()
    tokens.end()
    return check


@cache
def _changes(expression: str) -> tuple[Change, ...]:
    tokens = _Tokens(expression)
    changes = tuple(tokens.changes())
    tokens.end()
    return changes


class _Tokens:
    def __init__(self, text: str) -> None:
        self._tokens = _TOKEN.findall(text)

    def end(self) -> None:
        if self._tokens:
            raise ValidationError(" ".join(self._tokens))

    def _next(self, expected: str = "") -> str:
        token = str(self._tokens.pop(0))
        if expected and token != expected:
            raise ValidationError(f"{token} where {expected} belongs")
        return token

    def _took(self, token: str) -> bool:
        return bool(self._tokens) and self._tokens[0] == token and bool(self._tokens.pop(0))

    def any_of(self) -> Check:
        checks = [self._all_of()]
        while self._took("OR"):
            checks.append(self._all_of())
        return lambda scope: any(check(scope) for check in checks)

    def _all_of(self) -> Check:
        checks = [self._claim()]
        while self._took("AND"):
            checks.append(self._claim())
        return lambda scope: all(check(scope) for check in checks)

    def _claim(self) -> Check:
        if self._took("("):
            check = self.any_of()
            self._next(")")
            return check
        if self._tokens[0] in {"attribute_exists", "attribute_not_exists"}:
            wanted = self._next() == "attribute_exists"
            self._next("(")
            path = self._operand()
            self._next(")")
            return lambda scope: (path(scope) is not None) is wanted
        left = self._operand()
        if self._took("IN"):
            choices = self._choices()
            return lambda scope: left(scope) in [choice(scope) for choice in choices]
        compare, right = _COMPARE[self._next()], self._operand()
        return lambda scope: left(scope) is not None and compare(left(scope), right(scope))

    def _choices(self) -> list[Value]:
        self._next("(")
        choices = [self._operand()]
        while self._took(","):
            choices.append(self._operand())
        self._next(")")
        return choices

    def _operand(self) -> Value:
        token = self._next()
        if token[0] == ":":
            return lambda scope: scope[2][token]
        return lambda scope: scope[0].get(scope[1].get(token, token))

    def changes(self) -> Iterator[Change]:
        while self._tokens:
            clause = self._next()
            yield self._assignment() if clause == "SET" else self._removal()
            while self._took(","):
                yield self._assignment() if clause == "SET" else self._removal()

    def _assignment(self) -> Change:
        path = self._next()
        self._next("=")
        value = self._operand()
        if self._took("+"):
            left, right = value, self._operand()
            value = lambda scope: left(scope) + right(scope)  # noqa: E731
        return lambda scope: {**scope[0], scope[1].get(path, path): value(scope)}

    def _removal(self) -> Change:
        path = self._next()
        return lambda scope: {k: v for k, v in scope[0].items() if k != scope[1].get(path, path)}
