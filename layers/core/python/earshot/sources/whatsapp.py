"""WhatsApp Cloud API: messages to a business number, and what the business writes in the app.

(Meta, "WhatsApp Business Platform: Webhooks reference".) A message is known by its ``wamid``; edits
and deletions refer to it. People may be known by a number, or by an id that Meta makes for the
business alone (BSUID) where they hide theirs.
"""

from collections.abc import Iterable, Iterator

from earshot.domain.posts import Ignored
from earshot.sources import meta, meta_entries, whatsapp_messages
from earshot.sources.meta_entries import Part, safely
from earshot.sources.payload import parts_in, read_json
from earshot.sources.surface import Headers, Held, Item, RawDelivery

reads_headers = meta.reads_headers
verify = meta.verify
verify_token = meta.verify_token
handshake = meta.handshake
answer = meta.answer

_BESIDE = ("statuses", "calls", "user_preferences", "errors")
_OTHER_FIELDS = frozenset(
    (
        *("account_alerts", "account_review_update", "account_update", "automatic_events"),
        *(
            "business_capability_update",
            "calls",
            "flows",
            "history",
            "message_template_status_update",
        ),
        *("message_template_components_update", "message_template_quality_update", "messages"),
        *("messaging_handovers", "partner_solutions", "payment_configuration_update", "security"),
        *("phone_number_name_update", "phone_number_quality_update", "smb_app_state_sync"),
        *("smb_message_echoes", "standby", "template_category_update", "tracking_events"),
        *("user_id_update", "user_preferences"),
    )
)


def normalise(raw: RawDelivery) -> Iterator[Item]:
    yield from meta_entries.normalise(raw, about="whatsapp_business_account", read=_read)


def held(headers: Headers, body: bytes) -> Iterable[Held]:
    """Every message, also one of a kind that is no post: what is shared in it is somebody's."""
    if meta.is_form(headers):
        return
    told = (part.value for part in meta_entries.parts(read_json(body)) if part)
    found = [message for value in told for message in whatsapp_messages.in_value(value)]
    yield from dict.fromkeys(held for one in found if one and (held := one.held))


def without(headers: Headers, body: bytes, native_id: str) -> bytes | None:
    find, tidy = whatsapp_messages.find, whatsapp_messages.tidy
    return meta_entries.without(headers, body, native_id, find=find, tidy=tidy)


def _read(raw: RawDelivery, part: Part) -> Iterator[Item]:
    is_told = False
    for message in whatsapp_messages.in_value(part.value):
        is_told = True
        if message is None:
            yield Ignored(reason="malformed_post")
        else:
            yield safely(whatsapp_messages.read, raw, message)
    for name in _BESIDE:
        for _ in parts_in(part.value, name):
            is_told = True
            yield Ignored(reason=name)
    if not is_told:
        yield Ignored(reason=part.field if part.field in _OTHER_FIELDS else "other_event")
