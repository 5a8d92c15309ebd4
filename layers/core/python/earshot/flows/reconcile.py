"""Make the stored signals those that the posts tell.

Signals are computed from the strands around a change and compared with what is stored; each
difference is one transaction on the versions that were read. So it may be killed, run twice or
beside another: whoever comes last sees everything (docs/decisions/0008). Where sellers are to hear
of it, the transaction leaves a fan-out row in the outbox, which is expanded right after.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from typing import TYPE_CHECKING

from earshot.aws import clients
from earshot.aws.account_store import AccountStore
from earshot.aws.outbox import Outbox
from earshot.aws.seller_store import SellerStore
from earshot.aws.signal_store import SignalStore
from earshot.aws.story_store import StoryStore
from earshot.aws.tombstone_store import TombstoneStore, read_secret
from earshot.aws.transactions import Action, Refusal
from earshot.aws.weights_store import WeightsStore
from earshot.domain.deciding import NOTHING_NEW, REBUILT, silenced
from earshot.domain.grouping import summarise
from earshot.domain.models import Alert, Signal
from earshot.domain.stories import Strand, Told, tell
from earshot.domain.subjects import is_prospect
from earshot.errors import BusyError
from earshot.flows.counting import count
from earshot.flows.decide_candidates import Deciding
from earshot.flows.fan_out import Cause, fan_out_of
from earshot.flows.tell_sellers import Telling, telling_on
from earshot.settings import settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

TRIES = 8
# One transaction holds 100 items; strands beyond these are looked at again afterwards.
MOST_EXPECTED = 8
MOST_ABSORBED = 30

Stale = dict[tuple[str, str], Signal | None]


@dataclass(frozen=True)
class View:
    """Strands as they were read, and what follows from them."""

    region: tuple[Strand, ...]

    @cached_property
    def told(self) -> tuple[Told, ...]:
        return tell(self.region)

    @property
    def stale(self) -> tuple[tuple[str, str], ...]:
        """Subject and id of signals that are stored and told no more."""
        stored = {key for strand in self.region for key in strand.signal_keys}
        return tuple(sorted(stored - {(told.subject_id, told.signal_id) for told in self.told}))

    def successor(self, old: Signal, *, erasing: bool) -> Told | None:
        """What a stale signal became part of; ``None`` when its posts merely left it. Where who
        said it first is erased, the next who said it takes over."""
        near = [told for told in self.told if set(told.strand_ids) & set(old.strand_ids)]
        subject_id = old.subject.subject_id
        same = (told for told in near if told.subject_id == subject_id)
        repeated = (t for t in near if any(subject_id in post.subject_ids for post in t.posts))
        heirs = (t for t in near if erasing and is_prospect(t.subject_id))
        return (
            next(same, None)
            or next(repeated, None)
            or (next(heirs, None) if is_prospect(subject_id) else None)
        )

    def expected(self, first: Sequence[str]) -> list[Strand]:
        """The strands that must still be as they were read, those named first."""
        named = [s for name in first for s in self.region if s.strand_id == name]
        return list(dict.fromkeys([*named, *self.region]))[:MOST_EXPECTED]


@dataclass(frozen=True)
class Reconciling:
    stories: StoryStore
    signals: SignalStore
    outbox: Outbox
    tombstones: TombstoneStore
    deciding: Deciding
    telling: Telling

    def apply(self, strand_ids: Iterable[str], cause: Cause | None, now: datetime) -> str:
        """``decided``, ``unchanged``, or the refusal that needs no retry.

        ``BusyError`` when others changed the same strands at every try.
        """
        wanted = list(strand_ids)
        for _ in range(TRIES):
            view, stale = self._look(wanted)
            changes = list(self._changes(view, stale, cause=cause, now=now))
            refusal = changes[-1] if changes else None
            if refusal in {Refusal.SUPERSEDED, Refusal.ERASED}:
                return str(refusal)
            if refusal is None and not self._moved(view):
                self._forget_empty(view)
                return "decided" if changes else "unchanged"
        raise BusyError("strands")

    def _look(self, wanted: list[str]) -> tuple[View, Stale]:
        """The view, and the signals that are stored and told no more. Such a signal may live on in
        strands that are no longer linked with these: then they belong to the view."""
        while True:
            view = View(self.stories.region(wanted))
            stale = {key: self.signals.get(*key) for key in view.stale}
            seen = {strand.strand_id for strand in view.region} | set(wanted)
            olds = (old for old in stale.values() if old)
            missing = {name for old in olds for name in old.strand_ids} - seen
            if not missing:
                return view, stale
            wanted += sorted(missing)

    def _moved(self, view: View) -> bool:
        """What a transaction could not expect, for want of room."""
        if len(view.region) <= MOST_EXPECTED:
            return False
        read = {strand.strand_id: strand.version for strand in view.region}
        return self.stories.versions(view.region) != read

    def _forget_empty(self, view: View) -> None:
        for strand in view.region:
            if not strand.posts:
                self.stories.forget(strand)

    def _changes(
        self, view: View, stale: Stale, *, cause: Cause | None, now: datetime
    ) -> Iterator[Refusal | None]:
        """One for each signal that was not as told; the first refusal ends it. What merely went
        away goes first: its unsent alerts are void then, and block no other."""
        into = {
            key: view.successor(old, erasing=cause is None) if old else None
            for key, old in stale.items()
        }
        gone = [key for key in stale if into[key] is None]
        for key in gone:
            yield (refusal := self._commit(self._retires(view, key, stale[key], into=None)))
            if refusal:
                return
        for told in view.told:
            absorbed = [old for key, old in stale.items() if old and into[key] == told]
            if change := self._rewrites(view, told, absorbed, cause=cause, now=now):
                yield (refusal := self._commit(change.actions))
                if refusal:
                    return
                self._tell(change.fan_out, now)
        for key in stale.keys() - set(gone):
            yield (refusal := self._commit(self._retires(view, key, stale[key], into=into[key])))
            if refusal:
                return

    def _tell(self, fan_out: Alert | None, now: datetime) -> None:
        """The row is there: what is left undone here, the sweep does."""
        try:
            if fan_out:
                self.telling.expand(fan_out, now)
        except BusyError:
            count("fan_out_left")

    def _commit(self, actions: list[Action]) -> Refusal | None:
        return self.signals.commit(actions)

    def _rewrites(
        self,
        view: View,
        told: Told,
        absorbed: Sequence[Signal],
        *,
        cause: Cause | None,
        now: datetime,
    ) -> "Change | None":
        """``None``, when the signal is as told already."""
        before = self.signals.get(told.subject_id, told.signal_id)
        signal = self._signal(told, before, absorbed)
        if signal == before and not self._was_silenced(told, signal, cause):
            return None
        signal = signal.model_copy(update={"revision": signal.revision + 1})
        decided = self.deciding.decide(told, signal, now=now)
        if not tells(cause):
            decided = silenced(decided, REBUILT if cause and cause.rebuilt else NOTHING_NEW)
        post = _news(told, cause) if before and not absorbed else None
        fan_out = fan_out_of(signal, decided, cause=cause, post=post, before=before, now=now)
        actions = [
            *self._conditions(view, told, cause),
            self.signals.puts(signal),
            *self.signals.puts_decisions(decided),
            *([self.outbox.inserts(fan_out)] if fan_out else []),
        ]
        return Change(actions, fan_out)

    def _signal(self, told: Told, before: Signal | None, absorbed: Sequence[Signal]) -> Signal:
        """As its posts tell it, of the revision that is stored. One that was merged and comes back
        is none of those that it took in."""
        known = before.absorbed if before else ()
        names = [*known, *(n for old in absorbed for n in (*old.absorbed, old.signal_id))]
        others = [name for name in dict.fromkeys(names) if name != told.signal_id]
        return summarise(
            told,
            self.deciding.subject(told),
            revision=before.revision if before else 0,
            absorbed=tuple(others[:MOST_ABSORBED]),
        )

    def _was_silenced(self, told: Told, signal: Signal, cause: Cause | None) -> bool:
        """An erasure or a replay beside this came first and told the signal of the post, but told
        nobody."""
        if not tells(cause) or _news(told, cause) is None:
            return False
        decided = self.signals.decision_set(signal.signal_id, signal.revision)
        return decided is not None and any(one.reason == NOTHING_NEW for one in decided.decisions)

    def _conditions(self, view: View, told: Told, cause: Cause | None) -> Iterator[Action]:
        if cause:
            buried = self.tombstones.keys_of(cause.source, cause.native_id, cause.author_id)
            yield self.signals.expects_head(cause.source, cause.native_id, cause.version)
            yield from self.signals.expects_absent(buried, Refusal.ERASED)
        key = (told.subject_id, told.signal_id)
        home, *others = view.expected([told.home_id, *told.strand_ids])
        yield self.stories.registers(home, told.subject_id, told.signal_id)
        for strand in others:
            if key in strand.signal_keys:
                yield self.stories.releases(strand, told.subject_id, signal_id=told.signal_id)
            else:
                yield self.stories.expects(strand)

    def _retires(
        self, view: View, key: tuple[str, str], old: Signal | None, *, into: Told | None
    ) -> list[Action]:
        subject_id, signal_id = key
        holders = [strand for strand in view.region if key in strand.signal_keys]
        others = [strand for strand in view.region if strand not in holders]
        actions = [self.stories.releases(s, subject_id, signal_id=signal_id) for s in holders]
        actions += map(self.stories.expects, others[: max(0, MOST_EXPECTED - len(holders))])
        if old and into:
            target = (into.subject_id, into.signal_id)
            actions += [self.signals.removes(old), self.signals.points(signal_id, target)]
        elif old:
            actions += [self.signals.removes(old), *self.signals.removes_traces(old)]
        return actions


@dataclass(frozen=True)
class Change:
    """One signal made true, and the row that stands for all who are to hear of it."""

    actions: list[Action]
    fan_out: Alert | None


@cache
def reconciling() -> Reconciling:
    table = clients.table(settings().EARSHOT_TABLE)
    secret = read_secret(clients.secrets_manager(), settings().EARSHOT_TOMBSTONE_SECRET)
    return reconciling_on(table, secret)


def reconciling_on(table: "Table", tombstone_secret: bytes) -> Reconciling:
    signals, outbox = SignalStore(table), Outbox(table)
    return Reconciling(
        stories=StoryStore(table),
        signals=signals,
        outbox=outbox,
        tombstones=TombstoneStore(table, tombstone_secret),
        deciding=Deciding(
            sellers=SellerStore(table), accounts=AccountStore(table), weights=WeightsStore(table)
        ),
        telling=telling_on(table),
    )


def tells(cause: Cause | None) -> bool:
    """Whether somebody may hear of what follows. What is decided in silence is decided once more
    when the post itself comes, so a replay takes no news away; but not what a rebuilt table was
    filled with, which may have been told before."""
    return cause is not None and not cause.replayed


def _news(told: Told, cause: Cause | None) -> tuple[str, str] | None:
    """The post that came, if it is one of these."""
    identity = (cause.source, cause.native_id) if cause else None
    return next((post.identity for post in told.posts if post.identity == identity), None)
