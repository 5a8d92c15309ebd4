"""`earshot sources`: how each connection is doing."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

from earshot.domain.deliveries import ConnectionState
from earshot.domain.models import Connection
from earshot.domain.rhythm import health_of, usual_pause
from earshot.errors import SecretMissingError
from earshot_ops import connecting
from earshot_ops.commands.exits import ExitCode
from earshot_ops.commands.on_target import AsJson, on_target
from earshot_ops.commands.screen import (
    ago,
    heading,
    note,
    paragraph,
    print_json,
    safe,
    working,
)
from earshot_ops.setups import SETUPS, Whose
from earshot_ops.target import Target

DAY = timedelta(hours=24)
AT_ONCE = 8


@on_target
def sources(target: Target, *, as_json: AsJson = False) -> ExitCode:
    """Show each connection: when it last delivered and how often, what failed, how far it got,
    what may be kept of it and for what, and how old its secrets are.

    [bold]Examples[/bold]

      earshot sources

      earshot sources --json --stage prod
    """
    now = datetime.now(UTC)
    with working("Looking"), ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(pool.map(lambda one: _told(target, one, now), target.connections.list()))
    if as_json:
        print_json({"connections": found})
        return ExitCode.OK
    if not found:
        note("there are no connections; make one: earshot connect github --generate")
    for told in found:
        heading(f"[bold]{safe(told['connection'])}[/bold]")
        for label, words in _lines(told, now):
            paragraph(safe(words), 2, label=label)
    return ExitCode.OK


def _told(target: Target, connection: Connection, now: datetime) -> dict[str, Any]:
    state = target.connections.state(connection)
    return {
        "connection": f"{connection.source}/{connection.connection_id}",
        "comes": _comes(connection),
        "url": connection.url,
        "query": connection.query,
        "for": connecting.asked_for(connection),
        "data_class": connection.data_class,
        "keep_hours": connection.keep_hours,
        "purpose": connection.purpose,
        "health": _health(state, now),
        **state.model_dump(mode="json", exclude={"source", "connection_id", "pauses"}),
        "deliveries_in_24_hours": _count(target, state, now),
        "cursor": connection.cursor,
        "secrets_since": list(_secrets(target, connection)),
        "needs_secret": _needs_secret(connection),
    }


def _health(state: ConnectionState, now: datetime) -> str:
    usual = usual_pause(state.pauses, now)
    health = health_of(state, now)
    if usual is None or state.polled_at:
        return health
    return f"{health}; it usually pauses for {usual.total_seconds() / 3600:.1f} hours at most"


def _count(target: Target, state: ConnectionState, now: datetime) -> int:
    """Nothing is looked for where nothing came."""
    if state.last_delivery_at is None or state.last_delivery_at < now - DAY:
        return 0
    return target.receipts.count(state.source, state.connection_id, now - DAY, until=now)


def _comes(connection: Connection) -> str:
    if connection.hub:
        return "pushed by its hub" + (", fetched too" if connecting.is_polled(connection) else "")
    return "fetched" if connecting.is_polled(connection) else "posted to us"


def _needs_secret(connection: Connection) -> bool:
    return connecting.takes_posts(connection) or (
        SETUPS[connection.source].whose is Whose.CREDENTIALS
    )


def _secrets(target: Target, connection: Connection) -> tuple[str, ...]:
    try:
        return target.secrets.live_since(connection.source, connection.connection_id)
    except SecretMissingError:
        return ()


def _lines(told: dict[str, Any], now: datetime) -> Iterator[tuple[str, str]]:
    yield "comes", told["comes"] + (f" from {told['url']}" if told["url"] else "") + told["for"]
    yield "health", told["health"]
    kept = f", {told['keep_hours']} hours" if told["keep_hours"] else ""
    yield "kept", f"{told['data_class']}{kept}; {told['purpose']}"
    yield "deliveries", _deliveries(told, now)
    if told["handshake_at"]:
        yield "handshake", f"{_ago(told['handshake_at'], now)} ago"
    if told["polled_at"]:
        yield "fetched", f"{_ago(told['polled_at'], now)} ago"
    if told["not_before"] and _at(told["not_before"]) > now:
        yield "waits", f"until {_at(told['not_before']):%Y-%m-%d %H:%M} UTC, as the source asked"
    if told["lease_until"]:
        yield "lease", f"until {_at(told['lease_until']):%Y-%m-%d %H:%M} UTC"
    if told["last_error"]:
        yield "failed", f"{told['last_error']}, {_ago(told['last_error_at'], now)} ago"
    if told["cursor"]:
        yield "cursor", ", ".join(f"{name} {value}" for name, value in told["cursor"].items())
    if told["needs_secret"] or told["secrets_since"]:
        yield "secret", _ages(told["secrets_since"], now)


def _deliveries(told: dict[str, Any], now: datetime) -> str:
    if not told["last_delivery_at"]:
        return "none yet"
    count = told["deliveries_in_24_hours"]
    return f"last {_ago(told['last_delivery_at'], now)} ago; {count} in 24 hours"


def _ages(since: list[str], now: datetime) -> str:
    if not since:
        return "none: its deliveries are refused; connect it again"
    ages = [f"{_ago(at, now)} old" if at else "of unknown age" for at in since]
    if len(ages) == 1:
        return ages[0]
    return f"{ages[0]}; the former, {ages[1]}, is still taken until --retire"


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _ago(text: str, now: datetime) -> str:
    return ago(_at(text), now)
