"""The files of a folder of payloads: which source each is for, and which are none.

There is a folder for each platform; ``SOURCES.md`` beside them may say of a file that it is a
schema and no payload.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from earshot.sources import catalog

NOTES = "SOURCES.md"

_ALIASES = {
    "bsky": "bluesky",
    "atproto": "bluesky",
    "jetstream": "bluesky",
    "atom": "rss",
    "feed": "rss",
    "feeds": "rss",
    "cloud_events": "cloudevents",
    "facebook_messenger": "messenger",
    "hacker_news": "hackernews",
    "hn": "hackernews",
    "fb": "facebook",
    "ig": "instagram",
    "meta": "facebook",
    "pubsubhubbub": "rss",
    "stack_exchange": "stackexchange",
    "stack_overflow": "stackexchange",
    "stackoverflow": "stackexchange",
    "standard_webhooks": "generic",
    "standardwebhooks": "generic",
    "twitter": "x",
    "websub": "rss",
}
_OF_YOUTUBE = (b"youtube.com/xml/schemas", b"yt:video:")
_NO_PAYLOADS = frozenset((".md", ".rst", ".py", ".license"))


@dataclass(frozen=True, slots=True)
class File:
    """``source`` is ``None`` for a platform that none of ours is for; ``skipped`` says why a file
    is no payload."""

    name: str
    source: str | None
    content: bytes
    skipped: str = ""


def files_in(folder: Path) -> Iterator[File]:
    """Every file below the folder, by name; a file in the folder itself is for its platform."""
    schemas, own = _schemas(folder / NOTES), folder.resolve().name
    for path in sorted(folder.rglob("*")):
        *folders, name = path.relative_to(folder).parts
        is_hidden = any(part.startswith(".") for part in (*folders, name))
        if path.is_file() and not is_hidden and (folders or name != NOTES):
            full = "/".join((*folders, name))
            yield _file(path, full, folders or [own], is_schema=full in schemas)


def _file(path: Path, name: str, folders: list[str], *, is_schema: bool) -> File:
    content, source = path.read_bytes(), source_of(folders)
    if source == "rss" and any(mark in content for mark in _OF_YOUTUBE):
        source = source_of(["youtube"])  # a folder of pushes holds those of any hub
    if is_schema or _is_schema(content):
        return File(name, source, content, skipped="schema")
    skipped = "no_payload" if path.suffix.lower() in _NO_PAYLOADS else ""
    return File(name, source, content, skipped=skipped)


def source_of(folders: Sequence[str]) -> str | None:
    """The source that the innermost folder with a name of one is for."""
    known = {name: name for name in catalog.SOURCES} | {
        alias: name for alias, name in _ALIASES.items() if name in catalog.SOURCES
    }
    for folder in reversed(folders):
        words = re.sub(r"[^a-z0-9]+", "_", folder.lower()).strip("_").split("_")
        for length in range(len(words), 0, -1):
            if found := known.get("_".join(words[:length])):
                return found
    return None


def _schemas(notes: Path) -> frozenset[str]:
    """Lines are ``- file | repository | path | licence | note``."""
    if not notes.is_file():
        return frozenset()
    lines = (
        line.removeprefix("- ").split("|")
        for line in notes.read_text(encoding="utf-8", errors="replace").splitlines()
        if line.startswith("- ")
    )
    return frozenset(
        cells[0].strip() for cells in lines if re.search(r"\b(schema|lexicon)\b", cells[-1])
    )


def _is_schema(content: bytes) -> bool:
    """Lexicons and JSON Schemas tell what they are themselves."""
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        return False
    is_object = isinstance(told, dict)
    return is_object and (("lexicon" in told and "defs" in told) or "$schema" in told)
