"""What people did and what was sent, appended to the bucket, so that the table can be rebuilt."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from earshot.aws import keys

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

SCHEMA = 1
# Two writers of one object at the same time: S3 answers 409 to one and wants it to try again.
_PRESENT = 412
_RACING = 409


class Journal:
    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket

    def append(
        self, kind: str, moment: datetime, identity: str, *, payload: Mapping[str, object]
    ) -> str:
        """The key of the entry. The first entry of a kind, day and identity stays; readers take
        the earliest of an identity. ``payload`` holds ids, never words of a person."""
        key = keys.journal_object(kind, moment, identity)
        entry = {
            "schema_version": SCHEMA,
            "kind": kind,
            "identity": identity,
            "at": keys.timestamp(moment),
            "payload": dict(payload),
        }
        try:
            self._s3.put_object(
                Bucket=self._bucket,
                Key=key,
                Body=json.dumps(entry, sort_keys=True, ensure_ascii=False).encode(),
                ContentType="application/json",
                IfNoneMatch="*",
            )
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] not in {_PRESENT, _RACING}:
                raise
        return key

    def remove(self, key: str) -> None:
        """An entry that tells of what was erased."""
        self._s3.delete_object(Bucket=self._bucket, Key=key)
