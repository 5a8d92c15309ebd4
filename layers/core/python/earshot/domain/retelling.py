"""What would be told if posts were understood again, compared with what is stored."""

import json
from collections.abc import Iterable, Iterator, Mapping

from earshot.domain.models import DecisionSet, Model, PostHead, Relevance
from earshot.domain.posts import PostId
from earshot.domain.stories import StoryPost, Strand


class Again(Model):
    """A post as its head is stored, if it is, and as it would be understood now."""

    before: PostHead | None
    head: PostHead
    story: StoryPost

    @property
    def strand_ids(self) -> frozenset[str]:
        """Where it hangs, and where it would."""
        now = frozenset({self.head.strand_id} if self.head.strand_id else ())
        return now | (self.before.strand_ids if self.before else frozenset())


class Moved(Model):
    """A post that would be about somebody else, or mean something else."""

    post: str
    subjects: tuple[str, ...]
    subjects_now: tuple[str, ...]
    intent: str | None
    intent_now: str


class Difference(Model):
    """Of one signal for one seller; ``None`` where there is no decision, or would be none.
    ``seller_id`` is empty, and both are ``None``, for a signal that would go."""

    subject_id: str
    signal_id: str
    seller_id: str = ""
    stored: Relevance | None = None
    present: Relevance | None = None

    @property
    def is_of_versions_only(self) -> bool:
        """The same points, by another version of the watchlist, the models or the weights."""
        one, other = self.stored, self.present
        return bool(one and other and (one.score, one.contributions) == _points(other))


def moved(again: Again) -> Moved | None:
    before, now = again.before, again.head
    known = (before.current_ids, before.intent) if before else ((), now.intent)
    if known == (now.current_ids, now.intent):
        return None
    return Moved(
        post=f"{now.source}:{now.native_id}",
        subjects=known[0],
        subjects_now=now.current_ids,
        intent=before.intent if before else None,
        intent_now=now.intent,
    )


def retold(region: Iterable[Strand], agains: Mapping[PostId, Again]) -> tuple[Strand, ...]:
    """The strands with these posts as they would hang on them; strands that are missing are made,
    without links."""
    strands = {strand.strand_id: strand for strand in region}
    posts = {
        name: [post for post in strand.posts if post.identity not in agains]
        for name, strand in strands.items()
    }
    for again in agains.values():
        if again.head.strand_id:
            posts.setdefault(again.head.strand_id, []).append(again.story)
    return tuple(
        strands.get(name, Strand(strand_id=name, version=0)).model_copy(
            update={"posts": tuple(hanging)}
        )
        for name, hanging in posts.items()
    )


def relevance_bytes(relevance: Relevance) -> bytes:
    """Equal for what is equal, wherever it was stored."""
    return json.dumps(relevance.model_dump(mode="json"), sort_keys=True).encode()


def differences(
    key: tuple[str, str], stored: DecisionSet | None, now: DecisionSet
) -> Iterator[Difference | None]:
    """One for each seller of either; ``None`` where the relevance is the same to the byte."""
    before = {one.seller_id: one.relevance for one in stored.decisions} if stored else {}
    after = {one.seller_id: one.relevance for one in now.decisions}
    for seller_id in dict.fromkeys((*before, *after)):
        old, new = before.get(seller_id), after.get(seller_id)
        if old and new and relevance_bytes(old) == relevance_bytes(new):
            yield None
        else:
            yield Difference(
                subject_id=key[0], signal_id=key[1], seller_id=seller_id, stored=old, present=new
            )


def _points(relevance: Relevance) -> tuple[int, tuple[object, ...]]:
    return relevance.score, relevance.contributions
