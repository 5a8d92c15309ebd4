"""X, Slack, Telegram and Mastodon, as they post."""

from typing import Any

from tests.e2e.sayings import Saying
from tests.e2e.senders import Body, Platform, of_json

CHANNEL = "C0TALK"
TEAM = "T0OURS"


def _x(said: Saying) -> Body:
    """An edit is a post of its own that names the first."""
    numbers = [str(said.number), str(said.number + 2)][: 1 + said.is_edit]
    post = {
        "id": numbers[-1],
        "edit_history_tweet_ids": numbers,
        "text": said.text,
        "author_id": str(said.author_number),
        "created_at": said.moment.replace("Z", ".000Z"),
    }
    users = [{"id": str(said.author_number), "name": said.name, "username": said.handle[:15]}]
    return _x_activity(said, "post.create", {**post, "includes": {"users": users}})


def _x_delete(said: Saying) -> Body:
    gone = {"id": str(said.number), "author_id": str(said.author_number)}
    return _x_activity(said, "post.delete", gone)


def _x_activity(said: Saying, kind: str, payload: dict[str, Any]) -> Body:
    told = {"event_uuid": f"-{said.number}{said.is_edit:d}", "event_type": kind, "payload": payload}
    filtered = {"filter": {"user_id": str(said.author_number)}, "tag": "ours"}
    return of_json({"data": {**filtered, **told}})


def _x_user_delete(said: Saying) -> Body:
    gone = {"id": str(said.author_number)}
    return of_json({"data": {"user_delete": {"user": gone, "event_at": said.moment}}})


def _slack(said: Saying) -> Body:
    if not said.is_edit:
        return _slack_event(
            said, {**_slack_message(said), "channel": CHANNEL, "event_ts": _ts(said)}
        )
    edited = {"user": f"U{said.author_number}", "ts": f"{said.seconds}.000000"}
    return _slack_change(
        said,
        "message_changed",
        message={**_slack_message(said), "edited": edited},
        previous_message=_slack_message(said.original),
    )


def _slack_delete(said: Saying) -> Body:
    gone = {"deleted_ts": _ts(said), "previous_message": _slack_message(said)}
    return _slack_change(said.edited, "message_deleted", **gone)


def _slack_message(said: Saying) -> dict[str, Any]:
    profile = {"real_name": said.name, "display_name": said.handle}
    user = {"user": f"U{said.author_number}", "user_profile": profile}
    return {"type": "message", "team": TEAM, "ts": _ts(said), "text": said.text, **user}


def _slack_change(said: Saying, kind: str, **told: Any) -> Body:
    event = {"type": "message", "subtype": kind, "channel": CHANNEL, "hidden": True, **told}
    return _slack_event(said, {**event, "event_ts": f"{said.seconds}.000300"})


def _slack_event(said: Saying, event: dict[str, Any]) -> Body:
    told = {"type": "event_callback", "team_id": TEAM, "api_app_id": "A1", "event": event}
    kind = event.get("subtype", "message")
    return of_json({**told, "event_id": f"Ev{said.number}{kind}", "event_time": said.seconds})


def _ts(said: Saying) -> str:
    """As unique as a channel needs it."""
    return f"{said.first_seconds}.{said.number % 10**6:06d}"


def _telegram(said: Saying) -> Body:
    message = {
        "message_id": said.number,
        "date": said.first_seconds,
        "chat": {"id": -1001234, "type": "supergroup", "title": "Talk", "username": "talk"},
        "from": {
            "id": said.author_number,
            "is_bot": False,
            "first_name": said.name,
            "username": said.handle,
        },
        "text": said.text,
    }
    if said.is_edit:
        message["edit_date"] = said.seconds
    update_id = said.number * 2 + said.is_edit
    kind = "edited_message" if said.is_edit else "message"
    return of_json({"update_id": update_id, kind: message})


def _mastodon(said: Saying) -> Body:
    person = {
        "id": str(said.author_number),
        "username": said.handle,
        "acct": said.handle,
        "display_name": said.name,
        "url": f"https://social.example/@{said.handle}",
        "uri": f"https://social.example/users/{said.author_number}",
    }
    status = {
        "id": str(said.number),
        "created_at": said.first_moment,
        "edited_at": said.moment if said.is_edit else None,
        "visibility": "public",
        "language": "en",
        "uri": _mastodon_uri(said),
        "url": f"https://social.example/@{said.handle}/{said.number}",
        "content": f"<p>{said.text}</p>",
        "account": person,
    }
    event = "status.updated" if said.is_edit else "status.created"
    return of_json({"event": event, "created_at": said.moment, "object": status})


def _mastodon_uri(said: Saying) -> str:
    return f"https://social.example/users/{said.author_number}/statuses/{said.number}"


PLATFORMS = (
    Platform(
        "x",
        secret="consumer-5ecret-of-this-test",
        accepted=200,
        tells=_x,
        deletes=_x_delete,
        forgets=_x_user_delete,
        native_id=lambda said: str(said.number),
    ),
    Platform(
        "slack",
        secret="signing-5ecret-of-this-test",
        tells=_slack,
        deletes=_slack_delete,
        native_id=lambda said: f"{TEAM}:{CHANNEL}:{_ts(said)}",
    ),
    Platform(
        "telegram",
        tells=_telegram,
        native_id=lambda said: f"-1001234:{said.number}",
    ),
    Platform(
        "mastodon",
        secret="webhook-5ecret-of-this-test",
        tells=_mastodon,
        native_id=_mastodon_uri,
    ),
)
