"""The compiled watchlist in S3, loaded once per container and swapped when it changes."""

import json
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from earshot.aws import keys
from earshot.domain.watchlist_index import WatchlistIndex, from_bytes, nobody, to_bytes
from earshot.errors import UnreadableWatchlistError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from earshot.domain.poller_queries import PollerQueries

FRESH_SECONDS = 30.0
_NOTHING_NEW = frozenset({"304", "NotModified", "NoSuchKey"})


def _nothing() -> None:
    """Nobody counts."""


class WatchlistArtifact:
    """``when_refused`` is called each time a newer artifact cannot be read."""

    def __init__(
        self,
        s3: "S3Client",
        bucket: str,
        when_refused: Callable[[], None] = _nothing,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._s3 = s3
        self._bucket = bucket
        self._when_refused = when_refused
        self._clock = clock
        self._etag = ""
        self._loaded: WatchlistIndex | None = None
        self._checked_at = float("-inf")

    def save(self, index: WatchlistIndex) -> None:
        self._put(keys.watchlist_object(), to_bytes(index), "application/octet-stream")

    def save_queries(self, queries_by_source: Mapping[str, "PollerQueries"]) -> None:
        """For the pollers, which need nothing else of the watchlist."""
        dumped = {source: found.model_dump() for source, found in queries_by_source.items()}
        self._put(keys.poller_queries_object(), json.dumps(dumped).encode(), "application/json")

    def queries(self, source: str) -> tuple[str, ...]:
        """What to ask the search of the source, the likeliest to matter first; nothing before the
        first compilation."""
        try:
            answer = self._s3.get_object(Bucket=self._bucket, Key=keys.poller_queries_object())
        except ClientError as error:
            if error.response["Error"]["Code"] not in _NOTHING_NEW:
                raise
            return ()
        found = json.loads(answer["Body"].read()).get(source, {})
        return tuple(str(query["text"]) for query in found.get("queries", ()))

    def current(self) -> WatchlistIndex:
        """At most ``FRESH_SECONDS`` old; before the first compilation it lists nobody.

        A newer one that cannot be read leaves the former in use. Without a former one
        ``UnreadableWatchlistError`` escapes: a post must not be held against no names at all.
        """
        if self._clock() - self._checked_at >= FRESH_SECONDS:
            self._refresh()
            self._checked_at = self._clock()
        if self._loaded is None:
            self._loaded = nobody()
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
        try:
            self._loaded = from_bytes(answer["Body"].read())
        except UnreadableWatchlistError:
            self._when_refused()
            if self._loaded is None:
                raise
        self._etag = answer["ETag"]

    def _put(self, key: str, body: bytes, content_type: str) -> None:
        self._s3.put_object(Bucket=self._bucket, Key=key, Body=body, ContentType=content_type)
