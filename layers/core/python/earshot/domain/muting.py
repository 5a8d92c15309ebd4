"""What a seller does not want to hear of."""

from datetime import datetime

from earshot.domain.models import Mute, MuteKind, Preferences, Relevance, Signal

_BROADEST_FIRST = tuple(MuteKind)


def muting(
    wishes: Preferences, signal: Signal, relevance: Relevance, *, now: datetime
) -> Mute | None:
    """The mute that covers the signal, the broadest first."""
    found = [mute for mute in wishes.mutes if mute.holds(now) and _covers(mute, signal, relevance)]
    return min(found, key=lambda mute: _BROADEST_FIRST.index(mute.kind), default=None)


def _covers(mute: Mute, signal: Signal, relevance: Relevance) -> bool:
    if mute.kind is MuteKind.ACCOUNT:
        return mute.value == signal.subject.subject_id
    if mute.kind is MuteKind.TOPIC:
        return mute.value in signal.objects
    if mute.kind is MuteKind.RULE:
        return any(mute.value == one.name for one in relevance.contributions)
    return mute.value in {signal.signal_id, *signal.absorbed}
