"""Prove every night that no store holds what it may not hold, and report.

A round walks through the whole table and then the whole bucket, in as many runs as it takes. Each
page is judged and then noted as walked, so a run that was killed is repeated from its last page. It
deletes nothing: what it finds is a fault of what should have.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger

from earshot.aws import clients
from earshot.aws.raw_archive import RawArchive
from earshot.aws.scan_store import ScanStore
from earshot.aws.story_store import StoryStore
from earshot.aws.tombstone_store import TombstoneStore, read_secret
from earshot.domain.retention import Found, Round
from earshot.flows.counting import count
from earshot.flows.judge_objects import ObjectJudge
from earshot.flows.judge_rows import RowJudge
from earshot.settings import settings

logger = Logger()

RESERVE_MS = 60_000
"""A page takes seconds; one full of prospects, each with its stories to read, longer."""
PAUSE_SECONDS = 0.1
"""Between pages: the table and who serves mails and platforms from it are not to notice."""


@dataclass(frozen=True)
class Scanning:
    store: ScanStore
    rows: RowJudge
    objects: ObjectJudge


@cache
def scanning() -> Scanning:
    names = settings()
    table, s3 = clients.table(names.EARSHOT_TABLE), clients.s3()
    secret = read_secret(clients.secrets_manager(), names.EARSHOT_TOMBSTONE_SECRET)
    store = ScanStore(table, s3, names.EARSHOT_BUCKET)
    tombstones = TombstoneStore(table, secret)
    return Scanning(
        store=store,
        rows=RowJudge(store, tombstones, StoryStore(table)),
        objects=ObjectJudge(store, tombstones, RawArchive(s3, names.EARSHOT_BUCKET)),
    )


def handle(_event: dict[str, Any], context: Any) -> dict[str, Any]:
    return scan(scanning(), datetime.now(UTC), remaining_ms=context.get_remaining_time_in_millis)


@dataclass(frozen=True)
class Lease:
    """A run that walks: until when nobody else does, and whether it has time for another page."""

    begun_at: datetime
    until: datetime
    has_time: Callable[[], bool]


def scan(into: Scanning, now: datetime, *, remaining_ms: Callable[[], int]) -> dict[str, Any]:
    """Goes on where the last run stopped. What the round found so far, or that there is none to
    walk."""
    lease = Lease(
        begun_at=now,
        until=now + timedelta(milliseconds=remaining_ms()),
        has_time=lambda: remaining_ms() > RESERVE_MS,
    )
    rounds = into.store.rounds
    walked = rounds.begin(now, lease.until)
    if walked is None:
        logger.info("scan_runs_already")
        return {"state": "runs_already"}
    if walked.finished_at is not None and not walked.is_to_begin(now):
        rounds.save(walked, until=lease.until, release_at=now)
        return {"state": "rests"}
    walked = _walk(into, Round(started_at=now) if walked.finished_at else walked, lease)
    told = walked.model_dump(mode="json", include={"rows", "objects", "counts"})
    told["state"] = "finished" if walked.finished_at else "goes_on"
    logger.info("holdings_scanned", **told)
    return told


def _walk(into: Scanning, walked: Round, lease: Lease) -> Round:
    """The lease is given back in the end, so that the next run need not wait for it."""
    rounds, now = into.store.rounds, lease.begun_at
    for after in _pages(into, walked, now):
        walked = after
        if walked.finished_at is not None or not lease.has_time():
            break
        if not rounds.save(walked, until=lease.until):
            count("scan_lease_lost")
            return walked
        time.sleep(PAUSE_SECONDS)
    if walked.finished_at is None:
        rounds.save(walked, until=lease.until, release_at=now)
        return walked
    into.store.put_report(walked)
    count("scan_finished")
    rest = walked.model_copy(update={"named": (), "after": {}})
    rounds.save(rest, until=lease.until, release_at=now)
    return walked


def _pages(into: Scanning, walked: Round, now: datetime) -> Iterator[Round]:
    """The round as it is after each page, the last time finished."""
    while not walked.in_bucket:
        rows, after = into.store.rows(walked.after)
        found = _told(into.rows.found_in(rows, now))
        rows_seen = walked.rows + len(rows)
        walked = walked.with_found(found, rows=rows_seen, after=after, in_bucket=not after)
        yield walked
    while walked.finished_at is None:
        stored, last = into.store.objects(walked.after.get("key", ""))
        found = _told(into.objects.found_in(stored, now))
        walked = walked.with_found(
            found,
            objects=walked.objects + len(stored),
            after={"key": last} if last else {},
            finished_at=None if last else now,
        )
        yield walked


def _told(found: list[Found]) -> list[Found]:
    """Counted before it is noted: once too often where a run dies in between, and never not."""
    if found:
        count("retention_violation", len(found))
    for one in found:
        logger.warning("retention_violation", violation=one.violation, fields=one.fields)
    return found
