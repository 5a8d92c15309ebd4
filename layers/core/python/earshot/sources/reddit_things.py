"""The things of Reddit's API: a kind and its data, in listings, with more things in their replies.

``t3`` is a post and ``t1`` a comment (https://www.reddit.com/dev/api, "fullnames"). What was taken
back keeps its place with other words in it.
"""

import re
from collections.abc import Iterator
from typing import Any

from earshot.sources.payload import part_in, parts_in, text_in

_NAME = re.compile(r"t[13]_[a-z0-9]{1,16}")
_TAKEN_BACK = frozenset(("[deleted]", "[removed]", "[deleted by user]", "[removed by reddit]"))
_SAID = ("title", "selftext", "body")


def things_in(told: Any) -> Iterator[dict[str, Any]]:
    """In their order, each without its replies, which follow it."""
    waiting = [told]
    while waiting:
        thing = waiting.pop()
        data = part_in(thing, "data")
        if isinstance(thing, list):
            waiting += thing[::-1]
        elif text_in(thing, "kind") == "Listing":
            waiting += parts_in(data, "children")[::-1]
        elif isinstance(thing, dict):
            replies = part_in(data, "replies")
            kept = {name: value for name, value in data.items() if name != "replies"}
            yield {**thing, "data": kept} if "replies" in data else thing
            waiting += [replies] if replies else []
        else:
            yield {}


def name_of(thing: Any) -> str:
    """Its fullname; empty when it is neither a post nor a comment."""
    return name_in(part_in(thing, "data"), text_in(thing, "kind"))


def name_in(data: dict[str, Any], kind: str) -> str:
    name = text_in(data, "name") or f"{kind}_{text_in(data, 'id')}"
    return name if _NAME.fullmatch(name) else ""


def is_gone(data: dict[str, Any]) -> bool:
    """Whether its author, a moderator or Reddit took it back."""
    said = {text_in(data, name).strip().lower() for name in _SAID}
    return (
        text_in(data, "author") == "[deleted]"
        or bool(text_in(data, "removed_by_category"))
        or bool(said & _TAKEN_BACK)
    )


def repeated_in(data: dict[str, Any]) -> list[dict[str, Any]]:
    """The posts that this one was made from (a cross-post)."""
    return [part for part in parts_in(data, "crosspost_parent_list") if isinstance(part, dict)]
