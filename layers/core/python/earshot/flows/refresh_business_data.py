"""Ask the providers about the accounts, first about those that were not asked about for longest."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from aws_lambda_powertools import Logger

from earshot.aws import clients
from earshot.aws.account_store import AccountStore
from earshot.aws.refresh_store import Place, RefreshStore
from earshot.domain import refreshing
from earshot.domain.business import Account
from earshot.domain.facts import Origin, Statement
from earshot.domain.refreshing import Visit, Visits
from earshot.flows.counting import count
from earshot.providers.asking import Conversation, Guest, named
from earshot.providers.catalog import PROVIDERS
from earshot.providers.surface import DisallowedError, Provider, UnchangedError, Values
from earshot.settings import Settings, settings
from earshot.sources.fetch import Fetcher, loopback_hosts

logger = Logger()

RESERVE_MS = 60_000
ROUND = timedelta(days=1)
MOST_READ = 600
_OVERLOADED = frozenset((429, 503))


@dataclass(frozen=True, slots=True)
class Refresher:
    """``bases`` are the providers' addresses; ``closed`` those that asked to be left alone."""

    accounts: AccountStore
    store: RefreshStore
    guest: Guest
    bases: Mapping[Origin, str]
    clock: Callable[[], datetime]
    closed: set[Origin] = field(default_factory=set)


def handle(_event: dict[str, Any], context: Any) -> dict[str, int]:
    """How many readings were made, failed, and found nothing new."""
    return refresh(refresher(settings()), remaining_ms=context.get_remaining_time_in_millis)


def refresher(chosen: Settings) -> Refresher:
    table = clients.table(chosen.EARSHOT_TABLE)
    return Refresher(
        accounts=AccountStore(table),
        store=RefreshStore(table),
        guest=Guest(Fetcher(loopback=loopback_hosts(chosen)), named(chosen.EARSHOT_MAIL_FROM)),
        bases={
            Origin.WEBSITE: chosen.EARSHOT_WEBSITE_URL,
            Origin.GLEIF: chosen.EARSHOT_GLEIF_URL,
        },
        clock=lambda: datetime.now(UTC),
    )


def refresh(into: Refresher, *, remaining_ms: Callable[[], int]) -> dict[str, int]:
    """Goes on where the last run stopped; a round over all accounts begins once a day at most."""
    begun = into.clock()
    until = begun + timedelta(milliseconds=remaining_ms())
    outcomes = {"read": 0, "unchanged": 0, "failed": 0}
    place = into.store.rounds.begin(begun, until)
    if place is None:
        logger.info("refresh_runs_already")
        return outcomes
    if place.is_end and begun - place.started_at >= ROUND:
        place = Place(started_at=begun)
    place = _walk(into, place, outcomes, until=until, remaining_ms=remaining_ms)
    into.store.rounds.save(place, until=until, release_at=into.clock())
    logger.info("business_data_refreshed", outcomes=outcomes, round_ended=place.is_end)
    return outcomes


def _walk(
    into: Refresher,
    place: Place,
    outcomes: dict[str, int],
    *,
    until: datetime,
    remaining_ms: Callable[[], int],
) -> Place:
    """A page that was not finished is walked again: those of it that were read are not due then."""
    for accounts, after in into.store.pages(place):
        for account, visits in accounts:
            if remaining_ms() < RESERVE_MS or sum(outcomes.values()) >= MOST_READ:
                count("refresh_stopped")
                return place
            for outcome in refresh_account(account, visits, into):
                outcomes[outcome] += 1
        place = after
        if not into.store.rounds.save(place, until=until):
            count("refresh_lease_lost")
            return place
    return place


def refresh_account(account: Account, visits: Visits, into: Refresher) -> list[str]:
    """What came of each provider that was due; none of them stops another."""
    now, outcomes, after = into.clock(), list[str](), visits
    for provider in PROVIDERS:
        before = visits.by_provider.get(provider.NAME)
        if provider.NAME in into.closed or not refreshing.is_due(before, now):
            continue
        outcome, visit = _ask(provider, account, before, into=into)
        count(f"business_data_{outcome}")
        outcomes.append(outcome)
        after = after.after(provider.NAME, visit)
    if outcomes:
        into.store.put_visits(after, now)
    return outcomes


def _ask(
    provider: Provider, account: Account, before: Visit | None, *, into: Refresher
) -> tuple[str, Visit]:
    now = into.clock()
    talk = Conversation(
        into.guest,
        provider.HEADERS,
        obeys_robots=provider.OBEYS_ROBOTS,
        known=refreshing.validators_of(before, now),
    )
    try:
        values = _values(provider, account, talk, base=into.bases[provider.NAME])
        _tell(provider, account, values, into=into)
    except UnchangedError:
        return "unchanged", refreshing.unchanged(before or Visit(due_at=now), now, provider.EVERY)
    except Exception as error:  # noqa: BLE001  the answer is the row, the metric and the next round
        reason = _note_failure(provider, account, error, into=into)
        return "failed", refreshing.failed(before, now, reason)
    made = refreshing.read(now, provider.EVERY, url=talk.url, validators=talk.validators)
    return "read", made


def _values(provider: Provider, account: Account, talk: Conversation, *, base: str) -> Values:
    """Who does not want to be read is not quoted any longer either."""
    try:
        return provider.read(account, talk, base)
    except DisallowedError:
        count("website_disallowed")
        return {}


def _note_failure(
    provider: Provider, account: Account, error: Exception, *, into: Refresher
) -> str:
    """Its name. A register that is asked about every account and has enough is left alone for the
    rest of the run."""
    reason = str(getattr(error, "reason", type(error).__name__))
    if not provider.OBEYS_ROBOTS and getattr(error, "status", None) in _OVERLOADED:
        into.closed.add(provider.NAME)
        count("provider_overloaded")
    logger.info(
        "business_data_failed",
        provider=provider.NAME,
        account_id=account.account_id,
        reason=reason,
    )
    return reason


def _tell(provider: Provider, account: Account, values: Values, *, into: Refresher) -> None:
    """What it says no more is withdrawn; what others say stays."""
    statement = Statement(
        account_id=account.account_id,
        origin=provider.NAME,
        seen_at=into.clock(),
        values={field: values[field] for field in sorted(provider.FIELDS & values.keys())},
        covers=provider.FIELDS,
        data_class=provider.DATA_CLASS,
        purpose=provider.PURPOSE,
    )
    into.accounts.put_facts([statement])
