"""What somebody said, and what the platforms tell beside it."""

from earshot.domain.deliveries import DataClass
from earshot.domain.values import Identifier, Model, Slug, Utc

PostId = tuple[str, str]
"""Source and native id."""


class Author(Model):
    """``email`` is the address that they write from, where they wrote to us."""

    author_id: Identifier
    handle: str | None = None
    email: str | None = None
    name: str | None = None
    profile_url: str | None = None
    followers: int | None = None
    location: str | None = None


class Post(Model):
    """One thing somebody said, known by source, native id and version.

    ``version`` sorts as text by the source's own clock; ``text`` is as sent, ``plain`` without
    markup; ``thread_id`` is the native id of the thread's root (the post's own at the root).
    ``repeats`` holds the words of another post that this one reposts or quotes, where the platform
    sends them apart from its own.
    """

    source: Slug
    native_id: Identifier
    version: Identifier
    kind: Slug
    permalink: str | None = None
    author: Author
    text: str
    plain: str
    repeats: str | None = None
    language: str | None = None
    posted_at: Utc
    edited_at: Utc | None = None
    received_at: Utc
    thread_id: Identifier
    parent_id: str | None = None
    counts: dict[str, int] = {}
    mentions: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    data_class: DataClass
    expires_at: Utc | None = None
    raw_key: Identifier


class Deletion(Model):
    """The platform says that a post is gone."""

    source: Slug
    native_id: Identifier
    version: Identifier
    deleted_at: Utc


class AuthorDeletion(Model):
    """The platform or a person says that everything of an author has to go. ``comes_back`` is true
    of accounts that were only locked or made private: later posts of theirs are welcome."""

    source: Slug
    author_id: Identifier
    comes_back: bool = False


class Ignored(Model):
    """A payload, or a part of one, that holds no post: its kind is the ``reason``, by which it is
    counted; never an error."""

    reason: Slug
