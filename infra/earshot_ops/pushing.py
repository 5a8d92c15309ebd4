"""Feeds that a hub pushes (WebSub): find the hub, ask it for a lease."""

from datetime import UTC, datetime

from earshot.domain.models import Connection
from earshot.settings import Settings
from earshot.sources import websub
from earshot.sources.fetch import Fetcher, FetchError, loopback_hosts
from earshot_ops.connecting import YOUTUBE_HUB, ConnectingError
from earshot_ops.target import Target


def with_hub(target: Target, made: Connection, named: str | None) -> Connection:
    """The connection with the hub that is named, or else that of its feed, and the topic that the
    feed calls itself. ``ConnectingError`` when there is none."""
    if made.source == "youtube":
        return made.model_copy(update={"hub": named or YOUTUBE_HUB})
    if made.source != "rss":
        raise ConnectingError(f"no hub pushes {made.source}")
    if named:
        return made.model_copy(update={"hub": named})
    try:
        found = websub.hub_of(_fetcher(target)(made.url or "", {}))
    except FetchError as error:
        raise ConnectingError(f"the feed cannot be fetched: {error.reason}") from error
    if not found:
        raise ConnectingError("the feed names no hub; connect it without --push, or name a --hub")
    hub, topic = found
    return made.model_copy(update={"hub": hub, "url": topic})


def subscribe(target: Target, made: Connection, secret: str) -> str | None:
    """Why the hub did not accept, as a word; ``None`` when it did. What failed is tried again by
    `renew_leases`."""
    try:
        websub.subscribe(made, secret.encode(), _fetcher(target))
    except (FetchError, websub.SubscriptionError) as error:
        return error.reason
    target.connections.note_request(made, until=datetime.now(UTC) + websub.LEASE)
    return None


def _fetcher(target: Target) -> Fetcher:
    return Fetcher(loopback=loopback_hosts(Settings.model_validate(target.deployed.settings)))
