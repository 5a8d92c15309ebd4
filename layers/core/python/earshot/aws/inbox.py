"""Files that were dropped into the bucket for import, and the reports about them."""

import json
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Any, BinaryIO, cast
from urllib.parse import unquote_plus

from pydantic import BaseModel, Field, ValidationError

from earshot.aws import keys
from earshot.errors import GoneError, MalformedPayloadError
from earshot.imports.errors import OversizedFileError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

LARGEST = 200_000_000
_IN_MEMORY = 8_000_000
_BLOCK = 1 << 20


class _Object(BaseModel):
    key: str = Field(min_length=1, max_length=3072)


class _Entity(BaseModel):
    object: _Object


class _Record(BaseModel):
    s3: _Entity


class _Notification(BaseModel):
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html"""

    records: list[_Record] = Field(alias="Records", default=[])


def dropped_keys(body: str) -> list[str]:
    """Of a notification of S3; none of the test event that S3 sends first.
    ``MalformedPayloadError`` for anything else."""
    try:
        found = _Notification.model_validate_json(body)
    except ValidationError as error:
        raise MalformedPayloadError(f"{error.error_count()} fields of a notification") from error
    named = [unquote_plus(record.s3.object.key) for record in found.records]
    return [key for key in named if not key.endswith("/")]


class Inbox:
    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket

    @contextmanager
    def open(self, key: str) -> Iterator[BinaryIO]:
        """The file, seekable, on disk if it is large. ``GoneError``, ``OversizedFileError``."""
        try:
            found = self._s3.get_object(Bucket=self._bucket, Key=key)
        except self._s3.exceptions.NoSuchKey as error:
            raise GoneError("dropped file") from error
        with closing(found["Body"]) as body, SpooledTemporaryFile(_IN_MEMORY) as file:
            if found["ContentLength"] > LARGEST:
                raise OversizedFileError(f"the file is larger than {LARGEST:,} bytes")
            for block in body.iter_chunks(_BLOCK):
                file.write(block)
            file.seek(0)
            yield cast("BinaryIO", file)

    def report(self, key: str, said: Mapping[str, Any]) -> None:
        """What became of the file, for whoever dropped it."""
        self._s3.put_object(
            Bucket=self._bucket,
            Key=keys.inbox_report(key),
            Body=json.dumps(said, indent=1, ensure_ascii=False).encode(),
            ContentType="application/json",
        )
