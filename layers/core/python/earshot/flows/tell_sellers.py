"""Turn the decisions about one revision of a signal into what each seller hears: an alert, an
update of a thread, or something that waits for the digest.

A seller hears of a post once: a guard row, written with whatever tells of it, refuses the second.
So this may be killed, run again or beside itself; the fan-out row is there until all is done
(docs/decisions/0015).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from earshot.aws.account_store import AccountStore
from earshot.aws.guard_store import Guard, GuardStore
from earshot.aws.outbox import Outbox, has_room, is_open
from earshot.aws.play_store import PlayStore
from earshot.aws.signal_store import SignalStore
from earshot.aws.story_store import StoryStore
from earshot.aws.thread_store import Thread, ThreadStore
from earshot.aws.transactions import Action, Refusal
from earshot.aws.waiting_store import WaitingStore, waiting_key
from earshot.domain.models import (
    Alert,
    AlertState,
    Decision,
    Outcome,
    Signal,
)
from earshot.domain.plays import best_play
from earshot.domain.posts import PostId
from earshot.errors import BusyError
from earshot.flows.seller_news import News
from earshot.flows.void_guards import Voiding, Voids, voiding_on

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

BETWEEN_MAILS = timedelta(minutes=30)
"""Of one subject to one seller."""
TRIES = 8
# A transaction holds 100 items. A post takes four at most: the check of its head, a guard, a row
# that waits, and one that waited in vain.
POSTS_AT_ONCE = 24

_MAILED = frozenset((AlertState.PENDING, AlertState.SENDING, AlertState.SENT))
_ENDED = frozenset((AlertState.SENT, AlertState.DIGESTED))

Wishes = list[tuple[Decision, list[PostId]]]


@dataclass(frozen=True)
class Telling:
    signals: SignalStore
    stories: StoryStore
    outbox: Outbox
    guards: GuardStore
    threads: ThreadStore
    waiting: WaitingStore
    accounts: AccountStore
    plays: PlayStore
    voiding: Voiding

    def expand(self, fan_out: Alert, now: datetime) -> None:
        """``BusyError`` when others changed the same rows at every try; then it is left for later.
        What was made of it before stays as it is."""
        signal = self.signals.present(fan_out.subject_id, fan_out.signal_id)
        decided = self.signals.decision_set(fan_out.signal_id, fan_out.revision)
        if signal is not None and decided is not None:
            told = [one for one in decided.decisions if one.outcome is not Outcome.NOT]
            self._tell_all(self._news(fan_out, signal, told, now=now))
        self.outbox.remove(fan_out.alert_id)

    def _tell_all(self, everything: Iterable[News]) -> None:
        """One seller's failure keeps no other from hearing; the first is raised in the end."""
        failures: list[Exception] = []
        for news in everything:
            try:
                for start in range(0, len(news.posts), POSTS_AT_ONCE):
                    self._tell(news, news.posts[start : start + POSTS_AT_ONCE])
            except Exception as error:  # noqa: BLE001 (raised below)
                failures.append(error)
        if failures:
            raise failures[0]

    def _news(
        self, fan_out: Alert, signal: Signal, told: Sequence[Decision], *, now: datetime
    ) -> Iterator[News]:
        play_id = self._play_id(signal)
        for decision, posts in self._wishes(fan_out, signal, told):
            yield News(
                signal=signal,
                decision=decision,
                posts=posts,
                revision=fan_out.revision,
                delivery_id=fan_out.delivery_id,
                play_id=play_id,
                now=now,
            )

    def _play_id(self, signal: Signal) -> str | None:
        plays = self.plays.all()
        play = best_play(plays, signal, self.accounts.of(signal)) if plays else None
        return play.play_id if play else None

    def _wishes(self, fan_out: Alert, signal: Signal, told: Sequence[Decision]) -> Wishes:
        """Who was not told of the signal yet hears of all its posts, the others of the new one, or
        of all where it is not known which are new."""
        marks = self.threads.told_of([signal.signal_id], [one.seller_id for one in told])
        known = {seller_id for _, seller_id in marks}
        one = [fan_out.post] if fan_out.post else []
        everything: list[PostId] = []
        if not one or len(known) < len(told):
            posts = self.stories.posts_of(signal)
            everything = [post.identity for post in posts]
        return [(d, one if one and d.seller_id in known else everything) for d in told]

    def _tell(self, news: News, posts: Sequence[PostId]) -> None:
        for _ in range(TRIES):
            heard = self.guards.of(news.seller_id, posts)
            void = self.voiding.of(news.signal, heard, news.now)
            fresh = [post for post in posts if post not in heard or post in void]
            if not fresh:
                return
            waits = news.decision.outcome is Outcome.DIGEST
            tells = self._waits(news, fresh, void) if waits else self._alerts(news, fresh, void)
            refusal = self.signals.commit([*self._still_there(fresh, void), *tells])
            if refusal is None:
                return
            if refusal is Refusal.ERASED:
                self._each_alone(news, fresh)
                return
        raise BusyError("telling")

    def _each_alone(self, news: News, posts: Sequence[PostId]) -> None:
        """One of them was erased, and the others are not to suffer."""
        if len(posts) > 1:
            for post in posts:
                self._tell(news, [post])

    def _still_there(self, posts: Sequence[PostId], void: Voids) -> Iterator[Action]:
        for post in posts:
            yield self.signals.expects_known(*post)
            if (old := void.get(post)) and old.guard.waiting:
                yield self.waiting.removes(old.guard.seller_id, old.guard.waiting)

    def _waits(
        self, news: News, posts: Sequence[PostId], void: Voids, *, reason: str = ""
    ) -> Iterator[Action]:
        for post in posts:
            row = news.waiting(post, reason or news.decision.reason)
            yield self.waiting.puts_post(row)
            guard = news.guard(waiting=waiting_key(row)["sk"])
            yield self.guards.puts(guard, post, instead_of=_old(void, post))
        yield self.threads.tells(news.signal.signal_id, news.seller_id)
        yield from self._loses(void)

    def _loses(self, void: Voids, *, but: str = "") -> Iterator[Action]:
        """What is on its way and was to tell of them does so no more."""
        for mail_id, count in Counter(one.mail_id for one in void.values()).items():
            if mail_id not in {"", but}:
                yield self.outbox.loses(mail_id, count)

    def _alerts(self, news: News, posts: Sequence[PostId], void: Voids) -> Iterator[Action]:
        subject_id, signal_id = news.signal.key
        line = self._line(news)
        if reason := line.leaves_to_digest(news.signal.key):
            yield from self._waits(news, posts, void, reason=reason)
            return
        on, mail = self._mail(news, posts, void, line=line)
        yield mail
        if on != line.thread:
            yield self.threads.goes_on(
                news.seller_id, subject_id, on, after=line.thread, now=news.now
            )
        yield self.threads.tells(signal_id, news.seller_id, on.root_id)
        for post in posts:
            guard = news.guard(alert_id=on.latest_id)
            yield self.guards.puts(guard, post, instead_of=_old(void, post))
        yield from self._loses(void, but=on.latest_id)

    def _mail(
        self, news: News, posts: Sequence[PostId], void: Voids, *, line: "Line"
    ) -> tuple[Thread, Action]:
        """The mail that waits takes them in, or another one is made: how the thread goes on."""
        waits = line.latest
        if waits and is_open(waits):
            again = sum(one.mail_id == waits.alert_id for one in void.values())
            takes_in = self.outbox.takes_in(
                waits, len(posts), news.signal.key, again=again, due_at=_sooner(waits, news)
            )
            on = Thread(root_id=line.root_id or waits.alert_id, latest_id=waits.alert_id)
            return on, takes_in
        alert = news.alert(
            posts,
            root_id=line.root_id,
            not_before=line.not_before(news.now),
            instead_of=_old(void, min(posts)),
        )
        on = Thread(root_id=alert.root_id or alert.alert_id, latest_id=alert.alert_id)
        return on, self.outbox.inserts(alert)

    def _line(self, news: News) -> "Line":
        """Where a mail about this signal would belong. The thread of a story that became part of it
        goes on, without a mail for that alone."""
        subject_id, signal_id = news.signal.key
        thread = self.threads.get(news.seller_id, subject_id)
        marks = self.threads.told_of([signal_id, *news.signal.absorbed], [news.seller_id])
        own = marks.get((signal_id, news.seller_id))
        begun = self._mailed([own] if own is not None else marks.values())
        other = thread
        if begun and begun.subject_id != subject_id and not thread:
            other = self.threads.get(news.seller_id, begun.subject_id)
        latest = self.outbox.get(other.latest_id) if other else None
        root = begun
        if root is None and thread and _is_burst(latest, news.now):
            root = self._mailed([thread.root_id])
        return Line(
            thread=thread,
            latest=latest,
            root_id=root.alert_id if root else "",
            is_merged=own is None and bool(marks),
        )

    def _mailed(self, alert_ids: Iterable[str]) -> Alert | None:
        """The first of these that went to the seller by mail, or will."""
        found = self.outbox.get_many(filter(None, alert_ids))
        return next((one for one in found.values() if one.state in _MAILED), None)


