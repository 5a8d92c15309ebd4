"""What of an empty table the bucket can tell: tombstones, connections, and which deliveries came.

Each step may run twice. Tombstones come first: what was erased is refused before anything is read.
"""

import json
from collections.abc import Iterator
from typing import Any

from earshot.aws import keys
from earshot.aws.raw_archive import delivery_of
from earshot.domain.models import Connection, Delivery
from earshot_ops.target import Target

FOLDERS = ("raw/", "borrowed/")


def put_tombstones(target: Target) -> int:
    """Of everything that was ever erased; how many there are."""
    found = tombstones(target)
    with target.table.batch_writer() as batch:
        for pk, since in sorted(found.items()):
            batch.put_item(Item={"pk": pk, "sk": keys.TOMBSTONE, "buried_at": since})
    return len(found)


def tombstones(target: Target) -> dict[str, str]:
    """Of everything that was ever erased, by key: since when."""
    found: dict[str, str] = {}
    for entry in journalled(target, "erased"):
        pk, at = str(entry["payload"]["tombstone"]), str(entry["at"])
        found[pk] = min(at, found.get(pk, at))
    return found


def put_connections(target: Target) -> int:
    """As they were configured last, where they are missing and were not erased since; without
    their cursors, so what is polled is fetched from the beginning. How many were put."""
    known = {(one.source, one.connection_id) for one in target.connections.list()}
    latest = latest_connections(target)
    missing = [made for place, made in latest.items() if made and place not in known]
    for made in missing:
        target.connections.put(made)
    return len(missing)


def latest_connections(target: Target) -> dict[tuple[str, str], Connection | None]:
    """By source and id, as the journal has them; ``None`` for one that was erased."""
    latest: dict[tuple[str, str], Connection | None] = {}
    entries = [*journalled(target, "connection"), *journalled(target, "connection_erased")]
    for entry in sorted(entries, key=lambda entry: str(entry["at"])):
        told = entry["payload"]
        is_erased = entry["kind"] == "connection_erased"
        made = None if is_erased else Connection.model_validate(told)
        latest[told["source"], told["connection_id"]] = made
    return latest


def deliveries(target: Target) -> Iterator[list[Delivery]]:
    """All that lie in the bucket, a page at a time, each with its receipt; one whose object was
    rewritten since is taken to have come then."""
    for page in _pages(target, FOLDERS):
        found = [delivery_of(one["Key"], one["LastModified"]) for one in page]
        for delivery in found:
            target.receipts.add(delivery)
        yield found


def journalled(target: Target, kind: str) -> Iterator[dict[str, Any]]:
    """Every entry of a kind."""
    for key in _entries(target, kind):
        body = target.s3.get_object(Bucket=target.bucket, Key=key)["Body"].read()
        yield json.loads(body)


def identities(target: Target, kind: str) -> Iterator[str]:
    """Of every entry of a kind, which has one that is safe in a key."""
    for key in _entries(target, kind):
        yield key.rpartition("/")[2].removesuffix(".json")


def _entries(target: Target, kind: str) -> Iterator[str]:
    for page in _pages(target, ("journal/",)):
        yield from (one["Key"] for one in page if one["Key"].split("/")[-2] == kind)


def _pages(target: Target, prefixes: tuple[str, ...]) -> Iterator[list[Any]]:
    listing = target.s3.get_paginator("list_objects_v2")
    for prefix in prefixes:
        for page in listing.paginate(Bucket=target.bucket, Prefix=prefix):
            yield list(page.get("Contents", []))
