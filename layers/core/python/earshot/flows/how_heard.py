"""How each seller heard of a post, or will: by the mail of an alert, or in a digest."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from earshot.aws import keys
from earshot.aws.digest_store import DigestStore, frozen_as
from earshot.aws.guard_store import Guard, GuardStore
from earshot.aws.outbox import Outbox
from earshot.aws.waiting_store import WaitingStore
from earshot.domain.models import Alert, AlertState
from earshot.domain.why import Heard

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

MOST_DIGESTS = 400
"""Looked through for one post: more than a year of days."""

_UNTOLD = frozenset((AlertState.FAILED, AlertState.CANCELLED))


@dataclass(frozen=True)
class Hearing:
    outbox: Outbox
    guards: GuardStore
    waiting: WaitingStore
    digests: DigestStore

    def of_post(self, source: str, native_id: str) -> dict[str, Heard]:
        """By seller."""
        found = self.guards.of_post(source, native_id)
        return {guard.seller_id: self._heard(guard) for guard in found}

    def _heard(self, guard: Guard) -> Heard:
        alert = self.outbox.get(guard.alert_id) if guard.alert_id else None
        sort_key, since = guard.waiting, guard.since
        if alert and alert.state is AlertState.DIGESTED:
            sort_key = keys.waiting_alert(alert.seller_id, alert.alert_id)["sk"]
            since = alert.told_at
        digested: dict[str, Any] = {}
        if sort_key:
            digested["in_digest"] = True
            digested["waiting"] = self.waiting.get(guard.seller_id, sort_key)
            digested["digest"] = self._digest(guard.seller_id, sort_key, since)
        return Heard(
            subject_id=guard.subject_id, signal_id=guard.signal_id, alert=alert, **digested
        )

    def _digest(self, seller_id: str, sort_key: str, since: datetime | None) -> Alert | None:
        """The latest one with this on its list that was told, or may be."""
        for digest in self._back_to(seller_id, since):
            frozen = self.digests.frozen(digest.alert_id)
            if frozen and frozen_as(sort_key) in frozen.rows and digest.state not in _UNTOLD:
                return digest
        return None

    def _back_to(self, seller_id: str, since: datetime | None) -> Iterator[Alert]:
        """The digests of the seller that were told after that, the latest first."""
        latest = self.digests.latest([seller_id]).get(seller_id)
        alert_id = latest.alert_id if latest else None
        for _ in range(MOST_DIGESTS):
            digest = self.outbox.get(alert_id) if alert_id else None
            if digest is None or (since and digest.told_at and digest.told_at < since):
                return
            yield digest
            alert_id = digest.previous_id


def hearing_on(table: "Table") -> Hearing:
    return Hearing(
        outbox=Outbox(table),
        guards=GuardStore(table),
        waiting=WaitingStore(table),
        digests=DigestStore(table),
    )
