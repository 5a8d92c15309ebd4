"""Who is in scope for a signal, and what each of them is to hear of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from earshot.aws import keys
from earshot.aws.account_store import AccountStore
from earshot.aws.outbox import Outbox
from earshot.aws.seller_store import SellerStore
from earshot.aws.signal_store import SignalStore
from earshot.domain import subjects
from earshot.domain.deciding import Heard, decide
from earshot.domain.models import AlertState, Candidate, DecisionSet, Signal, Subject
from earshot.domain.relevance import Weights
from earshot.domain.stories import StoryPost, Told


@dataclass(frozen=True)
class Deciding:
    signals: SignalStore
    sellers: SellerStore
    accounts: AccountStore
    outbox: Outbox
    weights: Weights

    def subject(self, told: Told) -> Subject:
        """The account by its present name, or the author."""
        account_id = subjects.account_id_of(told.subject_id)
        if account_id is None:
            authors = (p.author for p in told.posts if told.subject_id in p.subject_ids)
            return subjects.prospect(told.subject_id, next(authors))
        account = self.accounts.get(account_id)
        name = account.name if account else account_id
        return Subject(subject_id=told.subject_id, account_id=account_id, name=name)

    def decide(
        self, told: Told, signal: Signal, heard_of_post: Iterable[str], *, now: datetime
    ) -> DecisionSet:
        """``heard_of_post`` are the sellers who were told of the post that this is about."""
        account_id = signal.subject.account_id
        account = self.accounts.get(account_id) if account_id else None
        territory = told.posts[0].author.location
        found = self.sellers.candidates(account, signal.objects, territory)
        latest = told.posts[-1]
        return decide(
            signal,
            account,
            found,
            heard=Heard(
                of_signal=self._heard_of_signal(signal, found), of_post=frozenset(heard_of_post)
            ),
            now=now,
            weights=self.weights,
            versions={
                "watchlist": latest.watchlist_version,
                "model": latest.understanding.model_version,
            },
        )

    def guards(self, news: StoryPost) -> tuple[dict[str, str], dict[str, str]]:
        """Seller to alert id: who was told of the post, and whose alert of it came to nothing."""
        told: dict[str, str] = {}
        void: dict[str, str] = {}
        for seller_id, alert in self.signals.heard_sellers(*news.identity).items():
            (told if self._holds(alert) else void)[seller_id] = alert
        return told, void

    def _holds(self, name: str) -> bool:
        """An alert that nobody tried to send yet is void when it was cancelled or its signal went
        away."""
        alert = self.outbox.get(name)
        if alert is None or alert.attempt > 0:
            return alert is not None
        if alert.state is AlertState.CANCELLED:
            return False
        return self.signals.present(alert.subject_id, alert.signal_id) is not None

    def _heard_of_signal(self, signal: Signal, found: Iterable[Candidate]) -> frozenset[str]:
        stories = (signal.signal_id, *signal.absorbed)
        sellers = {candidate.seller.seller_id for candidate in found}
        return frozenset(s for s in sellers if any(self._was_told(x, s) for x in stories))

    def _was_told(self, signal_id: str, seller_id: str) -> bool:
        """An alert that was cancelled before anybody tried to send it told nobody anything."""
        alert = self.outbox.get(alert_id(signal_id, seller_id))
        return alert is not None and (alert.state is not AlertState.CANCELLED or alert.attempt > 0)


def alert_id(signal_id: str, seller_id: str) -> str:
    """One seller is alerted to one signal once."""
    return keys.digest(signal_id, seller_id)
