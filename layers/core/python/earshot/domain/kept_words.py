"""Which words of a post may be shown, by what may be kept of its source."""

from earshot.domain.deliveries import DataClass
from earshot.domain.models import Author, Evidence
from earshot.domain.stories import StoryPost
from earshot.domain.values import Utc

_NEVER_KEPT = frozenset({DataClass.DISPLAYED})
_FOR_A_TIME = frozenset({DataClass.BORROWED})


def may_be_shown(post: StoryPost, now: Utc) -> bool:
    """A store may hold words for a while after they expired; nobody is shown them."""
    if post.data_class in _NEVER_KEPT:
        return False
    if post.expires_at is None:
        return post.data_class not in _FOR_A_TIME
    return now < post.expires_at


def showable(post: StoryPost, now: Utc) -> StoryPost:
    """The post itself, or what stays of it: identities, times, labels, and the kinds and places of
    the evidence."""
    if may_be_shown(post, now):
        return post
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


def _places(evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    return tuple(one.model_copy(update={"value": ""}) for one in evidence)
