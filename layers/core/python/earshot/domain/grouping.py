"""Posts that tell one story become one signal.

The signal is a fold over its posts, so any order of arrival gives the same signal, and taking a
post out gives what would have been without it.
"""

import hashlib
from collections.abc import Iterable

from earshot.domain.models import Intent, Mention, Post, Signal, SignalPost, Subject, Urgency
from earshot.domain.models import Understanding as Meaning

QUOTE_CHARACTERS = 2_000

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


def signal_id(subject_id: str, source: str, thread_id: str) -> str:
    """One subject and one thread of a source make one story: 32 hex digits."""
    return hashlib.sha256(f"{subject_id}\x1f{source}\x1f{thread_id}".encode()).hexdigest()[:32]


def signal_post(post: Post, meaning: Meaning, mentions: tuple[Mention, ...]) -> SignalPost:
    """The post as its signal keeps it; ``quote`` holds at most ``QUOTE_CHARACTERS``."""
    found = [e for mention in mentions for e in mention.evidence] + list(meaning.evidence)
    return SignalPost(
        source=post.source,
        native_id=post.native_id,
        version=post.version,
        kind=post.kind,
        permalink=post.permalink,
        author=post.author,
        quote=post.plain[:QUOTE_CHARACTERS],
        posted_at=post.posted_at,
        thread_id=post.thread_id,
        objects=tuple(m.entry_id for m in mentions if m.kind != "account"),
        intent=meaning.intent,
        urgency=meaning.urgency,
        evidence=tuple(found),
        data_class=post.data_class,
        expires_at=post.expires_at,
    )


def in_order(posts: Iterable[SignalPost]) -> tuple[SignalPost, ...]:
    return tuple(sorted(posts, key=lambda p: (p.posted_at, p.source, p.native_id)))


def summarise(subject: Subject, posts: Iterable[SignalPost], *, revision: int) -> Signal:
    """The signal that these posts make; ``ValueError`` without posts.

    The strongest intent and the highest urgency of any post hold for the whole story.
    """
    ordered = in_order(posts)
    if not ordered:
        raise ValueError("a signal has at least one post")
    first = ordered[0]
    return Signal(
        signal_id=signal_id(subject.subject_id, first.source, first.thread_id),
        subject=subject,
        objects=tuple(sorted({entry for post in ordered for entry in post.objects})),
        intent=min((post.intent for post in ordered), key=_INTENT_RANK.index),
        urgency=min((post.urgency for post in ordered), key=_URGENCY_RANK.index),
        post_count=len(ordered),
        author_count=len({(post.source, post.author.author_id) for post in ordered}),
        first_posted_at=first.posted_at,
        last_posted_at=ordered[-1].posted_at,
        revision=revision,
    )
