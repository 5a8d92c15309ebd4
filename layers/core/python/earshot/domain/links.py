"""Where a mail's actions lead: signed links that expire and say whom they act for."""

from earshot.domain.values import Model


class ActionLinks(Model):
    """Absolute http(s) URLs. ``one_click`` is for the mail program (RFC 8058), the others open a
    page that asks before it acts."""

    signal: str
    useful: str
    not_relevant: str
    mute: str
    snooze: str
    claim: str
    hand_over: str
    preferences: str
    unsubscribe: str
    one_click: str
    open_signals: str
