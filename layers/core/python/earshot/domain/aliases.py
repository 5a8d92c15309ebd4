"""The ways in which people write a name of the watchlist."""

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from earshot.domain.business import EntryKind, WatchlistEntry
from earshot.domain.legal_forms import EMPTY_WORDS, without_form, without_group
from earshot.domain.tokens import is_joined, words

Name = tuple[str, ...]

SHORTEST = 3
SHORTEST_JOINED = 2
# Nobody writes more of a name than this; what is longer is searched by its beginning.
MOST_WORDS = 10
SHORTEST_LABEL = 5
_ASIDE = re.compile(r"\([^)]*\)")
_ALSO = re.compile(r"\s+(?:d/b/a|dba|t/a|a/k/a|aka|trading as|formerly)\s+", re.IGNORECASE)
_INITIALS = re.compile(r"(?<!\w)(?:\w\.){2,}\s*")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
_HOST = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,24}", re.IGNORECASE)
_SECOND_LEVEL = "ac co com edu gob gov ltd me ne net nom or org plc"
_PLATFORMS = """
amazonaws.com aol.com appspot.com bit.ly bitly.com blogger.com blogspot.com bsky.app
crunchbase.com discord.com discord.gg etsy.com eventbrite.com facebook.com fb.com fb.me github.com
github.io gitlab.com gmail.com gmx.de gmx.net goo.gl google.com googlemail.com hotmail.com
icloud.com instagram.com ift.tt linkedin.com linktr.ee live.com mail.com mail.ru mastodon.social
medium.com meetup.com msn.com netlify.app notion.site outlook.com ow.ly pinterest.com proton.me
protonmail.com qq.com quora.com reddit.com sites.google.com slack.com soundcloud.com
squarespace.com stackoverflow.com substack.com t.co t.me telegram.me threads.net tiktok.com
tinyurl.com tumblr.com twitch.tv twitter.com vercel.app vimeo.com vk.com web.de weebly.com
weibo.com wikipedia.org wixsite.com wordpress.com x.com yahoo.com yandex.ru yelp.com youtu.be
youtube.com
"""
# Where everybody has a page or a mailbox: their address says nothing of whom a post is about.
PLATFORM_HOSTS = frozenset(_PLATFORMS.split())


@dataclass(frozen=True, slots=True)
class OrdinaryWords:
    """Words that people use without meaning a company: ``everyday`` ones stand in every second
    text, so that two of them are no name either; the others are ambiguous alone."""

    everyday: AbstractSet[str] = frozenset()
    others: AbstractSet[str] = frozenset()

    def __contains__(self, word: str) -> bool:
        return word in self.everyday or word in self.others


NO_WORDS = OrdinaryWords()


@dataclass(frozen=True, slots=True)
class Alias:
    """``is_ambiguous``: it means other things too, so finding it decides nothing. One of two
    characters (``3M``) ``needs_capitals``: in small letters it is a measure, not a name."""

    words: Name
    is_ambiguous: bool
    needs_capitals: bool = False

    @property
    def key(self) -> str:
        """Equal for ``Coca-Cola``, ``coca cola`` and ``CocaCola``."""
        return "".join(self.words)


def aliases_of(entry: WatchlistEntry, ordinary: OrdinaryWords = NO_WORDS) -> list[Alias]:
    """Each once, in a fixed order. A topic with a query has none: the query says when it is
    meant."""
    if entry.query:
        return []
    found: dict[Name, Alias] = {}
    for name, has_form in dict.fromkeys(_names_of(entry)):
        if _is_searchable(name):
            is_known = has_form or entry.kind is EntryKind.TOPIC
            alias = Alias(
                name, not is_known and _is_ambiguous(name, ordinary), _needs_capitals(name)
            )
            if name not in found or not alias.is_ambiguous:
                found[name] = alias
    for label in _labels(entry, ordinary):
        found.setdefault((label,), Alias((label,), is_ambiguous=False))
    return _without_needless(found)


def domains_of(entry: WatchlistEntry) -> frozenset[str]:
    """Hosts that belong to the entry alone; a name that is a host (``Booking.com``) is one."""
    hosts = {*entry.domains, *(name for name in (entry.name, *entry.aliases) if _is_host(name))}
    bare = {host.casefold().strip(". ").removeprefix("www.") for host in hosts}
    return frozenset(host for host in bare if host and host not in PLATFORM_HOSTS)


def handles_of(entry: WatchlistEntry) -> frozenset[str]:
    """``acme`` on every source, or ``github:acme`` on one."""
    return frozenset(
        handle.casefold().strip().replace(":@", ":").lstrip("@") for handle in entry.handles
    ) - {""}


