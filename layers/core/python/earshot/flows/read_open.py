"""What a seller was told of before: what waits for their answer, and what others took care of."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from earshot.aws.answer_store import AnswerStore
from earshot.aws.open_signal_store import OpenSignalStore
from earshot.aws.seller_store import SellerStore
from earshot.aws.signal_store import SignalStore
from earshot.domain import digest as digests
from earshot.domain.digest import OpenItem, Resolved
from earshot.domain.models import Claim, Preferences, Relevance, Seller, Signal
from earshot.domain.muting import muting
from earshot.domain.pages import OpenSignal

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

OPEN_SHOWN = 10
RESOLVED_SHOWN = 10
_READ = 50
_UNKNOWN = Relevance(score=0, contributions=(), versions={})

Told = tuple[OpenSignal, Claim | None]


@dataclass(frozen=True)
class Reader:
    """Who reads the digest, and when; ``link_to`` leads to the page of a signal (subject and
    signal)."""

    seller: Seller
    now: datetime
    wishes: Preferences | None = None
    link_to: Callable[[tuple[str, str]], str] = lambda _: ""

    def mutes(self, signal: Signal) -> bool:
        """By account, topic or story, whatever was decided before they did."""
        wishes = self.wishes
        return bool(wishes and muting(wishes, signal, _UNKNOWN, now=self.now))

    def link(self, signal: Signal) -> str:
        return self.link_to(signal.key)


@dataclass(frozen=True)
class Before:
    """``open``: the earliest expected first, ``open_more`` how many besides. ``resolved``: since
    the digest before."""

    open: tuple[OpenItem, ...]
    open_more: int
    resolved: tuple[Resolved, ...]


@dataclass(frozen=True)
class OpenReading:
    signals: SignalStore
    sellers: SellerStore
    opened: OpenSignalStore
    answers: AnswerStore

    def is_something_open(self, reader: Reader) -> bool:
        """Whether something that was told by now waits for the seller's answer."""
        waiting, _ = self._split(reader)
        told = (one for one in waiting if one[0].told_at <= reader.now)
        return next(self._present(reader, told), None) is not None

    def before(self, reader: Reader, *, since: datetime | None, beside: frozenset[str]) -> Before:
        """Without the signals ``beside``, of which there is news."""
        waiting, taken = self._split(reader)
        items = [
            digests.open_item(told, signal, reader.seller, claim=claim, link=reader.link(signal))
            for told, claim, signal in self._present(reader, waiting[:_READ])
            if signal.signal_id not in beside
        ]
        items.sort(key=lambda one: (one.expected_by or one.told_at, one.signal.signal_id))
        lately = [one for one in taken if one[1] and one[1].claimed_at > (since or reader.now)]
        present = self._present(reader, lately[:RESOLVED_SHOWN])
        gone_on = [signal for _, _, signal in present if signal.signal_id not in beside]
        claims = {claim.signal_id: claim for _, claim in lately if claim}
        return Before(
            open=tuple(items[:OPEN_SHOWN]),
            open_more=len(items[OPEN_SHOWN:]) + len(waiting[_READ:]),
            resolved=self.resolved(reader, gone_on, claims),
        )

    def resolved(
        self, reader: Reader, signals: Iterable[Signal], claims: Mapping[str, Claim]
    ) -> tuple[Resolved, ...]:
        """Who took care of these signals."""
        found = [(one, claims[one.signal_id]) for one in signals if one.signal_id in claims]
        names = self.sellers.names(claim.seller_id for _, claim in found)
        return tuple(
            Resolved(
                signal=signal,
                said=digests.said_of(claim, reader.seller.seller_id, names),
                link=reader.link(signal),
            )
            for signal, claim in found
        )

    def _split(self, reader: Reader) -> tuple[Sequence[Told], Sequence[Told]]:
        """What waits for the seller's answer, the latest first; what somebody took care of."""
        seller_id, oldest = reader.seller.seller_id, reader.now - digests.WAITS_FOR
        told = [one for one in self.opened.of_seller(seller_id) if one.told_at > oldest]
        told.sort(key=lambda one: (one.told_at, one.signal_id), reverse=True)
        ids = [one.signal_id for one in told]
        claims, given = self.answers.claims(ids), self.answers.given_by(seller_id, ids)
        waiting: list[Told] = []
        taken: list[Told] = []
        for one in told:
            claim = claims.get(one.signal_id)
            if digests.waits(claim, given.get(one.signal_id), seller_id):
                waiting.append((one, claim))
            elif digests.is_taken(claim, seller_id):
                taken.append((one, claim))
        return waiting, taken

    def _present(
        self, reader: Reader, told: Iterable[Told]
    ) -> Iterator[tuple[OpenSignal, Claim | None, Signal]]:
        """As they are now; of those that became one, the one that was told last."""
        seen = set()
        for one, claim in told:
            signal = self.signals.present(one.subject_id, one.signal_id)
            if signal and signal.signal_id not in seen and not reader.mutes(signal):
                seen.add(signal.signal_id)
                yield one, claim, signal


def open_reading_on(table: "Table") -> OpenReading:
    return OpenReading(
        signals=SignalStore(table),
        sellers=SellerStore(table),
        opened=OpenSignalStore(table),
        answers=AnswerStore(table),
    )
