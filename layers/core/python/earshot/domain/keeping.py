"""What may be kept of a post, by the data class of its source: one table, for those who write and
for the scan that proves it.

A field is named by its path in a post, or in what a story keeps of one, as JSON has it.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from earshot.domain.deliveries import DataClass

_MEANING = "intent also percent event urgency sentiment degree standing language is_covered"

WITHOUT_WORDS = frozenset(
    (
        *("source", "native_id", "version", "kind", "permalink", "author.author_id", "language"),
        *("posted_at", "edited_at", "received_at", "expires_at", "thread_id", "parent_id"),
        *("data_class", "raw_key", "subject_ids", "watchlist_version"),
        *(f"mentions.{name}" for name in ("entry_id", "kind", "name", "percent")),
        *(f"understanding.{name}" for name in (*_MEANING.split(), "model_version")),
        *(
            f"{of}.evidence.{name}"
            for of in ("mentions", "understanding")
            for name in ("kind", "start", "end")
        ),
    )
)
"""Identities, times and labels, and the kinds and places of the evidence. A mention's name is that
of the watchlist."""


class Keeping(NamedTuple):
    """``fields`` may be kept for as long as there is a use for them, all where it is ``None``; the
    others for so many ``hours`` at most, as long as wanted where that is ``None``."""

    fields: frozenset[str] | None
    hours: int | None


KEEPING = {
    DataClass.OWNED: Keeping(fields=None, hours=None),
    DataClass.COPIED: Keeping(fields=None, hours=None),
    DataClass.BORROWED: Keeping(fields=WITHOUT_WORDS, hours=48),
    DataClass.DISPLAYED: Keeping(fields=WITHOUT_WORDS, hours=0),
}

NEVER_KEPT = frozenset(name for name, keeping in KEEPING.items() if keeping.hours == 0)
FOR_A_TIME = frozenset(name for name, keeping in KEEPING.items() if keeping.hours)


def excess(fields: Mapping[str, Any], data_class: DataClass, *, ends: bool) -> frozenset[str]:
    """Which of the fields may not last. ``ends`` where it was agreed that words go after a time,
    whatever the class."""
    allowed = WITHOUT_WORDS if ends else KEEPING[data_class].fields
    return frozenset() if allowed is None else frozenset(_filled(fields)) - allowed


def reduced(fields: Mapping[str, Any]) -> dict[str, Any]:
    """What of the fields of a post may last when its words may not."""
    kept = _kept(fields, "")
    return kept if isinstance(kept, dict) else {}


def _filled(value: Any, path: str = "") -> Iterator[str]:
    """Paths of all that holds something."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from _filled(part, f"{path}.{name}" if path else name)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _filled(part, path)
    elif value is not None and value != "":
        yield path


def _kept(value: Any, path: str) -> Any:
    if isinstance(value, Mapping):
        parts = {
            name: _kept(part, f"{path}.{name}" if path else name) for name, part in value.items()
        }
        return {name: part for name, part in parts.items() if part is not None} or None
    return value if path in WITHOUT_WORDS else None
