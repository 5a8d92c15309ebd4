"""Of any account: what is known of it and from whom, and what was said about it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from earshot.aws.account_store import AccountStore
from earshot.aws.seller_store import SellerStore
from earshot.aws.signal_store import SignalStore
from earshot.aws.story_store import StoryStore
from earshot.aws.watchlist_artifact import WatchlistArtifact
from earshot.domain.account_names import find_accounts, similar_accounts
from earshot.domain.deciding import best_roles
from earshot.domain.facts import Shown
from earshot.domain.kept_words import showable
from earshot.domain.models import Candidate, Model, Signal
from earshot.domain.stories import QUIET, StoryPost, tell
from earshot.domain.watchlist import compile_entries, entry_of
from earshot.domain.watchlist_index import WatchlistIndex
from earshot.flows.compile_watchlist import ordinary_words

MOST_POSTS = 10
MOST_SIGNALS_READ = 10


class Named(Model):
    account_id: str
    name: str


class Found(Model):
    """One account is meant when ``accounts`` holds one; ``similar`` are proposals when none."""

    accounts: tuple[Named, ...] = ()
    similar: tuple[Named, ...] = ()


class AccountSheet(Model):
    """``merged`` are ids that are shown as this account; ``team`` hears of it, the owner first.
    ``open`` signals are those that a post of now would join, ``earlier`` the rest; the newest come
    first, as do ``posts``, whose words are there while they may be kept."""

    account_id: str
    name: str
    merged: tuple[str, ...]
    fields: tuple[Shown, ...]
    owner: str | None
    team: tuple[Candidate, ...]
    open: tuple[Signal, ...]
    earlier: tuple[Signal, ...]
    posts: tuple[StoryPost, ...]


@dataclass(frozen=True)
class Showing:
    accounts: AccountStore
    sellers: SellerStore
    signals: SignalStore
    stories: StoryStore
    watchlist: WatchlistArtifact

    def find(self, typed: str) -> Found:
        """By id, of a merged account too; else by what the compiled watchlist knows."""
        for account_id in (typed, typed.removeprefix("account:")):
            if self.accounts.get(account_id):
                kept_id = self.accounts.merges().get(account_id, account_id)
                return Found(accounts=(Named(account_id=kept_id, name=kept_id),))
        index = self._index()
        found = find_accounts(index, typed)
        similar = () if found else similar_accounts(index, typed)
        return Found(
            accounts=tuple(_named(one.entry_id, one.name) for one in found),
            similar=tuple(_named(one.entry_id, one.name) for one in similar),
        )

    def _index(self) -> WatchlistIndex:
        """The compiled watchlist, or one of the accounts alone when none was compiled yet."""
        index = self.watchlist.current()
        if len(index):
            return index
        entries = (entry_of(account) for account in self.accounts.accounts())
        return compile_entries(entries, ordinary=ordinary_words())

    def show(self, account_id: str, now: datetime) -> AccountSheet | None:
        """``None`` when there is no such account."""
        account = self.accounts.get(account_id)
        if account is None:
            return None
        merged = sorted(g for g, kept in self.accounts.merges().items() if kept == account_id)
        signals = self._signals([account_id, *merged])
        is_open = [now - signal.last_posted_at <= QUIET for signal in signals]
        return AccountSheet(
            account_id=account_id,
            name=account.name,
            merged=tuple(merged),
            fields=self.accounts.facts(account_id),
            owner=account.owner,
            team=best_roles(self.sellers.candidates(account, (), None)),
            open=tuple(s for s, still in zip(signals, is_open, strict=True) if still),
            earlier=tuple(s for s, still in zip(signals, is_open, strict=True) if not still),
            posts=self._posts(signals[:MOST_SIGNALS_READ], now),
        )

    def _signals(self, account_ids: Iterable[str]) -> list[Signal]:
        found = [
            signal
            for account_id in account_ids
            for signal in self.signals.of_subject(f"account:{account_id}")
        ]
        return sorted(found, key=lambda one: (one.last_posted_at, one.signal_id), reverse=True)

    def _posts(self, signals: Sequence[Signal], now: datetime) -> tuple[StoryPost, ...]:
        keys = {signal.key for signal in signals}
        found = {
            post.identity: post
            for signal in signals
            for told in tell(self.stories.region(signal.strand_ids))
            if (told.subject_id, told.signal_id) in keys
            for post in told.posts
        }
        newest = sorted(found.values(), key=lambda p: (p.posted_at, *p.identity), reverse=True)
        return tuple(showable(post, now) for post in newest[:MOST_POSTS])


def _named(entry_id: str, name: str) -> Named:
    return Named(account_id=entry_id.removeprefix("account:"), name=name)
