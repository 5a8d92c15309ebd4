"""Look for words in everything that keeps something."""

import json
from collections.abc import Iterator

from earshot_ops.target import Target


def places_with(target: Target, words: str) -> Iterator[str]:
    """Every store that holds these words: rows, objects and messages."""
    return (place for place, text in contents(target) if words in text)


def contents(target: Target) -> Iterator[tuple[str, str]]:
    """Everything that is kept: what kind of place it lies in, and all of it as text."""
    yield from _rows(target)
    yield from _objects(target)
    yield from _messages(target)


def _rows(target: Target) -> Iterator[tuple[str, str]]:
    pages = target.access.client("dynamodb").get_paginator("scan")
    for page in pages.paginate(TableName=target.table.name):
        for row in page["Items"]:
            kind = row["sk"]["S"].split("#")[0]
            yield f"DynamoDB, {kind} row", json.dumps(row, default=str, ensure_ascii=False)


def _objects(target: Target) -> Iterator[tuple[str, str]]:
    pages = target.s3.get_paginator("list_objects_v2")
    for page in pages.paginate(Bucket=target.bucket):
        for entry in page.get("Contents", ()):
            body = target.s3.get_object(Bucket=target.bucket, Key=entry["Key"])["Body"].read()
            yield f"S3, {entry['Key'].split('/')[0]}/", body.decode(errors="replace")


def _messages(target: Target) -> Iterator[tuple[str, str]]:
    for name, url in target.queues.items():
        answer = target.sqs.receive_message(QueueUrl=url, VisibilityTimeout=0)
        for message in answer.get("Messages", ()):
            yield f"SQS, {name}", message["Body"]
