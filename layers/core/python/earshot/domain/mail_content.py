"""What a mail is made of, and what comes out."""

from earshot.domain.links import ActionLinks
from earshot.domain.models import (
    Account,
    Alert,
    Attention,
    Claim,
    Decision,
    EmailAddress,
    Model,
    Seller,
    Signal,
    SignalPost,
)


class Story(Model):
    """A signal and those posts that this mail tells, in any order; ``more`` are told, not shown."""

    signal: Signal
    posts: tuple[SignalPost, ...]
    more: int = 0


class PlayShown(Model):
    """The play that is attached. Its ``html`` is the team's own, made safe when it was imported."""

    play_id: str
    title: str
    text: str
    html: str


class MailContent(Model):
    """All that a mail about a signal is made of; ``alert.kind`` says which mail.

    ``root`` is the alert that began the thread, ``alert`` itself where none did. The first of the
    ``stories`` is the one that the mail is named after. ``observer`` gets it in the seller's place.
    ``people`` are the names of the sellers whom ``claim`` names, by id. ``resolved`` says what
    happened meanwhile, in a sentence (``Jonas claimed it at 07:10.``).
    """

    alert: Alert
    root: Alert
    stories: tuple[Story, ...]
    more_stories: int = 0
    decision: Decision
    seller: Seller
    account: Account | None
    attention: Attention
    observer: EmailAddress | None = None
    links: ActionLinks | None = None
    play: PlayShown | None = None
    claim: Claim | None = None
    people: dict[str, str] = {}
    resolved: str = ""


class Mail(Model):
    """``thread_id`` is what a mail client groups by; ``list_name`` is ``alerts`` or ``digest``, and
    ``one_click`` the URL at which a mail program takes the reader off it (RFC 8058)."""

    to: EmailAddress
    subject: str
    text: str
    html: str
    thread_id: str
    list_name: str = "alerts"
    one_click: str = ""
