"""What queue messages carry: identities and pointers, never a body."""

from typing import Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from earshot.domain.models import Delivery, Mention, Understanding
from earshot.errors import MalformedPayloadError, UnknownSchemaError

SCHEMA: Final = 1


class Envelope(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    schema_version: Literal[1] = SCHEMA


class DeliveryMessage(Envelope):
    """On the deliveries queue: a delivery to understand."""

    delivery: Delivery


class MentionMessage(Envelope):
    """On mentions.fifo, grouped by subject: one version of a post for one subject.

    ``understanding`` is absent when the post no longer concerns the subject (an edit, a deletion):
    the subject's signal has to let go of it.
    """

    source: str
    native_id: str
    version: str
    subject_id: str
    account_id: str | None = None
    objects: tuple[str, ...] = ()
    mentions: tuple[Mention, ...] = ()
    understanding: Understanding | None = None
    watchlist_version: str
    delivery: Delivery


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
