"""Learn from what sellers clicked: what is worth their time, and which posts mean their accounts.

Nothing is learned from a signal with a post that came through an operational connection
(docs/decisions/0023).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from earshot.aws import clients
from earshot.aws.connection_store import ConnectionStore
from earshot.aws.feedback_store import FeedbackStore
from earshot.aws.learned_store import LearnedStore
from earshot.aws.post_store import PostStore
from earshot.aws.signal_store import SignalStore
from earshot.aws.story_store import StoryStore
from earshot.aws.transactions import Action, Refusal, commit
from earshot.domain.learned_relevance import Learned
from earshot.domain.learning import Taught, is_about, latest, learn
from earshot.domain.models import EvidenceKind, Feedback, Mention, Purpose
from earshot.domain.stories import StoryPost
from earshot.errors import BusyError, UnknownConnectionError
from earshot.flows.counting import count
from earshot.flows.disambiguate import Disambiguation, disambiguation
from earshot.settings import settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

logger = Logger()

RESERVE_MS = 60_000
TRIES = 5


@dataclass(frozen=True)
class Learning:
    table: "Table"
    learned: LearnedStore
    feedback: FeedbackStore
    signals: SignalStore
    stories: StoryStore
    posts: PostStore
    connections: ConnectionStore
    disambiguation: Callable[[], Disambiguation]

    def learn(self, seller_id: str) -> Learned:
        """From all that the seller ever said. Computed anew each time; only an alias is taught one
        step at a time, once for each signal."""
        before = self.learned.get(seller_id)
        since = before.since if before else None
        known = self.learned.taught(seller_id)
        clicks = latest(self.feedback.of_seller(seller_id), since)
        allowed = [click for click in clicks if self._take(click, known.get(click.signal_id))]
        refused = len(clicks) - len(allowed)
        learned = learn(seller_id, allowed, refused=refused, since=since)
        if not self.learned.put(learned, since):
            raise BusyError("learned")  # somebody forgot it meanwhile
        return learned

    def _take(self, click: Feedback, known: Taught | None) -> bool:
        """Whether its signal may be learned from; teaches the alias if the click says something
        that it was not taught."""
        posts = self._posts(click) if known is None or not known.settled else ()
        taught = known or Taught(
            signal_id=click.signal_id,
            connections=tuple(
                sorted("/".join(one) for one in self.posts.connections(p.identity for p in posts))
            ),
        )
        may_learn = bool(taught.connections) and all(map(self._is_analytic, taught.connections))
        about = is_about(click)
        if may_learn and about is not None and not taught.settled:
            self._teach(click, taught, posts, about=about)
        elif known is None:
            commit(self.table, [self.learned.puts_taught(click.seller_id, taught)])
        return may_learn

    def _teach(
        self, click: Feedback, taught: Taught, posts: tuple[StoryPost, ...], *, about: bool
    ) -> None:
        """The alias learns in the transaction that remembers it did."""
        settled = taught.model_copy(update={"settled": True})
        found = next(_found_by_name(posts, click.subject_id), None)
        for _ in range(TRIES):
            lesson = self._lesson(found, about=about)
            remembers = self.learned.puts_taught(click.seller_id, settled)
            refusal = commit(self.table, [remembers, *lesson])
            if refusal is None and lesson:
                count("alias_taught")
            if refusal is not Refusal.CONFLICT:
                return
        raise BusyError("alias")

    def _lesson(self, found: tuple[StoryPost, Mention] | None, *, about: bool) -> list[Action]:
        if found is None:
            return []
        post, mention = found
        action = self.disambiguation().taught(post.quote, mention, about=about)
        return [action] if action else []

    def _posts(self, click: Feedback) -> tuple[StoryPost, ...]:
        """Of the signal as it is now, or of what it became part of."""
        signal = self.signals.present(click.subject_id, click.signal_id)
        return self.stories.told_by(signal) if signal else ()

    def _is_analytic(self, connection: str) -> bool:
        try:
            found = self.connections.get(*connection.split("/", 1))
        except UnknownConnectionError:
            return False
        return found.purpose is Purpose.ANALYTIC


def handle(_event: dict[str, Any], context: Any) -> dict[str, int]:
    """How many sellers' feedback was learned from."""
    learning = learning_on(clients.table(settings().EARSHOT_TABLE))
    learned = 0
    for seller_id, mark in learning.learned.new():
        if context.get_remaining_time_in_millis() < RESERVE_MS:
            break
        found = learning.learn(seller_id)
        learning.learned.done(seller_id, mark)
        learned += 1
        logger.info(
            "feedback_learned", seller_id=seller_id, labels=found.labels, refused=found.refused
        )
    return {"learned": learned}


def learning_on(table: "Table") -> Learning:
    return Learning(
        table=table,
        learned=LearnedStore(table),
        feedback=FeedbackStore(table),
        signals=SignalStore(table),
        stories=StoryStore(table),
        posts=PostStore(table),
        connections=ConnectionStore(table),
        disambiguation=disambiguation,
    )


def _found_by_name(
    posts: tuple[StoryPost, ...], subject_id: str
) -> Iterator[tuple[StoryPost, Mention]]:
    """Posts whose words are still there, and in which its name alone spoke for the subject."""
    for post in posts:
        for mention in post.mentions:
            kinds = {one.kind for one in mention.evidence}
            if mention.entry_id == subject_id and kinds == {EvidenceKind.ALIAS} and post.quote:
                yield post, mention
