"""A person in the fields of what is not theirs: whom a post answers, who liked one, who wrote what
could not be read."""

from typing import Any

from pydantic_core import to_json

from earshot.errors import MalformedPayloadError
from earshot.sources.payload import read_json

NOBODY, NO_ID = "erased", 0


def unnamed(body: bytes, names: frozenset[str]) -> bytes:
    """The JSON with ``NOBODY`` in every field that is one of the names and nothing else, and
    ``NO_ID`` where it is the number of an id. What somebody says within a text stays theirs; so
    does a body that is no JSON, and one that has no such field, to the byte."""
    try:
        value = read_json(body)
    except MalformedPayloadError:
        return body
    changed = _unnamed(value, names, is_id=False)
    return body if changed == value else to_json(changed)


def _unnamed(value: Any, names: frozenset[str], *, is_id: bool) -> Any:
    if isinstance(value, dict):
        return {key: _unnamed(part, names, is_id=_names_id(key)) for key, part in value.items()}
    if isinstance(value, list):
        return [_unnamed(part, names, is_id=is_id) for part in value]
    if isinstance(value, str):
        return NOBODY if value in names else value
    is_theirs = is_id and isinstance(value, int) and str(value) in names
    return NO_ID if is_theirs else value


def _names_id(key: str) -> bool:
    return key.casefold().endswith("id")
