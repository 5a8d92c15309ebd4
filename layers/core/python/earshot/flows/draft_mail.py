"""Read what a mail has to say, and whether it may be said now."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from earshot.aws import clients
from earshot.aws.account_store import AccountStore
from earshot.aws.config_store import ConfigStore
from earshot.aws.outbox import Outbox
from earshot.aws.seller_store import SellerStore
from earshot.aws.signal_store import SignalStore
from earshot.aws.story_store import StoryStore
from earshot.domain.attention import attend
from earshot.domain.mail import Mail, MailContent, compose
from earshot.domain.models import Alert, AlertState, Decision, Seller, Signal
from earshot.errors import GoneError
from earshot.flows.decide_candidates import alert_id
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
    outbox: Outbox

    def of(self, alert: Alert, now: datetime) -> Mail | Postponed:
        """``GoneError`` when the story, or the seller, is no longer there.

        The seller's hours are asked again: a retry may come after they ended. While the
        deployment observes, the mail goes to the operator, and waits until there is one.
        """
        signal, seller = self._signal(alert), self._seller(alert)
        if self._is_told_otherwise(alert, signal):
            raise GoneError("told by another alert of the story")
        config = self.configs.get()
        attention = attend(seller, signal.urgency, now)
        if attention.due_at is None or attention.due_at > now:
            return Postponed(attention.due_at or now + ASK_AGAIN, attention.reason)
        if not config.live and config.operator_email is None:
            return Postponed(now + ASK_AGAIN, "no_operator")
        posts = self.stories.posts_of(signal)
        if not posts:
            return self._between(signal, now)
        account_id = signal.subject.account_id
        content = MailContent(
            signal=signal,
            posts=posts,
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

    def _is_told_otherwise(self, alert: Alert, signal: Signal) -> bool:
        """Signals that became one may each have an alert for the seller: one is sent, and the first
        of the story's ids has it where none was."""
        names = (signal.signal_id, *signal.absorbed)
        own = names.index(alert.signal_id) if alert.signal_id in names else len(names)
        for place, name in enumerate(names):
            other = self.outbox.get(alert_id(name, alert.seller_id)) if place != own else None
            if other and (other.attempt > 0 or _waits(other, before=place < own)):
                return True
        return False

    def _between(self, signal: Signal, now: datetime) -> Postponed:
        """Its strands changed and the signal is to follow; ``GoneError`` when they are empty."""
        if not any(strand.posts for strand in self.stories.region(signal.strand_ids)):
            raise GoneError("posts")
        return Postponed(now + ASK_AGAIN, "story_changes")

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


def _waits(other: Alert, *, before: bool) -> bool:
    return before and other.state is AlertState.PENDING


@cache
def drafts() -> Drafts:
    table = clients.table(settings().EARSHOT_TABLE)
    return Drafts(
        signals=SignalStore(table),
        stories=StoryStore(table),
        sellers=SellerStore(table),
        accounts=AccountStore(table),
        configs=ConfigStore(table),
        outbox=Outbox(table),
    )
