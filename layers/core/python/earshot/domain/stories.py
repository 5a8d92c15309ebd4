"""Which posts are one story, and the signals that the stories make.

A **strand** is what posts hang on that surely belong together: equal words (reposts, cross-posts,
copies), or a thread. Strands are linked where their words repeat each other, and where a thread's
first post lies in a strand of words. What is reached over links is a story; where nobody posted for
``QUIET`` it ends, by posted time, and the next post begins another.

All of this is computed from the posts that are there. So any order of arrival ends in the same
signals, and taking a post out gives what would have been without it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from hashlib import sha256
from itertools import pairwise

from earshot.domain.deliveries import DataClass
from earshot.domain.models import Author, Mention, Model, Post, Understanding
from earshot.domain.repeats import Sketch
from earshot.domain.values import Identifier, Slug, Utc

QUIET = timedelta(days=14)
QUOTE_CHARACTERS = 2_000

_WORDS = "words:"
_THREAD = "thread:"


class StoryPost(Model):
    """A post as its stories keep it; ``quote`` holds at most ``QUOTE_CHARACTERS``.

    ``subject_ids`` are what the post itself is about.
    """

    source: Slug
    native_id: Identifier
    version: Identifier
    kind: Slug
    permalink: str | None = None
    author: Author
    quote: str
    posted_at: Utc
    thread_id: Identifier
    subject_ids: tuple[str, ...]
    mentions: tuple[Mention, ...]
    understanding: Understanding
    watchlist_version: str
    data_class: DataClass
    expires_at: Utc | None = None

    @property
    def identity(self) -> tuple[str, str]:
        return self.source, self.native_id


class Strand(Model):
    """``version`` changes with every change of its posts or links; ``signal_keys`` are subject and
    id of the signals that were registered with it."""

    strand_id: Identifier
    version: int
    links: frozenset[str] = frozenset()
    posts: tuple[StoryPost, ...] = ()
    signal_keys: frozenset[tuple[str, str]] = frozenset()

    @property
    def is_words(self) -> bool:
        return self.strand_id.startswith(_WORDS)


class Told(Model):
    """What one story tells of one subject: a signal in the making. ``posts`` are in order, the
    first lies on the strand ``home_id``."""

    subject_id: Identifier
    signal_id: Identifier
    home_id: Identifier
    posts: tuple[StoryPost, ...]
    strand_ids: tuple[str, ...]


def thread_strand(source: str, thread_id: str) -> str:
    return _THREAD + _digest(source, thread_id)


def strand_of(post: Post, sketch: Sketch | None) -> str:
    """Answers hang on their thread; what begins one, on its words, if it has enough of them."""
    if sketch is None or post.native_id != post.thread_id:
        return thread_strand(post.source, post.thread_id)
    return f"{_WORDS}{sketch.key}{'-cut' if sketch.cut else ''}"


def story_post(
    post: Post,
    meaning: Understanding,
    mentions: tuple[Mention, ...],
    *,
    subject_ids: tuple[str, ...],
    watchlist_version: str,
) -> StoryPost:
    return StoryPost(
        source=post.source,
        native_id=post.native_id,
        version=post.version,
        kind=post.kind,
        permalink=post.permalink,
        author=post.author,
        quote=post.plain[:QUOTE_CHARACTERS],
        posted_at=post.posted_at,
        thread_id=post.thread_id,
        subject_ids=subject_ids,
        mentions=mentions,
        understanding=meaning,
        watchlist_version=watchlist_version,
        data_class=post.data_class,
        expires_at=post.expires_at,
    )


def signal_id(subject_id: str, source: str, thread_id: str, *more: str) -> str:
    """32 hex digits."""
    return _digest(subject_id, source, thread_id, *more)


def tell(region: Iterable[Strand]) -> tuple[Told, ...]:
    """The signals that these strands and their links make, in the order of their first posts."""
    strands = {strand.strand_id: strand for strand in region if strand.posts}
    told = [one for story in _stories(strands) for one in _signals(story)]
    return tuple(sorted(told, key=lambda one: (_order(one.posts[0]), one.subject_id)))


def _stories(strands: Mapping[str, Strand]) -> Iterator[list[Strand]]:
    left = dict(sorted(strands.items()))
    while left:
        story = [left.pop(next(iter(left)))]
        for strand in story:  # grows while it is walked
            near = [n for n in sorted(strand.links & left.keys()) if holds(strand, left[n])]
            story += [left.pop(name) for name in near]
        yield story


def holds(one: Strand, other: Strand) -> bool:
    """Words hold to words; a thread to the words that begin it, as long as they do."""
    if one.is_words and other.is_words:
        return True
    words, thread = (one, other) if one.is_words else (other, one)
    begun = {thread_strand(*post.identity) for post in words.posts}
    return thread.strand_id in begun


def _signals(story: Sequence[Strand]) -> Iterator[Told]:
    strand_by_post = {p.identity: strand for strand in story for p in strand.posts}
    families = _families([strand for strand in story if strand.is_words])
    for number, posts in enumerate(_segments(p for strand in story for p in strand.posts)):
        by_subject: dict[str, list[StoryPost]] = {}
        first: dict[int, StoryPost] = {}
        for post in posts:
            family = families.get(strand_by_post[post.identity].strand_id)
            origin = post if family is None else first.setdefault(family, post)
            for subject_id in _subjects(post, origin):
                by_subject.setdefault(subject_id, []).append(post)
        for subject_id, own in by_subject.items():
            head = own[0]
            more = (head.native_id,) if number else ()
            yield Told(
                subject_id=subject_id,
                signal_id=signal_id(subject_id, head.source, head.thread_id, *more),
                home_id=strand_by_post[head.identity].strand_id,
                posts=tuple(own),
                strand_ids=tuple(sorted({strand_by_post[p.identity].strand_id for p in posts})),
            )


def _families(words: Sequence[Strand]) -> dict[str, int]:
    """A number for each set of strands whose words repeat each other."""
    strands = {strand.strand_id: strand for strand in words}
    return {
        strand.strand_id: number
        for number, family in enumerate(_stories(strands))
        for strand in family
    }


def _segments(posts: Iterable[StoryPost]) -> list[list[StoryPost]]:
    ordered = sorted(posts, key=_order)
    found = [ordered[:1]]
    for before, post in pairwise(ordered):
        if post.posted_at - before.posted_at > QUIET:
            found.append([])
        found[-1].append(post)
    return found


def _subjects(post: StoryPost, origin: StoryPost) -> tuple[str, ...]:
    """Who only repeats is no prospect: the author of the earliest post of these words is."""
    if post is origin:
        return post.subject_ids
    accounts = [s for s in post.subject_ids if s.startswith("account:")]
    return tuple(dict.fromkeys([*origin.subject_ids, *accounts]))


def _order(post: StoryPost) -> tuple[Utc, str, str]:
    return post.posted_at, post.source, post.native_id


def _digest(*parts: str) -> str:
    return sha256("\x1f".join(parts).encode()).hexdigest()[:32]
