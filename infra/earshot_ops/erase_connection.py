"""Erase a connection: all that it brought, its secret, and itself.

The connection goes first, so that nothing comes any more. Its raw objects go before its posts, of
which rows tell until each is erased: what was killed can be run again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from earshot.aws import keys
from earshot.aws.raw_archive import RawArchive
from earshot.aws.search_cursors import SearchCursors
from earshot_ops.target import Target


@dataclass(frozen=True)
class Brought:
    """Native ids of the posts that lay in what the connection brought, its raw objects and its
    receipts."""

    native_ids: tuple[str, ...]
    raw_keys: tuple[str, ...]
    receipts: tuple[keys.Key, ...]

    def __bool__(self) -> bool:
        return bool(self.native_ids or self.raw_keys or self.receipts)


def brought_by(target: Target, source: str, connection_id: str) -> Brought:
    """Reads the keys of the whole table: of posts whose raw object is gone, only their rows say who
    brought them."""
    archive, post = RawArchive(target.s3, target.bucket), keys.post(source, "")
    rows = list(_rows(target, keys.raw_folders(source, connection_id)))
    names = {row["pk"].removeprefix(post) for row in rows if row["pk"].startswith(post)}
    return Brought(
        native_ids=tuple(sorted(names)),
        raw_keys=tuple(archive.of_connection(source, connection_id)),
        receipts=tuple(row for row in rows if row["pk"].startswith("RECEIPT#")),
    )


def erase(target: Target, source: str, connection_id: str) -> None:
    """Posts that another connection brought as well go too, and are refused from now on. It is
    journalled, so that a rebuilt table has no such connection either."""
    now = datetime.now(UTC)
    target.journal.append(
        "connection_erased",
        now,
        f"{source}-{connection_id}-{keys.timestamp(now)}",
        payload={"source": source, "connection_id": connection_id},
    )
    target.connections.remove(source, connection_id)
    target.secrets.remove(source, connection_id)
    SearchCursors(target.table).forget(source, connection_id)
    archive = RawArchive(target.s3, target.bucket)
    found = brought_by(target, source, connection_id)
    for raw_key in found.raw_keys:
        archive.change(raw_key, lambda _: None)
    for native_id in found.native_ids:
        target.eraser.erase_post(source, native_id)
    target.scans.forget_names()
    with target.table.batch_writer() as writer:
        for receipt in found.receipts:
            writer.delete_item(Key=receipt)


def _rows(target: Target, folders: tuple[str, str]) -> Iterator[keys.Key]:
    """Keys of the rows that name a raw object of the connection."""
    pages = target.table.meta.client.get_paginator("scan")
    wanted = "pk, sk, raw_key"
    for page in pages.paginate(TableName=target.table.name, ProjectionExpression=wanted):
        for row in page["Items"]:
            if str(row.get("raw_key", "")).startswith(folders):
                yield {"pk": str(row["pk"]), "sk": str(row["sk"])}
