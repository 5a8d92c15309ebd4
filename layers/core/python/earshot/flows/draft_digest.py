"""The mail that tells a seller once a working day what did not interrupt them.

What it tells is fixed before the first try to send it, so it is the same at every try, and what
comes in meanwhile is the next one's. After it was sent the rows that waited are deleted; until then
the next digest is not drafted, so nothing is told by two (docs/decisions/0024).
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from earshot.aws import clients
from earshot.aws.config_store import ConfigStore
from earshot.aws.connection_store import ConnectionStore
from earshot.aws.digest_store import MOST_TOLD, DigestStore
from earshot.aws.outbox import Outbox
from earshot.aws.seller_store import SellerStore
from earshot.aws.waiting_store import WaitingStore
from earshot.domain.attention import attend, local_day
from earshot.domain.digest import Digest
from earshot.domain.links import ActionLinks
from earshot.domain.mail import Mail, compose_digest
from earshot.domain.models import (
    Alert,
    AlertState,
    DigestWish,
    Preferences,
    Seller,
    Urgency,
    Waiting,
)
from earshot.errors import GoneError
from earshot.flows.action_links import ActionLinker, action_linker
from earshot.flows.postponed import ASK_AGAIN, Postponed
from earshot.flows.read_digest import DigestReading, digest_reading_on
from earshot.flows.read_open import Reader
from earshot.flows.settle_digest import DigestSettlement, digest_settlement_on
from earshot.settings import settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

_UNFINISHED = frozenset((AlertState.PENDING, AlertState.SENDING))


@dataclass(frozen=True)
class DigestDrafts:
    digests: DigestStore
    waiting: WaitingStore
    outbox: Outbox
    sellers: SellerStore
    configs: ConfigStore
    connections: ConnectionStore
    settlement: DigestSettlement
    reading: DigestReading
    linker: ActionLinker | None

    def of(self, alert: Alert, now: datetime) -> Mail | Postponed:
        """``GoneError`` when the seller is gone or wants no digest any more."""
        seller, wishes = self._seller(alert)
        attention = attend(seller, Urgency.NONE, now)
        if attention.due_at is None or attention.due_at > now:
            return Postponed(attention.due_at or now + ASK_AGAIN, attention.reason)
        previous = self.outbox.get(alert.previous_id) if alert.previous_id else None
        if previous and previous.state in _UNFINISHED:
            return Postponed(now + ASK_AGAIN, "previous_digest")
        if previous and previous.state is AlertState.SENT:
            self.settlement.after_sent(previous)
        waiting = self._told_by(alert, now)
        since = previous.told_at if previous else None
        reader = self._reader(alert, seller, wishes, now=now)
        return compose_digest(self._digest(alert, reader, waiting, since=since))

    def _seller(self, alert: Alert) -> tuple[Seller, Preferences | None]:
        found = self.sellers.with_wishes(alert.seller_id)
        wishes = found[1] if found else None
        is_unwanted = wishes is not None and wishes.digest is DigestWish.NEVER
        if found is None or (is_unwanted and alert.attempt == 0):
            raise GoneError("seller")
        return found

    def _told_by(self, alert: Alert, now: datetime) -> list[Waiting]:
        """The rows that this digest tells, which it is bound to from now on."""
        frozen = self.digests.frozen(alert.alert_id)
        if frozen is None:
            rows = sorted(self.waiting.all(alert.seller_id), key=lambda row: -row[1].score)
            told = [key for key, _ in rows[:MOST_TOLD]]
            frozen = self.digests.freeze(alert.alert_id, told, now)
        return list(self.settlement.rows(alert.seller_id, frozen.rows).values())

    def _digest(
        self, alert: Alert, reader: Reader, waiting: list[Waiting], *, since: datetime | None
    ) -> Digest:
        config = self.configs.get()
        news = self.reading.news(reader, waiting)
        before = self.reading.told_before.before(reader, since=since, beside=news.signal_ids)
        return Digest(
            alert=alert,
            seller=reader.seller,
            day=alert.day or local_day(reader.seller.hours, reader.now),
            made_at=reader.now,
            since=since,
            groups=news.groups,
            more_items=news.more_items,
            gone=news.gone,
            resolved=(*news.resolved, *before.resolved),
            open=before.open,
            open_more=before.open_more,
            connections=tuple(self.connections.states()),
            observer=None if config.live else config.operator_email,
            links=self._links(alert, reader.now, is_live=config.live),
        )

    def _links(
        self, alert: Alert, now: datetime, *, is_live: bool, signal: tuple[str, str] | None = None
    ) -> ActionLinks | None:
        """They act for the seller, so they are no business of whoever observes."""
        return self.linker.of(alert, now, signal=signal) if self.linker and is_live else None

    def _reader(
        self, alert: Alert, seller: Seller, wishes: Preferences | None, *, now: datetime
    ) -> Reader:
        is_live = self.configs.get().live

        def link_to(signal: tuple[str, str]) -> str:
            links = self._links(alert, now, is_live=is_live, signal=signal)
            return links.signal if links else ""

        return Reader(seller=seller, now=now, wishes=wishes, link_to=link_to)


def digest_drafts_on(table: "Table", linker: ActionLinker | None) -> DigestDrafts:
    return DigestDrafts(
        digests=DigestStore(table),
        waiting=WaitingStore(table),
        outbox=Outbox(table),
        sellers=SellerStore(table),
        configs=ConfigStore(table),
        connections=ConnectionStore(table),
        settlement=digest_settlement_on(table),
        reading=digest_reading_on(table),
        linker=linker,
    )


@cache
def digest_drafts() -> DigestDrafts:
    return digest_drafts_on(clients.table(settings().EARSHOT_TABLE), action_linker())
