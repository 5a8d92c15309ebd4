"""Hang a version of a post on its strand, link the strand, and let go of earlier versions."""

from dataclasses import dataclass
from datetime import datetime

from earshot.aws.mention_message import MentionMessage
from earshot.aws.post_store import PostStore
from earshot.aws.raw_archive import RawArchive
from earshot.aws.transactions import Refusal
from earshot.domain.kept_words import quoted
from earshot.domain.models import Post
from earshot.domain.repeats import sketch
from earshot.domain.stories import StoryPost, story_post, thread_strand
from earshot.errors import BusyError
from earshot.flows import posts_of_delivery
from earshot.flows.fan_out import Cause
from earshot.flows.reconcile import Reconciling

TRIES = 5


@dataclass(frozen=True)
class Joining:
    archive: RawArchive
    posts: PostStore
    reconciling: Reconciling

    def decide(self, message: MentionMessage, now: datetime) -> str:
        """What became of it; safe to run again and in any order."""
        if message.strand_id and (refusal := self._join(message, message.strand_id)):
            return str(refusal)
        stories = self.reconciling.stories
        for strand_id in message.strand_ids:
            if strand_id != message.strand_id:
                stories.leave(strand_id, message.source, message.native_id, upto=message.version)
        cause = Cause(
            source=message.source,
            native_id=message.native_id,
            version=message.version,
            author_id=message.author_id,
            delivery_id=message.delivery.delivery_id,
            replayed=message.replayed,
            rebuilt=message.rebuilt,
        )
        return self.reconciling.apply(message.strand_ids, cause, now)

    def _join(self, message: MentionMessage, strand_id: str) -> Refusal | None:
        stories = self.reconciling.stories
        post = posts_of_delivery.find(
            message.delivery, self.archive, native_id=message.native_id, version=message.version
        )
        is_thread = strand_id == thread_strand(post.source, post.thread_id)
        words = None if is_thread else sketch(post)
        buried = self.reconciling.tombstones.keys_of(
            post.source, post.native_id, post.author.author_id
        )
        for _ in range(TRIES):
            refusal = stories.join(strand_id, joining_post(message, post), words, buried=buried)
            if refusal is not Refusal.CONFLICT:
                break
        else:
            raise BusyError("strand")
        if refusal is None:
            if words:
                stories.link_repeats(strand_id, words)
            self._link_thread(post, strand_id)
        return refusal

    def _link_thread(self, post: Post, strand_id: str) -> None:
        """A thread goes with the words that begin it, whichever came first."""
        stories = self.reconciling.stories
        thread = thread_strand(post.source, post.thread_id)
        if strand_id != thread:
            if stories.exists(thread):
                stories.link(strand_id, thread)
            return
        root = self.posts.head(post.source, post.thread_id)
        if root and root.strand_id and root.strand_id != thread:
            stories.link(root.strand_id, thread)


def joining_post(message: MentionMessage, post: Post) -> StoryPost:
    """The post as its story keeps it."""
    mentions, meaning = quoted(message.mentions, message.understanding, post.plain)
    return story_post(
        post,
        meaning,
        mentions,
        subject_ids=message.subject_ids,
        watchlist_version=message.watchlist_version,
    )
