"""The signal that a story's posts make for one subject: a fold over them, whatever came first."""

from collections.abc import Iterable
from functools import reduce
from hashlib import sha256
from operator import xor

from earshot.domain.models import Intent, Signal, SignalPost, Subject, Urgency
from earshot.domain.stories import StoryPost, Told

_INTENT_RANK = (
    Intent.SWITCHING,
    Intent.PURCHASE,
    Intent.RECOMMENDATION,
    Intent.COMPLAINT,
    Intent.NEWS,
    Intent.SUPPORT,
    Intent.PRAISE,
    Intent.PROMOTION,
    Intent.OTHER,
)
_URGENCY_RANK = (Urgency.NOW, Urgency.SOON, Urgency.NONE)


def signal_post(post: StoryPost, subject_id: str) -> SignalPost:
    """What of the post concerns this subject: its own mention and the objects, not other
    accounts'."""
    mentions = [m for m in post.mentions if m.entry_id == subject_id or m.kind != "account"]
    found = [evidence for mention in mentions for evidence in mention.evidence]
    return SignalPost(
        source=post.source,
        native_id=post.native_id,
        version=post.version,
        kind=post.kind,
        permalink=post.permalink,
        author=post.author,
        quote=post.quote,
        posted_at=post.posted_at,
        thread_id=post.thread_id,
        objects=tuple(m.entry_id for m in mentions if m.kind != "account"),
        intent=post.understanding.intent,
        urgency=post.understanding.urgency,
        evidence=(*found, *post.understanding.evidence),
        percent=min((m.percent for m in mentions), default=100),
        data_class=post.data_class,
        expires_at=post.expires_at,
    )


def summarise(told: Told, subject: Subject, *, revision: int, absorbed: tuple[str, ...]) -> Signal:
    """The strongest intent and the highest urgency of any post hold for the whole story."""
    posts = [signal_post(post, told.subject_id) for post in told.posts]
    leading = min(told.posts, key=lambda post: _INTENT_RANK.index(post.understanding.intent))
    meaning = leading.understanding
    return Signal(
        signal_id=told.signal_id,
        subject=subject,
        objects=tuple(sorted({entry for post in posts for entry in post.objects})),
        intent=meaning.intent,
        urgency=min((post.urgency for post in posts), key=_URGENCY_RANK.index),
        post_count=len(posts),
        posts_mark=mark_of(post.identity for post in told.posts),
        author_count=len({(post.source, post.author.author_id) for post in posts}),
        first_posted_at=posts[0].posted_at,
        last_posted_at=posts[-1].posted_at,
        event=meaning.event,
        sentiment=meaning.sentiment,
        degree=meaning.degree,
        standing=meaning.standing,
        strand_ids=told.strand_ids,
        absorbed=absorbed,
        revision=revision,
    )


def mark_of(posts: Iterable[tuple[str, str]]) -> str:
    """16 hex digits that stand for a set of posts, by source and native id. The mark of a set and
    that of one more post make that of both: `joined`."""
    return f"{reduce(xor, map(_mark, posts), 0):016x}"


def joined(mark: str, post: tuple[str, str]) -> str:
    return f"{int(mark or '0', 16) ^ _mark(post):016x}"


def _mark(post: tuple[str, str]) -> int:
    return int.from_bytes(sha256("\x1f".join(post).encode()).digest()[:8])
