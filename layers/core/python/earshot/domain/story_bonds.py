"""Why the posts of a story are one story: for each, what holds it to the ones before."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from earshot.domain.stories import StoryPost, Strand, Told, holds
from earshot.domain.values import Model


class Tie(StrEnum):
    BEGINS = "begins"
    SAME_WORDS = "same_words"
    REPEATS_WORDS = "repeats_words"
    SAME_THREAD = "same_thread"
    ANSWERS = "answers"
    IS_ANSWERED = "is_answered"


class Bond(Model):
    """``to`` is the post that this one is held to: one of the story, not always of its subject."""

    post: StoryPost
    tie: Tie
    to: tuple[str, str] | None = None


def bonds(region: Iterable[Strand], told: Told) -> tuple[Bond, ...]:
    """One for each post of the story, in its order. Strands are walked from the one where the
    story begins; a post is held to the first of its strand, and that one to the strand before."""
    strands = {strand.strand_id: strand for strand in region if strand.posts}
    before = _ways(strands, told.home_id)
    strand_by_post = {p.identity: s for s in strands.values() for p in s.posts}
    return tuple(_bond(post, strand_by_post, before) for post in told.posts)


def _ways(strands: Mapping[str, Strand], home_id: str) -> dict[str, Strand | None]:
    """Of every strand that is reached, the one that it is reached from."""
    before: dict[str, Strand | None] = {home_id: None}
    waiting = [strands[home_id]]
    for strand in waiting:  # grows while it is walked
        for name in sorted(strand.links & strands.keys() - before.keys()):
            if holds(strand, strands[name]):
                before[name] = strand
                waiting.append(strands[name])
    return before


def _bond(
    post: StoryPost,
    strand_by_post: Mapping[tuple[str, str], Strand],
    before: Mapping[str, Strand | None],
) -> Bond:
    strand = strand_by_post[post.identity]
    first = _first(strand)
    if post.identity != first.identity:
        tie = Tie.SAME_WORDS if strand.is_words else Tie.SAME_THREAD
        return Bond(post=post, tie=tie, to=first.identity)
    origin = before.get(strand.strand_id)
    if origin is None:
        return Bond(post=post, tie=Tie.BEGINS)
    return Bond(post=post, tie=_tie(strand, origin), to=_first(origin).identity)


def _tie(strand: Strand, origin: Strand) -> Tie:
    if strand.is_words:
        return Tie.REPEATS_WORDS if origin.is_words else Tie.IS_ANSWERED
    return Tie.ANSWERS


def _first(strand: Strand) -> StoryPost:
    return min(strand.posts, key=lambda post: (post.posted_at, *post.identity))
