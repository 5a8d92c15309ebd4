"""What one alert tells: its stories, the posts that it tells of them, and what is known around."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from earshot.aws.account_store import AccountStore
from earshot.aws.claim_store import ClaimStore
from earshot.aws.guard_store import GuardStore
from earshot.aws.outbox import Outbox
from earshot.aws.play_store import PlayStore
from earshot.aws.signal_store import SignalStore
from earshot.aws.story_store import StoryStore
from earshot.aws.thread_store import ThreadStore
from earshot.domain.claims import still_stands
from earshot.domain.mail import PlayShown, Story
from earshot.domain.models import (
    Account,
    Alert,
    AlertKind,
    Claim,
    Decision,
    Signal,
    SignalPost,
    Urgency,
)
from earshot.errors import GoneError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

STORIES_SHOWN = 5
POSTS_SHOWN = 5
POSTS_LOOKED_AT = 100
POSTS_COUNTED = 500
_ABOUT_CLAIMS = frozenset((AlertKind.HANDOVER, AlertKind.ESCALATION))
_PRESSING = tuple(Urgency)
_OF_NEWS = frozenset((AlertKind.ALERT, AlertKind.UPDATE))


@dataclass(frozen=True)
class Told:
    """``stories`` is empty while the strands change and the signals are to follow.
    ``is_overtaken``: its story proved to be part of one that has a mail of its own to the seller.
    """

    root: Alert
    stories: tuple[Story, ...]
    more_stories: int
    urgency: Urgency
    decision: Decision
    account: Account | None
    claim: Claim | None
    play: PlayShown | None
    is_overtaken: bool


@dataclass(frozen=True)
class Stories:
    signals: SignalStore
    stories: StoryStore
    accounts: AccountStore
    guards: GuardStore
    threads: ThreadStore
    outbox: Outbox
    claims: ClaimStore
    plays: PlayStore

    def of(self, alert: Alert) -> Told:
        """``GoneError`` when nothing of it is there any more, or what it asks for was done."""
        signals = self._signals(alert)
        first = signals[0]
        claim = self.claims.of(first)
        if alert.kind in _ABOUT_CLAIMS and not still_stands(claim, alert.claim_version):
            raise GoneError("claim")
        found = [story for one in signals[:STORIES_SHOWN] if (story := self._story(alert, one))]
        if not found and not any(map(self.stories.is_changing, signals)):
            raise GoneError("posts")
        return Told(
            root=(self.outbox.get(alert.root_id) if alert.root_id else None) or alert,
            stories=tuple(found),
            more_stories=max(0, len(signals) - len(found)) if found else 0,
            urgency=min((one.urgency for one in signals), key=_PRESSING.index),
            decision=self._decision(alert, first),
            account=self.accounts.of(first),
            claim=claim,
            play=self._play(alert),
            is_overtaken=self._is_overtaken(alert, first),
        )

    def _is_overtaken(self, alert: Alert, first: Signal) -> bool:
        if alert.root_id or first.signal_id == alert.signal_id:
            return False
        begun = self.threads.told_of([first.signal_id], [alert.seller_id])
        return any(root_id not in {"", alert.alert_id} for root_id in begun.values())

    def _signals(self, alert: Alert) -> list[Signal]:
        """As they are now, each once; the one that began the alert first, then the latest."""
        begun = (alert.subject_id, alert.signal_id)
        keys = [begun, *sorted(alert.signal_ids - {begun})]
        found = {s.signal_id: s for key in keys if (s := self.signals.present(*key))}
        if not found:
            raise GoneError("signal")
        first, *others = found.values()
        return [first, *sorted(others, key=lambda one: one.last_posted_at, reverse=True)]

    def _story(self, alert: Alert, signal: Signal) -> Story | None:
        """The posts that the guards give to this alert; all, where somebody asked for the story."""
        posts = sorted(self.stories.posts_of(signal), key=lambda one: one.posted_at, reverse=True)
        told = self._told_by(alert, posts) if alert.kind in _OF_NEWS else posts
        shown = tuple(told[:POSTS_SHOWN])
        return Story(signal=signal, posts=shown, more=len(told) - len(shown)) if shown else None

    def _told_by(self, alert: Alert, posts: Sequence[SignalPost]) -> list[SignalPost]:
        """The newest of them, and as many as ``POSTS_COUNTED`` hold."""
        told: list[SignalPost] = []
        for start in range(0, len(posts), POSTS_LOOKED_AT):
            some = posts[start : start + POSTS_LOOKED_AT]
            ids = [post.identity for post in some]
            own = self.guards.told_by(alert.alert_id, alert.seller_id, ids)
            told += [post for post in some if post.identity in own]
            if len(told) >= POSTS_SHOWN and start + POSTS_LOOKED_AT >= POSTS_COUNTED:
                break
        return told

    def _decision(self, alert: Alert, signal: Signal) -> Decision:
        """The seller's of the alert's revision, or of the present one; for a colleague who was no
        candidate, the highest."""
        of_alert, present = (alert.signal_id, alert.revision), (signal.signal_id, signal.revision)
        sets = [s for key in (of_alert, present) if (s := self.signals.decision_set(*key))]
        decisions = [decision for one in sets for decision in one.decisions]
        own = (decision for decision in decisions if decision.seller_id == alert.seller_id)
        highest = max(decisions, key=lambda one: one.relevance.score, default=None)
        decision = next(own, highest)
        if decision is None:
            raise GoneError("decision")
        return decision

    def _play(self, alert: Alert) -> PlayShown | None:
        found = (play for play in self.plays.all() if play.play_id == alert.play_id)
        play = next(found, None)
        if play is None:
            return None
        return PlayShown(play_id=play.play_id, title=play.title, text=play.text, html=play.html)


def stories_on(table: "Table") -> Stories:
    return Stories(
        signals=SignalStore(table),
        stories=StoryStore(table),
        accounts=AccountStore(table),
        guards=GuardStore(table),
        threads=ThreadStore(table),
        outbox=Outbox(table),
        claims=ClaimStore(table),
        plays=PlayStore(table),
    )
