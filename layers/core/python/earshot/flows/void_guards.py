"""Which guards stand for what will never be told, so that their posts may be told anew."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from earshot.aws.digest_store import DigestStore, frozen_as
from earshot.aws.guard_store import Guard
from earshot.aws.keys import waiting_alert
from earshot.aws.outbox import Outbox
from earshot.aws.signal_store import SignalStore
from earshot.aws.story_store import StoryStore
from earshot.aws.waiting_store import WaitingStore
from earshot.domain.models import Alert, AlertState, Signal
from earshot.domain.posts import PostId
from earshot.errors import BusyError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

_UNSENT = frozenset(
    (AlertState.PENDING, AlertState.DIGESTED, AlertState.FAILED, AlertState.CANCELLED)
)
_VOID = frozenset((AlertState.CANCELLED, AlertState.FAILED))


@dataclass(frozen=True)
class Void:
    """``mail_id``: the row on its way that would have told of it."""

    guard: Guard
    mail_id: str = ""


Voids = dict[PostId, Void]
Contents = dict[tuple[str, str], frozenset[PostId]]


@dataclass(frozen=True)
class Voiding:
    signals: SignalStore
    stories: StoryStore
    outbox: Outbox
    waiting: WaitingStore
    digests: DigestStore

    def of(self, signal: Signal, heard: Mapping[PostId, Guard], now: datetime) -> Voids:
        """Those by which nobody will hear of the post, which is part of ``signal``: what was to
        tell of it was cancelled, or tells of a signal that the post left. Not where a mail service
        may have it already; ``BusyError`` while one is asked to take it."""
        merging = {_of(guard) for guard in heard.values() if guard.signal_id in signal.absorbed}
        contents: Contents = dict.fromkeys({signal.key, *merging}, frozenset(heard))
        found = ((p, self._void(p, guard, contents, now=now)) for p, guard in heard.items())
        return {post: void for post, void in found if void}

    def mails_of(self, guard: Guard) -> Iterator[str]:
        """Ids of the rows on their way that tell of the post, or may."""
        alert = self.outbox.get(guard.alert_id) if guard.alert_id else None
        if alert and alert.state is AlertState.PENDING:
            yield alert.alert_id
        elif guard.waiting or (alert and alert.state is AlertState.DIGESTED):
            found = self._digests(guard.seller_id)
            yield from (one.alert_id for one in found if one.state is AlertState.PENDING)

    def _void(
        self, post: PostId, guard: Guard, contents: Contents, *, now: datetime
    ) -> Void | None:
        alert = self.outbox.get(guard.alert_id) if guard.alert_id else None
        if alert and alert.is_tried(now) and not self._is_part(post, guard, contents):
            raise BusyError("mail")
        if not guard.waiting and (alert is None or not _is_unsent(alert)):
            return None
        if alert and alert.state is AlertState.CANCELLED:
            return Void(guard)
        if self._is_part(post, guard, contents):
            return None
        if alert and alert.state is not AlertState.DIGESTED:
            return Void(guard, alert.alert_id if alert.state is AlertState.PENDING else "")
        return self._void_in_digest(guard, now)

    def _is_part(self, post: PostId, guard: Guard, contents: Contents) -> bool:
        """Of the signal by which the seller was to hear of it, or what that became part of."""
        if _of(guard) in contents:
            return post in contents[_of(guard)]
        present = self.signals.present(guard.subject_id, guard.signal_id)
        if present is None:
            return False
        if present.key not in contents:
            told = self.stories.posts_of(present)
            contents[present.key] = frozenset(one.identity for one in told)
        return post in contents[present.key]

    def _void_in_digest(self, guard: Guard, now: datetime) -> Void | None:
        """``None`` where it was told, or may have been; ``BusyError`` while it is tried."""
        seller_id = guard.seller_id
        sort_key = guard.waiting or waiting_alert(seller_id, guard.alert_id)["sk"]
        if not self.waiting.is_there(seller_id, sort_key):
            return None
        mail_id = ""
        for digest in self._digests(seller_id):
            if digest.state is AlertState.PENDING and not digest.may_be_sent:
                mail_id = digest.alert_id
            elif digest.state not in _VOID and self._is_frozen(digest, sort_key):
                if digest.is_tried(now):
                    raise BusyError("digest")
                return None
        return Void(guard, mail_id)

    def _is_frozen(self, digest: Alert, sort_key: str) -> bool:
        frozen = self.digests.frozen(digest.alert_id)
        return frozen is not None and frozen_as(sort_key) in frozen.rows

    def _digests(self, seller_id: str) -> Iterator[Alert]:
        """The latest first, up to one that somebody tried to send: what that did not tell, none
        before it does."""
        latest = self.digests.latest([seller_id]).get(seller_id)
        digest_id = latest.alert_id if latest else None
        while digest_id and (digest := self.outbox.get(digest_id)):
            yield digest
            digest_id = None if digest.attempt > 0 else digest.previous_id


def _is_unsent(alert: Alert) -> bool:
    """Known to be; what was cancelled while somebody tried may have been sent."""
    return alert.state in _UNSENT and not alert.may_be_sent


def _of(guard: Guard) -> tuple[str, str]:
    return guard.subject_id, guard.signal_id


def voiding_on(table: "Table") -> Voiding:
    return Voiding(
        signals=SignalStore(table),
        stories=StoryStore(table),
        outbox=Outbox(table),
        waiting=WaitingStore(table),
        digests=DigestStore(table),
    )
