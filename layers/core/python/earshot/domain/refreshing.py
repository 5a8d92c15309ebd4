"""When a provider is to be asked again about an account."""

from datetime import datetime, timedelta

from earshot.domain.facts import Origin
from earshot.domain.values import Identifier, Model, Utc

LONGEST_WAIT = timedelta(days=32)
WHOLE_AGAIN_AFTER = timedelta(days=30)


class Visit(Model):
    """How asking one provider about one account went last. ``validators`` are the headers that ask
    whether ``url`` has changed since ``read_at``; ``reason`` is why it failed."""

    due_at: Utc
    read_at: Utc | None = None
    failures: int = 0
    reason: str | None = None
    url: str | None = None
    validators: dict[str, str] = {}


class Visits(Model):
    """Of one account, by provider."""

    account_id: Identifier
    by_provider: dict[Origin, Visit] = {}

    def after(self, provider: Origin, visit: Visit) -> "Visits":
        return self.model_copy(update={"by_provider": {**self.by_provider, provider: visit}})


def is_due(visit: Visit | None, now: datetime) -> bool:
    return visit is None or visit.due_at <= now


def validators_of(visit: Visit | None, now: datetime) -> tuple[str, dict[str, str]]:
    """The address and the headers that ask whether it has changed. Once in a while everything is
    read anew: what is read out of a page changes with this software, too."""
    if visit is None or visit.read_at is None or now - visit.read_at > WHOLE_AGAIN_AFTER:
        return "", {}
    return visit.url or "", visit.validators


def read(now: datetime, every: timedelta, *, url: str, validators: dict[str, str]) -> Visit:
    return Visit(due_at=now + every, read_at=now, url=url or None, validators=validators)


def unchanged(visit: Visit, now: datetime, every: timedelta) -> Visit:
    """It answered that nothing changed since it was read."""
    return visit.model_copy(update={"due_at": now + every, "failures": 0, "reason": None})


def failed(visit: Visit | None, now: datetime, reason: str) -> Visit:
    """Asked again after a day, then after two, four and so on."""
    known = visit or Visit(due_at=now)
    wait = min(timedelta(days=2 ** min(known.failures, 10)), LONGEST_WAIT)
    return known.model_copy(
        update={"due_at": now + wait, "failures": known.failures + 1, "reason": reason}
    )
