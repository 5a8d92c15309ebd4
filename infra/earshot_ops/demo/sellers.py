"""What the sellers of the demo do with their mails, and when they want their digest."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from earshot.domain.attention import is_open
from earshot_ops.demo.clicks import Browser, link
from earshot_ops.demo.mails import SentMail
from earshot_ops.errors import OperationError
from earshot_ops.target import Target

A_WHILE = timedelta(minutes=5)


def act(found: Iterable[SentMail], say: Callable[[str], None]) -> None:
    """Each from a mail of their own, without logging in."""
    inbox = list(found)
    say("Nora takes the story of Northwind, by the link in her mail")
    _press(_mail(inbox, "nora", "Northwind"), "I take it", {})
    say("Maya mutes RivalCRM for a week, by the link in hers")
    mute = _mail(inbox, "maya", "Kim R")
    _press(mute, "Mute", {"what": _topic(mute), "long": "week"})
    say("Theo wants no mails at once any more, and unsubscribes from them")
    _press(_mail(inbox, "theo", "Kim R"), "Unsubscribe", {"what": "alerts"})


def _press(mail: SentMail, label: str, chosen: dict[str, str]) -> None:
    browser = Browser()
    browser.open(link(mail, label))
    browser.press(chosen)


def _topic(mail: SentMail) -> str:
    """What the page calls the mute of RivalCRM."""
    page = Browser().open(link(mail, "Mute"))
    for part in page.split("<label")[1:]:
        if "rivalcrm" in part.casefold() and 'value="' in part:
            return part.partition('value="')[2].partition('"')[0]
    raise OperationError("the page offers no mute of RivalCRM")


def _mail(inbox: Iterable[SentMail], seller_id: str, words: str) -> SentMail:
    for mail in inbox:
        if mail.to[0].startswith(f"{seller_id}.") and words in mail.subject:
            return mail
    raise OperationError(f"{seller_id} has no mail about {words}")


def expect_digests(target: Target, now: datetime) -> None:
    """Whoever is within their hours wants their digest at a time that has just passed."""
    for seller in list(target.sellers.all()):
        if is_open(seller.hours, now - A_WHILE) and is_open(seller.hours, now):
            local = (now - A_WHILE).astimezone(ZoneInfo(seller.hours.zone))
            wanted = local.time().replace(second=0, microsecond=0)
            target.sellers.put(seller.model_copy(update={"digest_at": wanted}))
