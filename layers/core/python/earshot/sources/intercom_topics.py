"""What Intercom notifies of, as its documentation lists it (developers.intercom.com, "Webhook
topics", with those of API 1.x that apps still subscribe to)."""

_BY_FAMILY = {
    "admin": "activity_log_event.created added_to_workspace away_mode_updated logged_in logged_out"
    " removed_from_workspace",
    "call": "ended recording_available started transcription_available",
    "company": "contact.attached contact.detached created deleted updated",
    "contact": "added_email archived created deleted email.updated lead.added_email lead.created"
    " lead.signed_up lead.tag.created lead.tag.deleted lead.updated merged signed_up subscribed"
    " tag.created tag.deleted unarchived unsubscribed unsubscribed_from_sms updated user.created"
    " user.tag.created user.tag.deleted user.updated",
    "conversation": "admin.assigned admin.closed admin.noted admin.open.assigned admin.opened"
    " admin.snoozed admin.unsnoozed contact.attached contact.detached created deleted"
    " priority.updated rating.added read user.created user.replied",
    "conversation_part": "redacted tag.created",
    "event": "created",
    "job": "completed",
    "ticket": "admin.assigned admin.replied attribute.updated closed contact.attached"
    " contact.detached contact.replied created note.created rating.provided state.updated"
    " team.assigned",
    "user": "created deleted email.updated tag.created tag.deleted unsubscribed"
    " unsubscribed_from_sms",
    "visitor": "signed_up",
}
_REASONS = {
    "ping": "ping",
    "conversation.admin.replied": "admin_reply",
    "conversation.admin.single.created": "admin_message",
    "conversation.operator.replied": "operator_reply",
} | {
    f"{family}.{event}": f"{family}.{event}".replace(".", "_")
    for family, events in _BY_FAMILY.items()
    for event in events.split()
}


def reason_of(topic: str) -> str:
    """Why a notification of this topic holds no message of a contact."""
    return _REASONS.get(topic, "other_event")
