"""What X posts to us, in whichever of its envelopes.

- X Activity API: one event in ``data``, with ``event_type`` and ``payload`` (docs.x.com, "X
  Activity API event payload examples"); what it includes lies one level deeper in some events.
- Filtered stream: a post itself in ``data``, beside ``includes`` (docs.x.com, "Webhooks").
- Account Activity API: lists of events with posts of version 1.1 ("Account Activity data objects").
- Compliance: an event under its name, in ``data`` or bare ("Compliance data objects").
"""

from collections.abc import Iterator
from enum import Enum, auto
from typing import Any, NamedTuple

from earshot.sources.payload import (
    dicts_in,
    list_of,
    object_of,
    part_in,
    parts_in,
    text_in,
    text_of,
)
from earshot.sources.surface import native_id

MESSAGE_PREFIX = "dm:"
"""Nothing says that messages and posts are numbered together."""

UNKNOWN = "unknown:"
"""Before the number of a post that comes without an author: a stream may be asked for texts alone,
and nothing says that two such are by one."""


class What(Enum):
    POST = auto()
    MESSAGE = auto()
    DELETION = auto()
    AUTHOR_DELETION = auto()
    NOTHING = auto()


class Told(NamedTuple):
    """``name`` is that of the event, of X's documentation."""

    what: What
    name: str
    part: dict[str, Any]


# fmt: off
_ACTIVITIES = {
    **dict.fromkeys((
        "post.create", "post.mention.create", "post.reply.create", "post.quote.create",
        "post.repost.create",
    ), What.POST),
    "post.delete": What.DELETION,
    "dm.received": What.MESSAGE,
    "dm.sent": What.MESSAGE,
    **dict.fromkeys((
        "block.block", "block.unblock", "chat.conversation.admin_added",
        "chat.conversation.admin_removed", "chat.conversation.join",
        "chat.conversation.member_added", "chat.conversation.member_removed",
        "chat.conversation_join", "chat.indicate_typing", "chat.read", "chat.received",
        "chat.sent", "chat.update.group_name", "chat.update.restrictions", "dm.indicate_typing",
        "dm.read", "follow.follow", "follow.unfollow", "like.create", "mute.mute", "mute.unmute",
        "news.new", "oauth.revoke", "profile.update.affiliate_badge",
        "profile.update.banner_picture", "profile.update.bio", "profile.update.geo",
        "profile.update.handle", "profile.update.profile_picture", "profile.update.screenname",
        "profile.update.url", "profile.update.verified_badge", "spaces.end", "spaces.start",
    ), What.NOTHING),
}
_LISTS = {
    "tweet_create_events": What.POST,
    "tweet_delete_events": What.DELETION,
    "direct_message_events": What.MESSAGE,
    **dict.fromkeys((
        "block_events", "direct_message_indicate_typing_events", "direct_message_mark_read_events",
        "favorite_events", "follow_events", "mute_events", "user_event",
    ), What.NOTHING),
}
# What is withheld somewhere is kept nowhere. A deleted account may return within 30 days, but
# nothing says yet that it will; what is protected or suspended often does.
_COMPLIANCE = {
    **dict.fromkeys((
        "delete", "post_delete", "tweet_delete", "drop", "post_drop", "tweet_drop", "withheld",
        "post_withheld", "tweet_withheld", "status_withheld",
    ), What.DELETION),
    **dict.fromkeys(("user_delete", "user_protect", "user_suspend"), What.AUTHOR_DELETION),
    **dict.fromkeys((
        "undrop", "post_undrop", "tweet_undrop", "post_edit", "tweet_edit", "scrub_geo",
        "user_profile_modification", "user_scrub_geo", "user_undelete", "user_unprotect",
        "user_unsuspend", "user_withheld",
    ), What.NOTHING),
}
# fmt: on


def told_in(event: dict[str, Any]) -> Iterator[Told]:
    """What the body tells, in its order; at least one."""
    data = event.get("data")
    entries = [event] if data is None else data if isinstance(data, list) else [data]
    found = [told for entry in entries for told in _told(object_of(entry))]
    yield from found or [Told(What.NOTHING, "", {})]


