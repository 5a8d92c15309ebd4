"""What waited for a seller's digest, read as it is now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from earshot.aws.account_store import AccountStore
from earshot.aws.answer_store import AnswerStore
from earshot.aws.guard_store import GuardStore
from earshot.aws.open_signal_store import OpenSignalStore
from earshot.aws.outbox import Outbox
from earshot.aws.signal_store import SignalStore
from earshot.aws.story_store import StoryStore
from earshot.domain import digest as digests
from earshot.domain.digest import DigestGroup, DigestItem, Pile, Resolved
from earshot.domain.models import Account, Claim, Seller, Signal, SignalPost, Waiting
from earshot.flows.read_open import OpenReading, Reader, open_reading_on

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

STORIES_SHOWN = 24
STORIES_READ = 60
_POSTS_LOOKED_AT = 100

Story = tuple[Signal, Pile]


@dataclass(frozen=True)
class DigestNews:
    """What waited: told now, taken care of meanwhile, gone meanwhile."""

    groups: tuple[DigestGroup, ...]
    more_items: int
    resolved: tuple[Resolved, ...]
    gone: int
    signal_ids: frozenset[str]


@dataclass(frozen=True)
class DigestReading:
    signals: SignalStore
    stories: StoryStore
    accounts: AccountStore
    guards: GuardStore
    outbox: Outbox
    opened: OpenSignalStore
    answers: AnswerStore
    told_before: OpenReading

    def news(self, reader: Reader, waiting: Sequence[Waiting]) -> DigestNews:
        """Of very many stories the best by score are read, and the others counted."""
        alerts = self.outbox.get_many(one.alert_id for one in waiting if one.alert_id)
        piled = digests.piles(waiting, alerts)
        stories, gone = self._present(piled[:STORIES_READ])
        stories = [story for story in stories if not reader.mutes(story[0])]
        claims = self.answers.claims([signal.signal_id for signal, _ in stories])
        fresh, taken = _parted(stories, claims, reader.seller.seller_id)
        ranked = self._ranked(reader.seller, fresh)
        best = ranked[:STORIES_SHOWN]
        told = [found for item, pile in best if (found := self._told(item, pile, reader))]
        return DigestNews(
            groups=digests.grouped(told, self._accounts(told)),
            more_items=len(piled[STORIES_READ:]) + len(ranked[STORIES_SHOWN:]),
            resolved=self.told_before.resolved(reader, taken, claims),
            gone=gone + len(best) - len(told),
            signal_ids=frozenset(signal.signal_id for signal, _ in stories),
        )

    def _ranked(self, seller: Seller, stories: Sequence[Story]) -> list[tuple[DigestItem, Pile]]:
        known = {one.signal_id for one in self.opened.of_seller(seller.seller_id)}
        piles = {signal.signal_id: pile for signal, pile in stories}
        items = digests.ranked(_bare(signal, pile, known) for signal, pile in stories)
        return [(item, piles[item.signal.signal_id]) for item in items]

    def _present(self, piled: Iterable[Pile]) -> tuple[list[Story], int]:
        """The stories as they are now, and how many are gone."""
        found: dict[str, Story] = {}
        gone = 0
        for pile in piled:
            signal = self.signals.present(*pile.key)
            if signal is None:
                gone += 1
            elif signal.signal_id in found:
                found[signal.signal_id][1].put_pile(pile)
            else:
                found[signal.signal_id] = signal, pile
        return list(found.values()), gone

    def _told(self, item: DigestItem, pile: Pile, reader: Reader) -> DigestItem | None:
        """With the newest posts that wait; ``None`` when all of them were erased."""
        posts = self.stories.posts_of(item.signal)
        told = self._waiting_in(posts, pile, reader.seller.seller_id)
        shown, more = tuple(told[: digests.POSTS_SHOWN]), len(told[digests.POSTS_SHOWN :])
        if not posts and self.stories.is_changing(item.signal):
            more = max(1, pile.size)
        elif not shown:
            return None
        changes = {"posts": shown, "more": more, "link": reader.link(item.signal)}
        return item.model_copy(update=changes)

    def _waiting_in(
        self, posts: Iterable[SignalPost], pile: Pile, seller_id: str
    ) -> list[SignalPost]:
        """Those of the posts that are on the pile, the newest first."""
        ids = {post.identity: post for post in posts}
        waiting = pile.posts & ids.keys()
        rest = sorted(ids.keys() - waiting)
        for start in range(0, len(rest) if pile.alert_ids else 0, _POSTS_LOOKED_AT):
            guards = self.guards.of(seller_id, rest[start : start + _POSTS_LOOKED_AT])
            waiting |= {post for post, guard in guards.items() if guard.alert_id in pile.alert_ids}
        found = [ids[one] for one in waiting]
        return sorted(found, key=lambda post: (post.posted_at, post.native_id), reverse=True)

    def _accounts(self, items: Iterable[DigestItem]) -> dict[str, Account]:
        ids = {item.signal.subject.account_id for item in items}
        found = {name: self.accounts.get(name) for name in ids if name}
        return {name: account for name, account in found.items() if account}


def _bare(signal: Signal, pile: Pile, known: set[str]) -> DigestItem:
    return DigestItem(
        signal=signal,
        posts=(),
        score=pile.score,
        reason=pile.reason,
        is_known=signal.signal_id in known or not known.isdisjoint(signal.absorbed),
    )


def _parted(
    stories: Iterable[Story], claims: Mapping[str, Claim], seller_id: str
) -> tuple[list[Story], list[Signal]]:
    """What is to be told, and what somebody took care of."""
    fresh: list[Story] = []
    taken: list[Signal] = []
    for signal, pile in stories:
        if digests.is_taken(claims.get(signal.signal_id), seller_id):
            taken.append(signal)
        else:
            fresh.append((signal, pile))
    return fresh, taken


def digest_reading_on(table: "Table") -> DigestReading:
    return DigestReading(
        signals=SignalStore(table),
        stories=StoryStore(table),
        accounts=AccountStore(table),
        guards=GuardStore(table),
        outbox=Outbox(table),
        opened=OpenSignalStore(table),
        answers=AnswerStore(table),
        told_before=open_reading_on(table),
    )
