"""What a seller was told of before: what waits for their answer, and what others took care of."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from earshot.aws.answer_store import AnswerStore
from earshot.aws.open_signal_store import OpenSignalStore
from earshot.aws.seller_store import SellerStore
from earshot.aws.signal_store import SignalStore
from earshot.domain import digest as digests
from earshot.domain.digest import OpenItem, Resolved
from earshot.domain.models import Claim, Seller, Signal
from earshot.domain.pages import OpenSignal

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

OPEN_SHOWN = 10
RESOLVED_SHOWN = 10
_READ = 50

LinkTo = Callable[[tuple[str, str]], str]
Told = tuple[OpenSignal, Claim | None]


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

    def is_something_open(self, seller: Seller, now: datetime) -> bool:
        """Whether something that was told by now waits for the seller's answer."""
        waiting, _ = self._split(seller, now)
        return any(told.told_at <= now for told, _ in waiting)

    def before(
        self,
        seller: Seller,
        now: datetime,
        *,
        since: datetime | None,
        beside: frozenset[str],
        link_to: LinkTo,
    ) -> Before:
        """Without the signals ``beside``, of which there is news."""
        waiting, taken = self._split(seller, now)
        items = [
            digests.open_item(told, signal, seller, claim=claim, link=link_to(key_of(signal)))
            for told, claim, signal in self._present(waiting)
            if signal.signal_id not in beside
        ]
        items.sort(key=lambda one: (one.expected_by or one.told_at, one.signal.signal_id))
        lately = [(t, c) for t, c in taken if c and c.claimed_at > (since or now)]
        claims = {c.signal_id: c for _, c in lately if c}
        signals = [
            signal
            for _, _, signal in self._present(lately[:RESOLVED_SHOWN])
            if signal.signal_id not in beside
        ]
        return Before(
            open=tuple(items[:OPEN_SHOWN]),
            open_more=max(0, len(items) - OPEN_SHOWN) + max(0, len(waiting) - _READ),
            resolved=self.resolved(seller, signals, claims, link_to=link_to),
        )

    def resolved(
        self,
        seller: Seller,
        signals: Iterable[Signal],
        claims: dict[str, Claim],
        *,
        link_to: LinkTo,
    ) -> tuple[Resolved, ...]:
        """Who took care of these signals."""
        names = self._names(claim.seller_id for claim in claims.values())
        return tuple(
            Resolved(
                signal=signal,
                said=digests.said_of(claims[signal.signal_id], seller.seller_id, names),
                link=link_to(key_of(signal)),
            )
            for signal in signals
            if signal.signal_id in claims
        )

    def _split(self, seller: Seller, now: datetime) -> tuple[list[Told], list[Told]]:
        """What waits for the seller's answer, the latest first; what somebody took care of."""
        oldest = now - digests.WAITS_FOR
        told = [one for one in self.opened.of_seller(seller.seller_id) if one.told_at > oldest]
        told.sort(key=lambda one: (one.told_at, one.signal_id), reverse=True)
        ids = [one.signal_id for one in told]
        claims = self.answers.claims(ids)
        given = self.answers.given_by(seller.seller_id, ids)
        waiting: list[Told] = []
        taken: list[Told] = []
        for one in told:
            claim = claims.get(one.signal_id)
            if digests.waits(claim, given.get(one.signal_id), seller.seller_id):
                waiting.append((one, claim))
            elif claim and digests.is_taken(claim, seller.seller_id):
                taken.append((one, claim))
        return waiting, taken

    def _present(self, told: Iterable[Told]) -> list[tuple[OpenSignal, Claim | None, Signal]]:
        """As they are now; of those that became one, the one that was told last."""
        found: dict[str, tuple[OpenSignal, Claim | None, Signal]] = {}
        for one, claim in list(told)[:_READ]:
            signal = self.signals.present(one.subject_id, one.signal_id)
            if signal:
                found.setdefault(signal.signal_id, (one, claim, signal))
        return list(found.values())

    def _names(self, seller_ids: Iterable[str]) -> dict[str, str]:
        found = {seller_id: self.sellers.get(seller_id) for seller_id in set(seller_ids)}
        return {seller_id: seller.name for seller_id, seller in found.items() if seller}


def key_of(signal: Signal) -> tuple[str, str]:
    return signal.subject.subject_id, signal.signal_id


def open_reading_on(table: "Table") -> OpenReading:
    return OpenReading(
        signals=SignalStore(table),
        sellers=SellerStore(table),
        opened=OpenSignalStore(table),
        answers=AnswerStore(table),
    )
