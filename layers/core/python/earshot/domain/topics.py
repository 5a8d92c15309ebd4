"""Conditions of topics: ``crm AND (slow OR "too expensive") NOT hiring``.

    query  = both (OR both)*
    both   = part ((AND)? part)*
    part   = NOT part | "(" query ")" | phrase
    phrase = a word, or words between quotation marks

Operators are in capitals, words and phrases match folded tokens in their order.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from earshot.domain.tokens import words

MOST_PARTS = 200
DEEPEST = 20
_LEXEME = re.compile(r'\s*(?:(?P<sign>[()])|(?P<quoted>"[^"]*")|(?P<bare>[^\s()"]+)|(?P<open>"))')
_OPERATORS = frozenset({"AND", "OR", "NOT"})


class TopicQueryError(ValueError):
    """A query that says nothing; ``position`` counts characters from 0."""

    def __init__(self, problem: str, position: int) -> None:
        super().__init__(f"{problem} (at character {position + 1})")
        self.position = position


@dataclass(frozen=True, slots=True)
class Phrase:
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: "Query"


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple["Query", ...]


@dataclass(frozen=True, slots=True)
class Either:
    parts: tuple["Query", ...]


Query = Phrase | Not | All | Either


def parse(text: str) -> Query:
    """``TopicQueryError`` says what is wrong and where; a query that every text without some words
    fulfils is refused, because it would have to be tried on every post."""
    query = _Parser(text).whole()
    if required(query) is None:
        raise TopicQueryError("a topic needs words that must be there, not only NOT", 0)
    return query


def is_met(query: Query, text: Sequence[str]) -> bool:
    """Whether the tokens of a text fulfil the query."""
    match query:
        case Phrase(phrase):
            return next(places(phrase, text), None) is not None
        case Not(part):
            return not is_met(part, text)
        case All(parts):
            return all(is_met(part, text) for part in parts)
        case Either(parts):  # pragma: no branch - there is no other
            return any(is_met(part, text) for part in parts)


def places(phrase: tuple[str, ...], text: Sequence[str]) -> Iterator[int]:
    """The numbers of the tokens with which the phrase begins."""
    for start, word in enumerate(text):
        if word == phrase[0] and tuple(text[start : start + len(phrase)]) == phrase:
            yield start


def phrases(query: Query) -> Iterator[tuple[str, ...]]:
    """Those that speak for the topic, not the ones behind NOT."""
    match query:
        case Phrase(phrase):
            yield phrase
        case All(parts) | Either(parts):
            for part in parts:
                yield from phrases(part)
        case Not():  # pragma: no branch - there is no other
            return


def required(query: Query) -> frozenset[tuple[str, ...]] | None:
    """Phrases of which any text that fulfils the query has at least one: the fewest, then the
    longest. ``None`` if a text may fulfil it without any."""
    match query:
        case Phrase(phrase):
            return frozenset({phrase})
        case Not():
            return None
        case All(parts):
            ways = [way for part in parts if (way := required(part)) is not None]
            return min(ways, key=_cost, default=None)
        case Either(parts):  # pragma: no branch - there is no other
            each = [required(part) for part in parts]
            known = [way for way in each if way is not None]
            return frozenset().union(*known) if len(known) == len(each) else None


def _cost(way: frozenset[tuple[str, ...]]) -> tuple[int, int, list[tuple[str, ...]]]:
    return len(way), -min(len("".join(phrase)) for phrase in way), sorted(way)


@dataclass(frozen=True, slots=True)
class _Lexeme:
    text: str
    position: int
    is_quoted: bool = False

    @property
    def operator(self) -> str | None:
        return self.text if not self.is_quoted and self.text in _OPERATORS else None


class _Parser:
    """Recursive descent over the lexemes of one query."""

    def __init__(self, text: str) -> None:
        self._lexemes = list(_lexemes(text))
        self._next = 0
        self._end = len(text)

    def whole(self) -> Query:
        query = self._either(0)
        if left := self._peek():
            raise TopicQueryError(f"{left.text!r} closes nothing", left.position)
        return query

    def _peek(self) -> _Lexeme | None:
        return self._lexemes[self._next] if self._next < len(self._lexemes) else None

    def _take(self, text: str) -> bool:
        found = self._peek()
        taken = found is not None and not found.is_quoted and found.text == text
        self._next += taken
        return taken

    def _either(self, depth: int) -> Query:
        parts = [self._both(depth)]
        while self._take("OR"):
            parts.append(self._both(depth))
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _both(self, depth: int) -> Query:
        parts = [self._part(depth)]
        while self._take("AND") or self._goes_on():
            parts.append(self._part(depth))
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _goes_on(self) -> bool:
        found = self._peek()
        return found is not None and (found.is_quoted or found.text not in {")", "OR"})

    def _part(self, depth: int) -> Query:
        found = self._peek()
        if depth > DEEPEST:
            raise TopicQueryError("too many parentheses inside each other", self._end)
        if found is None:
            raise TopicQueryError("a word is missing at the end", self._end)
        self._next += 1
        if found.operator == "NOT":
            return Not(self._part(depth + 1))
        if found.operator or (found.text == ")" and not found.is_quoted):
            raise TopicQueryError(f"a word is missing before {found.text!r}", found.position)
        if found.text == "(" and not found.is_quoted:
            return self._inside(found, depth)
        return _phrase(found)

    def _inside(self, opened: _Lexeme, depth: int) -> Query:
        query = self._either(depth + 1)
        if not self._take(")"):
            raise TopicQueryError("'(' is never closed", opened.position)
        return query


def _phrase(found: _Lexeme) -> Phrase:
    phrase = tuple(words(found.text))
    if not phrase:
        raise TopicQueryError(f"{found.text!r} has no word", found.position)
    if not found.is_quoted and found.text.upper() in _OPERATORS:
        problem = f"write {found.text.upper()} in capitals, or {found.text!r} in quotation marks"
        raise TopicQueryError(problem, found.position)
    return Phrase(phrase)


def _lexemes(text: str) -> Iterator[_Lexeme]:
    for count, found in enumerate(_LEXEME.finditer(text)):
        position = found.start(found.lastgroup or 0)
        if found.lastgroup == "open":
            raise TopicQueryError("a quotation mark is never closed", position)
        if count >= MOST_PARTS:
            raise TopicQueryError(f"more than {MOST_PARTS} words and signs", position)
        is_quoted = found.lastgroup == "quoted"
        yield _Lexeme(found.group().strip().strip('"'), position, is_quoted)
