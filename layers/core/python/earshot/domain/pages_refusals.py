"""Why a link, a form or a page was refused, and what to do then. It changed nothing."""

from enum import StrEnum
from typing import NamedTuple

from earshot.domain.pages import Notice, Pairs


class PageRefusal(StrEnum):
    FORGED = "forged"
    EXPIRED = "expired"
    USED = "used"
    NO_SESSION = "no_session"
    UNKNOWN_SELLER = "unknown_seller"
    UNKNOWN_SIGNAL = "unknown_signal"
    UNKNOWN_ACTION = "unknown_action"
    BAD_FORM = "bad_form"
    OLD_FORM = "old_form"
    NOT_OFFERED = "not_offered"
    NO_CONSENT = "no_consent"
    TAKEN = "taken"
    DONE = "done"
    BUSY = "busy"
    TOO_LARGE = "too_large"
    FAILED = "failed"


class Refused(NamedTuple):
    status: int
    title: str
    said: str


_AGAIN = "Open the link in the mail once more, whole and unchanged."
REFUSALS = {
    PageRefusal.FORGED: Refused(403, "This link is not one of ours", _AGAIN),
    PageRefusal.EXPIRED: Refused(
        410,
        "This link has expired",
        "Links in mails are good for 30 days. A newer mail of Earshot leads you to your signals.",
    ),
    PageRefusal.USED: Refused(
        410,
        "This link was used already",
        "What it does was done once and is not done again. The signal shows how it stands.",
    ),
    PageRefusal.NO_SESSION: Refused(
        403,
        "Please come in by a link",
        "There is no password here: open a link in a mail of Earshot, with cookies allowed. It "
        "lets you in for 12 hours.",
    ),
    PageRefusal.UNKNOWN_SELLER: Refused(
        403, "You are not among the sellers", "Ask whoever runs Earshot at your company."
    ),
    PageRefusal.UNKNOWN_SIGNAL: Refused(
        404,
        "There is no such signal",
        "It was erased, became older than 90 days, or you were not told of it.",
    ),
    PageRefusal.UNKNOWN_ACTION: Refused(404, "There is nothing at this address", _AGAIN),
    PageRefusal.BAD_FORM: Refused(
        403, "This form was not made for you", "Go back, load the page again and try once more."
    ),
    PageRefusal.OLD_FORM: Refused(
        410, "This form is too old", "Go back, load the page again and try once more."
    ),
    PageRefusal.NOT_OFFERED: Refused(
        400, "Something is missing", "Go back and choose one of what is offered."
    ),
    PageRefusal.NO_CONSENT: Refused(
        400, "This is for mail programs", "Open the link to unsubscribe by hand."
    ),
    PageRefusal.TAKEN: Refused(409, "Somebody else has it", "Nothing was changed."),
    PageRefusal.DONE: Refused(409, "It is closed already", "Nothing was changed."),
    PageRefusal.BUSY: Refused(
        503, "Several people did this at once", "Nothing was changed. Try again in a moment."
    ),
    PageRefusal.TOO_LARGE: Refused(413, "That was too much", "Nothing was changed. Write less."),
    PageRefusal.FAILED: Refused(
        500,
        "Something failed on our side",
        "It may have been done or not: look at the signal before you try again.",
    ),
}


def notice_of(refusal: PageRefusal, *, detail: str = "", links: Pairs = ()) -> tuple[int, Notice]:
    """Status and page; ``detail`` says more, such as who has it."""
    told = REFUSALS[refusal]
    said = tuple(filter(None, (detail, told.said)))
    return told.status, Notice(title=told.title, said=said, links=links, is_problem=True)
