"""What comes to our own forum, desk and mailbox: Discourse, Intercom and Mailgun, as they post."""

import json
from typing import Any

from tests.e2e.sayings import Saying
from tests.e2e.senders import Body, Platform, of_json

FORUM = "https://forum.ours.example"


def _discourse(said: Saying, event: str) -> Body:
    gone = said.moment if event == "post_destroyed" else None
    post = {
        "id": said.number,
        "user_id": said.author_number,
        "username": said.handle,
        "name": said.name,
        "created_at": said.first_moment,
        "updated_at": said.moment,
        "deleted_at": gone,
        "cooked": f"<p>{said.text}</p>",
        "raw": said.text,
        "post_number": 2,
        "post_type": 1,
        "topic_id": said.number + 3,
        "topic_slug": "prices",
        "topic_archetype": "regular",
        "hidden": False,
        "user_deleted": False,
    }
    return of_json({"post": post}, X_Discourse_Event=event, X_Discourse_Instance=FORUM)


def _discourse_user_destroyed(said: Saying) -> Body:
    user = {"id": said.author_number, "username": said.handle, "name": said.name}
    headers = {"X_Discourse_Event": "user_destroyed", "X_Discourse_Instance": FORUM}
    return of_json({"user": user}, **headers)


def _intercom(said: Saying, topic: str) -> Body:
    author = {"type": "user", "id": f"c{said.author_number}", "name": said.name}
    source = {
        "type": "conversation",
        "id": f"s{said.number}",
        "body": f"<p>{said.text}</p>",
        "author": {**author, "email": f"{said.handle}@stranger.example"},
    }
    item = {"type": "conversation", "id": str(said.number), "created_at": said.seconds}
    return _intercom_event(said, topic, {**item, "source": source})


def _intercom_contact_deleted(said: Saying) -> Body:
    gone = {"type": "contact", "id": f"c{said.author_number}", "deleted": True}
    return _intercom_event(said, "contact.deleted", gone)


def _intercom_event(said: Saying, topic: str, item: dict[str, Any]) -> Body:
    told = {"type": "notification_event", "app_id": "ab12", "id": f"notif_{said.number}{topic}"}
    data = {"type": "notification_event_data", "item": item}
    return of_json({**told, "topic": topic, "created_at": said.seconds, "data": data})


def _mailgun(said: Saying) -> Body:
    mail_id = f"<{said.number}@acme.example>"
    fields = {
        "recipient": "hello@in.ours.example",
        "sender": f"{said.handle}@stranger.example",
        "from": f"{said.name} <{said.handle}@stranger.example>",
        "subject": "A question",
        "body-plain": said.text,
        "stripped-text": said.text,
        "Message-Id": mail_id,
        "message-headers": json.dumps([["Message-Id", mail_id], ["Subject", "A question"]]),
    }
    return Body(json.dumps(fields).encode())


PLATFORMS = (
    Platform(
        "discourse",
        tells=lambda said: _discourse(said, "post_edited" if said.is_edit else "post_created"),
        deletes=lambda said: _discourse(said, "post_destroyed"),
        forgets=_discourse_user_destroyed,
        native_id=lambda said: f"forum.ours.example:post:{said.number}",
    ),
    Platform(
        "intercom",
        secret="client-5ecret-of-this-test",
        edits=False,
        tells=lambda said: _intercom(said, "conversation.user.created"),
        deletes=lambda said: _intercom(said, "conversation.deleted"),
        forgets=_intercom_contact_deleted,
        native_id=lambda said: f"ab12:conversation:{said.number}",
    ),
    Platform(
        "mailgun",
        secret="mail-signing-5ecret-of-this-test",
        edits=False,
        tells=_mailgun,
        native_id=lambda said: f"{said.number}@acme.example",
    ),
)
