"""Which words of a post may be shown, by what may be kept of its source."""

from collections.abc import Callable

from earshot.domain.keeping import FOR_A_TIME, NEVER_KEPT
from earshot.domain.models import Author, Evidence, Mention, Understanding
from earshot.domain.stories import StoryPost
from earshot.domain.values import Utc


def may_be_shown(post: StoryPost, now: Utc) -> bool:
    """A store may hold words for a while after they expired; nobody is shown them."""
    if post.data_class in NEVER_KEPT:
        return False
    if post.expires_at is None:
        return post.data_class not in FOR_A_TIME
    return now < post.expires_at


def showable(post: StoryPost, now: Utc) -> StoryPost:
    """The post itself, or what stays of it: identities, times, labels, and the kinds and places of
    the evidence."""
    return post if may_be_shown(post, now) else without_words(post)


def without_words(post: StoryPost) -> StoryPost:
    mentions = tuple(
        mention.model_copy(update={"evidence": _places(mention.evidence)})
        for mention in post.mentions
    )
    meaning = post.understanding
    return post.model_copy(
        update={
            "author": Author(author_id=post.author.author_id),
            "quote": "",
            "mentions": mentions,
            "understanding": meaning.model_copy(update={"evidence": _places(meaning.evidence)}),
        }
    )


def lasting(post: StoryPost) -> StoryPost:
    """What may be kept of the post for as long as its stories."""
    if post.expires_at is None and post.data_class not in NEVER_KEPT:
        return post
    return without_words(post)


def pointing(
    mentions: tuple[Mention, ...], meaning: Understanding
) -> tuple[tuple[Mention, ...], Understanding]:
    """Without the words that the evidence points to; ``quoted`` cuts them out of the post again."""
    return _with_values(mentions, meaning, lambda _: "")


def quoted(
    mentions: tuple[Mention, ...], meaning: Understanding, plain: str
) -> tuple[tuple[Mention, ...], Understanding]:
    return _with_values(mentions, meaning, lambda e: plain[e.start : e.end])


def _with_values(
    mentions: tuple[Mention, ...], meaning: Understanding, value: Callable[[Evidence], str]
) -> tuple[tuple[Mention, ...], Understanding]:
    """Evidence that lies in another field than the text stays as it is."""

    def told(evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
        return tuple(
            e.model_copy(update={"value": value(e)}) if e.start >= 0 else e for e in evidence
        )

    return (
        tuple(m.model_copy(update={"evidence": told(m.evidence)}) for m in mentions),
        meaning.model_copy(update={"evidence": told(meaning.evidence)}),
    )


def _places(evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    return tuple(one.model_copy(update={"value": ""}) for one in evidence)
