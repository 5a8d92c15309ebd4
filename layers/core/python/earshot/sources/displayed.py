"""What stays of a source that may only be displayed: identities, times and permalinks.

Such a delivery is reduced before it is archived, by the same ``normalise`` that would read it
later; what lies in the archive is this module's own JSON, whichever source it is of.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import TypeAdapter, ValidationError

from earshot.domain import keeping
from earshot.domain.deliveries import DataClass
from earshot.domain.models import AuthorDeletion, Deletion, Ignored, Post
from earshot.errors import MalformedPayloadError
from earshot.sources.surface import Headers, Item, RawDelivery

reads_headers: tuple[str, ...] = ()

_ADAPTER: TypeAdapter[list[dict[str, Any]]] = TypeAdapter(list[dict[str, Any]])
_KINDS: dict[str, type[Item]] = {
    "post": Post,
    "deletion": Deletion,
    "author_deletion": AuthorDeletion,
    "none": Ignored,
}
_NAMES = {model: name for name, model in _KINDS.items()}
_NO_WORDS = {"text": "", "plain": ""}
_OF_THE_DELIVERY = {"received_at", "raw_key", "data_class", "expires_at"}


def reduced(items: Iterable[Item]) -> bytes:
    """The items as the body of a raw object, with no word of anybody. A body that cannot be read
    says so, and holds nothing."""
    try:
        told = [_entry(item) for item in items]
    except MalformedPayloadError:
        told = [_entry(Ignored(reason="malformed_delivery"))]
    return _ADAPTER.dump_json(told)


def normalise(raw: RawDelivery) -> Iterator[Item]:
    for entry in _entries(raw.body):
        model = _KINDS[entry["is"]]
        fields = entry["fields"]
        if model is Post:
            fields = fields | {
                **_NO_WORDS,
                "received_at": raw.delivery.received_at,
                "raw_key": raw.delivery.raw_key,
                "data_class": DataClass.DISPLAYED,
            }
        try:
            yield model.model_validate(fields)
        except ValidationError as error:
            raise MalformedPayloadError("no reduced post") from error


def without(headers: Headers, body: bytes, native_id: str) -> bytes | None:  # noqa: ARG001
    entries = _entries(body)
    kept = [e for e in entries if not (e["is"] == "post" and e["fields"]["native_id"] == native_id)]
    return _ADAPTER.dump_json(kept) if kept else None


def _entry(item: Item) -> dict[str, Any]:
    fields = item.model_dump(mode="json", exclude_defaults=True, exclude=_OF_THE_DELIVERY)
    if isinstance(item, Post):
        fields = keeping.reduced(fields)
    return {"is": _NAMES[type(item)], "fields": fields}


def excess(body: bytes) -> frozenset[str]:
    """Fields of its posts that may not be there."""
    posts = [entry["fields"] for entry in _entries(body) if entry["is"] == "post"]
    found = (keeping.excess(one, DataClass.DISPLAYED, ends=False) for one in posts)
    return frozenset().union(*found)


def _entries(body: bytes) -> list[dict[str, Any]]:
    try:
        return _ADAPTER.validate_json(body)
    except ValidationError as error:
        raise MalformedPayloadError("no reduced delivery") from error
