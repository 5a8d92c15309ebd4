"""Values for tests: a plain example of each word, with what a test cares about changed."""

from datetime import UTC, datetime, time
from typing import Any

from earshot.domain.grouping import summarise
from earshot.domain.models import (
    Account,
    Author,
    Candidate,
    DataClass,
    Delivery,
    EntryKind,
    Intent,
    Mention,
    Post,
    Role,
    Seller,
    Signal,
    SignalPost,
    Subject,
    Understanding,
    Urgency,
    WatchlistEntry,
    WorkingHours,
)
from earshot.domain.stories import StoryPost, Told
from earshot.domain.watchlist import Watchlist

NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)  # a Wednesday
ALWAYS = WorkingHours(start=time(0), end=time(0), days=(1, 2, 3, 4, 5, 6, 7))


def delivery(**changes: Any) -> Delivery:
    plain = {
        "source": "generic",
        "connection_id": "forum",
        "delivery_id": "d1",
        "raw_key": "raw/generic/forum/d1",
        "received_at": NOON,
    }
    return Delivery.model_validate({**plain, **changes})


def author(**changes: Any) -> Author:
    return Author.model_validate({"author_id": "u1", "handle": "jo", "name": "Jo", **changes})


def post(plain: str = "Hello", **changes: Any) -> Post:
    native_id = changes.get("native_id", "p1")
    fields = {
        "source": "generic",
        "native_id": native_id,
        "version": "2026-11-18T12:00:00.000000Z#0",
        "kind": "post",
        "permalink": f"https://forum.example/{native_id}",
        "author": author(),
        "text": plain,
        "plain": plain,
        "posted_at": NOON,
        "received_at": NOON,
        "thread_id": native_id,
        "data_class": DataClass.OWNED,
        "raw_key": "raw/generic/forum/d1",
    }
    return Post.model_validate({**fields, **changes})


def account(**changes: Any) -> Account:
    plain = {"account_id": "acme", "name": "Acme GmbH", "domains": ("acme.example",)}
    return Account.model_validate({**plain, **changes})


def entry(kind: EntryKind, identity: str, name: str, **changes: Any) -> WatchlistEntry:
    fields = {"entry_id": f"{kind}:{identity}", "kind": kind, "name": name, **changes}
    return WatchlistEntry.model_validate(fields)


def watchlist(*entries: WatchlistEntry, **changes: Any) -> Watchlist:
    return Watchlist.model_validate({"version": "w1", "entries": entries, **changes})


def seller(seller_id: str = "anna", **changes: Any) -> Seller:
    plain = {
        "seller_id": seller_id,
        "name": seller_id.title(),
        "email": f"{seller_id}@seller.example",
        "hours": ALWAYS,
    }
    return Seller.model_validate({**plain, **changes})


def candidate(role: Role = Role.OWNER, seller_id: str = "anna", **changes: Any) -> Candidate:
    return Candidate(seller=seller(seller_id, **changes), role=role)


def subject(**changes: Any) -> Subject:
    plain = {"subject_id": "account:acme", "account_id": "acme", "name": "Acme GmbH"}
    return Subject.model_validate({**plain, **changes})


def mention(kind: EntryKind, identity: str, **changes: Any) -> Mention:
    fields = {"entry_id": f"{kind}:{identity}", "kind": kind, "name": identity, "evidence": ()}
    return Mention.model_validate({**fields, **changes})


def story_post(native_id: str = "p1", **changes: Any) -> StoryPost:
    """Its understanding is made of ``intent`` and ``urgency``."""
    meaning = Understanding(
        intent=changes.pop("intent", Intent.OTHER),
        urgency=changes.pop("urgency", Urgency.NONE),
        evidence=(),
        model_version="m1",
    )
    fields = {
        "source": "generic",
        "native_id": native_id,
        "version": "1",
        "kind": "post",
        "author": author(),
        "quote": "Hello",
        "posted_at": NOON,
        "thread_id": native_id,
        "subject_ids": ("account:acme",),
        "mentions": (),
        "understanding": meaning,
        "watchlist_version": "w1",
        "data_class": DataClass.OWNED,
    }
    return StoryPost.model_validate({**fields, **changes})


def signal(*posts: StoryPost, **changes: Any) -> Signal:
    """Of these posts in their order, about Acme."""
    told = Told(
        subject_id="account:acme",
        signal_id="s1",
        home_id="words:1",
        posts=posts,
        strand_ids=("words:1",),
    )
    return summarise(told, subject(), **{"revision": 1, "absorbed": (), **changes})


def signal_post(native_id: str = "p1", **changes: Any) -> SignalPost:
    fields = {
        "source": "generic",
        "native_id": native_id,
        "version": "1",
        "kind": "post",
        "permalink": None,
        "author": author(),
        "quote": "Hello",
        "posted_at": NOON,
        "thread_id": "p1",
        "objects": (),
        "intent": Intent.OTHER,
        "urgency": Urgency.NONE,
        "evidence": (),
        "data_class": DataClass.OWNED,
    }
    return SignalPost.model_validate({**fields, **changes})
