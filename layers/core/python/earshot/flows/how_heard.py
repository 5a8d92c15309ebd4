"""How each seller heard of a post, or will: by the mail of an alert, or in a digest."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from earshot.aws import keys
from earshot.aws.digest_store import DigestStore, told_as
from earshot.aws.guard_store import Guard, GuardStore
from earshot.aws.outbox import Outbox
from earshot.aws.waiting_store import WaitingStore
from earshot.domain.models import Alert, AlertState, Identifier, Model, Waiting

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

MOST_DIGESTS = 400
"""Looked through for one post: more than a year of days."""


class Heard(Model):
    """As part of which signal, and by what. ``alert`` is the outbox row that tells of the post,
    whatever became of it. What is for a digest is ``waiting`` until it is told; ``digest`` is the
    one that tells it, as far as that is known already, or still."""

    subject_id: Identifier
    signal_id: Identifier
    alert: Alert | None = None
    waiting: Waiting | None = None
    digest: Alert | None = None
    in_digest: bool = False


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
        told: dict[str, Any] = {"in_digest": True} if sort_key else {}
        if sort_key:
            waiting = told["waiting"] = self.waiting.get(guard.seller_id, sort_key)
            told["digest"] = self._digest(guard, sort_key, since, is_told=waiting is None)
        return Heard(subject_id=guard.subject_id, signal_id=guard.signal_id, alert=alert, **told)

    def _digest(
        self, guard: Guard, sort_key: str, since: datetime | None, *, is_told: bool
    ) -> Alert | None:
        """The digest whose list names it; where the list is gone with what it told, the first that
        went out after ``since``."""
        first = None
        for digest in self._back_to(guard.seller_id, since):
            told = self.digests.told(digest.alert_id)
            if told and told_as(sort_key) in told:
                return digest
            if is_told and since and digest.state is AlertState.SENT:
                first = digest
        return first

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
