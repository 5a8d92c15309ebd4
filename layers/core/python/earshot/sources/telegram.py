"""Telegram: messages of the groups, channels and chats that a bot is in, and of the business
accounts that it works for (core.telegram.org, "Bot API"). ``telegram_messages`` reads one.

The secret that was given to ``setWebhook`` comes back in a header; nothing else is signed.
Telegram tells of deletions in business chats alone.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from pydantic_core import to_json

from earshot.domain.models import Ignored, Post
from earshot.sources import items, signing, telegram_messages
from earshot.sources.payload import part_in, parts_in, read_object, text_in
from earshot.sources.surface import Headers, Held, Item, RawDelivery

reads_headers: tuple[str, ...] = ()

_DELETED = "deleted_business_messages"
# fmt: off
_SPOKEN = (
    "message", "edited_message", "channel_post", "edited_channel_post", "business_message",
    "edited_business_message",
)
_SILENT = (
    "business_connection", "callback_query", "chat_boost", "chat_join_request", "chat_member",
    "chosen_inline_result", "inline_query", "message_reaction", "message_reaction_count",
    "my_chat_member", "poll", "poll_answer", "pre_checkout_query", "purchased_paid_media",
    "removed_chat_boost", "shipping_query", _DELETED,
)
# Some come with a second name for older programs, which is the later one here.
_WORDLESS = (
    "animation", "venue", "audio", "boost_added", "channel_chat_created", "chat_background_set",
    "chat_shared", "checklist", "checklist_tasks_added", "checklist_tasks_done",
    "connected_website", "contact", "delete_chat_photo", "dice", "direct_message_price_changed",
    "document", "forum_topic_closed", "forum_topic_created", "forum_topic_edited",
    "forum_topic_reopened", "game", "general_forum_topic_hidden", "general_forum_topic_unhidden",
    "gift", "giveaway", "giveaway_completed", "giveaway_created", "giveaway_winners",
    "group_chat_created", "invoice", "left_chat_member", "location",
    "message_auto_delete_timer_changed", "migrate_from_chat_id", "migrate_to_chat_id",
    "new_chat_members", "new_chat_photo", "new_chat_title", "paid_media",
    "paid_message_price_changed", "passport_data", "photo", "pinned_message", "poll",
    "proximity_alert_triggered", "refunded_payment", "sticker", "story", "successful_payment",
    "suggested_post_approved", "suggested_post_declined", "suggested_post_paid",
    "suggested_post_refunded", "supergroup_chat_created", "unique_gift", "users_shared", "video",
    "video_chat_ended", "video_chat_participants_invited", "video_chat_scheduled",
    "video_chat_started", "video_note", "voice", "web_app_data", "write_access_allowed",
)
# fmt: on


def verify(
    headers: Headers,
    body: bytes,  # noqa: ARG001  Telegram signs neither a body
    *,
    secrets: Iterable[bytes],
    now: datetime,  # noqa: ARG001  nor a time
) -> None:
    """``SignatureError`` unless the header is one of the secrets."""
    signing.check_token(headers, "x-telegram-bot-api-secret-token", secrets)


def normalise(raw: RawDelivery) -> Iterator[Item]:
    """Messages with words, and what was deleted; all else is ignored by its kind."""
    update = read_object(raw.body)
    if deleted := _deleted_in(update):
        for identity in deleted:
            known = items.deletion(raw, identity) if identity else None
            yield known or Ignored(reason="malformed_post")
        return
    if not (name := _spoken_in(update)):
        yield Ignored(reason=next((name for name in _SILENT if name in update), "other_event"))
        return
    try:
        yield _item(part_in(update, name), raw)
    except ValidationError:
        yield Ignored(reason="malformed_post")


def _spoken_in(update: dict[str, Any]) -> str:
    return next((name for name in _SPOKEN if name in update), "")


def _deleted_in(update: dict[str, Any]) -> list[str]:
    deleted = part_in(update, _DELETED)
    business = telegram_messages.business_of(deleted)
    numbers = ({**deleted, "message_id": number} for number in parts_in(deleted, "message_ids"))
    return [telegram_messages.identity(one, business) for one in numbers]


def _item(message: dict[str, Any], raw: RawDelivery) -> Item:
    if not telegram_messages.identity(message):
        return Ignored(reason="malformed_post")
    if not text_in(message, "text", "caption"):
        kind = next((name for name in _WORDLESS if name in message), "other_event")
        return Ignored(reason=kind)
    return _post(message, raw)


def _post(message: dict[str, Any], raw: RawDelivery) -> Post:
    """``language_code`` is the language of the writer's program, not of the words."""
    business = telegram_messages.business_of(message)
    words = telegram_messages.words_of(message)
    parent = telegram_messages.parent_of(message, business)
    return items.post(
        raw,
        identity=telegram_messages.identity(message, business),
        kind="message",
        author=telegram_messages.author_of(message),
        text=words.text,
        mentions=words.mentions,
        links=words.links,
        repeats=telegram_messages.repeated_in(message),
        posted_at=items.at_seconds(text_in(message, "date")),
        edited_at=items.at_seconds(text_in(message, "edit_date")),
        thread_id=telegram_messages.thread_of(message, parent),
        parent_id=parent,
        permalink=telegram_messages.permalink(message),
    )


def held(headers: Headers, body: bytes) -> Iterable[Held]:  # noqa: ARG001
    """Messages that are answered, pinned, forwarded, quoted or have a button that was pressed."""
    update = read_object(body)
    message = part_in(update, *_SPOKEN) or part_in(part_in(update, "callback_query"), "message")
    return list(dict.fromkeys(telegram_messages.held_in(message)))


def without(headers: Headers, body: bytes, native_id: str) -> bytes | None:
    """What is forwarded goes with its origin. A deletion outlives the name of its chat."""
    update = read_object(body)
    if native_id in _deleted_in(update):
        deleted = part_in(update, _DELETED)
        bare = {**deleted, "chat": telegram_messages.bare_chat(deleted)}
        return to_json({**update, _DELETED: bare})
    if native_id not in {post.native_id for post in held(headers, body)}:
        return body
    name = _spoken_in(update)
    message = part_in(update, name)
    own = telegram_messages.identity(message, telegram_messages.business_of(message))
    is_kept = name and text_in(message, "text", "caption")
    if not is_kept or native_id in {own, telegram_messages.origin_of(message)}:
        return None
    return to_json({**update, name: telegram_messages.without_held(message, native_id)})
