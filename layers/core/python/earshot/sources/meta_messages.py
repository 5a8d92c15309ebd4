"""Messages of Messenger and of Instagram, which come alike.

(Meta, "Messenger Platform: Webhook Events Reference".) A page hears what it is sent under
``messaging``, what another app is answering under ``standby``, and what it wrote itself as an echo.
"""

from datetime import datetime, timedelta
from typing import Any

from earshot.domain.posts import Ignored
from earshot.sources import items
from earshot.sources.meta_entries import UNKNOWN, Part, Told, bones, identity, moment
from earshot.sources.payload import number_in, part_in, text_in
from earshot.sources.surface import Item, RawDelivery

_OTHER_EVENTS = (
    *("account_linking", "app_roles", "delivery", "game_play", "messaging_customer_information"),
    *("messaging_feedback", "optin", "order", "pass_thread_control", "payment", "postback"),
    *("policy_enforcement", "policy-enforcement", "reaction", "read", "referral"),
    *("request_thread_control", "response_feedback", "take_thread_control"),
)


def read(raw: RawDelivery, part: Part) -> Item:
    """A message, an edit or a deletion; all else by its kind."""
    event = part.told
    if not (said := part_in(event, "message", "message_edit")):
        kinds = (name for name in _OTHER_EVENTS if event.get(name) is not None)
        kind = next(kinds, "other_event").replace("-", "_").removeprefix("messaging_")
        return Ignored(reason=kind)
    mid = identity(said, "mid")
    if not mid:
        return Ignored(reason="malformed_post")
    at = moment(event, "timestamp") or part.at
    if said.get("is_deleted") is True:
        return items.deletion(raw, mid, at=at)
    is_edit = not part_in(event, "message")
    text = text_in(said, "text")
    if not text and not is_edit:
        return Ignored(reason="attachment" if said.get("attachments") else "without_text")
    return items.post(
        raw,
        identity=mid,
        kind="message",
        author=items.author(_sender(event)),
        text=text,
        posted_at=at,
        edited_at=at if is_edit else None,
        clock=_clock(said, at or raw.delivery.received_at) if is_edit else None,
        thread_id=_conversation(part, is_echo=said.get("is_echo") is True),
        parent_id=identity(part_in(said, "reply_to"), "mid"),
    )


def find(part: dict[str, Any]) -> Told | None:
    """Every message is somebody's words, also one that is an attachment."""
    if not (said := part_in(part, "message", "message_edit")):
        return None
    if not (mid := identity(said, "mid")):
        return None
    if said.get("is_deleted") is not True:
        return Told(mid, _sender(part))
    gone = {"message": {"mid": mid, "is_deleted": True}}
    return Told(mid, bones=bones(part, "timestamp") | gone)


def _sender(event: dict[str, Any]) -> str:
    return identity(part_in(event, "sender"), "id", "user_ref", "community_user_id") or UNKNOWN


def _clock(said: dict[str, Any], at: datetime) -> datetime:
    """Edits of one moment are told apart by their number."""
    return at + timedelta(microseconds=min(number_in(said, "num_edit") or 1, 999))


def _conversation(part: Part, *, is_echo: bool) -> str:
    """The same whoever of the two writes: the page, then the person."""
    ends = [identity(part_in(part.told, end), "id") for end in ("sender", "recipient")]
    page, person = reversed(ends) if not is_echo else ends
    if part.account_id in ends:
        page = part.account_id
        person = ends[0] if ends[1] == page else ends[1]
    return f"{page}:{person}" if page and person else ""
