"""Begin each seller's digest when its moment has come: one per seller and local day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from earshot.aws import clients, keys
from earshot.aws.digest_store import DigestStore, LatestDigest
from earshot.aws.preference_store import PreferenceStore
from earshot.aws.seller_store import SellerStore
from earshot.aws.waiting_store import WaitingStore
from earshot.domain.attention import digest_due, digest_moment
from earshot.domain.models import Alert, AlertKind, AlertState, DigestWish, Preferences, Seller
from earshot.domain.preferences import as_preferred
from earshot.flows.counting import count
from earshot.flows.read_open import OpenReading, open_reading_on
from earshot.settings import settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

logger = Logger()


@dataclass(frozen=True)
class Beginning:
    sellers: SellerStore
    preferences: PreferenceStore
    digests: DigestStore
    waiting: WaitingStore
    told_before: OpenReading

    def run(self, now: datetime) -> int:
        """How many began. One seller's failure stops no other; all are raised together."""
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
            seller = as_preferred(imported, chosen.get(imported.seller_id))
            day, last = digest_due(seller, now), latest.get(imported.seller_id)
            if day and (last is None or last.day < day):
                wish = _wish(chosen.get(imported.seller_id))
                if self._is_wanted(seller, wish, day):
                    yield seller, day, last

    def _is_wanted(self, seller: Seller, wish: DigestWish, day: date) -> bool:
        """What came in after the moment changes nothing of it."""
        if wish is not DigestWish.WHEN_SOMETHING:
            return wish is DigestWish.DAILY
        moment = digest_moment(seller, day)
        rows = self.waiting.all(seller.seller_id)
        return moment is not None and (
            any(row.since <= moment for _, row in rows)
            or self.told_before.is_something_open(seller, moment)
        )

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
        sellers=SellerStore(table),
        preferences=PreferenceStore(table),
        digests=DigestStore(table),
        waiting=WaitingStore(table),
        told_before=open_reading_on(table),
    )


@cache
def beginning() -> Beginning:
    return beginning_on(clients.table(settings().EARSHOT_TABLE))


def _wish(chosen: Preferences | None) -> DigestWish:
    return chosen.digest if chosen else DigestWish.DAILY
