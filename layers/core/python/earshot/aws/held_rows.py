"""What a row of which key may hold, and which post it tells of."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError

from earshot.aws.expiry_store import Expiry
from earshot.aws.guard_store import Guard
from earshot.aws.items import Item
from earshot.aws.thread_store import Thread
from earshot.domain.models import (
    Alert,
    Claim,
    DecisionSet,
    Delivery,
    Feedback,
    PostHead,
    Signal,
    Waiting,
)
from earshot.domain.pages import OpenSignal
from earshot.domain.stories import StoryPost

PostOfAuthor = tuple[str, str, str]
"""Source, native id and author of a post; the author is empty where the row does not say."""


class Shape(NamedTuple):
    """``model`` is what lies under ``data``; ``beside`` are the attributes beside it."""

    beside: frozenset[str]
    model: type[BaseModel] | None = None


def _shape(beside: str = "", model: type[BaseModel] | None = None) -> Shape:
    return Shape(frozenset(beside.split()), model)


def _fields(model: type[BaseModel]) -> str:
    return " ".join(model.model_fields)


_OF_SKETCHES = "text_key words cut shingles tail figures names anchors"
_OF_MAILS = "due_shard ttl frozen_at frozen cleared_at mail_noted delivery_status"

SHAPES = {
    "POST HEAD": _shape("version strand_ids ttl", PostHead),
    "POST RAW": _shape("raw_key author_ids permalinks parts"),
    "POST JOURNAL": _shape("journal_key"),
    "POST GUARD": _shape(_fields(Guard)),
    "LINK": _shape("source native_id"),
    "AUTHOR": _shape("source native_id"),
    "TOMBSTONE": _shape("buried_at"),
    "STRAND -STRAND": _shape(f"strand_id version links signals looked {_OF_SKETCHES}"),
    "STRAND POST": _shape("version", StoryPost),
    "STRAND WORDS": _shape("version ttl", StoryPost),
    "ANCHOR": _shape(),
    "SUBJECT": _shape("revision", Signal),
    "SIGNAL DECISIONS": _shape("", DecisionSet),
    "SIGNAL CLAIM": _shape("version ttl", Claim),
    "SIGNAL MERGED": _shape("subject_id signal_id"),
    "SIGNAL TOLD": _shape("root_id signal_id seller_id"),
    "OUTBOX": _shape(f"{_fields(Alert)} {_OF_MAILS}"),
    "WAITING": _shape("ttl", Waiting),
    "THREAD": _shape(f"{_fields(Thread)} ttl"),
    "OPEN": _shape("told_at ttl", OpenSignal),
    "FEEDBACK": _shape("given_at", Feedback),
    "DAY": _shape("alert_ids ttl"),
    "RECEIPT": _shape(_fields(Delivery)),
    "SPENT": _shape("delivery_id ttl"),
    "LINKUSED": _shape("ttl"),
    "EXPIRY": _shape("", Expiry),
}
OURS = frozenset(
    (
        *("CONNECTIONS", "SEARCHES", "CONFIG", "WATCHLIST", "PLAYS", "PLAY", "ALIASES"),
        *("ACCOUNTS", "REFRESH", "MERGES", "SELLERS", "SELLER", "ROUTE", "LEARN"),
        *("SUPPRESSED", "MAILFIGURES", "MAILRATE", "SCAN"),
    )
)
"""What operators set up, sellers chose and mail counted: it holds nothing of posts."""


def kind_of(row: Item) -> str:
    """As in ``SHAPES`` or ``OURS``, or what is in neither."""
    first, second = (str(row[name]).partition("#")[0] for name in ("pk", "sk"))
    both = f"{first} {second}"
    return both if both in SHAPES else first


def strangers(row: Item, kind: str) -> tuple[str, ...]:
    """Names of what the row may not hold, or does not hold as it should."""
    shape = SHAPES[kind]
    known = shape.beside | {"pk", "sk"} | ({"data"} if shape.model else set())
    found = sorted(row.keys() - known)
    if shape.model is None:
        return tuple(found)
    try:
        model_in(row, shape.model)
    except ValidationError as error:
        wrong = {".".join(map(str, problem["loc"])) for problem in error.errors()}
        return (*found, *sorted(f"data.{name}" for name in wrong))
    return tuple(found)


def model_in(row: Item, model: type[BaseModel]) -> Any:
    data = row.get("data")
    return model.model_validate_json(data) if isinstance(data, str) else model.model_validate(data)


def posts_in(row: Item, kind: str) -> Iterator[PostOfAuthor]:
    """The posts that the row tells of."""
    if kind.startswith("POST "):
        _, source, native_id = str(row["pk"]).split("#", 2)
        told = row.get("data") or {}
        authors = row.get("author_ids") or {told.get("author_id", "")}
        yield from ((source, native_id, str(author)) for author in sorted(authors))
    elif kind in {"STRAND POST", "STRAND WORDS"}:
        post: StoryPost = model_in(row, StoryPost)
        yield (*post.identity, post.author.author_id)
    elif kind == "AUTHOR":
        author = str(row["pk"]).split("#", 2)[2]
        yield str(row["source"]), str(row["native_id"]), author
    elif kind == "LINK":
        yield str(row["source"]), str(row["native_id"]), ""
    elif kind == "WAITING":
        told = row["data"]
        if told.get("native_id"):
            yield str(told["source"]), str(told["native_id"]), ""
    elif kind == "OUTBOX" and row.get("post"):
        source, native_id = row["post"]
        yield str(source), str(native_id), ""
