"""Names of events that travel in headers, guessed from what a file is called and what it holds."""

import re
from typing import Any

_GITHUB = frozenset(
    (
        *("commit_comment", "discussion", "discussion_comment", "fork", "issue_comment", "issues"),
        *("ping", "pull_request", "pull_request_review", "pull_request_review_comment", "push"),
        *("release", "star", "watch"),
    )
)
_DISCOURSE = re.compile(
    r"(?:post|topic|user|category|tag|group|notification)_(?:created|edited|updated|destroyed|recovered)"
)


def github_event(name: str, value: Any) -> str:
    """``issues`` of ``issues.opened.json``; the folder's where a platform's has folders."""
    *folders, file = name.split("/")
    words = [*(folder for folder in folders[1:]), *re.split(r"\.|__", file)]
    if known := [word for word in words if word in _GITHUB]:
        return known[0]
    return "ping" if isinstance(value, dict) and "zen" in value else words[0]


def discourse_headers(name: str, value: Any) -> dict[str, str]:
    """The type is what the object in the body is called."""
    kind = next(iter(value), "post") if isinstance(value, dict) else "post"
    told = _DISCOURSE.search(name.rpartition("/")[2])
    event = told[0] if told else kind if kind == "ping" else f"{kind}_created"
    return {
        "x-discourse-event": event,
        "x-discourse-event-type": kind,
        "x-discourse-instance": "https://forum.example",
    }
