"""Of any post: what was understood of it, by what evidence, and what it was joined with."""

from dataclasses import dataclass
from datetime import datetime

from earshot.aws.account_store import AccountStore
from earshot.aws.raw_archive import RawArchive, delivery_of
from earshot.aws.watchlist_artifact import WatchlistArtifact
from earshot.domain.facts import Shown
from earshot.domain.kept_words import showable
from earshot.domain.models import Mention, Model, Post, PostHead, Signal
from earshot.domain.stories import StoryPost, story_post, tell
from earshot.domain.story_bonds import Bond, bonds
from earshot.domain.subjects import find_subjects
from earshot.domain.why import OUTCOMES, SellerWhy, SignalWhy
from earshot.errors import GoneError, MalformedPayloadError
from earshot.flows import posts_of_delivery
from earshot.flows.disambiguate import Disambiguation
from earshot.flows.read_post import read
from earshot.flows.tell_why import Explainer


class Understood(Model):
    """A post with what it was understood as; its words only while they may be kept. ``unsure`` are
    entries whose names stand in it without being surely meant; of a post in a story they are not
    kept."""

    post: StoryPost
    outcome: str
    unsure: tuple[Mention, ...] = ()


class Story(Model):
    """A signal that the post is part of. ``account`` is the business data that it was joined with
    (none for a prospect); ``bonds`` say why its posts are one story; ``sellers`` who was decided to
    hear."""

    signal: Signal
    account: tuple[Shown, ...]
    bonds: tuple[Bond, ...]
    sellers: tuple[SellerWhy, ...]


class Explanation(Model):
    """``understood`` is what the stories hold. Of a post that concerned nobody they hold nothing:
    then ``again`` is how it would be understood now, if its words can still be read."""

    head: PostHead
    outcome: str
    understood: Understood | None = None
    again: Understood | None = None
    stories: tuple[Story, ...] = ()


@dataclass(frozen=True)
class Explaining:
    explainer: Explainer
    accounts: AccountStore
    archive: RawArchive
    watchlist: WatchlistArtifact
    judging: Disambiguation

    def explain(self, reference: str, now: datetime) -> Explanation | None:
        """For a permalink, or ``source:native_id``; ``None`` when no such post is known. ``now``
        says which words have expired."""
        why = self.explainer.why(reference)
        if why is None:
            return None
        kept = self._kept(why.head)
        again = None if kept else self._again(why.head)
        return Explanation(
            head=why.head,
            outcome=why.explanation,
            understood=_shown(Understood(post=kept, outcome=why.explanation), now)
            if kept
            else None,
            again=_shown(again, now) if again else None,
            stories=tuple(self._story(signal, now) for signal in why.signals),
        )

    def _kept(self, head: PostHead) -> StoryPost | None:
        strand = self.explainer.stories.strand(head.strand_id) if head.strand_id else None
        identity = (head.source, head.native_id)
        posts = strand.posts if strand else ()
        return next((post for post in posts if post.identity == identity), None)

    def _again(self, head: PostHead) -> Understood | None:
        """As the present models and watchlist see it, if the archive still holds it."""
        if (post := self._archived(head)) is None:
            return None
        index = self.watchlist.current()
        reading = read(post, index, self.judging)
        outcome = find_subjects(post, reading.mentions, reading.understanding.intent)
        return Understood(
            post=story_post(
                post,
                reading.understanding,
                reading.mentions,
                subject_ids=outcome.subject_ids,
                watchlist_version=index.version,
            ),
            outcome=OUTCOMES[outcome.reason],
            unsure=reading.unsure,
        )

    def _archived(self, head: PostHead) -> Post | None:
        # It came after it was posted: what is borrowed is withheld rather too early than too late.
        delivery = delivery_of(head.raw_key, received_at=head.posted_at)
        try:
            return posts_of_delivery.find(
                delivery, self.archive, native_id=head.native_id, version=head.version
            )
        except (GoneError, MalformedPayloadError):
            return None

    def _story(self, why: SignalWhy, now: datetime) -> Story:
        account_id = why.signal.subject.account_id
        return Story(
            signal=why.signal,
            account=self.accounts.facts(account_id) if account_id else (),
            bonds=tuple(
                bond.model_copy(update={"post": showable(bond.post, now)})
                for bond in self._bonds(why.signal)
            ),
            sellers=why.sellers,
        )

    def _bonds(self, signal: Signal) -> tuple[Bond, ...]:
        key = signal.key
        region = self.explainer.stories.region(signal.strand_ids)
        told = (one for one in tell(region) if (one.subject_id, one.signal_id) == key)
        return next((bonds(region, one) for one in told), ())


def _shown(understood: Understood, now: datetime) -> Understood:
    post = showable(understood.post, now)
    if post is understood.post:
        return understood
    return understood.model_copy(update={"post": post, "unsure": ()})
