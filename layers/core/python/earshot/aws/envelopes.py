"""What queue messages carry: identities and pointers, never a body."""

from operator import not_
from typing import Annotated, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from earshot.domain.deliveries import Delivery
from earshot.errors import MalformedPayloadError, UnknownSchemaError

SCHEMA: Final = 1

Mark = Annotated[bool, Field(exclude_if=not_)]
"""Stands in the message only when it is true."""


class Envelope(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True
    )

    schema_version: Literal[1] = SCHEMA


class DeliveryMessage(Envelope):
    """On the deliveries queue: a delivery to understand. When an operator sends it again
    (``replayed``) nobody is mailed for it; nor later, where it is to fill an empty table, whose
    guards are lost (``rebuilt``)."""

    delivery: Delivery
    replayed: Mark = False
    rebuilt: Mark = False


M = TypeVar("M", bound=Envelope)


def parse(model: type[M], body: str) -> M:
    """``MalformedPayloadError`` for what is no message, ``UnknownSchemaError`` for a later one."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        if any(problem["loc"] == ("schema_version",) for problem in error.errors()):
            raise UnknownSchemaError("schema_version") from error
        raise MalformedPayloadError(
            f"{error.error_count()} fields of a {model.__name__}"
        ) from error
