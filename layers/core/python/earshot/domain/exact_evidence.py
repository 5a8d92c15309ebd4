"""Evidence that decides by itself: domains, handles, links, tickers, known authors, topics."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from urllib.parse import urlsplit

from earshot.domain.models import Evidence, EvidenceKind, Post
from earshot.domain.name_search import HANDLE, hosts_in
from earshot.domain.tokens import spans
from earshot.domain.topics import Query, is_met, parse, phrases, places
from earshot.domain.watchlist_index import (
    FLAG_BITS,
    IS_EXCHANGE,
    NEEDED_BY_TOPIC,
    Listed,
    WatchlistIndex,
)

Found = tuple[Listed, Evidence]

# Where a page's path begins with the handle, perhaps after one of the words below.
PROFILE_HOSTS = {
    "bsky.app": "bluesky",
    "facebook.com": "facebook",
    "github.com": "github",
    "gitlab.com": "gitlab",
    "instagram.com": "instagram",
    "linkedin.com": "linkedin",
    "tiktok.com": "tiktok",
    "twitter.com": "x",
    "x.com": "x",
    "youtube.com": "youtube",
}
_PROFILE_WORDS = frozenset({"channel", "c", "company", "in", "profile", "school", "showcase"})
_CASHTAG = re.compile(r"\$([A-Za-z]{1,6}(?:[.-][A-Za-z]{1,2})?)(?![\w-])")
_LISTED_AT = re.compile(r"\b[A-Za-z]{3,6}\s?:\s?([A-Z0-9]{1,6}(?:[.-][A-Z]{1,2})?)(?![\w-])")


def exact_in(post: Post, listened: Sequence[str], index: WatchlistIndex) -> list[Found]:
    """``listened`` are the words of the post."""
    text, found = post.plain, list[Found]()
    found += _domains(post, index)
    if "@" in text or post.mentions:
        found += _handles(post, index)
    if index.tables["authors"].digests:
        found += _author(post, index)
    if post.author.email:
        found += _mail(post, index)
    if index.tables["tickers"].digests:
        found += _tickers(text, listened, index)
    if index.tables["topics"].digests:
        found += _topics(text, listened, index)
    return found


def _domains(post: Post, index: WatchlistIndex) -> Iterator[Found]:
    text = post.plain
    for host in hosts_in(text):
        for entry in index.of_domain(host.group()):
            yield entry, _at(EvidenceKind.DOMAIN, text, host.start(), end=host.end())
    for link in post.links:
        host_name, path = _parts(link)
        if host_name not in text:
            for entry in index.of_domain(host_name):
                yield entry, Evidence(kind=EvidenceKind.DOMAIN, value=host_name)
        if profile := _profile(host_name, path):
            for entry in index.find("handles", profile):
                yield entry, Evidence(kind=EvidenceKind.HANDLE, value=profile)


def _parts(link: str) -> tuple[str, str]:
    try:
        parts = urlsplit(link)
        return parts.hostname or "", parts.path
    except ValueError:
        return "", ""


def _profile(host: str, path: str) -> str | None:
    """``github:acme`` of ``https://github.com/acme/rockets``."""
    source = PROFILE_HOSTS.get(host.removeprefix("www."))
    names = [name for name in path.casefold().split("/") if name and name not in _PROFILE_WORDS]
    return f"{source}:{names[0].lstrip('@')}" if source and names else None


def _handles(post: Post, index: WatchlistIndex) -> Iterator[Found]:
    text, seen = post.plain, set[str]()
    for found in HANDLE.finditer(text):
        before = text[found.start() - 1 : found.start()]
        if before.isalnum() or before in {"_", "@", "."}:
            continue
        handle = found.group(1).rstrip(".-")
        seen.add(handle.casefold())
        end = found.start() + 1 + len(handle)
        for entry in index.of_handle(post.source, handle):
            yield entry, _at(EvidenceKind.HANDLE, text, found.start(), end=end)
    for mention in post.mentions:
        handle = mention.lstrip("@").casefold()
        if handle not in seen:
            for entry in index.of_handle(post.source, handle):
                yield entry, Evidence(kind=EvidenceKind.HANDLE, value=f"@{handle}")


def _author(post: Post, index: WatchlistIndex) -> Iterator[Found]:
    for entry in index.of_author(post.source, post.author):
        yield entry, Evidence(kind=EvidenceKind.AUTHOR, value="a contact in the CRM")


def _mail(post: Post, index: WatchlistIndex) -> Iterator[Found]:
    """Whose mail the author writes from."""
    host = (post.author.email or "").rpartition("@")[2]
    for entry in index.of_domain(host) if host else ():
        yield entry, Evidence(kind=EvidenceKind.DOMAIN, value=host)


def _tickers(text: str, listened: Sequence[str], index: WatchlistIndex) -> Iterator[Found]:
    """``$ACME`` and ``NYSE: ACME``; bare capitals are no ticker."""
    found = list(_CASHTAG.finditer(text)) if "$" in text else []
    if ":" in text and any(index.starts.get(word, 0) & IS_EXCHANGE for word in listened):
        found += _LISTED_AT.finditer(text)
    for symbol in found:
        before = text[symbol.start() - 1 : symbol.start()]
        if before.isalnum() or before in {"$", "_"}:
            continue
        for entry in index.find("tickers", symbol.group(1).casefold()):
            yield entry, _at(EvidenceKind.ALIAS, text, symbol.start(), end=symbol.end())


def _topics(text: str, listened: Sequence[str], index: WatchlistIndex) -> Iterator[Found]:
    """Only topics of which the post has a word that they need."""
    needed = {word for word in listened if index.starts.get(word, 0) & NEEDED_BY_TOPIC}
    numbers = {value >> FLAG_BITS for word in needed for value in index.tables["topics"].find(word)}
    for number in sorted(numbers):
        entry = index.listed(number)
        query = _parsed(entry.query or "")
        if is_met(query, listened):
            for evidence in _told_by(query, text, listened):
                yield entry, evidence


def _told_by(query: Query, text: str, listened: Sequence[str]) -> Iterator[Evidence]:
    where = spans(text)
    for phrase in phrases(query):
        for place in places(phrase, listened):
            start, end = where[place][0], where[place + len(phrase) - 1][1]
            yield _at(EvidenceKind.ALIAS, text, start, end=end)


@lru_cache(maxsize=1024)
def _parsed(query: str) -> Query:
    return parse(query)


def _at(kind: EvidenceKind, text: str, start: int, *, end: int) -> Evidence:
    return Evidence(kind=kind, value=text[start:end], start=start, end=end)
