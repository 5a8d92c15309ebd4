"""What a seller does not want to hear of."""

from datetime import datetime

from earshot.domain.models import Mute, MuteKind, Preferences, Relevance, Signal


def muting(
    wishes: Preferences | None, signal: Signal, relevance: Relevance, *, now: datetime
) -> Mute | None:
    """The mute that covers the signal, the broadest first."""
    held = [mute for mute in wishes.mutes if mute.holds(now)] if wishes else []
    if not held:
        return None
    values = {
        MuteKind.ACCOUNT: {signal.subject.subject_id},
        MuteKind.TOPIC: {*signal.objects},
        MuteKind.RULE: {one.name for one in relevance.contributions},
        MuteKind.SIGNAL: {signal.signal_id, *signal.absorbed},
    }
    covering = {mute.kind: mute for mute in held if mute.value in values[mute.kind]}
    return next((covering[kind] for kind in values if kind in covering), None)
