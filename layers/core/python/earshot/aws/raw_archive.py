"""Deliveries as received. A key is made of what is stored, so no two bodies share one.

An object is one line of JSON (the headers that normalise reads, the data class) and then the body,
byte for byte: object metadata would hold 2 KB of ASCII and could not be rewritten alone.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from earshot.aws import keys
from earshot.domain.deliveries import DataClass, Delivery
from earshot.errors import BusyError, GoneError, MalformedPayloadError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"))
TRIES = 5
UNKNOWN_TIME = datetime(1970, 1, 1, tzinfo=UTC)
_TWO_AT_ONCE = "ConditionalRequestConflict"
"""S3 answers it while another writer is at the same key, and asks to try again."""


_CHANGED_MEANWHILE = frozenset({_TWO_AT_ONCE, "PreconditionFailed", "NoSuchKey"})


@dataclass(frozen=True, slots=True)
class RawObject:
    """Header names are lower case. ``keep_hours`` is how long its words may be kept."""

    headers: dict[str, str]
    body: bytes
    data_class: DataClass
    keep_hours: int | None = None


class RawArchive:
    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket

    def put(self, raw_key: str, raw: RawObject) -> bool:
        """False when it is there already: nobody ever writes another body under the key."""
        body = _packed(raw)
        for _ in range(2):
            try:
                return self._create(raw_key, body)
            except ClientError as error:
                if error.response["Error"]["Code"] != _TWO_AT_ONCE:
                    raise
        return self._create(raw_key, body)

    def _create(self, raw_key: str, body: bytes) -> bool:
        try:
            self._s3.put_object(
                Bucket=self._bucket,
                Key=raw_key,
                Body=body,
                IfNoneMatch="*",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "PreconditionFailed":
                raise
            return False
        return True

    def get(self, raw_key: str) -> RawObject:
        """``GoneError`` when it was erased or has expired, ``MalformedPayloadError`` when it is
        none of ours."""
        try:
            found = self._s3.get_object(Bucket=self._bucket, Key=raw_key)
        except self._s3.exceptions.NoSuchKey as error:
            raise GoneError("raw object") from error
        return _unpacked(found["Body"].read())

    def of_connection(self, source: str, connection_id: str) -> Iterator[str]:
        """Keys of all that the connection brought and is still there."""
        pages = self._s3.get_paginator("list_objects_v2")
        for folder in keys.raw_folders(source, connection_id):
            for page in pages.paginate(Bucket=self._bucket, Prefix=folder):
                yield from (str(entry["Key"]) for entry in page.get("Contents", ()))

    def change(self, raw_key: str, rest_of: Callable[[RawObject], RawObject | None]) -> None:
        """Puts what ``rest_of`` leaves of the object in its place, or deletes it when that is
        nothing: an erasure. Of two at once none undoes the other; what is gone stays gone."""
        for _ in range(TRIES):
            try:
                found = self._s3.get_object(Bucket=self._bucket, Key=raw_key)
            except self._s3.exceptions.NoSuchKey:
                return
            rest = rest_of(_unpacked(found["Body"].read()))
            if self._replace(raw_key, rest, etag=found["ETag"]):
                return
        raise BusyError(raw_key)

    def _replace(self, raw_key: str, rest: RawObject | None, *, etag: str) -> bool:
        """False when somebody else changed it since it was read."""
        target = {"Bucket": self._bucket, "Key": raw_key, "IfMatch": etag}
        try:
            if rest is None:
                self._s3.delete_object(**target)  # type: ignore[arg-type]
            else:
                self._s3.put_object(**target, Body=_packed(rest))  # type: ignore[arg-type]
        except ClientError as error:
            if error.response["Error"]["Code"] not in _CHANGED_MEANWHILE:
                raise
            return False
        return True


def delivery_of(raw_key: str, received_at: datetime = UNKNOWN_TIME) -> Delivery:
    """What lies under a key of ``keys.raw_object``, which does not tell when it came."""
    _, source, connection_id, delivery_id = raw_key.split("/", 3)
    return Delivery(
        source=source,
        connection_id=connection_id,
        delivery_id=delivery_id,
        raw_key=raw_key,
        received_at=received_at,
    )


def _packed(raw: RawObject) -> bytes:
    head: dict[str, Any] = {"data_class": raw.data_class, "headers": raw.headers}
    if raw.keep_hours is not None:
        head["keep_hours"] = raw.keep_hours
    return _ENCODER.encode(head).encode() + b"\n" + raw.body


def _unpacked(stored: bytes) -> RawObject:
    line, _, body = stored.partition(b"\n")
    try:
        head = json.loads(line)
        return RawObject(
            headers=head["headers"],
            body=body,
            data_class=DataClass(head["data_class"]),
            keep_hours=head.get("keep_hours"),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise MalformedPayloadError("raw object") from error
