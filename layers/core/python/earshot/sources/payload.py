"""Other people's JSON: read once at the edge, with fields that nobody announced passed over."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import from_json, to_json

from earshot.errors import MalformedPayloadError
from earshot.sources.surface import Held

FindHeld = Callable[[dict[str, Any]], Held | None]


class Payload(BaseModel):
    """A part of a platform's payload: unknown fields are ignored, and errors never repeat it."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", defer_build=True, hide_input_in_errors=True
    )


P = TypeVar("P", bound=Payload)

_LONGEST_NUMBER = 20


def read_json(body: bytes | str) -> Any:
    """``MalformedPayloadError`` for what is no JSON; also for NaN, lone surrogates and brackets
    without end, which break later."""
    try:
        return from_json(body, allow_inf_nan=False)
    except (ValueError, RecursionError) as error:
        raise MalformedPayloadError("no JSON") from error


def read_object(body: bytes | str) -> dict[str, Any]:
    """``MalformedPayloadError`` for what is no JSON object."""
    found = read_json(body)
    if not isinstance(found, dict):
        raise MalformedPayloadError("no JSON object")
    return found


def read_part(model: type[P], part: Any) -> P | None:
    """``None`` for a part that has not the shape: it fails alone."""
    try:
        return model.model_validate(part)
    except ValidationError:
        return None


def text_of(value: Any) -> str | None:
    """A text, also one sent as a number; ``None`` for whatever else."""
    if isinstance(value, int) and not isinstance(value, bool):
        number = number_of(value)
        return None if number is None else str(number)
    if isinstance(value, float):
        return str(value)
    return value if isinstance(value, str) else None


def number_of(value: Any) -> int | None:
    """A whole number, also one sent as a text or with a fraction; ``None`` for whatever else."""
    if isinstance(value, str):
        digits = value.strip().removeprefix("-")
        fits = digits.isascii() and digits.isdigit() and len(digits) <= _LONGEST_NUMBER
        return int(value) if fits else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if abs(value) < 10**_LONGEST_NUMBER else None


def object_of(value: Any) -> dict[str, Any]:
    """The object, or an empty one in the place of whatever else."""
    return value if isinstance(value, dict) else {}


def list_of(value: Any) -> list[Any]:
    """The list, or an empty one in the place of whatever else."""
    return value if isinstance(value, list) else []


def text_in(part: Any, *names: str) -> str:
    """The first of these fields that says something, a number by its digits; else nothing."""
    found = (text_of(object_of(part).get(name)) for name in names)
    return next((text for text in found if text and text.strip()), "")


def number_in(part: Any, name: str) -> int | None:
    return number_of(object_of(part).get(name))


def part_in(part: Any, *names: str) -> dict[str, Any]:
    """The first of these fields that is an object with something in it; else an empty one."""
    found = (object_of(object_of(part).get(name)) for name in names)
    return next(filter(None, found), {})


def parts_in(part: Any, name: str) -> list[Any]:
    return list_of(object_of(part).get(name))


def dicts_in(value: Any) -> Iterator[dict[str, Any]]:
    """The objects in a JSON value, itself first, however deep they lie."""
    waiting = [value]
    while waiting:
        found = waiting.pop()
        if isinstance(found, dict):
            yield found
            waiting += reversed(list(found.values()))
        elif isinstance(found, list):
            waiting += reversed(found)


def held_in(value: Any, find: FindHeld) -> Iterator[Held]:
    """The posts in a JSON value, each once, where ``find`` tells one by its object alone."""
    found = (find(part) for part in dicts_in(value))
    yield from dict.fromkeys(post for post in found if post)


def without_held(body: bytes, native_id: str, find: FindHeld) -> bytes | None:
    """The JSON less every object that ``find`` knows as the post; ``None`` when no other post is
    left in it. For bodies whose posts can be told by their objects alone."""
    value = read_json(body)
    if native_id not in {post.native_id for post in held_in(value, find)}:
        return body
    rest = pruned(value, lambda part: (known := find(part)) and known.native_id == native_id)
    if not any(held_in(rest, find)):
        return None
    return to_json(rest)


def pruned(value: Any, gone: Callable[[dict[str, Any]], Any]) -> Any:
    """The value less the objects that are gone; ``None`` stands in the place of a whole one."""
    if isinstance(value, dict):
        kept = {name: part for name, part in value.items() if not _is_gone(part, gone)}
        return None if gone(value) else {name: pruned(part, gone) for name, part in kept.items()}
    if isinstance(value, list):
        return [pruned(part, gone) for part in value if not _is_gone(part, gone)]
    return value


def _is_gone(part: Any, gone: Callable[[dict[str, Any]], Any]) -> bool:
    return isinstance(part, dict) and bool(gone(part))
