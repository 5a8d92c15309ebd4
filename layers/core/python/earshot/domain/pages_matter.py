"""A signal as one seller has it in front of them, and what may be chosen of it."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from earshot.domain import mail_parts
from earshot.domain import mail_wording as wording
from earshot.domain.mail_page import headline_of
from earshot.domain.models import (
    Account,
    Decision,
    Evidence,
    Model,
    MuteKind,
    Seller,
    Signal,
    Utc,
)
from earshot.domain.untrusted import line

MORNING = time(8)
DURATIONS = {"week": timedelta(days=7), "month": timedelta(days=30), "quarter": timedelta(days=90)}


class Matter(Model):
    """A signal as one seller has it in front of them: with the decision that told them of it, the
    alert that began its thread (``root_id``), and the ``team`` that they may hand it over to."""

    seller: Seller
    signal: Signal
    account: Account | None
    decision: Decision | None
    alert_id: str = ""
    root_id: str = ""
    score: int = 0
    play_id: str | None = None
    team: tuple[Seller, ...] = ()
    evidence: tuple[Evidence, ...] = ()


def about(matter: Matter) -> str:
    return f"{_name(matter)}: {headline_of(matter.signal, list(matter.evidence))}"


def what_to_mute(matter: Matter) -> dict[str, tuple[MuteKind, str, str]]:
    """By the value of the option: kind and value of the mute, and how it is called."""
    signal = matter.signal
    found = [(MuteKind.ACCOUNT, signal.subject.subject_id, f"All about {_name(matter)}")]
    found.append((MuteKind.SIGNAL, signal.signal_id, "This story only"))
    for entry in signal.objects:
        called = mail_parts.object_name(entry, list(matter.evidence))
        found.append((MuteKind.TOPIC, entry, f"All that mentions {called}"))
    for part in matter.decision.relevance.contributions if matter.decision else ():
        if part.points > 0 and not part.name.startswith("role_"):
            label = wording.contribution_label(part.name)
            found.append((MuteKind.RULE, part.name, f"All with the reason “{label}”"))
    return {f"{kind}:{value}": (kind, value, label) for kind, value, label in found}


def snooze_moments(zone: str, now: datetime) -> dict[str, Utc]:
    """08:00 tomorrow and next Monday, on the seller's clock."""
    today = now.astimezone(ZoneInfo(zone)).date()
    days = {"tomorrow": 1, "next_week": 8 - today.isoweekday()}
    return {
        name: datetime.combine(today + timedelta(days=ahead), MORNING, ZoneInfo(zone))
        for name, ahead in days.items()
    }


def _name(matter: Matter) -> str:
    return line(matter.signal.subject.name, mail_parts.LONGEST_NAME)
