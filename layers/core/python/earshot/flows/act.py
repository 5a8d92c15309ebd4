"""What a seller does about a signal, or for themself: by conditional writes, and journalled."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger

from earshot.aws import keys
from earshot.aws.claim_store import ClaimStore
from earshot.aws.feedback_store import FeedbackStore
from earshot.aws.journal import Journal
from earshot.aws.link_store import LinkStore
from earshot.aws.outbox import Outbox
from earshot.aws.play_store import PlayStore
from earshot.aws.preference_store import PreferenceStore
from earshot.aws.transactions import Action, Refusal, commit
from earshot.domain.actions import Form, MailList
from earshot.domain.models import (
    Alert,
    AlertKind,
    AlertState,
    DigestWish,
    Feedback,
    FeedbackKind,
    Mute,
    Preferences,
)
from earshot.domain.pages_matter import Matter
from earshot.domain.pages_preferences import chosen_of, muted
from earshot.domain.pages_refusals import PageRefusal
from earshot.errors import BusyError
from earshot.flows.counting import count
from earshot.flows.page_refusals import PageRefusedError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

TRIES = 8

logger = Logger()


@dataclass(frozen=True)
class Acting:
    """``form`` is what the seller sent: for whom, by which link."""

    table: "Table"
    claims: ClaimStore
    given: FeedbackStore
    chosen: PreferenceStore
    links: LinkStore
    outbox: Outbox
    plays: PlayStore
    journal: Journal

    def say(self, matter: Matter, kind: FeedbackKind, now: datetime, *, why: str = "") -> None:
        """The last one counts; the same again changes nothing but its time."""
        decision = matter.decision
        feedback = Feedback(
            signal_id=matter.signal.signal_id,
            subject_id=matter.signal.subject.subject_id,
            alert_id=matter.alert_id,
            seller_id=matter.seller.seller_id,
            kind=kind,
            why=why,
            given_at=now,
            score=matter.score,
            contributions=decision.relevance.contributions if decision else (),
            play_id=matter.play_id,
        )
        if self.given.give(feedback):
            self.plays.record_outcome(feedback)
        self.note("feedback", matter, now, said=kind.value, why=why)

    def mute(self, form: Form, matter: Matter, wish: Mute, *, now: datetime) -> None:
        self.change(form, lambda chosen: muted(chosen, wish, now), now)
        self.note("muted", matter, now, what=wish.kind.value, value=wish.value)

    def snooze(self, form: Form, matter: Matter, until: datetime, *, now: datetime) -> None:
        seller_id, signal_id = matter.seller.seller_id, matter.signal.signal_id
        identity = keys.digest("reminder", seller_id, signal_id, keys.timestamp(until))
        reminder = alert_about(matter, AlertKind.REMINDER, seller_id, now=now).model_copy(
            update={"alert_id": identity, "due_at": until, "root_id": matter.root_id}
        )
        refusal = self.commit([*self.uses(form, now), self.outbox.inserts(reminder)])
        if refusal is Refusal.USED:
            raise PageRefusedError(PageRefusal.USED, signal_id=signal_id)
        self.note("snoozed", matter, now, alert_id=reminder.alert_id)

    def unsubscribe(self, form: Form, lists: Sequence[MailList], now: datetime) -> None:
        """Again is as good as once."""
        wanted: dict[str, object] = {}
        if MailList.ALERTS in lists:
            wanted["instant"] = False
        if MailList.DIGEST in lists:
            wanted["digest"] = DigestWish.NEVER

        def without(chosen: Preferences) -> Preferences:
            if all(getattr(chosen, name) == value for name, value in wanted.items()):
                return chosen
            return chosen.model_copy(update={**wanted, "version": chosen.version + 1})

        self.change(form, without, now)
        self.note_of(form.seller_id, "unsubscribed", now, lists=sorted(lists))

    def change(
        self, form: Form, changed: Callable[[Preferences], Preferences], now: datetime
    ) -> Preferences:
        """Of two that choose at once, the second chooses on what the first left."""
        for _ in range(TRIES):
            before = chosen_of(form.seller_id, self.chosen.get(form.seller_id))
            after = changed(before)
            if after == before:
                return after
            refusal = self.commit([*self.uses(form, now), self.chosen.puts(after)])
            if refusal is Refusal.USED:
                raise PageRefusedError(PageRefusal.USED, signal_id=form.signal_id)
            if refusal is None:
                return after
        raise PageRefusedError(PageRefusal.BUSY, signal_id=form.signal_id)

    def uses(self, form: Form, now: datetime) -> list[Action]:
        return [self.links.uses(form.link_id, now)] if form.link_id else []

    def commit(self, actions: Sequence[Action]) -> Refusal | None:
        try:
            return commit(self.table, actions)
        except BusyError as error:
            raise PageRefusedError(PageRefusal.BUSY) from error

    def note(self, kind: str, matter: Matter, now: datetime, **ids: object) -> None:
        signal = {"signal_id": matter.signal.signal_id, "alert_id": matter.alert_id}
        self.note_of(matter.seller.seller_id, kind, now, **{**signal, **ids})

    def note_of(self, seller_id: str, kind: str, now: datetime, **ids: object) -> None:
        identity = f"{seller_id}-{keys.timestamp(now)}"
        self.journal.append(kind, now, identity, payload={"seller_id": seller_id, **ids})
        count("action_done")
        logger.info("action_done", action=kind, seller_id=seller_id)


def alert_about(matter: Matter, kind: AlertKind, seller_id: str, *, now: datetime) -> Alert:
    """A row of the outbox that tells a seller of the whole signal, due at once."""
    signal = matter.signal
    subject_id = signal.subject.subject_id
    return Alert(
        alert_id=keys.digest(kind.value, signal.signal_id, seller_id),
        kind=kind,
        signal_id=signal.signal_id,
        subject_id=subject_id,
        seller_id=seller_id,
        revision=signal.revision,
        state=AlertState.PENDING,
        due_at=now,
        score=matter.score,
        intent=signal.intent,
        posts=signal.post_count,
        signal_ids=frozenset({(subject_id, signal.signal_id)}),
        made_at=now,
        play_id=matter.play_id,
    )


def acting_on(table: "Table", journal: Journal) -> Acting:
    return Acting(
        table=table,
        claims=ClaimStore(table),
        given=FeedbackStore(table),
        chosen=PreferenceStore(table),
        links=LinkStore(table),
        outbox=Outbox(table),
        plays=PlayStore(table),
        journal=journal,
    )
