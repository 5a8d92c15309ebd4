"""Of signals, those come back that the stories still tell, with what was decided about them."""

from collections.abc import Iterable, Iterator

from earshot.aws import held_rows, keys
from earshot.aws.items import Item, item_of
from earshot.aws.queries import partition
from earshot.aws.story_store import StoryStore
from earshot.domain import retention
from earshot.domain.grouping import mark_of
from earshot.domain.models import Signal
from earshot.domain.subjects import UNKNOWN
from earshot_ops.restoring import AFTER_STORIES, Restoring


def copy_signals(into: Restoring, rows: Iterable[Item]) -> None:
    """Rows of signals, each with the rows beside it."""
    rows = list(rows)
    missing = {row["sk"] for row in into.missing(rows)}
    for row in rows:
        signal = held_rows.model_in(row, Signal)
        if row["sk"] in missing and not _restore(into, signal):
            continue
        into.copy(_beside(into, signal))


def _restore(into: Restoring, signal: Signal) -> bool:
    """False when no story tells of it any more."""
    posts = StoryStore(into.target.table).told_by(signal)
    if not posts and not into.rehearses:
        into.counts[AFTER_STORIES, "told no more"] += 1
        return False
    if mark_of(post.identity for post in posts) != signal.posts_mark:
        into.strands.update(signal.strand_ids)
    if retention.is_named(signal) and not retention.may_be_named(signal, posts, into.now):
        unnamed = signal.subject.model_copy(update={"name": UNKNOWN})
        signal = signal.model_copy(update={"subject": unnamed})
    into.counts[AFTER_STORIES, "restored"] += 1
    if not into.rehearses:
        into.put(item_of(keys.signal(*signal.key), signal, revision=signal.revision))
    return True


def _beside(into: Restoring, signal: Signal) -> Iterator[Item]:
    for signal_id in (signal.signal_id, *signal.absorbed):
        yield from partition(into.source, keys.signal_rows(signal_id))


def compute_anew(into: Restoring) -> Iterator[int]:
    """What posts that were left out leave of their signals; how many strands were looked at."""
    strands = [] if into.rehearses else sorted(into.strands)
    for number, strand_id in enumerate(strands, 1):
        into.target.eraser.reconciling.apply([strand_id], None, into.now)
        yield number
