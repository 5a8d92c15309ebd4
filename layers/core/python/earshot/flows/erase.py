"""Erase a post or a person everywhere: one path for platforms, people and operators.

The tombstone comes first, so that whatever runs beside it is refused; the rows by which everything
is found go last, so that an erasure that was killed can be run again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any

from earshot.aws import clients
from earshot.aws.journal import Journal
from earshot.aws.post_store import PostStore
from earshot.aws.raw_archive import RawArchive
from earshot.aws.tombstone_store import TombstoneStore
from earshot.domain.models import Post
from earshot.flows import take_out
from earshot.flows.reconcile import Reconciling, reconciling
from earshot.settings import settings


@dataclass(frozen=True)
class Eraser:
    archive: RawArchive
    posts: PostStore
    reconciling: Reconciling
    journal: Journal

    @property
    def tombstones(self) -> TombstoneStore:
        return self.reconciling.tombstones

    def erase_person(self, source: str, author_id: str, *, welcome_back: bool = False) -> int:
        """How many posts went; later posts of the author are refused, unless they are welcome."""
        if not welcome_back:
            now = datetime.now(UTC)
            self._journal(self.tombstones.bury_author(source, author_id, now), now)
        native_ids = self.posts.of_author(source, author_id)
        for native_id in native_ids:
            self.erase_post(source, native_id, author_id=author_id)
            self.posts.forget_author(source, author_id, native_id)
        return len(native_ids)

    def erase_deleted(self, source: str, native_id: str, *, raw_key: str) -> str:
        """What a platform deleted, with what is part of it: the same as ``erase_post``, which goes
        last, so that its rows tell of the parts until they are gone."""
        rows = self.posts.rows(source, native_id)
        parts = {str(part) for row in rows for part in row.get("parts", ())}
        for part in sorted(parts - {native_id}):
            self.erase_post(source, part)
        return self.erase_post(source, native_id, raw_key=raw_key)

    def erase_refused(self, post: Post) -> None:
        """One that came of an author or by an id that was erased before."""
        source, author_id = post.source, post.author.author_id
        is_theirs = self.tombstones.has_author(source, author_id)
        self.erase_post(
            source,
            post.native_id,
            raw_key=post.raw_key,
            author_id=author_id if is_theirs else None,
        )

    def erase_post(
        self,
        source: str,
        native_id: str,
        *,
        raw_key: str | None = None,
        author_id: str | None = None,
    ) -> str:
        """``erased``, or ``unknown`` when nothing of it was here; refused from now on. ``raw_key``
        names a raw object that may hold it before any row says so. Where everything of its author
        is to go, ``author_id`` takes them out of what lies beside it."""
        now = datetime.now(UTC)
        self._journal(self.tombstones.bury_post(source, native_id, now), now)
        rows = self.posts.rows(source, native_id)
        raw_keys = {str(row["raw_key"]) for row in rows if "raw_key" in row}
        for key in sorted(raw_keys | ({raw_key} if raw_key else set())):
            self._take_from_raw(key, native_id, author_id)
        self._take_from_stories(source, native_id)
        left = rows
        while left:  # once the head is gone, nobody can be told of the post any more
            self._cancel_alerts(source, native_id)
            self._take_from_journal(left)
            self._take_from_journal(self.posts.forget(source, native_id))
            left = self.posts.rows(source, native_id)
        return "erased" if rows else "unknown"

    def _journal(self, tombstone: str, now: datetime) -> None:
        """So that a restored or rebuilt table refuses it too, before anything is replayed."""
        identity = tombstone.rpartition("#")[2]
        self.journal.append("erased", now, identity, payload={"tombstone": tombstone})

    def _take_from_raw(self, raw_key: str, native_id: str, author_id: str | None) -> None:
        if author_id is None:
            rest_of = partial(take_out.without_post, raw_key, native_id=native_id)
        else:
            rest_of = partial(
                take_out.without_person, raw_key, native_id=native_id, author_id=author_id
            )
        self.archive.change(raw_key, rest_of)

    def _take_from_journal(self, rows: Iterable[dict[str, Any]]) -> None:
        """What was written of a post when its words went."""
        for row in rows:
            if "journal_key" in row:
                self.journal.remove(str(row["journal_key"]))

    def _take_from_stories(self, source: str, native_id: str) -> None:
        """Nobody is told: the signals change as if the post had never come."""
        head = self.posts.head(source, native_id)
        if head is None or not head.strand_ids:
            return
        for strand_id in head.strand_ids:
            self.reconciling.stories.leave(strand_id, source, native_id, upto=None)
        self.reconciling.apply(sorted(head.strand_ids), None, datetime.now(UTC))

    def _cancel_alerts(self, source: str, native_id: str) -> None:
        """What waits for digests, and alerts whose signals have nothing left to tell; others find
        nothing to tell when they are due, and a mail that was made of it before is made again."""
        telling, outbox = self.reconciling.telling, self.reconciling.outbox
        for guard in telling.guards.of_post(source, native_id):
            if guard.waiting:
                telling.waiting.delete(guard.seller_id, [guard.waiting])
            alert = outbox.get(guard.alert_id) if guard.alert_id else None
            if alert and not any(self._is_present(signal) for signal in alert.signal_ids):
                outbox.cancel(alert.alert_id, datetime.now(UTC))
            for mail_id in telling.voiding.mails_of(guard):
                self.reconciling.signals.commit([outbox.loses(mail_id, 1)])

    def _is_present(self, signal: tuple[str, str]) -> bool:
        return self.reconciling.signals.present(*signal) is not None


@cache
def eraser() -> Eraser:
    return Eraser(
        archive=RawArchive(clients.s3(), settings().EARSHOT_BUCKET),
        posts=PostStore(clients.table(settings().EARSHOT_TABLE)),
        reconciling=reconciling(),
        journal=Journal(clients.s3(), settings().EARSHOT_BUCKET),
    )
