"""Fetch what feeds have to say, archive it, queue it, and only then move the cursor."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Protocol, TypeVar

from aws_lambda_powertools import Logger

from earshot.aws import clients
from earshot.aws.search_cursors import SearchCursors
from earshot.aws.watchlist_artifact import WatchlistArtifact
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
PAGES_OF_A_SEARCH = 2
TURN_SECONDS = 300


class Save(Protocol):
    """Keeps how far a connection got, unless somebody else moved it."""

    def __call__(
        self, connection: Connection, cursor: dict[str, str], /, *, at: datetime
    ) -> bool: ...


def handle(_event: dict[str, Any], context: Any) -> dict[str, Any]:
    """How many connections were polled, failed, and had to wait for the next run."""
    from earshot.sources.fetch import Fetcher, loopback_hosts

    names = settings()
    polls = Polls(
        into=intake(),
        fetch=Fetcher(loopback=loopback_hosts(names)),
        cursors=SearchCursors(clients.table(names.EARSHOT_TABLE)),
        queries=WatchlistArtifact(clients.s3(), names.EARSHOT_BUCKET).queries,
        remaining_ms=context.get_remaining_time_in_millis,
    )
    return poll_all(polls)


@dataclass(frozen=True)
class Polls:
    """What a run works with. ``queries`` tells what the watchlist wants of a source's search."""

    into: Intake
    fetch: Fetch
    cursors: SearchCursors
    queries: Callable[[str], Sequence[str]]
    remaining_ms: Callable[[], int]

    @property
    def has_time(self) -> bool:
        return self.remaining_ms() >= RESERVE_MS

    @property
    def turn(self) -> int:
        return int(self.into.clock().timestamp()) // TURN_SECONDS


def poll_all(polls: Polls) -> dict[str, Any]:
    """Every run starts at another connection, so that none starves behind slow ones."""
    due = polls.into.connections.due(polls.into.clock())
    found = [known for known in due if known.source in catalog.POLLED and known.url]
    waiting = turned(found, polls.turn)
    outcomes = {"polled": 0, "failed": 0, "left": 0}
    for number, connection in enumerate(waiting):
        if not polls.has_time:
            outcomes["left"] = len(waiting) - number
            count("poll_left", outcomes["left"])
            break
        outcomes["polled" if poll_one(connection, polls) else "failed"] += 1
    logger.info("sources_polled", outcomes=outcomes)
    return outcomes


def poll_one(connection: Connection, polls: Polls) -> bool:
    """False when it failed, which is on its row then; no feed may stop the others."""
    into = polls.into
    try:
        wait = poll_connection(connection, polls)
        rest(connection, max(wait, catalog.poll_interval(connection.source)), into=into)
    except Exception as error:  # noqa: BLE001  the answer is the row, the metric and the next run
        reason = str(getattr(error, "reason", type(error).__name__))
        into.connections.save_error(connection, reason, into.clock())
        rest(connection, getattr(error, "wait_seconds", 0), into=into)
        count("poll_failed")
        logger.warning("poll_failed", connection_id=connection.connection_id, reason=reason)
        return False
    return True


def poll_connection(connection: Connection, polls: Polls) -> int:
    """Seconds that the source asks to be left alone for. That it worked is on the row then, also
    when nothing was new."""
    save = polls.into.connections.save_cursor
    if connection.query is not None or not catalog.listing(connection.source).searched:
        return read_pages(connection, polls, {}, save=save, most=MAX_PAGES)
    session: dict[str, str] = {}
    save_search = polls.cursors.save
    for search in searches(connection, polls):
        wait = read_pages(search, polls, session, save=save_search, most=PAGES_OF_A_SEARCH)
        if wait or not polls.has_time:
            return wait
    move(connection, connection.cursor, save, into=polls.into)
    return 0


def searches(connection: Connection, polls: Polls) -> Iterator[Connection]:
    """The connection with each query of the watchlist, and how far it got with that; each run
    begins with another one."""
    known = polls.cursors.of(connection)
    for words in turned(list(polls.queries(connection.source)), polls.turn):
        cursor = known.get(words, {})
        yield connection.model_copy(update={"query": words, "cursor": cursor})


def read_pages(
    connection: Connection, polls: Polls, session: dict[str, str], *, save: Save, most: int
) -> int:
    """A page is safe before the cursor moves behind it. A source that asks for a rest gets it."""
    into, reached = polls.into, connection
    asked = Polling(
        connection=connection,
        fetch=polls.fetch,
        now=into.clock(),
        secrets=lambda: into.secrets.secrets(connection.source, connection.connection_id),
        session=session,
    )
    for page in islice(catalog.polled(connection.source).poll(asked), most):
        take(page, connection, into)
        reached = move(reached, page.cursor, save, into=into)
        if page.wait_seconds:
            return page.wait_seconds
    if reached is connection:
        move(connection, connection.cursor, save, into=into)
    return 0


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


def move(connection: Connection, cursor: dict[str, str], save: Save, *, into: Intake) -> Connection:
    """Also when nothing was new: that it worked is what the row should say."""
    if not save(connection, cursor, at=into.clock()):
        logger.info("cursor_moved_elsewhere", connection_id=connection.connection_id)
    return connection.model_copy(update={"cursor": cursor})


def turned(items: Sequence[T], turn: int) -> list[T]:
    start = turn % len(items) if items else 0
    return [*items[start:], *items[:start]]
