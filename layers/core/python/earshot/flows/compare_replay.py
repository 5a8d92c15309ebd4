"""Understand deliveries again and compare what would follow with what is stored; writes nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from earshot.aws.envelopes import DeliveryMessage
from earshot.aws.post_store import PostStore
from earshot.aws.raw_archive import RawArchive
from earshot.aws.signal_store import SignalStore
from earshot.aws.story_store import StoryStore
from earshot.aws.tombstone_store import TombstoneStore
from earshot.domain.grouping import summarise
from earshot.domain.models import Delivery, Post
from earshot.domain.posts import PostId
from earshot.domain.retelling import Again, Difference, differences, retold
from earshot.domain.stories import Strand, Told, tell
from earshot.domain.watchlist_index import WatchlistIndex
from earshot.flows import posts_of_delivery
from earshot.flows.decide_candidates import Deciding
from earshot.flows.disambiguate import Disambiguation
from earshot.flows.join_story import joining_post
from earshot.flows.read_post import read
from earshot.flows.understand_posts import head_of, message_of

Differences = Iterator[Difference | None]


@dataclass(frozen=True)
class Comparing:
    archive: RawArchive
    posts: PostStore
    stories: StoryStore
    signals: SignalStore
    tombstones: TombstoneStore
    deciding: Deciding
    judging: Disambiguation
    index: WatchlistIndex

    def understand(self, delivery: Delivery) -> Iterator[Again]:
        """Its posts, but for those that were erased or have a newer version. ``GoneError`` and
        ``MalformedPayloadError`` as when it came."""
        for post in posts_of_delivery.read(delivery, self.archive).posts:
            before = self.posts.head(post.source, post.native_id)
            is_old = before is not None and before.version > post.version
            if not is_old and not self._is_refused(post):
                reading = read(post, self.index, self.judging)
                head = head_of(post, reading, watchlist_version=self.index.version)
                message = message_of(head, DeliveryMessage(delivery=delivery), reading)
                yield Again(before=before, head=head, story=joining_post(message, post))

    def _is_refused(self, post: Post) -> bool:
        return self.tombstones.refuses(post.source, post.native_id, post.author.author_id)

    def compare(self, agains: Mapping[PostId, Again], now: datetime) -> Differences:
        """Of each signal that one of these posts is part of, or would be, for each seller; ``None``
        for what is the same to the byte. Posts that would begin a new strand are told without
        others whose words they repeat."""
        seen: set[str] = set()
        for again in agains.values():
            if again.strand_ids <= seen:
                continue
            region = self.stories.region(sorted(again.strand_ids))
            names = again.strand_ids | {strand.strand_id for strand in region}
            here = {k: one for k, one in agains.items() if not names.isdisjoint(one.strand_ids)}
            seen |= names
            yield from self._compare_region(region, here, now)

    def _compare_region(
        self, region: Sequence[Strand], agains: Mapping[PostId, Again], now: datetime
    ) -> Differences:
        told = tell(retold(region, agains))
        stored = {key for strand in region for key in strand.signal_keys}
        for one in told:
            key = (one.subject_id, one.signal_id)
            if key not in stored or any(post.identity in agains for post in one.posts):
                yield from self._compare_signal(one, now)
        for subject_id, signal_id in sorted(stored - {(t.subject_id, t.signal_id) for t in told}):
            yield Difference(subject_id=subject_id, signal_id=signal_id)

    def _compare_signal(self, told: Told, now: datetime) -> Differences:
        before = self.signals.get(told.subject_id, told.signal_id)
        signal = summarise(
            told,
            self.deciding.subject(told),
            revision=before.revision if before else 0,
            absorbed=before.absorbed if before else (),
        )
        stored = self.signals.decision_set(signal.signal_id, signal.revision) if before else None
        decided = self.deciding.decide(told, signal, now=now)
        return differences(signal.key, stored, decided)
