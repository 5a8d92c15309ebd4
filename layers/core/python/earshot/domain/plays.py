"""What the team does about a kind of signal, written down once: a play goes with an alert."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from earshot.domain.business import Account
from earshot.domain.decisions import FeedbackKind
from earshot.domain.signals import Event, Intent, Signal
from earshot.domain.values import Identifier, Model, Slug, Utc

MOST_BYTES = 8 * 1024
"""Of the file: a seller reads it in the mail."""

Fit = tuple[int, int, int, int]


class Play(Model):
    """``play_id`` is the name of its file, ``version`` tells which words of it.

    It goes with signals that have one of the ``intents``, one of the ``events``, one of the
    ``products`` among their objects (an entry id, or a kind: ``competitor`` is any of them) and an
    account of one of the ``industries``; what is empty asks for nothing. ``html`` was made safe
    when it was imported.
    """

    play_id: Slug
    title: Annotated[str, Field(min_length=1, max_length=120)]
    intents: tuple[Intent, ...] = ()
    events: tuple[Event, ...] = ()
    products: tuple[Identifier, ...] = ()
    industries: tuple[Identifier, ...] = ()
    text: str
    html: str
    version: str


class PlayUse(Model):
    """A play that a seller was shown with an alert, and what came of it. ``outcome`` is the last
    answer, or ``opened`` until there is one."""

    play_id: Slug
    alert_id: Identifier
    signal_id: Identifier
    seller_id: Slug
    told_at: Utc | None = None
    outcome: FeedbackKind | None = None
    given_at: Utc | None = None


def best_play(plays: Iterable[Play], signal: Signal, account: Account | None) -> Play | None:
    """The play that asks for most of what holds: an intent counts more than an event, that more
    than a product, that more than an industry. Among equals the first by id, in any order given.
    """
    fits = ((fit(play, signal, account), play) for play in plays)
    found = [(asked, play) for asked, play in fits if asked is not None]
    if not found:
        return None
    most = max(asked for asked, _ in found)
    return min((play for asked, play in found if asked == most), key=lambda play: play.play_id)


def fit(play: Play, signal: Signal, account: Account | None) -> Fit | None:
    """What the play asks for, the heaviest first; ``None`` when something of it does not hold."""
    industries = tuple(map(plain_industry, play.industries))
    is_in = plain_industry(account.industry) if account and account.industry else None
    intent = _one_of(play.intents, signal.intent)
    event = _one_of(play.events, signal.event if signal.intent is Intent.NEWS else None)
    product = _object_of(play.products, signal.objects)
    industry = _one_of(industries, is_in)
    if intent is None or event is None or product is None or industry is None:
        return None
    return intent, event, product, industry


def plain_industry(name: str) -> str:
    """``Financial  Services`` and ``financial services`` are one."""
    return " ".join(name.casefold().split())


def _one_of(wanted: tuple[str, ...], value: str | None) -> int | None:
    if not wanted:
        return 0
    return 1 if value in wanted else None


def _object_of(wanted: tuple[str, ...], objects: tuple[str, ...]) -> int | None:
    """2 for the very entry, 1 for its kind."""
    if not wanted:
        return 0
    if set(wanted) & set(objects):
        return 2
    kinds = {entry_id.partition(":")[0] for entry_id in objects}
    return 1 if set(wanted) & kinds else None
