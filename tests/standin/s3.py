"""S3: whole objects, conditional writes, and listings.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html
"""

import hashlib
from bisect import bisect_left, insort
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from itertools import islice
from urllib.parse import quote
from xml.sax.saxutils import escape

from tests.standin.clock import LogicalClock
from tests.standin.wire import Call, Reply, ServiceError, xml_refusal

MOST_KEYS = 1000
LONGEST_KEY = 1024


@dataclass(frozen=True)
class StoredObject:
    body: bytes
    content_type: str
    modified_at: datetime

    @property
    def etag(self) -> str:
        return f'"{hashlib.md5(self.body, usedforsecurity=False).hexdigest()}"'


class Bucket:
    def __init__(self) -> None:
        self.objects: dict[str, StoredObject] = {}
        self._keys: list[str] = []

    def put(self, key: str, stored: StoredObject) -> None:
        if key not in self.objects:
            insort(self._keys, key)
        self.objects[key] = stored

    def delete(self, key: str) -> None:
        if self.objects.pop(key, None):
            del self._keys[bisect_left(self._keys, key)]

    def keys(self, prefix: str, after: str) -> Iterator[str]:
        """Python sorts text by code point, which is the order of UTF-8 that S3 lists in."""
        start = bisect_left(self._keys, max(prefix, f"{after}\0" if after else ""))
        for key in islice(self._keys, start, None):
            if not key.startswith(prefix):
                return
            yield key


class S3:
    def __init__(self, clock: LogicalClock) -> None:
        self.buckets: dict[str, Bucket] = {}
        self.refuse = xml_refusal
        self._clock = clock

    def create_bucket(self, call: Call) -> Reply:
        self.buckets.setdefault(_address(call)[0], Bucket())
        return Reply()

    def put_object(self, call: Call) -> Reply:
        bucket, key = self._place(call)
        if len(key.encode()) > LONGEST_KEY:
            raise ServiceError("KeyTooLongError", "Your key is too long")
        present = bucket.objects.get(key)
        if call.header("If-None-Match") == "*" and present:
            raise _failed_precondition()
        if wanted := call.header("If-Match"):
            if present is None:
                raise _no_such_key()
            _match(present, wanted)
        kind = call.header("Content-Type") or "binary/octet-stream"
        stored = StoredObject(call.body(), kind, self._clock.now())
        bucket.put(key, stored)
        return Reply(headers={"ETag": stored.etag})

    def get_object(self, call: Call) -> Reply:
        found = self._found(call)
        return Reply(found.body, headers=_headers(found))

    def head_object(self, call: Call) -> Reply:
        try:
            found = self._found(call)
        except ServiceError as error:
            raise ServiceError("", status=error.status) from error
        return Reply(headers={**_headers(found), "content-length": str(len(found.body))})

    def delete_object(self, call: Call) -> Reply:
        """What is not there may be deleted, under a condition too."""
        bucket, key = self._place(call)
        if (wanted := call.header("If-Match")) and (present := bucket.objects.get(key)):
            _match(present, wanted)
        bucket.delete(key)
        return Reply(status=204)

    def list_objects_v2(self, call: Call) -> Reply:
        bucket, _ = self._place(call)
        query = call.query()
        after = query.get("continuation-token") or query.get("start-after", "")
        most = min(int(query.get("max-keys", MOST_KEYS)), MOST_KEYS)
        found = list(islice(bucket.keys(query.get("prefix", ""), after), most + 1))
        return Reply(_listing(bucket, found, most).encode())

    def _found(self, call: Call) -> StoredObject:
        bucket, key = self._place(call)
        found = bucket.objects.get(key)
        if found is None:
            raise _no_such_key()
        if wanted := call.header("If-Match"):
            _match(found, wanted)
        if call.header("If-None-Match") in {found.etag, found.etag.strip('"'), "*"}:
            raise ServiceError("", status=304)
        return found

    def _place(self, call: Call) -> tuple[Bucket, str]:
        name, key = _address(call)
        if name not in self.buckets:
            raise ServiceError("NoSuchBucket", "The specified bucket does not exist", status=404)
        return self.buckets[name], key


def _address(call: Call) -> tuple[str, str]:
    """Bucket and key of both kinds of address, with the bucket in the host or in the path."""
    if ".s3." in call.host:
        return call.host.partition(".s3.")[0], call.path.removeprefix("/")
    bucket, _, key = call.path.removeprefix("/").partition("/")
    return bucket, key


def _match(present: StoredObject, wanted: str) -> None:
    if wanted.strip('"') != present.etag.strip('"') and wanted != "*":
        raise _failed_precondition()


def _headers(found: StoredObject) -> dict[str, str]:
    return {
        "ETag": found.etag,
        "Content-Type": found.content_type,
        "Last-Modified": format_datetime(found.modified_at, usegmt=True),
    }


def _failed_precondition() -> ServiceError:
    return ServiceError(
        "PreconditionFailed",
        "At least one of the pre-conditions you specified did not hold",
        status=412,
    )


def _no_such_key() -> ServiceError:
    return ServiceError("NoSuchKey", "The specified key does not exist.", status=404)


def _listing(bucket: Bucket, found: list[str], most: int) -> str:
    page, is_cut = found[:most], len(found) > most
    entries = "".join(_entry(key, bucket.objects[key]) for key in page)
    token = f"<NextContinuationToken>{escape(page[-1])}</NextContinuationToken>" if is_cut else ""
    return (
        "<ListBucketResult><EncodingType>url</EncodingType>"
        f"<KeyCount>{len(page)}</KeyCount><MaxKeys>{most}</MaxKeys>"
        f"<IsTruncated>{str(is_cut).lower()}</IsTruncated>{token}{entries}</ListBucketResult>"
    )


def _entry(key: str, stored: StoredObject) -> str:
    return (
        f"<Contents><Key>{escape(quote(key))}</Key><ETag>{escape(stored.etag)}</ETag>"
        f"<Size>{len(stored.body)}</Size>"
        f"<LastModified>{stored.modified_at:%Y-%m-%dT%H:%M:%S.000Z}</LastModified></Contents>"
    )
