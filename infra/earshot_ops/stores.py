"""Look for words in everything that keeps something."""

import json
from collections.abc import Iterator
from typing import NamedTuple

from botocore.exceptions import ClientError

from earshot.aws.queries import partition
from earshot_ops.target import Target


class Kept(NamedTuple):
    """One row, object or message: what kind of place it lies in, where, and all of it as text."""

    kind: str
    name: str
    text: str


def places_with(target: Target, words: str) -> Iterator[str]:
    """Every store that holds these words: rows, objects and messages."""
    return (place for place, text in contents(target) if words in text)


def contents(target: Target) -> Iterator[tuple[str, str]]:
    """Everything that is kept: what kind of place it lies in, and all of it as text."""
    return ((kept.kind, kept.text) for kept in everything(target))


def everything(target: Target) -> Iterator[Kept]:
    """Reads the whole table and the whole bucket."""
    yield from _rows(target)
    yield from _objects(target)
    yield from _messages(target)


def rows_of(target: Target, partition_key: str) -> Iterator[Kept]:
    for row in partition(target.table, partition_key):
        yield _row(str(row["pk"]), str(row["sk"]), row)


def object_of(target: Target, key: str) -> Iterator[Kept]:
    """Nothing, when it is gone."""
    try:
        body = target.s3.get_object(Bucket=target.bucket, Key=key)["Body"].read()
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"NoSuchKey", "404"}:
            raise
        return
    yield Kept(f"S3, {key.split('/', maxsplit=1)[0]}/", key, body.decode(errors="replace"))


def _rows(target: Target) -> Iterator[Kept]:
    pages = target.access.client("dynamodb").get_paginator("scan")
    for page in pages.paginate(TableName=target.table.name):
        for row in page["Items"]:
            yield _row(row["pk"]["S"], row["sk"]["S"], row)


def _row(pk: str, sk: str, row: object) -> Kept:
    text = json.dumps(row, default=str, ensure_ascii=False)
    return Kept(f"DynamoDB, {sk.split('#', maxsplit=1)[0]} row", f"{pk} {sk}", text)


def _objects(target: Target) -> Iterator[Kept]:
    pages = target.s3.get_paginator("list_objects_v2")
    for page in pages.paginate(Bucket=target.bucket):
        for entry in page.get("Contents", ()):
            yield from object_of(target, entry["Key"])


def _messages(target: Target) -> Iterator[Kept]:
    for name, url in target.queues.items():
        answer = target.sqs.receive_message(QueueUrl=url, VisibilityTimeout=0)
        for message in answer.get("Messages", ()):
            yield Kept(f"SQS, {name}", message["MessageId"], message["Body"])
