"""What is said once it was done."""

from collections.abc import Iterable

from earshot.domain.actions import ActionKind, MailList
from earshot.domain.pages import Notice, Pairs

_TITLES = {
    ActionKind.USEFUL: "Noted: useful",
    ActionKind.NOT_RELEVANT: "Noted: not relevant",
    ActionKind.MUTE: "Muted",
    ActionKind.SNOOZE: "You will be reminded",
    ActionKind.CLAIM: "It is yours",
    ActionKind.HAND_OVER: "Handed over",
    ActionKind.FINISH: "Closed",
}
_SAID = {
    ActionKind.USEFUL: "Thank you. Earshot learns from it.",
    ActionKind.NOT_RELEVANT: "Thank you. Earshot learns from it.",
    ActionKind.MUTE: "You can take it back under Preferences.",
    ActionKind.SNOOZE: "Until then it stays open: somebody else may take it.",
    ActionKind.CLAIM: "Your colleagues see that you take care of it.",
    ActionKind.HAND_OVER: "They get a mail with all that is known, and your note.",
    ActionKind.FINISH: "Nobody is reminded of it any more.",
}
_LISTS = {
    MailList.ALERTS: "You get no mails at once any more: what is worth one waits for the digest.",
    MailList.DIGEST: "You get no digest any more.",
}


def done(action: ActionKind, *details: str, signal_id: str) -> Notice:
    links = [("The signal", f"signals/{signal_id}"), ("My signals", "open")]
    if action is ActionKind.MUTE:
        links.append(("Preferences", "preferences"))
    said = tuple(filter(None, (*details, _SAID[action])))
    return Notice(title=_TITLES[action], said=said, links=tuple(links))


def unsubscribed(lists: Iterable[MailList], *, links: Pairs = ()) -> Notice:
    said = (*(_LISTS[one] for one in sorted(lists)), "You can take it back under Preferences.")
    return Notice(title="You are unsubscribed", said=said, links=links)
