"""Facebook, Instagram, Messenger and WhatsApp, as Meta posts for them."""

from typing import Any

from tests.e2e.sayings import Saying
from tests.e2e.senders import Body, Platform, asked_to_erase, of_json

PAGE = "104455"
APP_SECRET = "app-5ecret-of-this-test"


def _facebook(said: Saying, verb: str) -> Body:
    """A removal repeats the words of what was removed."""
    value = {
        "from": {"id": str(said.author_number), "name": said.name},
        "message": said.text,
        "item": "comment",
        "verb": verb,
        "post_id": f"{PAGE}_{said.number}",
        "parent_id": f"{PAGE}_{said.number}",
        "comment_id": f"{said.number}_5",
        "created_time": said.first_seconds,
    }
    changes = [{"field": "feed", "value": value}]
    return _body("page", {"id": PAGE, "time": said.seconds + 1, "changes": changes})


def _messaging(about: str, said: Saying, **told: Any) -> Body:
    event = {
        "sender": {"id": str(said.author_number)},
        "recipient": {"id": PAGE},
        "timestamp": said.seconds * 1000,
        **told,
    }
    return _body(about, {"id": PAGE, "time": said.seconds * 1000, "messaging": [event]})


def _message(about: str, said: Saying) -> Body:
    words = {"mid": f"m_{said.number}", "text": said.text}
    if said.is_edit:
        return _messaging(about, said, message_edit={**words, "num_edit": 1})
    return _messaging(about, said, message=words)


def _deleted_message(about: str, said: Saying) -> Body:
    gone = {"mid": f"m_{said.number}", "is_deleted": True, "text": said.text}
    return _messaging(about, said.edited, message=gone)


def _whatsapp(said: Saying, kind: str) -> Body:
    number, original = f"wamid.{said.number}", {"original_message_id": f"wamid.{said.number}"}
    words = {"type": "text", "text": {"body": said.text}}
    told = {
        "text": {"id": number, **words},
        "edit": {"id": f"{number}e", "type": "edit", "edit": {**original, "message": words}},
        "revoke": {"id": f"{number}r", "type": "revoke", "revoke": original},
    }[kind]
    person = str(said.author_number)
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "+1 555-078-3881", "phone_number_id": "1065"},
        "contacts": [{"profile": {"name": said.name}, "wa_id": person}],
        "messages": [{"from": person, "timestamp": str(said.seconds), **told}],
    }
    changes = [{"field": "messages", "value": value}]
    return _body("whatsapp_business_account", {"id": "1022", "changes": changes})


def _body(about: str, entry: dict[str, Any]) -> Body:
    return of_json({"object": about, "entry": [entry]})


def _meta(source: str, **known: Any) -> Platform:
    return Platform(
        source,
        secret=APP_SECRET,
        forgets=lambda said: asked_to_erase(str(said.author_number)),
        accepted=200,
        **known,
    )


def _of_messages(source: str, about: str) -> Platform:
    return _meta(
        source,
        tells=lambda said: _message(about, said),
        deletes=lambda said: _deleted_message(about, said),
        native_id=lambda said: f"m_{said.number}",
    )


PLATFORMS = (
    _meta(
        "facebook",
        tells=lambda said: _facebook(said, "edited" if said.is_edit else "add"),
        deletes=lambda said: _facebook(said, "remove"),
        native_id=lambda said: f"{said.number}_5",
    ),
    _of_messages("instagram", "instagram"),
    _of_messages("messenger", "page"),
    _meta(
        "whatsapp",
        tells=lambda said: _whatsapp(said, "edit" if said.is_edit else "text"),
        deletes=lambda said: _whatsapp(said, "revoke"),
        native_id=lambda said: f"wamid.{said.number}",
    ),
)
