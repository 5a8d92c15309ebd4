"""What follows once it is known that a digest was sent: what it told waits no more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from earshot.aws import clients
from earshot.aws.digest_store import DigestStore, frozen_as
from earshot.aws.open_signal_store import OpenSignalStore
from earshot.aws.outbox import Outbox
from earshot.aws.signal_store import SignalStore
from earshot.aws.waiting_store import WaitingStore
from earshot.domain.digest import Pile, piles
from earshot.domain.models import Alert, AlertState, Waiting
from earshot.domain.pages import OpenSignal
from earshot.settings import settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

MOST_OPENED = 200
"""Of very many stories the best are listed for the seller as open."""


@dataclass(frozen=True)
class DigestSettlement:
    digests: DigestStore
    waiting: WaitingStore
    outbox: Outbox
    signals: SignalStore
    opened: OpenSignalStore

    def after_sent(self, alert: Alert) -> None:
        """What the digest told is on the seller's list of open signals, and the rows that waited
        are gone. Safe to repeat, and to break off anywhere."""
        if alert.state is not AlertState.SENT or alert.told_at is None:
            return
        frozen = self.digests.frozen(alert.alert_id)
        if frozen is None or frozen.is_cleared:
            return
        rows = self.rows(alert.seller_id, frozen.rows)
        alerts = self.outbox.get_many(one.alert_id for one in rows.values() if one.alert_id)
        self._open(alert, piles(rows.values(), alerts)[:MOST_OPENED], alert.told_at)
        self.waiting.delete(alert.seller_id, rows)
        self.digests.clear(alert.alert_id, alert.told_at)

    def rows(self, seller_id: str, frozen: frozenset[bytes]) -> dict[str, Waiting]:
        """Those of the waiting rows that a digest tells, by sort key."""
        return {key: row for key, row in self.waiting.all(seller_id) if frozen_as(key) in frozen}

    def _open(self, alert: Alert, best: Sequence[Pile], told_at: datetime) -> None:
        """What was listed by a try that broke off is not listed again."""
        present = self.signals.present_of([pile.key for pile in best])
        ids = {signal.signal_id for signal in present.values()}
        done = set(self.opened.heard_since(alert.seller_id, ids, told_at))
        for pile in best:
            signal = present.get(pile.key)
            if signal and signal.signal_id not in done:
                done.add(signal.signal_id)
                told = OpenSignal(
                    subject_id=signal.subject.subject_id,
                    signal_id=signal.signal_id,
                    alert_id=alert.alert_id,
                    score=pile.score,
                    told_at=told_at,
                )
                self.opened.told(alert.seller_id, told)


def digest_settlement_on(table: "Table") -> DigestSettlement:
    return DigestSettlement(
        digests=DigestStore(table),
        waiting=WaitingStore(table),
        outbox=Outbox(table),
        signals=SignalStore(table),
        opened=OpenSignalStore(table),
    )


@cache
def digest_settlement() -> DigestSettlement:
    return digest_settlement_on(clients.table(settings().EARSHOT_TABLE))
