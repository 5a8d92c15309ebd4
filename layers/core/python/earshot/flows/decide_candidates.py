"""Who is in scope for a signal, and what each of them is to hear of it."""

from dataclasses import dataclass
from datetime import datetime

from earshot.aws.account_store import AccountStore
from earshot.aws.seller_store import SellerStore
from earshot.aws.weights_store import WeightsStore
from earshot.domain import heartbeat_reader, subjects
from earshot.domain.deciding import decide
from earshot.domain.models import DecisionSet, Signal, Subject
from earshot.domain.relevance import Weights
from earshot.domain.stories import Told


@dataclass(frozen=True)
class Deciding:
    sellers: SellerStore
    accounts: AccountStore
    weights: WeightsStore

    def subject(self, told: Told) -> Subject:
        """The account by its present name, or the author."""
        account_id = subjects.account_id_of(told.subject_id)
        if account_id is None:
            authors = (p.author for p in told.posts if told.subject_id in p.subject_ids)
            return subjects.prospect(told.subject_id, next(authors))
        account = self.accounts.get(account_id)
        name = account.name if account else account_id
        return Subject(subject_id=told.subject_id, account_id=account_id, name=name)

    def decide(self, told: Told, signal: Signal, *, now: datetime) -> DecisionSet:
        """The same for the same story, whoever heard of it already. A heartbeat has a reader of its
        own and is worth an alert whatever the deployment's weights say."""
        account = self.accounts.of(signal)
        territory = told.posts[0].author.location
        found = self.sellers.candidates(account, signal.objects, territory, intent=signal.intent)
        weights = self.weights.get()
        if heartbeat_reader.is_heartbeat(signal):
            found, weights = (heartbeat_reader.CANDIDATE,), Weights()
        latest = told.posts[-1]
        return decide(
            signal,
            account,
            found,
            now=now,
            weights=weights,
            versions={
                "watchlist": latest.watchlist_version,
                "model": latest.understanding.model_version,
            },
        )
