"""What a seller chose for themself: it holds over what was imported, and no import changes it."""

from datetime import datetime, time
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from earshot.domain.business import Seller, WorkingHours
from earshot.domain.values import Identifier, Model, Slug, Utc


class MuteKind(StrEnum):
    """``account`` is a subject (a prospect, too), ``topic`` a watchlist entry among the objects,
    ``rule`` the name of a contribution to the score, ``signal`` one story."""

    ACCOUNT = "account"
    TOPIC = "topic"
    RULE = "rule"
    SIGNAL = "signal"


class Mute(Model):
    """Without ``until`` it holds until it is taken back."""

    kind: MuteKind
    value: Identifier
    until: Utc | None = None

    def holds(self, now: datetime) -> bool:
        return self.until is None or now < self.until


class DigestWish(StrEnum):
    DAILY = "daily"
    WHEN_SOMETHING = "when_something"
    NEVER = "never"


class Preferences(Model):
    """``instant`` off: nothing interrupts, and what would have waits in the digest. What is
    ``None`` is as imported."""

    seller_id: Slug
    instant: bool = True
    digest: DigestWish = DigestWish.DAILY
    digest_at: time | None = None
    hours: WorkingHours | None = None
    budget: Annotated[int, Field(ge=0, le=100)] | None = None
    urgent_anytime: bool | None = None
    mutes: tuple[Mute, ...] = ()
    version: int = 0


def as_preferred(seller: Seller, chosen: Preferences | None) -> Seller:
    """The seller with what they chose. Holidays of the import stay, whatever hours were chosen."""
    if chosen is None:
        return seller
    changes: dict[str, object] = {
        name: value
        for name in ("digest_at", "budget", "urgent_anytime")
        if (value := getattr(chosen, name)) is not None
    }
    if chosen.hours:
        days = {*chosen.hours.holidays, *seller.hours.holidays}
        holidays = tuple(sorted(days, key=lambda one: (one.first, one.last)))
        changes["hours"] = chosen.hours.model_copy(update={"holidays": holidays})
    return seller.model_copy(update=changes) if changes else seller
