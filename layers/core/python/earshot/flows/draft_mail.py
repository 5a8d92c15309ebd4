"""Read what a mail has to say, and whether it may be said now."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from earshot.aws import clients
from earshot.aws.account_store import AccountStore
from earshot.aws.config_store import ConfigStore
from earshot.aws.seller_store import SellerStore
from earshot.aws.signal_store import SignalStore
from earshot.aws.story_store import StoryStore
from earshot.domain.attention import attend
from earshot.domain.mail import Mail, MailContent, compose
from earshot.domain.models import Alert, Decision, Seller, Signal, SignalPost
from earshot.errors import GoneError
from earshot.settings import settings

ASK_AGAIN = timedelta(minutes=10)


@dataclass(frozen=True)
class Postponed:
    """Why an alert may not be mailed now, and until when."""

    until: datetime
    reason: str


@dataclass(frozen=True)
class Drafts:
    signals: SignalStore
    stories: StoryStore
    sellers: SellerStore
    accounts: AccountStore
    configs: ConfigStore

    def of(self, alert: Alert, now: datetime) -> Mail | Postponed:
        """``GoneError`` when the story, or the seller, is no longer there.

        The seller's hours are asked again: a retry may come after they ended. While the
        deployment observes, the mail goes to the operator, and waits until there is one.
        """
        signal, seller = self._signal(alert), self._seller(alert)
        config = self.configs.get()
        attention = attend(seller, signal.urgency, now)
        if attention.due_at is None or attention.due_at > now:
            return Postponed(attention.due_at or now + ASK_AGAIN, attention.reason)
        if not config.live and config.operator_email is None:
            return Postponed(now + ASK_AGAIN, "no_operator")
        account_id = signal.subject.account_id
        content = MailContent(
            signal=signal,
            posts=self._posts(signal),
            decision=self._decision(alert, signal),
            seller=seller,
            account=self.accounts.get(account_id) if account_id else None,
            attention=attention,
            observer=None if config.live else config.operator_email,
        )
        return compose(content)

    def _signal(self, alert: Alert) -> Signal:
        signal = self.signals.present(alert.subject_id, alert.signal_id)
        if signal is None:
            raise GoneError("signal")
        return signal

    def _posts(self, signal: Signal) -> tuple[SignalPost, ...]:
        posts = self.stories.posts_of(signal)
        if not posts:
            raise GoneError("posts")
        return posts

    def _seller(self, alert: Alert) -> Seller:
        seller = self.sellers.get(alert.seller_id)
        if seller is None:
            raise GoneError("seller")
        return seller

    def _decision(self, alert: Alert, signal: Signal) -> Decision:
        """That of the alert's revision; of the present one where the story was made anew."""
        of_alert, present = (alert.signal_id, alert.revision), (signal.signal_id, signal.revision)
        for signal_id, revision in (of_alert, present):
            decided = self.signals.decision_set(signal_id, revision)
            for decision in decided.decisions if decided else ():
                if decision.seller_id == alert.seller_id:
                    return decision
        raise GoneError("decision")


@cache
def drafts() -> Drafts:
    table = clients.table(settings().EARSHOT_TABLE)
    return Drafts(
        signals=SignalStore(table),
        stories=StoryStore(table),
        sellers=SellerStore(table),
        accounts=AccountStore(table),
        configs=ConfigStore(table),
    )
