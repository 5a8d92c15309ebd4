"""Prove an erasure: look for what was known before in all that held it, or in every store."""

import html
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote_plus

from earshot.domain.models import Post
from earshot.domain.stories import StoryPost
from earshot_ops import holdings, stores
from earshot_ops.holdings import Holding
from earshot_ops.stores import Kept
from earshot_ops.target import Target

SHORTEST_NAME, SHORTEST_TEXT = 2, 20
"""What is shorter stands everywhere, and proves nothing."""
LONGEST = 200
"""Of a text, its beginning is looked for: stories keep no more than some of it."""

_BEFORE, _AFTER = r"(?:(?<![^\W_])|(?<=\\[nrt]))", r"(?![^\W_])"


@dataclass(frozen=True)
class Known:
    """What there was to find, and where it lay. Of a post its id counts where it is part of a key:
    answers name what they answer, and are others'."""

    posts: tuple[tuple[str, str], ...]
    words: frozenset[str]
    partitions: tuple[str, ...]
    objects: tuple[str, ...]


def known_of(found: Sequence[Holding], *, author_id: str | None = None) -> Known:
    """Of these posts their ids, addresses and texts; where they are all of their author, also the
    author's ids, handles and names."""
    names = {author_id} if author_id else set[str]()
    texts = set[str]()
    for holding in found:
        for row in holding.rows:
            names.update(row.get("permalinks", ()))
        posts: tuple[Post | StoryPost, ...] = (*holding.versions, *holding.told)
        for post in posts:
            texts.update(_texts(post))
            names.update(_names(post) if author_id else ())
    return Known(
        posts=tuple((holding.source, holding.native_id) for holding in found),
        words=frozenset(
            {one for one in names if len(one) >= SHORTEST_NAME}
            | {one for one in texts if len(one) >= SHORTEST_TEXT}
        ),
        partitions=tuple(sorted({one for each in found for one in holdings.partitions(each)})),
        objects=tuple(sorted({one for each in found for one in holdings.objects(each)})),
    )


def left(target: Target, known: Known, *, scan: bool = False) -> list[Kept]:
    """Where something of it is found: in what held it before, or anywhere when ``scan``."""
    wanted = [*map(_pattern, sorted(known.words)), *(_key_pattern(*one) for one in known.posts)]
    if not wanted:
        return []
    pattern = re.compile("|".join(wanted))
    places = stores.everything(target) if scan else _known_places(target, known)
    return [kept for kept in places if pattern.search(f"{kept.name} {kept.text}")]


def _known_places(target: Target, known: Known) -> Iterator[Kept]:
    for partition_key in known.partitions:
        yield from stores.rows_of(target, partition_key)
    for key in known.objects:
        yield from stores.object_of(target, key)


def _names(post: Post | StoryPost) -> Iterable[str]:
    author = post.author
    told = (author.author_id, author.handle, author.name, author.email, author.profile_url)
    return filter(None, (*told, post.permalink))


def _texts(post: Post | StoryPost) -> Iterable[str]:
    texts = (post.text, post.plain) if isinstance(post, Post) else (post.quote,)
    return (text.strip()[:LONGEST] for text in texts)


def _key_pattern(source: str, native_id: str) -> str:
    """In the key of a row of the post, which says POST or WORDS and then which."""
    identity = re.escape(f"{source}#{native_id}")
    of_author = rf"AUTHOR#{re.escape(source)}#\S+ POST#{re.escape(native_id)}"
    return rf"(?:(?:POST|WORDS)#(?:\S*#)?{identity}|{of_author})(?= )"


def _pattern(words: str) -> str:
    """As whole words, in whichever way a store writes them."""
    ways = "|".join(re.escape(way) for way in sorted(_ways(words)))
    return f"{_BEFORE}(?:{ways}){_AFTER}"


def _ways(words: str) -> set[str]:
    """As they are, in JSON, in JSON within JSON, in a form, in markup."""
    once = {_in_json(words, ascii_only=ascii_only) for ascii_only in (True, False)}
    twice = {_in_json(one, ascii_only=ascii_only) for one in once for ascii_only in (True, False)}
    return {words, *once, *twice, quote_plus(words), html.escape(words)}


def _in_json(words: str, *, ascii_only: bool) -> str:
    return json.dumps(words, ensure_ascii=ascii_only)[1:-1]
