"""Make the artifact that matching loads."""

import hashlib
from typing import Any

from aws_lambda_powertools import Logger

from earshot.aws import clients
from earshot.aws.account_store import AccountStore
from earshot.aws.watchlist_artifact import WatchlistArtifact
from earshot.domain.watchlist import Watchlist, contact_handles, entry_of
from earshot.settings import settings

logger = Logger()


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    accounts = AccountStore(clients.table(settings().EARSHOT_TABLE))
    artifact = WatchlistArtifact(clients.s3(), settings().EARSHOT_BUCKET)
    compiled = compile_from(accounts, artifact)
    logger.info("watchlist_compiled", version=compiled.version, entries=len(compiled.entries))
    return {"version": compiled.version, "entries": len(compiled.entries)}


def compile_from(accounts: AccountStore, artifact: WatchlistArtifact) -> Watchlist:
    """The version is the digest of the content, so the same names give the same version."""
    entries = [entry_of(account) for account in accounts.accounts()]
    entries += accounts.entries()
    unversioned = Watchlist(
        version="",
        entries=tuple(sorted(entries, key=lambda entry: entry.entry_id)),
        account_by_handle=dict(sorted(contact_handles(accounts.contacts()).items())),
    )
    version = hashlib.sha256(unversioned.model_dump_json().encode()).hexdigest()[:12]
    compiled = unversioned.model_copy(update={"version": version})
    artifact.save(compiled)
    return compiled
