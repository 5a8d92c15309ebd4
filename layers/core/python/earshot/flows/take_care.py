"""Who takes care of a signal: claims and hand-overs happen once, and escalate when nobody acts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from earshot.aws import keys
from earshot.aws.transactions import Action, Refusal
from earshot.domain import mail_parts
from earshot.domain.actions import Form
from earshot.domain.answer_time import expected_by
from earshot.domain.claims import (
    DONE,
    OFFERED,
    ClaimRefusal,
    Wish,
    escalates_to,
    finish,
    offer,
    take,
)
from earshot.domain.models import Alert, AlertKind, Claim, FeedbackKind, Outcome, Seller
from earshot.domain.pages_matter import Matter
from earshot.domain.pages_refusals import PageRefusal
from earshot.flows.act import TRIES, Acting, alert_about
from earshot.flows.matters import Matters
from earshot.flows.page_refusals import PageRefusedError

Step = Callable[[Claim | None], Claim | ClaimRefusal]


@dataclass(frozen=True)
class Care:
    acting: Acting
    matters: Matters

    def claim(self, form: Form, matter: Matter, now: datetime) -> Claim:
        wish = _wish(matter, matter.seller, now)
        claim = self._apply(form, matter, lambda current: take(current, wish, now), now=now)
        self.acting.say(matter, FeedbackKind.CLAIMED, now)
        self._note("claimed", matter, claim, now=now)
        return claim

    def hand_over(
        self, form: Form, matter: Matter, receiver: Seller, *, note: str, now: datetime
    ) -> Claim:
        wish, giver = _wish(matter, receiver, now), matter.seller.seller_id
        claim = self._apply(
            form, matter, lambda current: offer(current, wish, giver, note=note, now=now), now=now
        )
        self._note("handed_over", matter, claim, now=now)
        return claim

    def finish(self, form: Form, matter: Matter, end: str, *, now: datetime) -> Claim:
        """``end`` is done, won or lost."""
        wish = _wish(matter, matter.seller, now)
        claim = self._apply(form, matter, lambda current: finish(current, wish, now), now=now)
        if end != DONE:
            self.acting.say(matter, FeedbackKind(end), now)
        self._note("finished", matter, claim, now=now)
        return claim

    def _apply(self, form: Form, matter: Matter, step: Step, *, now: datetime) -> Claim:
        """One transaction: the link is used, the claim is the next, and mails that follow from it
        wait. Whoever comes second decides anew on what the first left."""
        for _ in range(TRIES):
            before = self.acting.claims.of(matter.signal)
            after = step(before)
            if isinstance(after, ClaimRefusal):
                raise self._refused(form, matter, before, refusal=after)
            if after == before:
                return after
            actions = [
                *self.acting.uses(form, now),
                self.acting.claims.requires(matter.signal),
                self.acting.claims.puts(after, before),
                *self._mails(matter, after, now),
            ]
            refusal = self.acting.commit(actions)
            if refusal is Refusal.USED:
                raise PageRefusedError(PageRefusal.USED, signal_id=matter.signal.signal_id)
            if refusal is Refusal.ERASED:
                raise PageRefusedError(PageRefusal.UNKNOWN_SIGNAL)
            if refusal is None:
                return after
        raise PageRefusedError(PageRefusal.BUSY, signal_id=matter.signal.signal_id)

    def _mails(self, matter: Matter, claim: Claim, now: datetime) -> list[Action]:
        """To whom it was handed over, now; and when the lease runs out, to somebody else. Both say
        nothing any more when the claim moved on."""
        found: list[Alert] = []
        if claim.state == OFFERED:
            found.append(self._about(matter, claim, AlertKind.HANDOVER, to=claim.seller_id, at=now))
        to = escalates_to(claim, self._others(matter)) if claim.state != DONE else None
        if to and claim.lease_until:
            late = claim.lease_until
            found.append(self._about(matter, claim, AlertKind.ESCALATION, to=to, at=late))
        return [self.acting.outbox.inserts(alert) for alert in found]

    def _about(
        self, matter: Matter, claim: Claim, kind: AlertKind, *, to: str, at: datetime
    ) -> Alert:
        """In the thread in which that seller was told, if they were."""
        alert = alert_about(matter, kind, to, now=claim.claimed_at)
        return alert.model_copy(
            update={
                "alert_id": keys.digest(kind.value, claim.signal_id, str(claim.version)),
                "claim_version": claim.version,
                "due_at": at,
                "root_id": self.matters.root_id(to, claim.signal_id),
            }
        )

    def _others(self, matter: Matter) -> Iterator[str]:
        """The owner, the deputies, then the others who were told; sellers who are there."""
        account, signal = matter.account, matter.signal
        close = [account.owner, *account.deputies] if account else []
        decided = self.matters.signals.decision_set(signal.signal_id, signal.revision)
        told = [
            decision.seller_id
            for decision in (decided.decisions if decided else ())
            if decision.outcome is Outcome.ALERT
        ]
        for seller_id in dict.fromkeys(filter(None, (*close, *told))):
            if self.matters.sellers.get(seller_id):
                yield seller_id

    def _refused(
        self, form: Form, matter: Matter, before: Claim | None, *, refusal: ClaimRefusal
    ) -> PageRefusedError:
        signal_id = matter.signal.signal_id
        if form.link_id and self.acting.links.is_used(form.link_id):
            return PageRefusedError(PageRefusal.USED, signal_id=signal_id)
        if refusal is ClaimRefusal.SELF or before is None:
            return PageRefusedError(PageRefusal.NOT_OFFERED, signal_id=signal_id)
        who = mail_parts.name_of(before.seller_id, self.matters.sellers.names([before.seller_id]))
        said = f"{who} has closed it." if refusal is ClaimRefusal.DONE else f"{who} was first."
        return PageRefusedError(PageRefusal(refusal.value), detail=said, signal_id=signal_id)

    def _note(self, kind: str, matter: Matter, claim: Claim, *, now: datetime) -> None:
        self.acting.note(kind, matter, now, version=claim.version, to=claim.seller_id)


def _wish(matter: Matter, seller: Seller, now: datetime) -> Wish:
    return Wish(
        subject_id=matter.signal.subject.subject_id,
        signal_id=matter.signal.signal_id,
        seller_id=seller.seller_id,
        lease_until=expected_by(matter.signal.urgency, seller.hours, now),
    )
