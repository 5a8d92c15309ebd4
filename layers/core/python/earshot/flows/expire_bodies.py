"""Let go of what was only borrowed, once everybody who is to hear of it has heard, and of whatever
else was kept for as long as it may be.

Before its words go, a post's identities, times and labels are journalled; of a heartbeat nothing
stays. Each step may run twice; the row that tells of the raw object goes last.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger

from earshot.aws import clients, keys
from earshot.aws.expiry_store import Expiry, ExpiryStore
from earshot.aws.guard_store import Guard, GuardStore
from earshot.aws.heartbeat_store import HeartbeatStore
from earshot.aws.journal import Journal
from earshot.aws.outbox import Outbox
from earshot.aws.post_store import PostStore
from earshot.aws.raw_archive import RawArchive
from earshot.aws.signal_store import SignalStore
from earshot.aws.waiting_store import WaitingStore
from earshot.domain import heartbeat, subjects
from earshot.domain.models import AlertState, Author, Post, PostHead
from earshot.errors import GoneError, PermanentError
from earshot.flows import posts_of_delivery
from earshot.flows.counting import count
from earshot.settings import settings

logger = Logger()

LEAST = timedelta(hours=1)
"""After so long a post is decided, and whoever is to hear of it has a guard row that says so."""
RESERVE_MS = 20_000
TURN_SECONDS = 900

_ON_THE_WAY = frozenset((AlertState.PENDING, AlertState.SENDING))


@dataclass(frozen=True)
class Expiring:
    expiries: ExpiryStore
    archive: RawArchive
    posts: PostStore
    guards: GuardStore
    outbox: Outbox
    waiting: WaitingStore
    signals: SignalStore
    journal: Journal
    heartbeats: HeartbeatStore

    def expire(self, expiry: Expiry, now: datetime) -> str:
        """What became of it: ``gone``, or it ``waits``."""
        posts = self._posts(expiry)
        if now < expiry.expires_at and any(map(self._is_awaited, posts)):
            return "waits"
        if heartbeat.is_connection(expiry.delivery.source, expiry.delivery.connection_id):
            self.heartbeats.forget(expiry.delivery, posts)
        else:
            for post in posts:
                self._drop_words(post, now)
        self.archive.change(expiry.delivery.raw_key, lambda _: None)
        self.expiries.remove(expiry)
        return "gone"

    def _posts(self, expiry: Expiry) -> tuple[Post, ...]:
        try:
            return posts_of_delivery.read(expiry.delivery, self.archive).posts
        except (GoneError, PermanentError):
            return ()  # nothing to tell of; what lies there goes all the same

    def _is_awaited(self, post: Post) -> bool:
        """Whether somebody is still to hear of it, or it was not decided yet."""
        head = self.posts.head(post.source, post.native_id)
        if head is None or not head.strand_id:
            return False
        if self.expiries.lasting(head.strand_id, post.source, post.native_id) is None:
            return True
        return any(map(self._is_told_later, self.guards.of_post(post.source, post.native_id)))

    def _is_told_later(self, guard: Guard) -> bool:
        if guard.waiting:
            return self.waiting.is_there(guard.seller_id, guard.waiting)
        alert = self.outbox.get(guard.alert_id) if guard.alert_id else None
        if alert is None or alert.state in _ON_THE_WAY:
            return alert is not None
        digested = keys.waiting_alert(guard.seller_id, guard.alert_id)["sk"]
        return self.waiting.is_there(guard.seller_id, digested)

    def _drop_words(self, post: Post, now: datetime) -> None:
        head = self.posts.head(post.source, post.native_id)
        if head is None:
            return
        self._journal(head, now)
        for strand_id in sorted(head.strand_ids):
            self.expiries.drop_words(strand_id, post.source, post.native_id, version=post.version)
        self._forget_name(post.source, post.author)

    def _forget_name(self, source: str, author: Author) -> None:
        """Signals of the author as a prospect are called after them."""
        subject_id = subjects.prospect_subject_id(source, author.author_id)
        for signal in self.signals.of_subject(subject_id):
            if signal.subject == subjects.prospect(subject_id, author):
                self.signals.rename(signal, subjects.UNKNOWN)

    def _journal(self, head: PostHead, now: datetime) -> None:
        """What stays of the post, so that a table rebuilt from the bucket knows it; nothing, where
        it was erased beside this."""
        strand_id = head.strand_id
        lasting = strand_id and self.expiries.lasting(strand_id, head.source, head.native_id)
        kept = head.model_dump(mode="json", exclude_none=True)
        if lasting:
            kept["story"] = lasting.model_dump(mode="json", exclude_none=True)
        identity = keys.digest(head.source, head.native_id, head.version)
        key = keys.journal_object("expired", now, identity)
        self.posts.note_journalled(head.source, head.native_id, key)
        self.journal.append("expired", now, identity, payload=kept)
        if self.posts.head(head.source, head.native_id) is None:
            self.journal.remove(key)
            self.posts.forget_journalled(head.source, head.native_id, key)


@cache
def expiring() -> Expiring:
    names = settings()
    table = clients.table(names.EARSHOT_TABLE)
    return Expiring(
        expiries=ExpiryStore(table),
        archive=RawArchive(clients.s3(), names.EARSHOT_BUCKET),
        posts=PostStore(table),
        guards=GuardStore(table),
        outbox=Outbox(table),
        waiting=WaitingStore(table),
        signals=SignalStore(table),
        journal=Journal(clients.s3(), names.EARSHOT_BUCKET),
        heartbeats=HeartbeatStore(table),
    )


def handle(_event: dict[str, Any], context: Any) -> dict[str, Any]:
    remaining_ms = context.get_remaining_time_in_millis
    return expire_all(expiring(), datetime.now(UTC), lambda: remaining_ms() > RESERVE_MS)


def expire_all(into: Expiring, now: datetime, has_time: Callable[[], bool]) -> dict[str, Any]:
    """How many went and how many wait. Every run starts at another shard, so that none starves;
    one failure stops no other, and the first is raised in the end."""
    first = int(now.timestamp()) // TURN_SECONDS
    outcomes: Counter[str] = Counter()
    failures: list[Exception] = []
    for number in range(keys.EXPIRY_SHARDS):
        shard = (first + number) % keys.EXPIRY_SHARDS
        for expiry in into.expiries.waiting(shard, begun_until=now - LEAST):
            if not has_time():
                return _told(outcomes, failures)
            try:
                outcomes[into.expire(expiry, now)] += 1
            except Exception as error:  # noqa: BLE001 (raised below)
                failures.append(error)
    return _told(outcomes, failures)


def _told(outcomes: Counter[str], failures: list[Exception]) -> dict[str, Any]:
    if outcomes["gone"]:
        count("bodies_expired", outcomes["gone"])
    logger.info("bodies_expired", outcomes=dict(outcomes), failures=len(failures))
    if failures:
        raise ExceptionGroup("bodies that could not go", failures)
    return dict(outcomes)
