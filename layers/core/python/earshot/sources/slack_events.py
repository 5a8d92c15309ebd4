"""Events and forms of Slack as they come (docs.slack.dev, "Events API": the outer payload, and each
event type).

A message is known by workspace, channel and ``ts``. In a channel that is shared with other
companies ``team_id`` may be any of theirs (docs.slack.dev, "Slack Connect"), so there it is the
workspace through which our app listens.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from earshot.errors import MalformedPayloadError
from earshot.sources.payload import part_in, parts_in, read_object, text_in
from earshot.sources.slack_text import is_message
from earshot.sources.surface import Headers, native_id

# fmt: off
_SPOKEN = frozenset((
    "", "bot_message", "file_share", "me_message", "thread_broadcast", "reply_broadcast",
))
SILENT = frozenset((
    "app_home_opened", "app_rate_limited", "app_requested", "app_uninstalled",
    "assistant_app_thread", "assistant_thread_context_changed", "assistant_thread_started",
    "bot_add", "bot_remove", "call_rejected", "channel_archive", "channel_convert_to_private",
    "channel_created", "channel_deleted", "channel_history_changed", "channel_id_changed",
    "channel_join", "channel_leave", "channel_left", "channel_name", "channel_posting_permissions",
    "channel_purpose", "channel_rename", "channel_shared", "channel_topic", "channel_unarchive",
    "channel_unshared", "dnd_updated", "dnd_updated_user", "document_mention",
    "ekm_access_denied", "email_domain_changed", "emoji_changed", "file_change", "file_comment",
    "file_created", "file_deleted", "file_mention", "file_public", "file_shared", "file_unshared",
    "function_executed", "grid_migration_finished", "grid_migration_started", "group_archive",
    "group_close", "group_deleted", "group_history_changed", "group_join", "group_leave",
    "group_left", "group_name", "group_open", "group_purpose", "group_rename", "group_topic",
    "group_unarchive", "huddle_thread", "im_close", "im_created", "im_history_changed", "im_open",
    "invite_requested", "link_shared", "member_joined_channel", "member_left_channel",
    "message_metadata_deleted", "message_metadata_posted", "message_metadata_updated",
    "message_replied", "pin_added", "pin_removed", "pinned_item", "reaction_added",
    "reaction_removed", "reminder_add", "scope_denied", "scope_granted",
    "shared_channel_invite_accepted", "shared_channel_invite_approved",
    "shared_channel_invite_declined", "shared_channel_invite_received",
    "shared_channel_invite_requested", "star_added", "star_removed", "subteam_created",
    "subteam_members_changed", "subteam_self_added", "subteam_self_removed", "subteam_updated",
    "team_access_granted", "team_access_revoked", "team_domain_change", "team_join", "team_rename",
    "tokens_revoked", "unpinned_item", "url_verification", "user_change",
    "user_huddle_changed", "user_profile_changed", "user_status_changed",
    "workflow_step_execute",
))
# fmt: on


class Event(NamedTuple):
    body: dict[str, Any]
    event: dict[str, Any]
    team: str
    channel: str

    def identity(self, ts: str) -> str:
        return native_id(f"{self.team}:{self.channel}:{ts}")


class Subject(NamedTuple):
    """What the event is about: a message, where there is one, that was deleted or not; or else
    only a ``name``."""

    ts: str = ""
    message: dict[str, Any] = {}  # noqa: RUF012  never written to
    is_deleted: bool = False
    name: str = ""


class Part(NamedTuple):
    """A message somewhere in an event."""

    native_id: str
    author_id: str
    part: dict[str, Any]


def event_in(body: dict[str, Any]) -> Event:
    event = part_in(body, "event")
    channel = text_in(event, "channel") or text_in(event.get("item"), "channel")
    return Event(body, event, _team(body, event), channel)


def _team(body: dict[str, Any], event: dict[str, Any]) -> str:
    listening = text_in(body, "context_team_id")
    for one in parts_in(body, "authorizations")[:1]:
        listening = listening or text_in(one, "team_id")
    told = text_in(body, "team_id") or text_in(event, "team")
    is_shared = body.get("is_ext_shared_channel") is True
    return (is_shared and listening) or told or listening


def subject_of(found: Event) -> Subject:
    """A deleted message that was answered is changed into a tombstone."""
    event = found.event
    name, previous = text_in(event, "subtype"), part_in(event, "previous_message")
    if text_in(event, "type") not in {"message", "app_mention"}:
        return Subject(name=text_in(event, "type") or text_in(found.body, "type"))
    if name == "message_deleted":
        ts = text_in(event, "deleted_ts") or text_in(previous, "ts")
        return Subject(ts, previous, is_deleted=True)
    message = event
    if name == "message_changed":
        message = part_in(event, "message")
        name = text_in(message, "subtype")
    ts = text_in(message, "ts") or text_in(previous, "ts")
    if name not in _SPOKEN | {"tombstone"}:
        return Subject(name=name)
    return Subject(ts, message, is_deleted=name == "tombstone")


def author_id(found: Event, message: dict[str, Any]) -> str:
    """Numbers of users are of their own workspace, which may be another one."""
    home = text_in(message, "user_team", "team") or found.team
    name = text_in(message, "user", "bot_id", "author_id", "username") or "unknown"
    return native_id(f"{home}:{name}")


def messages_in(found: Event) -> Iterator[Part]:
    event = found.event
    previous, message = part_in(event, "previous_message"), part_in(event, "message")
    default = text_in(message, "ts") or text_in(previous, "ts")
    roots = [part_in(one, "root") for one in (event, message, previous)]
    pinned = part_in(event.get("item"), "message")
    if not text_in(event, "subtype").startswith("message_"):
        yield from _told(found, event, text_in(event, "message_ts", "ts"))
    for part in (message, previous):
        yield from _told(found, part, text_in(part, "ts") or default)
    for part in (*roots, pinned):
        yield from _told(found, part, text_in(part, "ts"))


def _told(found: Event, part: dict[str, Any], ts: str) -> Iterator[Part]:
    """The message and those that its attachments repeat."""
    if ts and part:
        yield Part(found.identity(ts), author_id(found, part), part)
    for shared in parts_in(part, "attachments"):
        if is_message(shared):
            other = found._replace(channel=text_in(shared, "channel_id"))
            yield Part(other.identity(text_in(shared, "ts")), author_id(other, shared), shared)


def is_form(headers: Headers, body: bytes) -> bool:
    kind = headers.get("content-type", "")
    return kind.startswith("application/x-www-form-urlencoded") or (
        not kind and body.startswith((b"payload=", b"token="))
    )


def _fields(body: bytes) -> dict[str, list[str]]:
    try:
        return parse_qs(body.decode(), max_num_fields=100)
    except ValueError as error:
        raise MalformedPayloadError("no form") from error


def kind_of_form(body: bytes) -> str:
    fields = _fields(body)
    if "payload" in fields:
        return "interaction"
    return "slash_command" if "command" in fields else "other_event"


def event_of(headers: Headers, body: bytes) -> Event:
    """A button is told of with the message that it is under."""
    if not is_form(headers, body):
        return event_in(read_object(body))
    given = _fields(body).get("payload")
    payload = read_object(given[0]) if given else {}
    channel = text_in(payload.get("channel"), "id")
    message = part_in(payload, "message")
    return Event(payload, {"message": message}, text_in(payload.get("team"), "id"), channel)
