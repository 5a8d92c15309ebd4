"""What somebody says, told apart from all else by a word."""

import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from tests.e2e.platforms import RIVAL

_FIRST = datetime(2010, 11, 4, 1, 42, 54, 657000, tzinfo=UTC)
"""X counts the milliseconds since, above 22 bits, in what it numbers; others do not mind."""


@dataclass(frozen=True)
class Saying:
    """``word`` is in its text and in its author's name and handle, ``number`` in its identity."""

    number: int
    word: str
    said_at: datetime
    author_number: int
    is_edit: bool = False

    @property
    def clock(self) -> datetime:
        """When these words were written."""
        return self.said_at + timedelta(seconds=90) if self.is_edit else self.said_at

    @property
    def seconds(self) -> int:
        return int(self.clock.timestamp())

    @property
    def first_seconds(self) -> int:
        return int(self.said_at.timestamp())

    @property
    def moment(self) -> str:
        return _iso(self.clock)

    @property
    def first_moment(self) -> str:
        return _iso(self.said_at)

    @property
    def own_word(self) -> str:
        """In this version of the text alone."""
        return f"{self.word}x{'second' if self.is_edit else 'first'}"

    @property
    def text(self) -> str:
        return f"Leaving {RIVAL}, {self.own_word}. Any alternatives?"

    @property
    def name(self) -> str:
        return f"Name {self.word}"

    @property
    def handle(self) -> str:
        return f"h{self.word}"

    @property
    def original(self) -> "Saying":
        return replace(self, is_edit=False)

    @property
    def edited(self) -> "Saying":
        return replace(self, is_edit=True)


def saying(*, like: Saying | None = None) -> Saying:
    """Five minutes ago, by somebody who says nothing else, or by the author of another one. Its
    word is of digits, which are of no language."""
    unique = uuid.uuid4()
    said_at = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5)
    milliseconds = int((said_at - _FIRST).total_seconds() * 1000)
    number = (milliseconds << 22) + unique.int % 2**20 * 4
    author = like.author_number if like else number + 1
    return Saying(number, f"w{unique.int}", said_at, author)


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
