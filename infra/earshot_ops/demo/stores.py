"""Look for words in everything that keeps something."""

import json
from collections.abc import Iterator

from earshot_ops.target import Target


def places_with(target: Target, words: str) -> Iterator[str]:
    """Every store that holds these words: rows, objects and messages."""
    yield from _rows(target, words)
    yield from _objects(target, words)
    yield from _messages(target, words)


def _rows(target: Target, words: str) -> Iterator[str]:
    pages = target.access.client("dynamodb").get_paginator("scan")
    for page in pages.paginate(TableName=target.table.name):
        for row in page["Items"]:
            if words in json.dumps(row, default=str):
                yield f"DynamoDB, {row['sk']['S'].split('#')[0]} row"


def _objects(target: Target, words: str) -> Iterator[str]:
    pages = target.s3.get_paginator("list_objects_v2")
    for page in pages.paginate(Bucket=target.bucket):
        for entry in page.get("Contents", ()):
            body = target.s3.get_object(Bucket=target.bucket, Key=entry["Key"])["Body"].read()
            if words.encode() in body:
                yield f"S3, {entry['Key'].split('/')[0]}/"


def _messages(target: Target, words: str) -> Iterator[str]:
    for name, url in target.queues.items():
        answer = target.sqs.receive_message(QueueUrl=url, VisibilityTimeout=0)
        if any(words in message["Body"] for message in answer.get("Messages", ())):
            yield f"SQS, {name}"
