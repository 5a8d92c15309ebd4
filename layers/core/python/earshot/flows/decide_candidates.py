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

    def decide(self, told: Told, signal: Signal, news: StoryPost, *, now: datetime) -> DecisionSet:
        """``news`` is the post that alerts would be about."""
        account_id = signal.subject.account_id
        account = self.accounts.get(account_id) if account_id else None
        territory = told.posts[0].author.location
        found = self.sellers.candidates(account, signal.objects, territory)
        latest = told.posts[-1]
        return decide(
            signal,
            account,
            found,
            heard=self._heard(signal, found, news),
            now=now,
            weights=self.weights,
            versions={
                "watchlist": latest.watchlist_version,
                "model": latest.understanding.model_version,
            },
        )

    def _heard(self, signal: Signal, found: Iterable[Candidate], news: StoryPost) -> Heard:
        stories = (signal.signal_id, *signal.absorbed)
        sellers = {candidate.seller.seller_id for candidate in found}
        return Heard(
            of_signal=frozenset(s for s in sellers if any(self._was_told(x, s) for x in stories)),
            of_post=frozenset(self.signals.heard_sellers(*news.identity)),
        )

    def _was_told(self, signal_id: str, seller_id: str) -> bool:
        """An alert that was cancelled before anybody tried to send it told nobody anything."""
        alert = self.outbox.get(alert_id(signal_id, seller_id))
        return alert is not None and (alert.state is not AlertState.CANCELLED or alert.attempt > 0)


def alert_id(signal_id: str, seller_id: str) -> str:
    """One seller is alerted to one signal once."""
    return keys.digest(signal_id, seller_id)
