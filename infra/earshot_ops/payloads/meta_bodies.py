"""Bodies of Meta's webhooks around the pieces of them that documentation shows."""

from datetime import datetime
from typing import Any

OBJECTS = {
    "facebook": "page",
    "instagram": "instagram",
    "messenger": "page",
    "whatsapp": "whatsapp_business_account",
}


def whole(source: str, value: Any, *, now: datetime) -> Any:
    """The body that an entry, a change, a message or the value of a change comes in; what is none
    of these is given as it is."""
    if not isinstance(value, dict) or "entry" in value:
        return value
    if "messaging_product" in value:
        return whole(source, {"field": "messages", "value": value}, now=now)
    entry = {"id": _page(value), "time": int(now.timestamp())}
    if "changes" in value or "messaging" in value or "standby" in value:
        entry = value
    elif "field" in value:
        entry |= {"changes": [value]}
    elif "sender" in value and "recipient" in value:
        entry |= {"messaging": [value]}
    else:
        return value
    return {"object": OBJECTS[source], "entry": [entry]}


def _page(change: dict[str, Any]) -> str:
    """Ids of posts begin with the page's."""
    told = change.get("value")
    post_id = told.get("post_id") if isinstance(told, dict) else None
    return post_id.partition("_")[0] if isinstance(post_id, str) else "0"
