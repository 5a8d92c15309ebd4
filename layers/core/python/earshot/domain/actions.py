"""What a seller can do from a mail or a page, and what a signed link or form says of it."""

from enum import StrEnum
from hashlib import sha256
from urllib.parse import quote, urlencode

from earshot.domain.models import Alert, AlertKind
from earshot.domain.values import Identifier, Model, Slug


class ActionKind(StrEnum):
    """``SIGNAL``, ``PREFERENCES`` and ``OPEN_SIGNALS`` show; the others act, once asked."""

    SIGNAL = "signal"
    OPEN_SIGNALS = "open_signals"
    USEFUL = "useful"
    NOT_RELEVANT = "not_relevant"
    MUTE = "mute"
    SNOOZE = "snooze"
    CLAIM = "claim"
    HAND_OVER = "hand_over"
    FINISH = "finish"
    PREFERENCES = "preferences"
    UNSUBSCRIBE = "unsubscribe"
    ONE_CLICK = "one_click"


class MailList(StrEnum):
    """What an unsubscribing ends."""

    ALERTS = "alerts"
    DIGEST = "digest"


ABOUT_A_SIGNAL = frozenset(
    {
        ActionKind.USEFUL,
        ActionKind.NOT_RELEVANT,
        ActionKind.MUTE,
        ActionKind.SNOOZE,
        ActionKind.CLAIM,
        ActionKind.HAND_OVER,
        ActionKind.FINISH,
    }
)
# A link of these in a mail works once; what the others do may be done again.
ACTS_ONCE = frozenset({ActionKind.CLAIM, ActionKind.HAND_OVER, ActionKind.MUTE, ActionKind.SNOOZE})


class Link(Model):
    """Whom a link acts for, and on what. ``link_id`` is the same however often the mail is made;
    ``signal_id`` and ``subject_id`` are empty where nothing but the seller matters."""

    action: ActionKind
    seller_id: Slug
    alert_id: Identifier
    subject_id: str = ""
    signal_id: str = ""
    link_id: Identifier
    list: MailList = MailList.ALERTS

    @property
    def acts_once(self) -> bool:
        return self.action in ACTS_ONCE


class Form(Model):
    """What a form on a page was made for. ``link_id`` is that of the mail's link that led to it,
    if one did and it acts once."""

    action: ActionKind
    seller_id: Slug
    subject_id: str = ""
    signal_id: str = ""
    alert_id: str = ""
    link_id: str = ""


def link_id(action: ActionKind, alert_id: str, signal_id: str) -> str:
    """The same action of the same alert on the same signal is the same link."""
    parts = ("link", action.value, alert_id, signal_id)
    return sha256("\x1f".join(parts).encode()).hexdigest()[:32]


def link_of(action: ActionKind, alert: Alert, signal: tuple[str, str] | None = None) -> Link:
    """``signal`` is subject and signal, where the alert tells of several."""
    subject_id, signal_id = signal or (alert.subject_id, alert.signal_id)
    return Link(
        action=action,
        seller_id=alert.seller_id,
        alert_id=alert.alert_id,
        subject_id=subject_id,
        signal_id=signal_id,
        link_id=link_id(action, alert.alert_id, signal_id),
        list=MailList.DIGEST if alert.kind is AlertKind.DIGEST else MailList.ALERTS,
    )


def address_of(link: Link) -> str:
    """Where it leads, without what it proves; relative to where the pages begin. An action of a
    mail that names no signal leads to the list."""
    if link.action in {ActionKind.UNSUBSCRIBE, ActionKind.ONE_CLICK}:
        return f"unsubscribe?{urlencode({'list': link.list.value})}"
    if link.action is ActionKind.PREFERENCES:
        return "preferences"
    if link.action is ActionKind.OPEN_SIGNALS or not link.signal_id:
        return "open"
    asked = f"/{link.action.value}" if link.action in ABOUT_A_SIGNAL else ""
    named = urlencode({"alert": link.alert_id})
    return f"signals/{quote(link.signal_id, safe='')}{asked}?{named}"
