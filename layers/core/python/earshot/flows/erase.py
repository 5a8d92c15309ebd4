"""Erase a post or a person everywhere: one path for platforms, people and operators.

The tombstone comes first, so that whatever runs beside it is refused; the rows by which everything
is found go last, so that an erasure that was killed can be run again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from earshot.aws import clients
from earshot.aws.journal import Journal
from earshot.aws.outbox import Outbox
from earshot.aws.post_store import PostStore
from earshot.aws.raw_archive import RawArchive
from earshot.aws.signal_store import SignalStore
from earshot.aws.tombstone_store import TombstoneStore, read_secret
from earshot.domain.grouping import in_order, summarise
from earshot.errors import BusyError
from earshot.settings import settings
from earshot.sources import catalog

TRIES = 5


@dataclass(frozen=True)
class Eraser:
    archive: RawArchive
    posts: PostStore
    signals: SignalStore
    outbox: Outbox
    tombstones: TombstoneStore
    journal: Journal

    def erase_person(self, source: str, author_id: str) -> int:
        """How many posts went; later posts of the author are refused."""
        self._journal(self.tombstones.bury_author(source, author_id))
        native_ids = self.posts.of_author(source, author_id)
        for native_id in native_ids:
            self.erase_post(source, native_id)
        return len(native_ids)

    def erase_post(self, source: str, native_id: str, *, raw_key: str | None = None) -> str:
        """``erased``, or ``unknown`` when nothing of it was here; refused from now on. ``raw_key``
        names a raw object that may hold it before any row says so."""
        self._journal(self.tombstones.bury_post(source, native_id))
        rows = self.posts.rows(source, native_id)
        raw_keys = {str(row["raw_key"]) for row in rows if "raw_key" in row}
        for key in sorted(raw_keys | ({raw_key} if raw_key else set())):
            self._take_from_raw(source, native_id, key)
        for row in rows:
            if "signal_id" in row:
                self._take_from_signal(row, source, native_id)
        self._cancel_alerts(source, native_id)
        self.posts.forget(source, native_id)
        return "erased" if rows else "unknown"

    def _journal(self, tombstone: str) -> None:
        """So that a restored or rebuilt table refuses it too, before anything is replayed."""
        identity = tombstone.rpartition("#")[2]
        self.journal.append("erased", datetime.now(UTC), identity, payload={"tombstone": tombstone})

    def _take_from_raw(self, source: str, native_id: str, raw_key: str) -> None:
        self.archive.change(raw_key, lambda raw: catalog.without(source, raw, native_id))

    def _take_from_signal(self, commit: Mapping[str, Any], source: str, native_id: str) -> None:
        """Nobody is told: the signal changes, its decisions stay as they were made."""
        subject_id, signal_id = str(commit["subject_id"]), str(commit["signal_id"])
        for _ in range(TRIES):
            before = self.signals.get(subject_id, signal_id)
            rows = self.signals.posts(signal_id)
            kept = in_order(p for p in rows if (p.source, p.native_id) != (source, native_id))
            if len(kept) == len(rows):
                return
            actions = [self.signals.removes_post(signal_id, source, native_id)]
            if before and kept:
                revision = before.revision + 1
                signal = summarise(before.subject, kept, revision=revision)
                actions.append(self.signals.puts_signal(signal))
            elif before:
                actions += self.signals.removes_signal(before)
            if self.signals.commit(actions) is None:
                return
        raise BusyError(signal_id)

    def _cancel_alerts(self, source: str, native_id: str) -> None:
        """Alerts of signals that have nothing left to tell."""
        for alert_id in self.signals.heard_sellers(source, native_id).values():
            alert = self.outbox.get(alert_id)
            if alert and not self.signals.posts(alert.signal_id):
                self.outbox.cancel(alert_id, datetime.now(UTC))


@cache
def eraser() -> Eraser:
    table = clients.table(settings().EARSHOT_TABLE)
    secret = read_secret(clients.secrets_manager(), settings().EARSHOT_TOMBSTONE_SECRET)
    return Eraser(
        archive=RawArchive(clients.s3(), settings().EARSHOT_BUCKET),
        posts=PostStore(table),
        signals=SignalStore(table),
        outbox=Outbox(table),
        tombstones=TombstoneStore(table, secret),
        journal=Journal(clients.s3(), settings().EARSHOT_BUCKET),
    )