def tickers_of(entry: WatchlistEntry) -> frozenset[str]:
    """``NYSE: ACME`` and ``$acme`` are ``acme``."""
    symbols = {ticker.rpartition(":")[2].strip(" $").casefold() for ticker in entry.tickers}
    return frozenset(symbols) - {""}


def short_name(entry: WatchlistEntry) -> Name:
    """The name without its legal form."""
    return without_form(tuple(words(_ASIDE.sub(" ", entry.name))))


def is_ordinary(name: Name, ordinary: OrdinaryWords) -> bool:
    """Whether the name, beside words that say nothing, means something else as well."""
    telling = [word for word in name if word not in EMPTY_WORDS]
    if len(telling) == 1:
        return telling[0] in ordinary or len(telling[0]) <= SHORTEST
    return len(telling) <= 2 and all(w in ordinary.everyday or len(w) == 1 for w in telling)


def _names_of(entry: WatchlistEntry) -> Iterator[tuple[Name, bool]]:
    """Each with whether it carries a legal form, which no ordinary use of its words does."""
    company = short_name(entry)
    for text in (entry.name, *entry.aliases):
        for spelled in dict.fromkeys(_spellings(text)):
            short = without_form(spelled)
            yield spelled[:MOST_WORDS], len(short) < len(spelled)
            yield short[:MOST_WORDS], False
            yield without_group(short)[:MOST_WORDS], False
    for product in entry.products:
        for spelled in _spellings(product):
            yield spelled[:MOST_WORDS], False
            yield (*company, *spelled)[:MOST_WORDS], True


def _spellings(text: str) -> Iterator[Name]:
    """Of one name: as it is; initials without dots, or joined to what follows; without umlauts;
    ``and`` for ``&``; parts that a sign joins written as one."""
    for name in _ALSO.split(_ASIDE.sub(" ", text)):
        for version in dict.fromkeys((name, *_undotted(name), name.translate(_UMLAUTS))):
            spelled = tuple(words(version))
            yield spelled
            if "&" in spelled:
                yield tuple("and" if word == "&" else word for word in spelled)
            elif "and" in spelled:
                yield tuple("&" if word == "and" else word for word in spelled)
            if not version.replace(" ", "").isalnum():
                yield tuple(word for chunk in version.split() for word in _in_one(chunk))


def _undotted(name: str) -> Iterator[str]:
    if "." in name:
        yield _INITIALS.sub(lambda found: found.group().replace(".", ""), name)
        yield _INITIALS.sub(lambda found: found.group().replace(".", "").strip(), name)


def _in_one(chunk: str) -> list[str]:
    parts = words(chunk)
    if "&" in parts or is_joined(parts):
        return parts
    return ["".join(parts)] if parts else []


def _is_searchable(name: Name) -> bool:
    key = "".join(name)
    if all(word in EMPTY_WORDS or not word.strip("_") for word in name) or key.isdecimal():
        return False
    if is_joined(name):
        return len(key) >= SHORTEST_JOINED
    return len(key) >= SHORTEST or _needs_capitals(name)


def _needs_capitals(name: Name) -> bool:
    key = "".join(name)
    return len(key) == 2 and key.isascii() and key.isalnum() and not key.isalpha()


def _is_ambiguous(name: Name, ordinary: OrdinaryWords) -> bool:
    if is_joined(name):
        return len(name) <= SHORTEST_JOINED
    if "&" in name:
        return False
    return is_ordinary(name, ordinary)


def _is_host(name: str) -> bool:
    return _HOST.fullmatch(name) is not None


def _labels(entry: WatchlistEntry, ordinary: OrdinaryWords) -> Iterator[str]:
    """The distinctive labels of the domains: ``northwind`` of ``northwind.co.uk``, and ``ibm.com``
    if these are the initials of the name."""
    name = short_name(entry)
    initials = "".join(word[0] for word in name)
    for host in sorted(domains_of(entry)):
        label = _label(host)
        word = "".join(words(label))
        is_long = len(word) >= SHORTEST_LABEL and word not in ordinary
        if (word == "".join(name) and len(name) > 1) or (
            (is_long or (word == initials and len(word) >= SHORTEST)) and not word.isdecimal()
        ):
            yield word


def _label(host: str) -> str:
    """The label below the public suffix, as far as that can be told without a list of them."""
    labels = host.split(".")
    if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL.split():
        return labels[-3]
    return labels[-2] if len(labels) > 1 else ""


def _without_needless(found: dict[Name, Alias]) -> list[Alias]:
    """A name with its legal form tells nothing more where the name without it is unambiguous."""
    sure = {name for name, alias in found.items() if not alias.is_ambiguous}
    return [
        alias
        for name, alias in sorted(found.items())
        if (short := without_form(name)) == name or short not in sure
    ]
