"""Change a signal and what follows from it, in one transaction that may be tried again.

Optimistic locking on the signal's revision makes the order of messages irrelevant; the FIFO queue
only keeps tries from colliding (docs/decisions/0001).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from earshot.aws import keys
from earshot.aws.account_store import AccountStore
from earshot.aws.outbox import Outbox
from earshot.aws.seller_store import SellerStore
from earshot.aws.signal_store import Action, Refusal, SignalStore
from earshot.aws.tombstone_store import TombstoneStore
from earshot.domain.deciding import Heard, decide
from earshot.domain.grouping import summarise
from earshot.domain.models import (
    Account,
    Alert,
    AlertState,
    Candidate,
    DecisionSet,
    Outcome,
    Signal,
    SignalPost,
    Subject,
)
from earshot.domain.relevance import Weights
from earshot.errors import BusyError

TRIES = 5


@dataclass(frozen=True)
class Change:
    """A post that joins its signal, or (``post`` absent) leaves it."""

    subject: Subject
    signal_id: str
    source: str
    native_id: str
    version: str
    author_id: str
    post: SignalPost | None
    territory: str | None
    delivery_id: str
    versions: dict[str, str]


@dataclass(frozen=True)
class Regrouping:
    signals: SignalStore
    sellers: SellerStore
    accounts: AccountStore
    outbox: Outbox
    tombstones: TombstoneStore
    weights: Weights

    def apply(self, change: Change, now: datetime) -> str:
        """The outcome: ``decided``, ``withdrawn``, or the refusal that needs no retry.

        ``BusyError`` when others changed the signal at every try.
        """
        for _ in range(TRIES):
            before = self.signals.get(change.subject.subject_id, change.signal_id)
            rows = self.signals.posts(change.signal_id)
            kept = [p for p in rows if (p.source, p.native_id) != (change.source, change.native_id)]
            if change.post is None and len(kept) == len(rows):
                return self._commit_nothing(change)
            posts = [*kept, change.post] if change.post else kept
            actions = self._actions(change, before, posts, now=now)
            refusal = self.signals.commit(actions)
            if refusal is None:
                return "decided" if change.post else "withdrawn"
            if refusal not in (Refusal.CONFLICT, Refusal.HEARD):
                return refusal
        raise BusyError(change.signal_id)

    def _commit_nothing(self, change: Change) -> str:
        refusal = self.signals.commit([*self._conditions(change), self._commit_row(change)])
        return refusal or "nothing_to_withdraw"

    def _actions(
        self, change: Change, before: Signal | None, posts: list[SignalPost], *, now: datetime
    ) -> list[Action]:
        actions = [*self._conditions(change), self._commit_row(change)]
        if change.post:
            actions.append(self.signals.puts_post(change.signal_id, change.post))
        else:
            gone = self.signals.removes_post(change.signal_id, change.source, change.native_id)
            actions.append(gone)
        if not posts:
            return actions + (self.signals.removes_signal(before) if before else [])
        signal = summarise(change.subject, posts, revision=before.revision + 1 if before else 1)
        decided, alerts = self._decide(signal, change, now)
        actions.append(self.signals.puts_signal(signal))
        actions += self.signals.puts_decisions(decided)
        for alert, outbox_row in zip(alerts, self.outbox.insert_items(alerts), strict=True):
            guard = keys.guard(change.source, change.native_id, seller_id=alert.seller_id)
            actions.append({**outbox_row, "refusal": Refusal.HEARD})
            row = {**guard, "alert_id": alert.alert_id}
            actions.append(self.signals.puts_new(row, Refusal.HEARD))
        return actions

    def _conditions(self, change: Change) -> list[Action]:
        buried = self.tombstones.keys_of(change.source, change.native_id, change.author_id)
        return [
            self.signals.expects_head(change.source, change.native_id, change.version),
            *self.signals.expects_absent(buried, Refusal.ERASED),
        ]

    def _commit_row(self, change: Change) -> Action:
        key = keys.post_commit(
            change.source,
            change.native_id,
            subject_id=change.subject.subject_id,
            version=change.version,
        )
        row = {**key, "subject_id": change.subject.subject_id, "signal_id": change.signal_id}
        return self.signals.puts_new(row, Refusal.COMMITTED)

    def _decide(
        self, signal: Signal, change: Change, now: datetime
    ) -> tuple[DecisionSet, list[Alert]]:
        account = self._account(signal)
        found = self.sellers.candidates(account, signal.objects, change.territory)
        decided = decide(
            signal,
            account,
            found,
            heard=self._heard(signal, found, change),
            now=now,
            weights=self.weights,
            versions=change.versions,
        )
        return decided, list(_alerts(signal, decided, change.delivery_id))

    def _account(self, signal: Signal) -> Account | None:
        account_id = signal.subject.account_id
        return self.accounts.get(account_id) if account_id else None

    def _heard(self, signal: Signal, found: Iterable[Candidate], change: Change) -> Heard:
        of_post = self.signals.heard_sellers(change.source, change.native_id)
        sellers = {candidate.seller.seller_id for candidate in found}
        return Heard(
            of_signal=frozenset(s for s in sellers if self._was_alerted(signal.signal_id, s)),
            of_post=frozenset(of_post),
        )

    def _was_alerted(self, signal_id: str, seller_id: str) -> bool:
        """An alert that was cancelled before anybody tried to send it told nobody anything."""
        alert = self.outbox.get(alert_id(signal_id, seller_id))
        return alert is not None and (alert.state is not AlertState.CANCELLED or alert.attempt > 0)


def alert_id(signal_id: str, seller_id: str) -> str:
    """One seller is alerted to one signal once."""
    return keys.digest(signal_id, seller_id)


def _alerts(signal: Signal, decided: DecisionSet, delivery_id: str) -> Iterable[Alert]:
    for decision in decided.decisions:
        if decision.outcome is Outcome.ALERT and decision.attention:
            yield Alert(
                alert_id=alert_id(signal.signal_id, decision.seller_id),
                signal_id=signal.signal_id,
                subject_id=signal.subject.subject_id,
                seller_id=decision.seller_id,
                revision=signal.revision,
                state=AlertState.PENDING,
                due_at=decision.attention.due_at,
                delivery_id=delivery_id,
            )
