"""What production relies on of S3, asked of ministack and of the stand-in."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from earshot.aws import clients
from tests.standin.stage import Aws

EVERY_BYTE = bytes(range(256)) * 9
ODD_KEY = "raw/a b/ü+%2F&<x>.json"


@pytest.fixture
def bucket(either_aws: Aws) -> str:
    name = f"contract-{uuid4().hex[:8]}"
    clients.s3().create_bucket(Bucket=name)
    return name


def put(bucket: str, key: str = "k", body: bytes = b"1", **more: Any) -> str:
    return str(clients.s3().put_object(Bucket=bucket, Key=key, Body=body, **more)["ETag"])


def read(bucket: str, key: str = "k", **more: Any) -> bytes:
    found: bytes = clients.s3().get_object(Bucket=bucket, Key=key, **more)["Body"].read()
    return found


def refusal(act: Callable[[], object]) -> tuple[str, int]:
    with pytest.raises(ClientError) as caught:
        act()
    answer = caught.value.response
    return str(answer["Error"]["Code"]), answer["ResponseMetadata"]["HTTPStatusCode"]


@pytest.mark.parametrize("key", ["k", "raw/x/y", ODD_KEY])
def test_an_object_comes_back_byte_for_byte(bucket: str, key: str) -> None:
    etag = put(bucket, key, EVERY_BYTE, ContentType="application/json")
    answer = clients.s3().get_object(Bucket=bucket, Key=key)
    assert answer["Body"].read() == EVERY_BYTE
    assert (answer["ETag"], answer["ContentType"]) == (etag, "application/json")
    assert answer["ContentLength"] == len(EVERY_BYTE)


def test_the_first_writer_of_a_key_stays(bucket: str) -> None:
    put(bucket, IfNoneMatch="*")
    second = refusal(lambda: put(bucket, body=b"2", IfNoneMatch="*"))
    assert second == ("PreconditionFailed", 412)
    assert read(bucket) == b"1"
    put(bucket, body=b"3")
    assert read(bucket) == b"3"


def test_an_object_is_replaced_as_it_was_read_or_not_at_all(bucket: str) -> None:
    first = put(bucket)
    second = put(bucket, body=b"2", IfMatch=first)
    assert first != second
    stale = refusal(lambda: put(bucket, body=b"3", IfMatch=first))
    assert stale == ("PreconditionFailed", 412)
    assert read(bucket) == b"2"
    assert refusal(lambda: put(bucket, "none", IfMatch=first))[0] == "NoSuchKey"


def test_an_object_is_deleted_as_it_was_read_or_not_at_all(bucket: str) -> None:
    first = put(bucket)
    second = put(bucket, body=b"2")
    s3 = clients.s3()
    stale = refusal(lambda: s3.delete_object(Bucket=bucket, Key="k", IfMatch=first))
    assert stale == ("PreconditionFailed", 412)
    s3.delete_object(Bucket=bucket, Key="k", IfMatch=second)
    assert refusal(lambda: read(bucket)) == ("NoSuchKey", 404)
    s3.delete_object(Bucket=bucket, Key="k")


def test_equal_bodies_have_equal_tags(bucket: str) -> None:
    assert put(bucket, "a") == put(bucket, "b")


def test_what_is_known_already_is_not_read_again(bucket: str) -> None:
    etag = put(bucket)
    assert refusal(lambda: read(bucket, IfNoneMatch=etag)) == ("304", 304)
    put(bucket, body=b"2")
    assert read(bucket, IfNoneMatch=etag) == b"2"


def test_the_head_tells_of_an_object_without_its_body(bucket: str) -> None:
    etag = put(bucket, body=b"four")
    head = clients.s3().head_object(Bucket=bucket, Key="k")
    assert (head["ContentLength"], head["ETag"]) == (4, etag)
    absent = refusal(lambda: clients.s3().head_object(Bucket=bucket, Key="none"))
    assert absent == ("404", 404)


def test_a_missing_key_has_an_exception_of_its_own(bucket: str) -> None:
    with pytest.raises(clients.s3().exceptions.NoSuchKey):
        read(bucket)


def test_a_bucket_that_is_not_there_is_said(either_aws: Aws) -> None:
    assert refusal(lambda: read(f"absent-{uuid4().hex[:8]}"))[0] == "NoSuchBucket"


def test_a_listing_has_the_keys_of_a_prefix_in_order_page_by_page(bucket: str) -> None:
    keys = [f"a/{number}" for number in range(5)]
    for key in (*reversed(keys), "b/1", ODD_KEY):
        put(bucket, key)
    pages = clients.s3().get_paginator("list_objects_v2")
    found = [
        one["Key"]
        for page in pages.paginate(Bucket=bucket, Prefix="a/", PaginationConfig={"PageSize": 2})
        for one in page["Contents"]
    ]
    assert found == keys
    (odd,) = clients.s3().list_objects_v2(Bucket=bucket, Prefix="raw/")["Contents"]
    assert (odd["Key"], odd["Size"]) == (ODD_KEY, 1)
    assert "Contents" not in clients.s3().list_objects_v2(Bucket=bucket, Prefix="none/")
