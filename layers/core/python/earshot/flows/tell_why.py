"""Of any post: who heard of it and why, who did not and why not."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from earshot.aws.account_store import AccountStore
from earshot.aws.claim_store import ClaimStore
from earshot.aws.feedback_store import FeedbackStore
from earshot.aws.post_store import PostStore
from earshot.aws.seller_store import SellerStore
from earshot.aws.signal_store import SignalStore
from earshot.aws.story_store import StoryStore
from earshot.domain.deciding import SILENT, best_roles
from earshot.domain.grouping import signal_post
from earshot.domain.models import SERVICE_DESK, Decision, PostHead, Role, Signal
from earshot.domain.routing import is_for_service
from earshot.domain.stories import StoryPost, Told, tell
from earshot.domain.why import OUTCOMES, Heard, SellerWhy, SignalWhy, Why
from earshot.flows.fan_out import fan_out_id
from earshot.flows.how_heard import Hearing, hearing_on

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


@dataclass(frozen=True)
class Explainer:
    posts: PostStore
    signals: SignalStore
    stories: StoryStore
    accounts: AccountStore
    sellers: SellerStore
    hearing: Hearing
    claims: ClaimStore
    feedback: FeedbackStore

    def why(self, reference: str) -> Why | None:
        """For a permalink, or ``source:native_id``; ``None`` when no such post is known: it was
        never received, was erased, or concerned nobody longer ago than heads are kept."""
        identity = self.identity(reference)
        head = self.posts.head(*identity) if identity else None
        if head is None:
            return None
        told = list(self._told(head))
        everybody = frozenset(one.seller_id for one in self.sellers.all()) if told else frozenset()
        post = next((_post_in(one, head) for one in told), None)
        heard = self.hearing.of_post(head.source, head.native_id)
        rows = self.posts.rows(head.source, head.native_id)
        found = (self._signal(head, one, heard=heard, everybody=everybody) for one in told)
        return Why(
            head=head,
            explanation=OUTCOMES.get(head.outcome, head.outcome),
            raw_keys=tuple(sorted(str(row["raw_key"]) for row in rows if "raw_key" in row)),
            mentions=post.mentions if post else (),
            understanding=post.understanding if post else None,
            signals=tuple(signal for signal in found if signal),
        )

    def identity(self, reference: str) -> tuple[str, str] | None:
        """Source and native id, of a post that may be gone."""
        found = self.posts.find(reference)
        if found or "://" in reference:
            return found
        source, colon, native_id = reference.partition(":")
        return (source, native_id) if colon and native_id else None

    def _told(self, head: PostHead) -> Iterator[Told]:
        identity = (head.source, head.native_id)
        for told in tell(self.stories.region(sorted(head.strand_ids))):
            if any(post.identity == identity for post in told.posts):
                yield told

    def _signal(
        self, head: PostHead, told: Told, *, heard: dict[str, Heard], everybody: frozenset[str]
    ) -> SignalWhy | None:
        signal = self.signals.get(told.subject_id, told.signal_id)
        if signal is None:
            return None
        sellers = tuple(self._sellers(signal, heard))
        decided = {one.decision.seller_id for one in sellers}
        asked, present = self._routes(signal, told)
        return SignalWhy(
            signal=signal,
            evidence=signal_post(_post_in(told, head), told.subject_id).evidence,
            sellers=sellers,
            asked=asked,
            present=present,
            no_candidates=tuple(sorted(everybody - decided)),
            claim=self.claims.of(signal),
        )

    def _routes(self, signal: Signal, told: Told) -> tuple[tuple[str, ...], dict[str, Role]]:
        """As they are asked for candidates, and who is on them now."""
        account_id = signal.subject.account_id
        account = self.accounts.of(signal)
        location = told.posts[0].author.location
        found = self.sellers.candidates(account, signal.objects, location, intent=signal.intent)
        asked = [f"owner and deputies of {account_id}"] if account_id else []
        if place := (account.territory if account else None) or location:
            asked.append(f"territory {place}")
        asked += [f"desk of {entry_id}" for entry_id in signal.objects]
        if is_for_service(signal.intent, account, signal.objects):
            asked.append(f"desk of {SERVICE_DESK}")
        return tuple(asked), {one.seller.seller_id: one.role for one in best_roles(found)}

    def _sellers(self, signal: Signal, heard: dict[str, Heard]) -> Iterator[SellerWhy]:
        """The latest decision for each candidate. That of an erasure or a replay, which tells
        nobody, counts only where there is no other."""
        names = (*signal.absorbed, signal.signal_id)
        latest: dict[str, Decision] = {}
        for decided in (one for name in names for one in self.signals.decision_sets(name)):
            for decision in decided.decisions:
                if decision.reason not in SILENT or decision.seller_id not in latest:
                    latest[decision.seller_id] = decision
        is_expanding = self.hearing.outbox.get(fan_out_id(signal)) is not None
        for seller_id, decision in latest.items():
            way = heard.get(seller_id)
            said = (self.feedback.get(seller_id, name) for name in reversed(names))
            yield SellerWhy(
                decision=decision,
                heard=way,
                elsewhere=way is not None and way.signal_id not in names,
                is_expanding=is_expanding,
                feedback=next(filter(None, said), None),
            )


def explainer_on(table: "Table") -> Explainer:
    return Explainer(
        posts=PostStore(table),
        signals=SignalStore(table),
        stories=StoryStore(table),
        accounts=AccountStore(table),
        sellers=SellerStore(table),
        hearing=hearing_on(table),
        claims=ClaimStore(table),
        feedback=FeedbackStore(table),
    )


def _post_in(told: Told, head: PostHead) -> StoryPost:
    identity = (head.source, head.native_id)
    return next(post for post in told.posts if post.identity == identity)