@dataclass(frozen=True)
class Line:
    """``thread`` is that of the subject; ``latest`` the last mail of the story's line, which
    ``root_id`` began. ``is_merged``: the seller knows the story by another signal only."""

    thread: Thread | None
    latest: Alert | None
    root_id: str
    is_merged: bool

    def leaves_to_digest(self, signal: tuple[str, str]) -> str:
        """Why no mail tells of it; empty where one does."""
        if self.latest and is_open(self.latest):
            return "beyond_the_most_stories" if not has_room(self.latest, signal) else ""
        return "same_story" if self.is_merged else ""

    def not_before(self, now: datetime) -> datetime | None:
        last = _last_mail(self.latest, now)
        return last + BETWEEN_MAILS if last else None


def _old(void: Voids, post: PostId) -> Guard | None:
    return void[post].guard if post in void else None


def _sooner(waits: Alert, news: News) -> datetime | None:
    """When what waits for the morning goes at once, since this is urgent; an update not within
    half an hour of the mail before it."""
    earliest = waits.made_at + BETWEEN_MAILS if waits.root_id and waits.made_at else news.now
    due_at = max(news.due_at, earliest)
    return due_at if waits.due_at and due_at < waits.due_at else None


def _is_burst(latest: Alert | None, now: datetime) -> bool:
    last = _last_mail(latest, now)
    return last is not None and now < last + BETWEEN_MAILS


def _last_mail(latest: Alert | None, now: datetime) -> datetime | None:
    """When the thread was last mailed or digested; now while that is under way."""
    if latest is None:
        return None
    if latest.state in {AlertState.PENDING, AlertState.SENDING}:
        return now
    return latest.told_at if latest.state in _ENDED else None


def telling_on(table: "Table") -> Telling:
    return Telling(
        signals=SignalStore(table),
        stories=StoryStore(table),
        outbox=Outbox(table),
        guards=GuardStore(table),
        threads=ThreadStore(table),
        waiting=WaitingStore(table),
        accounts=AccountStore(table),
        plays=PlayStore(table),
        voiding=voiding_on(table),
    )
