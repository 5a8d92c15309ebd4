"""What a seller has in front of them: a signal that they were told of, with all around it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from earshot.aws.account_store import AccountStore
from earshot.aws.open_signal_store import OpenSignalStore
from earshot.aws.outbox import Outbox
from earshot.aws.seller_store import SellerStore
from earshot.aws.signal_store import SignalStore
from earshot.aws.story_store import StoryStore
from earshot.domain.deciding import best_roles
from earshot.domain.grouping import signal_post
from earshot.domain.kept_words import showable
from earshot.domain.models import Account, Alert, AlertKind, Decision, Seller, Signal, SignalPost
from earshot.domain.pages import OpenSignal
from earshot.domain.pages_matter import Matter
from earshot.domain.pages_refusals import PageRefusal
from earshot.domain.stories import StoryPost
from earshot.flows.page_refusals import PageRefusedError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


@dataclass(frozen=True)
class Matters:
    opened: OpenSignalStore
    outbox: Outbox
    signals: SignalStore
    stories: StoryStore
    accounts: AccountStore
    sellers: SellerStore

    def seller(self, seller_id: str) -> Seller:
        """With what they chose."""
        if seller := self.sellers.preferred(seller_id):
            return seller
        raise PageRefusedError(PageRefusal.UNKNOWN_SELLER)

    def of(
        self, seller: Seller, signal_id: str, alert_id: str, *, now: datetime
    ) -> tuple[Matter, Sequence[SignalPost]]:
        """The signal, or the one that it became part of, if the seller was told of it; its posts
        are with those words only that may be shown."""
        alert = self._alert(seller, alert_id)
        told = self.opened.get(seller.seller_id, signal_id) or _told_by(alert, signal_id, now)
        signal = self.signals.present(told.subject_id, told.signal_id) if told else None
        if told is None or signal is None:
            raise PageRefusedError(PageRefusal.UNKNOWN_SIGNAL)
        alert = alert or self._alert(seller, told.alert_id)
        decision = self._decision(seller, signal, alert)
        account = self.accounts.of(signal)
        stored = self.stories.told_by(signal)
        posts = [signal_post(showable(one, now), signal.subject.subject_id) for one in stored]
        matter = Matter(
            seller=seller,
            signal=signal,
            account=account,
            decision=decision,
            alert_id=alert.alert_id if alert else told.alert_id,
            root_id=_root_of(alert),
            score=decision.relevance.score if decision else told.score,
            play_id=alert.play_id if alert else None,
            team=self._team(seller, signal, account, posts=stored),
            evidence=tuple(found for post in posts for found in post.evidence),
        )
        return matter, posts

    def _alert(self, seller: Seller, alert_id: str) -> Alert | None:
        """If it is theirs."""
        alert = self.outbox.get(alert_id) if alert_id else None
        return alert if alert and alert.seller_id == seller.seller_id else None

    def _decision(self, seller: Seller, signal: Signal, alert: Alert | None) -> Decision | None:
        """That by which they were told, else the present one."""
        keys = [(alert.signal_id, alert.revision)] if alert and alert.signal_id else []
        for key in (*keys, (signal.signal_id, signal.revision)):
            decided = self.signals.decision_set(*key)
            for decision in decided.decisions if decided else ():
                if decision.seller_id == seller.seller_id:
                    return decision
        return None

    def _team(
        self, seller: Seller, signal: Signal, account: Account | None, *, posts: Sequence[StoryPost]
    ) -> tuple[Seller, ...]:
        """Who else is in scope, the closest first."""
        territory = posts[0].author.location if posts else None
        found = self.sellers.candidates(account, signal.objects, territory, intent=signal.intent)
        ranked = (candidate.seller for candidate in best_roles(found))
        return tuple(one for one in ranked if one.seller_id != seller.seller_id)

    def root_id(self, seller_id: str, signal_id: str) -> str:
        """The alert that began the thread in which this seller was told; empty without."""
        told = self.opened.get(seller_id, signal_id)
        return _root_of(self.outbox.get(told.alert_id)) if told else ""


def _root_of(alert: Alert | None) -> str:
    is_mail = alert is not None and alert.kind is not AlertKind.DIGEST
    return (alert.root_id or alert.alert_id) if alert and is_mail else ""


def _told_by(alert: Alert | None, signal_id: str, now: datetime) -> OpenSignal | None:
    """As long as the mail is not settled, and so not on the seller's list."""
    pairs = {(alert.subject_id, alert.signal_id), *alert.signal_ids} if alert else set()
    subject_id = next((subject for subject, signal in pairs if signal == signal_id), "")
    if alert is None or not subject_id:
        return None
    return OpenSignal(
        subject_id=subject_id,
        signal_id=signal_id,
        alert_id=alert.alert_id,
        score=alert.score,
        told_at=now,
    )


def matters_on(table: "Table") -> Matters:
    return Matters(
        opened=OpenSignalStore(table),
        outbox=Outbox(table),
        signals=SignalStore(table),
        stories=StoryStore(table),
        accounts=AccountStore(table),
        sellers=SellerStore(table),
    )
