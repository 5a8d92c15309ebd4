"""Make the artifact that matching loads, and the queries of the pollers."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from functools import cache
from importlib import resources
from typing import Any

from aws_lambda_powertools import Logger

from earshot.aws import clients
from earshot.aws.account_store import AccountStore
from earshot.aws.alias_store import AliasStore
from earshot.aws.watchlist_artifact import WatchlistArtifact
from earshot.domain import heartbeat_reader
from earshot.domain.aliases import OrdinaryWords
from earshot.domain.models import WatchlistEntry
from earshot.domain.poller_queries import SEARCHES, poller_queries
from earshot.domain.topics import TopicQueryError, parse
from earshot.domain.watchlist import compile_entries, contact_handles, entry_of
from earshot.domain.watchlist_index import WatchlistIndex
from earshot.flows.counting import count
from earshot.meanings import versions
from earshot.settings import settings

logger = Logger()


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    table = clients.table(settings().EARSHOT_TABLE)
    accounts = AccountStore(table)
    artifact = WatchlistArtifact(clients.s3(), settings().EARSHOT_BUCKET)
    compiled = compile_from(accounts, artifact)
    renewed = AliasStore(table).renew(versions())
    logger.info(
        "watchlist_compiled", version=compiled.version, entries=len(compiled), priors=renewed
    )
    return {"version": compiled.version, "entries": len(compiled)}


def compile_from(accounts: AccountStore, artifact: WatchlistArtifact) -> WatchlistIndex:
    """The version is the digest of the content, so the same names give the same version."""
    listed = list(_well_formed(accounts.entries()))
    compiled = compile_entries(
        _all(accounts, listed),
        account_by_handle=contact_handles(accounts.contacts()),
        ordinary=ordinary_words(),
    )
    artifact.save(compiled)
    artifact.save_queries(
        {
            source: poller_queries(listed, ordinary=ordinary_words(), **asdict(search))
            for source, search in SEARCHES.items()
        }
    )
    return compiled


@cache
def ordinary_words() -> OrdinaryWords:
    """Everyday ones were counted in posts, written small; the others are rarer, or words, people
    and places that companies like to be named after."""
    listed = resources.files("earshot").joinpath("models/ordinary_words.txt")
    everyday, _, others = listed.read_text("utf-8").partition("\n\n")
    return OrdinaryWords(frozenset(everyday.split()), frozenset(others.split()))


def _all(accounts: AccountStore, listed: Iterable[WatchlistEntry]) -> Iterator[WatchlistEntry]:
    """Accounts one after the other, never all at once."""
    for account in accounts.accounts():
        yield entry_of(account)
    yield from listed
    yield heartbeat_reader.ENTRY


def _well_formed(entries: Iterable[WatchlistEntry]) -> Iterator[WatchlistEntry]:
    """One topic that cannot be read keeps nothing else from being listened for."""
    for entry in entries:
        try:
            if entry.query:
                parse(entry.query)
        except TopicQueryError:
            count("topic_refused")
            logger.warning("topic_refused", entry_id=entry.entry_id)
        else:
            yield entry
