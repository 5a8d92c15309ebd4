"""Of any post: who heard of it and why, who did not and why not."""

from dataclasses import dataclass

from earshot.aws.outbox import Outbox
from earshot.aws.post_store import PostStore
from earshot.aws.signal_store import SignalStore
from earshot.domain.models import Alert, Decision, Evidence, Model, PostHead, Signal
from earshot.flows.regroup import alert_id

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
    outbox: Outbox

    def why(self, reference: str) -> Why | None:
        """For a permalink, or ``source:native_id``; ``None`` when no such post is known: it was
        never received, was erased, or concerned nobody longer ago than heads are kept."""
        identity = self.posts.find(reference) or _identity(reference)
        head = self.posts.head(*identity) if identity else None
        if head is None:
            return None
        rows = self.posts.rows(head.source, head.native_id)
        commits = {
            (str(row["subject_id"]), str(row["signal_id"])) for row in rows if "signal_id" in row
        }
        found = (self._signal(head, *commit) for commit in sorted(commits))
        return Why(
            head=head,
            explanation=OUTCOMES.get(head.outcome, head.outcome),
            signals=tuple(signal for signal in found if signal),
        )

    def _signal(self, head: PostHead, subject_id: str, signal_id: str) -> SignalWhy | None:
        signal = self.signals.get(subject_id, signal_id)
        if signal is None:
            return None
        evidence = tuple(
            found
            for post in self.signals.posts(signal_id)
            if (post.source, post.native_id) == (head.source, head.native_id)
            for found in post.evidence
        )
        return SignalWhy(signal=signal, evidence=evidence, sellers=self._sellers(signal))

    def _sellers(self, signal: Signal) -> tuple[SellerWhy, ...]:
        """The latest decision for each candidate that ended in an alert, else the latest."""
        latest: dict[str, Decision] = {}
        for revision in range(1, signal.revision + 1):
            decided = self.signals.decision_set(signal.signal_id, revision)
            for decision in decided.decisions if decided else ():
                before = latest.get(decision.seller_id)
                if before is None or before.outcome != "alert":
                    latest[decision.seller_id] = decision
        return tuple(
            SellerWhy(decision=decision, alert=self._alert(signal, decision))
            for decision in latest.values()
        )

    def _alert(self, signal: Signal, decision: Decision) -> Alert | None:
        return self.outbox.get(alert_id(signal.signal_id, decision.seller_id))


def _identity(reference: str) -> tuple[str, str] | None:
    source, colon, native_id = reference.partition(":")
    return (source, native_id) if colon and native_id else None
