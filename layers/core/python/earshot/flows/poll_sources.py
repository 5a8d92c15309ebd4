"""Fetch what feeds have to say, archive it, queue it, and only then move the cursor."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import islice
from typing import Any, TypeVar

from aws_lambda_powertools import Logger

from earshot.domain.deliveries import Connection
from earshot.flows.accept_delivery import Intake, accept, delivery_of, intake, raw_object
from earshot.flows.counting import count
from earshot.settings import settings
from earshot.sources import catalog
from earshot.sources.surface import Fetch, PolledPage, Polling, read_headers

logger = Logger()
T = TypeVar("T")

RESERVE_MS = 10_000
MAX_PAGES = 10
TURN_SECONDS = 300


def handle(_event: dict[str, Any], context: Any) -> dict[str, Any]:
    """How many connections were polled, failed, and had to wait for the next run."""
    from earshot.sources.fetch import Fetcher, loopback_hosts

    fetch = Fetcher(loopback=loopback_hosts(settings()))
    return poll_all(intake(), fetch, remaining_ms=context.get_remaining_time_in_millis)


def poll_all(into: Intake, fetch: Fetch, *, remaining_ms: Callable[[], int]) -> dict[str, Any]:
    """Every run starts at another connection, so that none starves behind slow ones."""
    due = into.connections.due(into.clock())
    found = [known for known in due if known.source in catalog.POLLED and known.url]
    waiting = turned(found, int(into.clock().timestamp()) // TURN_SECONDS)
    outcomes = {"polled": 0, "failed": 0, "left": 0}
    for number, connection in enumerate(waiting):
        if remaining_ms() < RESERVE_MS:
            outcomes["left"] = len(waiting) - number
            count("poll_left", outcomes["left"])
            break
        outcomes["polled" if poll_one(connection, into, fetch) else "failed"] += 1
    logger.info("sources_polled", outcomes=outcomes)
    return outcomes


def poll_one(connection: Connection, into: Intake, fetch: Fetch) -> bool:
    """False when it failed, which is on its row then; no feed may stop the others."""
    try:
        read_pages(connection, into, fetch)
    except Exception as error:  # noqa: BLE001  the answer is the row, the metric and the next run
        reason = str(getattr(error, "reason", type(error).__name__))
        into.connections.save_error(connection, reason, into.clock())
        rest(connection, getattr(error, "wait_seconds", 0), into=into)
        count("poll_failed")
        logger.warning("poll_failed", connection_id=connection.connection_id, reason=reason)
        return False
    return True


def read_pages(connection: Connection, into: Intake, fetch: Fetch) -> None:
    """A page is safe before the cursor moves behind it. A source that asks for a rest gets it."""
    asked = Polling(
        connection=connection,
        fetch=fetch,
        now=into.clock(),
        secrets=lambda: into.secrets.secrets(connection.source, connection.connection_id),
    )
    wait, cursor, moved = catalog.poll_interval(connection.source), connection.cursor, False
    for page in islice(catalog.polled(connection.source).poll(asked), MAX_PAGES):
        take(page, connection, into)
        cursor, moved = move(connection, cursor, page.cursor, into=into), True
        if page.wait_seconds:
            wait = max(wait, page.wait_seconds)
            break
    if not moved:
        move(connection, cursor, cursor, into=into)
    rest(connection, wait, into=into)


def rest(connection: Connection, seconds: int, *, into: Intake) -> None:
    if seconds:
        into.connections.wait(connection, into.clock() + timedelta(seconds=seconds))


def take(page: PolledPage, connection: Connection, into: Intake) -> None:
    names = catalog.polled(connection.source).reads_headers
    headers = read_headers(names, page.headers)
    delivery = delivery_of(connection, headers, page.body, at=into.clock())
    logger.set_correlation_id(delivery.delivery_id)
    accept(delivery, raw_object(connection, delivery, headers, body=page.body), into)
    count("delivery_accepted")


def move(
    connection: Connection, before: dict[str, str], after: dict[str, str], *, into: Intake
) -> dict[str, str]:
    """Also when nothing was new: that it worked is what the row should say."""
    reached = connection.model_copy(update={"cursor": before})
    if not into.connections.save_cursor(reached, after, at=into.clock()):
        logger.info("cursor_moved_elsewhere", connection_id=connection.connection_id)
    return after


def turned(items: Sequence[T], turn: int) -> list[T]:
    start = turn % len(items) if items else 0
    return [*items[start:], *items[:start]]
