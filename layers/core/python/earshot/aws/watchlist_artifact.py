"""The compiled watchlist in S3, loaded once per container and swapped when its version changes."""

import time
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from earshot.aws import keys
from earshot.domain.watchlist import Watchlist, WatchlistIndex, index

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

FRESH_SECONDS = 30.0
EMPTY = Watchlist(version="empty", entries=())
_NOTHING_NEW = frozenset({"304", "NotModified", "NoSuchKey"})


class WatchlistArtifact:
    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket
        self._etag = ""
        self._loaded = index(EMPTY)
        self._checked_at = float("-inf")

    def save(self, watchlist: Watchlist) -> None:
        self._s3.put_object(
            Bucket=self._bucket,
            Key=keys.watchlist_object(),
            Body=watchlist.model_dump_json().encode(),
            ContentType="application/json",
        )

    def current(self) -> WatchlistIndex:
        """At most ``FRESH_SECONDS`` old; before the first compilation it lists nobody."""
        if time.monotonic() - self._checked_at >= FRESH_SECONDS:
            self._refresh()
            self._checked_at = time.monotonic()
        return self._loaded

    def _refresh(self) -> None:
        wanted = {"Bucket": self._bucket, "Key": keys.watchlist_object()}
        if self._etag:
            wanted["IfNoneMatch"] = self._etag
        try:
            answer = self._s3.get_object(**wanted)  # type: ignore[arg-type]
        except ClientError as error:
            if error.response["Error"]["Code"] in _NOTHING_NEW:
                return
            raise
        self._loaded = index(Watchlist.model_validate_json(answer["Body"].read()))
        self._etag = answer["ETag"]
