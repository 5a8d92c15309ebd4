"""Begin each seller's digest when its moment has come: one per seller and local day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from earshot.aws import clients, keys
from earshot.aws.config_store import ConfigStore
from earshot.aws.digest_store import DigestStore, LatestDigest
from earshot.aws.preference_store import PreferenceStore
from earshot.aws.seller_store import SellerStore
from earshot.aws.waiting_store import WaitingStore
from earshot.domain.attention import digest_due, digest_moment
from earshot.domain.models import Alert, AlertKind, AlertState, DigestWish, Seller
from earshot.domain.preferences import as_preferred
from earshot.flows.counting import count
from earshot.flows.read_open import OpenReading, Reader, open_reading_on
from earshot.settings import settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

FIRST_WITHIN = timedelta(hours=1)
"""Who never had a digest begins with the next one, not in the middle of a day."""

logger = Logger()


@dataclass(frozen=True)
class Beginning:
    configs: ConfigStore
    sellers: SellerStore
    preferences: PreferenceStore
    digests: DigestStore
    waiting: WaitingStore
    told_before: OpenReading

    def run(self, now: datetime) -> int:
        """How many began. One seller's failure stops no other; all are raised together. None begins
        while there is nobody to mail to."""
        config = self.configs.get()
        if not config.live and config.operator_email is None:
            return 0
        begun = 0
        failures: list[Exception] = []
        for seller, day, latest in self._due(now):
            try:
                begun += self._begin(seller, day, latest, now=now)
            except Exception as error:  # noqa: BLE001 (raised below)
                reason = type(error).__name__
                logger.warning("digest_not_begun", seller_id=seller.seller_id, reason=reason)
                failures.append(error)
        logger.info("digests_begun", begun=begun, failures=len(failures))
        if failures:
            raise ExceptionGroup("digests that did not begin", failures)
        return begun

    def _due(self, now: datetime) -> Iterator[tuple[Seller, date, LatestDigest | None]]:
        """Whose digest should have begun, and did not yet."""
        sellers = list(self.sellers.all())
        ids = [seller.seller_id for seller in sellers]
        chosen, latest = self.preferences.of(ids), self.digests.latest(ids)
        for imported in sellers:
            wishes, last = chosen.get(imported.seller_id), latest.get(imported.seller_id)
            seller = as_preferred(imported, wishes)
            day = digest_due(seller, now)
            moment = digest_moment(seller, day) if day else None
            if day is None or moment is None:
                continue
            is_next = last.day < day if last else now - moment <= FIRST_WITHIN
            if is_next and self._is_wanted(Reader(seller, moment, wishes)):
                yield seller, day, last

    def _is_wanted(self, reader: Reader) -> bool:
        """What came in after the moment changes nothing of it."""
        wish = reader.wishes.digest if reader.wishes else DigestWish.DAILY
        if wish is not DigestWish.WHEN_SOMETHING:
            return wish is DigestWish.DAILY
        rows = self.waiting.all(reader.seller.seller_id)
        is_waiting = any(row.since <= reader.now for _, row in rows)
        return is_waiting or self.told_before.is_something_open(reader)

    def _begin(
        self, seller: Seller, day: date, latest: LatestDigest | None, *, now: datetime
    ) -> bool:
        """False when another run began it meanwhile."""
        digest = Alert(
            alert_id=keys.digest("digest", seller.seller_id, day.isoformat()),
            kind=AlertKind.DIGEST,
            seller_id=seller.seller_id,
            state=AlertState.PENDING,
            due_at=digest_moment(seller, day),
            day=day,
            previous_id=latest.alert_id if latest else None,
            made_at=now,
        )
        if not self.digests.begin(digest):
            return False
        count("digest_begun")
        logger.info("digest_begun", alert_id=digest.alert_id, seller_id=seller.seller_id)
        return True


def handle(_event: dict[str, Any], _context: Any) -> dict[str, Any]:
    return {"begun": beginning().run(datetime.now(UTC))}


def beginning_on(table: "Table") -> Beginning:
    return Beginning(
        configs=ConfigStore(table),
        sellers=SellerStore(table),
        preferences=PreferenceStore(table),
        digests=DigestStore(table),
        waiting=WaitingStore(table),
        told_before=open_reading_on(table),
    )


@cache
def beginning() -> Beginning:
    return beginning_on(clients.table(settings().EARSHOT_TABLE))
