"""Read what the pages show. Nothing here changes anything."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from earshot.aws.claim_store import ClaimStore
from earshot.aws.feedback_store import FeedbackStore
from earshot.aws.play_store import PlayStore
from earshot.domain.models import Seller, SignalPost
from earshot.domain.pages import OpenPage, OpenSignal, SignalPage
from earshot.domain.pages_matter import Matter
from earshot.domain.pages_open import Listed, open_page
from earshot.domain.pages_progress import Progress
from earshot.domain.pages_signal import signal_page
from earshot.flows.matters import Matters

MOST_LISTED = 60


@dataclass(frozen=True)
class PageShowing:
    matters: Matters
    claims: ClaimStore
    given: FeedbackStore
    plays: PlayStore

    def signal(self, matter: Matter, posts: Sequence[SignalPost], now: datetime) -> SignalPage:
        claim = self.claims.of(matter.signal)
        signal_id, seller_id = matter.signal.signal_id, matter.seller.seller_id
        owner = matter.account.owner if matter.account else None
        involved = [claim.seller_id, claim.from_id] if claim else []
        progress = Progress(
            claim=claim,
            feedback=self.given.get(seller_id, signal_id),
            people=self.matters.sellers.names([*involved, owner]),
        )
        play = next((one for one in self.plays.all() if one.play_id == matter.play_id), None)
        return signal_page(matter, progress, posts, play=play, now=now)

    def open(self, seller: Seller, now: datetime) -> OpenPage:
        """The latest that the seller was told of; signals that became one are one."""
        told = sorted(
            self.matters.opened.of_seller(seller.seller_id),
            key=lambda one: one.told_at,
            reverse=True,
        )
        listed = list(self._listed(seller, told[:MOST_LISTED]))
        claims = (one.claim for one in listed if one.claim)
        people = self.matters.sellers.names(
            name for claim in claims for name in (claim.seller_id, claim.from_id)
        )
        return open_page(listed, seller, people, now=now)

    def _listed(self, seller: Seller, told: Sequence[OpenSignal]) -> Iterator[Listed]:
        present = {}
        for one in told:
            signal = self.matters.signals.present(one.subject_id, one.signal_id)
            if signal and signal.signal_id not in present:
                present[signal.signal_id] = (one, signal)
        claims = self.claims.of_signals(signal for _, signal in present.values())
        given = {one.signal_id: one for one in self.given.of_seller(seller.seller_id)}
        for signal_id, (one, signal) in present.items():
            names = (signal_id, *signal.absorbed)
            feedback = next((given[name] for name in names if name in given), None)
            yield Listed(told=one, signal=signal, claim=claims.get(signal_id), feedback=feedback)
