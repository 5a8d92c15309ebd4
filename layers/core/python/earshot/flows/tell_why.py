"""Of any post: who heard of it and why, who did not and why not."""

from collections.abc import Iterator
from dataclasses import dataclass

from earshot.aws.outbox import Outbox
from earshot.aws.post_store import PostStore
from earshot.aws.signal_store import SignalStore
from earshot.aws.story_store import StoryStore
from earshot.domain.grouping import signal_post
from earshot.domain.models import Alert, Decision, Evidence, Model, PostHead, Signal
from earshot.domain.stories import Told, tell
from earshot.flows.decide_candidates import alert_id

OUTCOMES = {
    "names_account": "it is about an account of ours",
    "prospect": "its author wants something and names what we listen for",
    "names_nobody": "it names nobody and nothing on the watchlist",
    "no_buying_intent": "it names an entry of the watchlist but wants nothing that is a sale",
}


class SellerWhy(Model):
    """What one candidate was decided to hear, and what became of the alert."""

    decision: Decision
    alert: Alert | None


class SignalWhy(Model):
    """``evidence`` is what the post itself gave to the signal; none once it left it."""

    signal: Signal
    evidence: tuple[Evidence, ...]
    sellers: tuple[SellerWhy, ...]


class Why(Model):
    """``signals`` is empty when the post concerned nobody; ``explanation`` says the outcome in
    words."""

    head: PostHead
    explanation: str
    signals: tuple[SignalWhy, ...]


@dataclass(frozen=True)
class Explainer:
    posts: PostStore
    signals: SignalStore
    stories: StoryStore
    outbox: Outbox

    def why(self, reference: str) -> Why | None:
        """For a permalink, or ``source:native_id``; ``None`` when no such post is known: it was
        never received, was erased, or concerned nobody longer ago than heads are kept."""
        identity = self.posts.find(reference) or _identity(reference)
        head = self.posts.head(*identity) if identity else None
        if head is None:
            return None
        found = (self._signal(head, told) for told in self._told(head))
        return Why(
            head=head,
            explanation=OUTCOMES.get(head.outcome, head.outcome),
            signals=tuple(signal for signal in found if signal),
        )

    def _told(self, head: PostHead) -> Iterator[Told]:
        identity = (head.source, head.native_id)
        for told in tell(self.stories.region(sorted(head.strand_ids))):
            if any(post.identity == identity for post in told.posts):
                yield told

    def _signal(self, head: PostHead, told: Told) -> SignalWhy | None:
        signal = self.signals.get(told.subject_id, told.signal_id)
        if signal is None:
            return None
        evidence = tuple(
            found
            for post in told.posts
            if post.identity == (head.source, head.native_id)
            for found in signal_post(post, told.subject_id).evidence
        )
        return SignalWhy(signal=signal, evidence=evidence, sellers=self._sellers(signal))

    def _sellers(self, signal: Signal) -> tuple[SellerWhy, ...]:
        """The latest decision for each candidate that ended in an alert, else the latest."""
        latest: dict[str, Decision] = {}
        for name in (*signal.absorbed, signal.signal_id):
            for decided in self.signals.decision_sets(name):
                for decision in decided.decisions:
                    before = latest.get(decision.seller_id)
                    if before is None or before.outcome != "alert":
                        latest[decision.seller_id] = decision
        return tuple(
            SellerWhy(decision=decision, alert=self._alert(signal, decision))
            for decision in latest.values()
        )

    def _alert(self, signal: Signal, decision: Decision) -> Alert | None:
        names = (signal.signal_id, *signal.absorbed)
        found = (self.outbox.get(alert_id(name, decision.seller_id)) for name in names)
        return next((alert for alert in found if alert), None)


def _identity(reference: str) -> tuple[str, str] | None:
    source, colon, native_id = reference.partition(":")
    return (source, native_id) if colon and native_id else None
