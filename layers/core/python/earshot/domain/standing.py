"""Who the author is to us. Only what the business data says counts: nobody is guessed."""

from collections.abc import Iterable

from earshot.domain.models import EntryKind, Model, Post, Standing
from earshot.domain.routing import is_customer_stage
from earshot.domain.watchlist_index import WatchlistIndex

_PRESS_KINDS = frozenset(("article", "news"))


class AuthorFacts(Model):
    """``bears`` are the kinds of entries whose handle or domain is the author's own;
    ``account_id`` is the account whose contact the author is, or whose handle they bear."""

    bears: frozenset[EntryKind] = frozenset()
    account_id: str | None = None


def facts_of(post: Post, index: WatchlistIndex) -> AuthorFacts:
    """By handles that the business data gives with their platform, by the author's page and by
    their address of mail."""
    author = post.author
    contacts = index.of_author(post.source, author)
    bearers = [*contacts]
    if author.handle:
        bearers += index.of_handle(post.source, author.handle)
    if author.profile_url:
        bearers += index.of_domain(_host(author.profile_url))
    if author.email:
        bearers += index.of_domain(author.email.rpartition("@")[2])
    accounts = (entry.entry_id for entry in bearers if entry.kind is EntryKind.ACCOUNT)
    return AuthorFacts(
        bears=frozenset(entry.kind for entry in bearers), account_id=_identity(accounts)
    )


def standing_of(kind: str, facts: AuthorFacts, *, stage: str | None) -> Standing:
    """``kind`` is the post's, ``stage`` that of the author's account. Our own people first, then
    competitors, then accounts: a person may be known as several."""
    if EntryKind.BRAND in facts.bears:
        return Standing.OWN
    if EntryKind.COMPETITOR in facts.bears:
        return Standing.COMPETITOR
    if facts.account_id is not None:
        return Standing.CUSTOMER if is_customer_stage(stage) else Standing.PROSPECT
    return Standing.PRESS if kind in _PRESS_KINDS else Standing.UNKNOWN


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0].rpartition("@")[2].partition(":")[0]


def _identity(entry_ids: Iterable[str]) -> str | None:
    first = next(iter(entry_ids), None)
    return None if first is None else first.partition(":")[2]
