"""All that is held of a post or of a person, and where it lies."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from earshot.aws import keys
from earshot.aws.guard_store import Guard, GuardStore
from earshot.aws.raw_archive import RawArchive, delivery_of
from earshot.aws.story_store import StoryStore
from earshot.domain.models import Post, PostHead, Signal
from earshot.domain.stories import StoryPost, tell
from earshot.domain.subjects import prospect_subject_id
from earshot.errors import GoneError, PermanentError
from earshot.flows import posts_of_delivery
from earshot_ops.target import Target


@dataclass(frozen=True)
class Holding:
    """What is held of one post: ``versions`` as raw deliveries tell them, ``told`` as its stories
    do; ``signals`` are those that it is part of."""

    source: str
    native_id: str
    rows: tuple[dict[str, Any], ...]
    head: PostHead | None
    versions: tuple[Post, ...]
    told: tuple[StoryPost, ...]
    signals: tuple[Signal, ...]
    guards: tuple[Guard, ...]

    @property
    def reference(self) -> str:
        return f"{self.source}:{self.native_id}"

    @property
    def raw_keys(self) -> frozenset[str]:
        return frozenset(str(row["raw_key"]) for row in self.rows if "raw_key" in row)

    @property
    def alert_ids(self) -> frozenset[str]:
        return frozenset(guard.alert_id for guard in self.guards if guard.alert_id)


def of_person(target: Target, source: str, author_id: str) -> tuple[Holding, ...]:
    names = target.posts.of_author(source, author_id)
    return tuple(of_post(target, source, native_id) for native_id in names)


def of_post(target: Target, source: str, native_id: str) -> Holding:
    rows = target.posts.rows(source, native_id)
    head = target.posts.head(source, native_id)
    region = StoryStore(target.table).region(sorted(head.strand_ids)) if head else ()
    stories = [told for told in tell(region) if _holds(told.posts, source, native_id)]
    stored = (target.signals.get(told.subject_id, told.signal_id) for told in stories)
    posts = [post for strand in region for post in strand.posts]
    return Holding(
        source=source,
        native_id=native_id,
        rows=rows,
        head=head,
        versions=tuple(_versions(target, rows, native_id)),
        told=tuple(post for post in posts if post.identity == (source, native_id)),
        signals=tuple(signal for signal in stored if signal),
        guards=GuardStore(target.table).of_post(source, native_id),
    )


def partitions(holding: Holding) -> Iterator[str]:
    """Of the table: where something of the post lies, or may."""
    source, native_id = holding.source, holding.native_id
    yield keys.post(source, native_id)
    for row in holding.rows:
        yield from (keys.author(source, author_id) for author_id in row.get("author_ids", ()))
        yield from (keys.permalink(url)["pk"] for url in row.get("permalinks", ()))
        for author_id in row.get("author_ids", ()):
            yield keys.subject(prospect_subject_id(source, author_id))
    for strand_id in holding.head.strand_ids if holding.head else ():
        yield keys.strand(strand_id)["pk"]
    for signal in holding.signals:
        yield keys.subject(signal.subject.subject_id)
        yield keys.signal_rows(signal.signal_id)
    for guard in holding.guards:
        yield keys.waiting(guard.seller_id)
        if guard.alert_id:
            yield keys.outbox(guard.alert_id)["pk"]


def objects(holding: Holding) -> Iterator[str]:
    """Of the bucket, likewise."""
    yield from holding.raw_keys
    yield from (str(row["journal_key"]) for row in holding.rows if "journal_key" in row)


def _holds(posts: Iterable[StoryPost], source: str, native_id: str) -> bool:
    return any(post.identity == (source, native_id) for post in posts)


def _versions(target: Target, rows: Iterable[dict[str, Any]], native_id: str) -> Iterator[Post]:
    archive = RawArchive(target.s3, target.bucket)
    for raw_key in sorted(str(row["raw_key"]) for row in rows if "raw_key" in row):
        try:
            found = posts_of_delivery.read(delivery_of(raw_key), archive).posts
        except (GoneError, PermanentError):
            continue
        yield from (post for post in found if post.native_id == native_id)
