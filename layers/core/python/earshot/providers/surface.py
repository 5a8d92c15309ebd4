"""What every provider offers, by the shape of its module; there is nothing to inherit."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Protocol

from earshot.domain.business import Account
from earshot.domain.deliveries import DataClass, Purpose
from earshot.domain.facts import Origin, Value
from earshot.errors import EarshotError
from earshot.sources.surface import FetchedPage

Values = dict[str, Value]


class UnreadableAnswerError(EarshotError):
    """The provider answered what it never promised; the reason is a word."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UnchangedError(EarshotError):
    """What was asked for is as it was when it was read last."""


class DisallowedError(EarshotError):
    """The owner of the site does not want to be asked (robots.txt)."""


class Ask(Protocol):
    def __call__(self, url: str, /) -> FetchedPage:
        """The page, with status 200. ``FetchError``, ``UnchangedError`` or ``DisallowedError`` when
        there is none; a provider lets them through unless it knows better."""


class Provider(Protocol):
    @property
    def NAME(self) -> Origin: ...  # noqa: N802

    @property
    def LICENCE(self) -> str:  # noqa: N802
        """Under what terms the data may be kept."""

    @property
    def DATA_CLASS(self) -> DataClass: ...  # noqa: N802

    @property
    def PURPOSE(self) -> Purpose: ...  # noqa: N802

    @property
    def FIELDS(self) -> frozenset[str]:  # noqa: N802
        """Those of an account that it may speak of."""

    @property
    def EVERY(self) -> timedelta:  # noqa: N802
        """How long what was read counts as fresh."""

    @property
    def OBEYS_ROBOTS(self) -> bool:  # noqa: N802
        """Pages made for people, not an interface made for programs."""

    @property
    def HEADERS(self) -> Mapping[str, str]: ...  # noqa: N802

    def read(self, account: Account, ask: Ask, base: str, /) -> Values:
        """All that the provider says of the account now, among ``FIELDS``; empty when it says
        nothing, or not surely of this company. ``UnreadableAnswerError`` when it cannot be read."""
