import copy
import json
from typing import Any

import pytest

from earshot.domain.models import Deletion, Ignored, Post
from earshot.sources import whatsapp
from earshot.sources.surface import Held
from tests.unit.sources.test_meta import JSON, event, kept, read

TEXT = event("whatsapp", "text.json")
VALUE: dict[str, Any] = TEXT["entry"][0]["changes"][0]["value"]
MESSAGE: dict[str, Any] = VALUE["messages"][0]
BATCH = event("whatsapp", "batch.json")
OTHER = MESSAGE | {"id": "wamid.OTHER", "from": "4790", "text": {"body": "Hello there"}}


def told(*messages: Any, **changed: Any) -> dict[str, Any]:
    value = {**VALUE, "messages": list(messages), **changed}
    changes = [{"field": "messages", "value": value}]
    return {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": changes}]}


def only_post(body: Any) -> Post:
    [post] = read("whatsapp", body)
    assert isinstance(post, Post)
    return post


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"type": "sticker", "text": None}, "sticker"),
        ({"type": "contacts", "text": None, "contacts": [{"vcard": "x"}]}, "contacts"),
        ({"type": "image", "text": None, "image": {"id": "1"}}, "image"),
        ({"type": "interactive", "text": None, "interactive": {"nfm_reply": {}}}, "interactive"),
        ({"type": "system", "text": None, "system": {"body": "changed"}}, "system"),
        ({"type": "Tomorrow's", "text": None}, "other_event"),
        ({"type": ["text"], "text": None}, "other_event"),
        ({"type": "edit", "edit": {}}, "malformed_post"),
        ({"type": "revoke", "revoke": None}, "malformed_post"),
        ({"id": None}, "malformed_post"),
    ],
)
def test_what_has_no_words_is_ignored(changed: dict[str, Any], reason: str) -> None:
    assert read("whatsapp", told(MESSAGE | changed)) == [Ignored(reason=reason)]


@pytest.mark.parametrize(
    "said",
    [
        {"type": "text", "text": {"body": "Yes"}},
        {"type": "text", "text": "Yes"},
        {"type": "button", "button": {"text": "Yes", "payload": "y"}},
        {"type": "interactive", "interactive": {"button_reply": {"title": "Yes"}}},
        {"type": "interactive", "interactive": {"list_reply": {"title": "Yes", "id": "1"}}},
        {"type": "video", "video": {"caption": "Yes"}},
        {"type": "document", "document": {"caption": "Yes", "filename": "a.pdf"}},
        {"type": "order", "order": {"text": "Yes", "product_items": []}},
    ],
)
def test_words_are_found_wherever_they_lie(said: dict[str, Any]) -> None:
    assert only_post(told({**MESSAGE, "text": None, **said})).text == "Yes"


@pytest.mark.parametrize(
    "edit",
    [
        {"original_message_id": "wamid.ONE", "message": {"text": {"body": "new"}}},
        {"original_message_id": "wamid.ONE", "message": {"image": {"caption": "new"}}},
        {"original_message_id": "wamid.ONE", "text": {"body": "new"}},
    ],
)
def test_an_edit_is_newer_than_its_message_in_any_order(edit: dict[str, Any]) -> None:
    change = {"id": "wamid.TWO", "from": MESSAGE["from"], "timestamp": MESSAGE["timestamp"]}
    edited = only_post(told(change | {"type": "edit", "edit": edit}))
    assert (edited.native_id, edited.text) == ("wamid.ONE", "new")
    assert edited.version > only_post(TEXT).version


def test_an_edit_may_take_a_caption_out() -> None:
    edit = {"original_message_id": "wamid.ONE", "message": {"type": "image", "image": {"id": "1"}}}
    assert only_post(told({"id": "wamid.TWO", "type": "edit", "edit": edit})).text == ""


def test_what_was_sent_elsewhere_in_the_message_also_names_the_original() -> None:
    revoked = {"id": "wamid.T", "type": "revoke", "original_message_id": "wamid.ONE"}
    [deletion] = read("whatsapp", told(revoked))
    assert isinstance(deletion, Deletion)
    assert deletion.native_id == "wamid.ONE"


def test_a_person_may_hide_the_number() -> None:
    contact = {"profile": {"name": "Sheena", "username": "@sheena"}, "user_id": "US.1"}
    hidden = {**MESSAGE, "from": None}
    for message in (hidden, hidden | {"from_user_id": "US.1"}):
        author = only_post(told(message, contacts=[contact])).author
        assert (author.author_id, author.name, author.handle) == ("US.1", "Sheena", "sheena")
    assert only_post(told(hidden, contacts=[])).author.author_id == "unknown"
    both = [contact, contact | {"user_id": "US.2"}]
    assert only_post(told(hidden, contacts=both)).author.author_id == "unknown"


def test_a_name_is_given_to_its_own_number_alone() -> None:
    assert only_post(told(OTHER)).author.name is None


def test_both_sides_of_a_conversation_are_one_thread() -> None:
    echo = only_post(event("whatsapp", "echoes.json"))
    assert echo.thread_id == only_post(TEXT).thread_id
    assert echo.author.author_id == "15550783881"
    assert only_post(told(MESSAGE | {"group_id": "G1"})).thread_id == "G1"


def test_the_name_of_an_author_goes_with_the_last_message() -> None:
    body = told(MESSAGE, OTHER, contacts=[*VALUE["contacts"], {"profile": {"name": "Jon Ek"}}])
    rest = whatsapp.without(JSON, json.dumps(body).encode(), "wamid.ONE")
    assert rest
    assert b"Brandt" not in rest
    assert b"Jon Ek" not in rest
    assert read("whatsapp", rest) == read("whatsapp", told(OTHER))
    left = kept("whatsapp", told(MESSAGE, MESSAGE | {"id": "wamid.NEXT"}), "wamid.ONE")
    assert left == [only_post(told(MESSAGE | {"id": "wamid.NEXT"}))]


def test_of_the_history_a_conversation_goes_with_its_last_message() -> None:
    body = event("whatsapp", "history.json")
    rest = whatsapp.without(JSON, json.dumps(body).encode(), "wamid.OLD3")
    assert rest
    assert b"4790000001" not in rest
    assert read("whatsapp", rest) == read("whatsapp", body)[:2]


def test_whatever_is_shared_in_a_message_is_held() -> None:
    held = list(whatsapp.held(JSON, json.dumps(BATCH).encode()))
    assert Held("wamid.A", "US.1349") in held
    assert Held("wamid.D", "16505551234") in held
    assert list(whatsapp.held(JSON, json.dumps(event("whatsapp", "revoke.json")).encode())) == []


def test_many_messages_and_contacts_are_read_in_one_go() -> None:
    contacts = [{"wa_id": str(n), "profile": {"name": f"N{n}"}} for n in range(3000)]
    messages = [MESSAGE | {"id": f"wamid.{n}", "from": str(n)} for n in range(3000)]
    body = told(*messages, contacts=contacts)
    before = copy.deepcopy(body)
    assert [item.author.name for item in read("whatsapp", body) if isinstance(item, Post)] == [
        f"N{n}" for n in range(3000)
    ]
    assert len(kept("whatsapp", body, "wamid.7") or []) == 2999
    assert body == before
