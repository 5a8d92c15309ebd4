"""A post or message of X, of either version of its objects (docs.x.com, "Data dictionary")."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from earshot.domain.models import Author, Post
from earshot.sources import items
from earshot.sources.payload import number_in, part_in, parts_in, text_in
from earshot.sources.surface import RawDelivery, native_id
from earshot.sources.text import is_web_address, links_of, tidy
from earshot.sources.x_events import (
    author_of,
    embedded,
    history_of,
    message_id,
    number_of_post,
    reference,
    sender_of,
)

_EPOCH = datetime(2010, 11, 4, 1, 42, 54, 657000, tzinfo=UTC)
_FIRST_TIMED, _LAST_TIMED = 10**12, 2**63
"""Numbers below were counted, later ones hold the milliseconds since the epoch above 22 bits."""

_LONG_FIELDS = ("note_tweet", "extended_tweet")
_ENTITIES = ("entities", "extended_entities")
_SHORT_LINK = re.compile(r"https?://t\.co/\w+")
_HANDLE = re.compile(r"\w{1,50}", re.ASCII)
_NO_LANGUAGE = frozenset(("art", "qam", "qct", "qht", "qme", "qst", "und", "zxx"))
_OLD_LANGUAGES = {"in": "id", "iw": "he"}
_COUNTS = {
    "retweet_count": "reposts",
    "reply_count": "replies",
    "quote_count": "quotes",
    "like_count": "likes",
    "favorite_count": "likes",
    "bookmark_count": "bookmarks",
    "impression_count": "views",
}


@dataclass(frozen=True, slots=True)
class Known:
    """What a delivery includes, by numbers: accounts, and posts that others refer to."""

    users: dict[str, dict[str, Any]]
    posts: dict[str, dict[str, Any]]


def post(part: dict[str, Any], raw: RawDelivery, known: Known) -> Post:
    """A version's place in the history breaks ties of its clock, which is of whole seconds."""
    number, history = number_of_post(part), history_of(part)
    made = _clock(part) or _time_in(number) or raw.delivery.received_at
    edits = history.index(native_id(number))
    parent = reference(part, "replied_to")
    author = _author(author_of(part), known.users)
    conversation = text_in(part, "conversation_id")
    return items.post(
        raw,
        identity=history[0],
        kind=_kind(part),
        author=author,
        **_words(part),
        repeats=_repeats(part, known),
        language=_language(text_in(part, "lang")),
        posted_at=min(_time_in(history[0]) or made, made) if edits else made,
        edited_at=made if edits else None,
        clock=made + timedelta(microseconds=edits),
        permalink=f"https://x.com/{_in_address(author.handle)}/status/{number}",
        thread_id=None if conversation in history else conversation or parent,
        parent_id=parent,
        counts=_counts(part),
    )


def message(part: dict[str, Any], raw: RawDelivery, known: Known) -> Post:
    """A direct message; a conversation of two is a thread."""
    said = part_in(part, "message_create") or part
    both = sorted((sender_of(part), text_in(part_in(said, "target"), "recipient_id")))
    conversation = text_in(part, "dm_conversation_id") or ("-".join(both) if both[0] else "")
    clock = items.at_seconds(text_in(part, "created_timestamp")) or _clock(part)
    return items.post(
        raw,
        identity=message_id(part),
        kind="message",
        author=_author(sender_of(part), known.users),
        **_words(part_in(said, "message_data") or said),
        posted_at=clock or _time_in(text_in(part, "id")),
        thread_id=f"dm:{conversation}" if conversation else None,
    )


def _kind(part: dict[str, Any]) -> str:
    if reference(part, "retweeted"):
        return "repost"
    return "comment" if reference(part, "replied_to") else "post"


def _time_in(number: str) -> datetime | None:
    """The time that a number was given out at, in whole seconds as X tells it elsewhere."""
    if not (number.isascii() and number.isdigit() and len(number) < 20):
        return None
    if not _FIRST_TIMED < int(number) < _LAST_TIMED:
        return None
    moment = _EPOCH + timedelta(milliseconds=int(number) >> 22)
    return items.plausible(moment.replace(microsecond=0))


def _clock(part: dict[str, Any]) -> datetime | None:
    """ISO 8601, or as in ``Wed Oct 10 20:19:24 +0000 2018``."""
    said = text_in(part, "created_at")
    try:
        return items.plausible(datetime.strptime(said, "%a %b %d %H:%M:%S %z %Y"))
    except ValueError:
        return items.at_text(said) or items.at_seconds(text_in(part, "timestamp_ms"))


def _full(part: dict[str, Any]) -> dict[str, Any]:
    """Where the whole text is: a longer one lies beside its beginning."""
    longer = part_in(part, *_LONG_FIELDS)
    return longer if text_in(longer, "text", "full_text") else part


def _text(part: dict[str, Any]) -> str:
    return text_in(_full(part), "full_text", "text")


def _words(part: dict[str, Any]) -> dict[str, Any]:
    """The text as sent, and with short links replaced by where they lead; those of a post's own
    pictures lead nowhere else."""
    found = _links(part)
    plain = _SHORT_LINK.sub(lambda link: found.get(link[0], link[0]), _unescaped(_text(part)))
    told = [link for link in found.values() if link]
    links = tuple(dict.fromkeys([*told, *(() if told else links_of(tidy(plain)))]))[:100]
    return {"text": _text(part), "plain": plain, "links": links}


def _links(part: dict[str, Any]) -> dict[str, str]:
    """By their short forms. Nothing stands for a picture's."""
    links: dict[str, str] = {}
    for one in [_full(part), part]:
        for entities in (part_in(one, name) for name in _ENTITIES):
            for media in parts_in(entities, "media"):
                links[text_in(media, "url")] = ""
            for url in parts_in(entities, "urls"):
                target = text_in(url, "expanded_url")
                if text_in(url, "media_key"):
                    links[text_in(url, "url")] = ""
                elif is_web_address(target):
                    links.setdefault(text_in(url, "url"), target)
    return links


def _unescaped(text: str) -> str:
    """X escapes these three and no others."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _repeats(part: dict[str, Any], known: Known) -> str | None:
    for kind in ("retweeted", "quoted"):
        original = embedded(part, kind) or known.posts.get(reference(part, kind))
        if original and (words := tidy(_words(original)["plain"])):
            return words
    return None


def _language(tag: str) -> str | None:
    found = None if tag in _NO_LANGUAGE else items.language(tag)
    return _OLD_LANGUAGES.get(found or "", found)


def _counts(part: dict[str, Any]) -> dict[str, int]:
    told = part_in(part, "public_metrics") or part
    found = ((name, number_in(told, field)) for field, name in _COUNTS.items())
    return {name: count for name, count in found if count is not None and count >= 0}


def _author(number: str, users: dict[str, dict[str, Any]]) -> Author:
    user = users.get(number, {})
    handle = text_in(user, "username", "screen_name")
    address = _in_address(handle)
    return items.author(
        number,
        handle=handle or None,
        name=text_in(user, "name") or None,
        profile_url=f"https://x.com/{address}" if address != "i" else None,
        followers=number_in(part_in(user, "public_metrics") or user, "followers_count"),
        location=text_in(user, "location") or None,
    )


def _in_address(handle: str | None) -> str:
    """X answers to ``i`` where a handle is not known."""
    return handle if handle and _HANDLE.fullmatch(handle) else "i"