def _told(entry: dict[str, Any]) -> Iterator[Told]:
    if "event_type" in entry:
        yield from _activity(entry)
        return
    for name, value in entry.items():
        if name in _LISTS:
            yield from _listed(_LISTS[name], name, value)
        elif name in _COMPLIANCE and isinstance(value, dict):
            yield Told(_COMPLIANCE[name], name, value)
    if number_of_post(entry):
        yield Told(What.POST, "post", entry)


def _activity(entry: dict[str, Any]) -> Iterator[Told]:
    name, payload = text_in(entry, "event_type"), part_in(entry, "payload")
    payload = part_in(payload, "data") or payload
    what = _ACTIVITIES.get(name)
    if what is What.MESSAGE:
        yield from _listed(what, name, parts_in(payload, "direct_message_events") or [payload])
    elif what:
        yield Told(what, name, payload)


def _listed(what: What, name: str, value: Any) -> Iterator[Told]:
    if what is What.NOTHING:
        yield Told(what, name, {})
    for part in list_of(value) if what is not What.NOTHING else ():
        is_other = what is What.MESSAGE and text_in(part, "type") not in {"", "message_create"}
        yield Told(What.NOTHING if is_other else what, name, object_of(part))


def number_of_post(post: dict[str, Any]) -> str:
    return text_in(post, "id_str", "id")


def is_post(part: dict[str, Any]) -> bool:
    has_text = any(isinstance(part.get(name), str) for name in ("text", "full_text"))
    return has_text and bool(number_of_post(part)) and not is_message(part)


def is_message(part: dict[str, Any]) -> bool:
    return bool(text_in(part, "id")) and bool(sender_of(part))


def message_id(message: dict[str, Any]) -> str:
    return native_id(f"{MESSAGE_PREFIX}{text_in(message, 'id')}")


def sender_of(message: dict[str, Any]) -> str:
    return native_id(text_in(part_in(message, "message_create") or message, "sender_id"))


def author_of(post: dict[str, Any]) -> str:
    number = text_in(post, "author_id", "user_id_str", "user_id")
    number = number or text_in(post.get("user"), "id_str", "id")
    return native_id(number or f"{UNKNOWN}{history_of(post)[0]}")


def history_of(post: dict[str, Any]) -> list[str]:
    """The numbers a post has had, oldest first: each edit gives it a new one (docs.x.com, "Edit
    Posts"). The first is its identity here."""
    edits = parts_in(post, "edit_history_tweet_ids")
    edits = edits or parts_in(part_in(post, "edit_history"), "edit_tweet_ids")
    found = [number for one in edits if (number := text_of(one))]
    return [native_id(number) for number in dict.fromkeys([*found, number_of_post(post)])]


def reference(post: dict[str, Any], kind: str) -> str:
    """The number of the post that this one is a reply to, a quote or a repost of."""
    for one in parts_in(post, "referenced_tweets"):
        if text_in(one, "type") == kind:
            return text_in(one, "id")
    if kind == "replied_to":
        return text_in(post, "in_reply_to_status_id_str", "in_reply_to_status_id") or text_in(
            post, "in_reply_to_tweet_id"
        )
    return number_of_post(embedded(post, kind))


def embedded(post: dict[str, Any], kind: str) -> dict[str, Any]:
    """The quoted or reposted post, where it lies within this one."""
    return part_in(post, {"quoted": "quoted_status", "retweeted": "retweeted_status"}[kind])


def posts_in(event: Any) -> Iterator[dict[str, Any]]:
    return (part for part in dicts_in(event) if is_post(part))


def is_user(part: dict[str, Any]) -> bool:
    return bool(text_in(part, "username", "screen_name")) and bool(text_in(part, "id_str", "id"))


def users_in(event: Any) -> dict[str, dict[str, Any]]:
    """The accounts by their numbers; a mention of one says less than the account itself."""
    users: dict[str, dict[str, Any]] = {}
    for part in filter(is_user, dicts_in(event)):
        number = text_in(part, "id_str", "id")
        if len(part) > len(users.get(number, ())):
            users[number] = part
    return users
