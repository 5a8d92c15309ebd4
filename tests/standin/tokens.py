"""The words of an expression, and what may be named in it.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.html
"""

import re
from pathlib import Path as File
from typing import NamedTuple

from tests.standin.values import Item, Value, invalid

_TOKEN = re.compile(r"\s*([#:]\w+|[A-Za-z_]\w*|\d+|<>|<=|>=|[=<>(),.\[\]+-]|$)")
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ReservedWords.html
RESERVED = frozenset(File(__file__).with_name("reserved_words.txt").read_text("ascii").split())

Path = tuple[str | int, ...]


class Scope(NamedTuple):
    """What an expression is about: an item, and the names and values it was given beside it."""

    item: Item
    names: dict[str, str]
    values: dict[str, Value]


class Tokens:
    """``names`` and ``values`` are the placeholders met so far."""

    def __init__(self, kind: str, text: str) -> None:
        self.kind = kind
        self.names: set[str] = set()
        self.values: set[str] = set()
        self._tokens = self._split(text)
        self._at = 0
        if not self._tokens:
            raise invalid(f"Invalid {kind}: The expression can not be empty;")

    def _split(self, text: str) -> list[str]:
        tokens: list[str] = []
        at = 0
        while found := _TOKEN.match(text, at):
            if not found[1]:
                return tokens
            tokens.append(found[1])
            at = found.end()
        raise self.error(text[at : at + 10])

    def error(self, near: str) -> Exception:
        return invalid(f'Invalid {self.kind}: Syntax error; token: "{near}"')

    def peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else "<EOF>"

    def take(self, expected: str = "") -> str:
        token = self.peek()
        if token == "<EOF>" or (expected and token.upper() != expected):
            raise self.error(token)
        self._at += 1
        return token

    def took(self, word: str) -> bool:
        """Words of the grammar are written in any case."""
        if self.peek().upper() != word:
            return False
        self._at += 1
        return True

    def function(self, *names: str) -> str | None:
        """The name of a function, and its bracket; functions are written in lower case."""
        following = self._tokens[self._at + 1 : self._at + 2]
        if self.peek() not in names or following != ["("]:
            return None
        self._at += 2
        return self._tokens[self._at - 2]

    def end(self) -> None:
        if self._at < len(self._tokens):
            raise self.error(self.peek())

    def value(self) -> str:
        token = self.take()
        if not token.startswith(":"):
            raise self.error(token)
        self.values.add(token)
        return token

    def path(self) -> Path:
        parts: list[str | int] = [self._name()]
        while self.peek() in {".", "["}:
            if self.take() == ".":
                parts.append(self._name())
            else:
                parts.append(self._index())
                self.take("]")
        return tuple(parts)

    def _index(self) -> int:
        token = self.take()
        if not token.isdigit():
            raise self.error(token)
        return int(token)

    def _name(self) -> str:
        token = self.take()
        if token.startswith("#"):
            self.names.add(token)
        elif token.upper() in RESERVED:
            raise invalid(
                f"Invalid {self.kind}: Attribute name is a reserved keyword; "
                f"reserved keyword: {token}"
            )
        elif not token.isidentifier():
            raise self.error(token)
        return token


def resolve(path: Path, names: dict[str, str]) -> Path:
    return tuple(names.get(part, part) if isinstance(part, str) else part for part in path)


def find(path: Path, scope: Scope) -> Value | None:
    found: Value | None = {"M": scope.item}
    for part in path:
        if found is None:
            return None
        if isinstance(part, int):
            members = found.get("L", ())
            found = members[part] if part < len(members) else None
        else:
            found = found.get("M", {}).get(scope.names.get(part, part))
    return found
