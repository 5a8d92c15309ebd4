"""Which ids the last import of each kind held, so that the next can tell which vanished."""

import json
from typing import TYPE_CHECKING

from earshot.aws import keys

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class ImportManifests:
    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket

    def ids(self, kind: str) -> set[str]:
        """Of the last import; none before the first."""
        try:
            found = self._s3.get_object(Bucket=self._bucket, Key=keys.import_manifest(kind))
        except self._s3.exceptions.NoSuchKey:
            return set()
        return set(json.loads(found["Body"].read())["ids"])

    def save(self, kind: str, ids: set[str]) -> None:
        self._s3.put_object(
            Bucket=self._bucket,
            Key=keys.import_manifest(kind),
            Body=json.dumps({"ids": sorted(ids)}, ensure_ascii=False).encode(),
            ContentType="application/json",
        )
