"""Which watchlist entries a post is really about, and by what evidence.

Exact evidence (domain, handle, known author) and names at token boundaries. One pass over the
words of the post: its cost does not depend on the size of the watchlist.
"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from earshot.domain.models import Evidence, EvidenceKind, Mention, Post, WatchlistEntry
from earshot.domain.watchlist import WORD, WatchlistIndex

HOST = re.compile(
    r"(?<![\w.-])(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}\b", re.IGNORECASE
)
HANDLE = re.compile(r"(?<![\w@.])@([A-Za-z0-9_][A-Za-z0-9_.-]{0,62})")

Found = tuple[WatchlistEntry, Evidence]


def match(post: Post, index: WatchlistIndex) -> tuple[Mention, ...]:
    """Mentions in the order of their entry ids, each with all of its evidence in text order."""
    entries: dict[str, WatchlistEntry] = {}
    evidence: dict[str, set[Evidence]] = {}
    for finder in (_domains, _handles, _author, _names):
        for entry, found in finder(post, index):
            entries[entry.entry_id] = entry
            evidence.setdefault(entry.entry_id, set()).add(found)
    return tuple(
        Mention(
            entry_id=entry_id,
            kind=entries[entry_id].kind,
            name=entries[entry_id].name,
            evidence=tuple(sorted(evidence[entry_id], key=lambda e: (e.start, e.kind, e.value))),
        )
        for entry_id in sorted(entries)
    )


def _owner_of(host: str, index: WatchlistIndex) -> WatchlistEntry | None:
    """The entry of the domain itself or of the nearest domain above it."""
    labels = host.casefold().rstrip(".").split(".")
    candidates = (".".join(labels[start:]) for start in range(len(labels) - 1))
    return next((index.by_domain[name] for name in candidates if name in index.by_domain), None)


def _domains(post: Post, index: WatchlistIndex) -> Iterator[Found]:
    for found in HOST.finditer(post.plain):
        if entry := _owner_of(found.group(), index):
            yield (
                entry,
                Evidence(
                    kind=EvidenceKind.DOMAIN,
                    value=found.group(),
                    start=found.start(),
                    end=found.end(),
                ),
            )
    for link in post.links:
        host = _host(link)
        if host not in post.plain and (entry := _owner_of(host, index)):
            yield entry, Evidence(kind=EvidenceKind.DOMAIN, value=host)


def _host(link: str) -> str:
    try:
        return urlsplit(link).hostname or ""
    except ValueError:
        return ""


def _handles(post: Post, index: WatchlistIndex) -> Iterator[Found]:
    seen = set()
    for found in HANDLE.finditer(post.plain):
        handle = found.group(1).rstrip(".-")
        seen.add(handle.casefold())
        if entry := index.by_handle.get(handle.casefold()):
            start = found.start()
            end = start + 1 + len(handle)
            yield (
                entry,
                Evidence(kind=EvidenceKind.HANDLE, value=f"@{handle}", start=start, end=end),
            )
    for mention in post.mentions:
        handle = mention.lstrip("@").casefold()
        if handle not in seen and (entry := index.by_handle.get(handle)):
            yield entry, Evidence(kind=EvidenceKind.HANDLE, value=f"@{handle}")


def _author(post: Post, index: WatchlistIndex) -> Iterator[Found]:
    handle = f"{post.source}:{post.author.handle or ''}".casefold()
    if entry := index.by_author.get(handle):
        yield entry, Evidence(kind=EvidenceKind.AUTHOR, value="a contact in the CRM")


def _names(post: Post, index: WatchlistIndex) -> Iterator[Found]:
    spans = [(m.group().casefold(), m.start(), m.end()) for m in WORD.finditer(post.plain)]
    taken = [(m.start(), m.end()) for m in HOST.finditer(post.plain)]
    taken += [(m.start(), m.end()) for m in HANDLE.finditer(post.plain)]
    for position, (word, start, _) in enumerate(spans):
        for alias in index.by_first_word.get(word, ()):
            following = spans[position : position + len(alias.words)]
            if tuple(span[0] for span in following) != alias.words:
                continue
            end = following[-1][2]
            if not any(low <= start < high for low, high in taken):
                value = post.plain[start:end]
                yield (
                    alias.entry,
                    Evidence(kind=EvidenceKind.ALIAS, value=value, start=start, end=end),
                )
