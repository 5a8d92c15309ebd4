"""A file dropped into the bucket is imported by itself, and its sender can read how it went."""

import json
from typing import Any
from urllib.parse import quote_plus

import pytest

from earshot.aws import clients, keys
from earshot.aws.account_store import AccountStore
from earshot.aws.import_manifests import ImportManifests
from earshot.aws.inbox import Inbox, dropped_keys
from earshot.errors import MalformedPayloadError
from earshot.flows import import_dropped
from earshot.imports.errors import OversizedFileError
from earshot.settings import settings
from tests.house import House

KEY = "inbox/accounts/daily export.csv"
ACCOUNTS = b"id,name,website,owner\n1,Acme,acme.example,nora\n2,Beta,,\n,,,\n3,Gamma,nowhere,\n"


class _Context:
    aws_request_id = "test"
    function_name = "test"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:us-east-1:000000000000:function:test"


def notification(*names: str) -> str:
    """As S3 writes it: keys are form-encoded."""
    return json.dumps({"Records": [{"s3": {"object": {"key": quote_plus(n)}}} for n in names]})


def handle(body: str) -> list[dict[str, str]]:
    record = {
        "messageId": "1",
        "receiptHandle": "r",
        "body": body,
        "attributes": {},
        "messageAttributes": {},
        "md5OfBody": "",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:inbox",
        "awsRegion": "us-east-1",
    }
    answer = import_dropped.handle({"Records": [record]}, _Context())
    failures: list[dict[str, str]] = answer["batchItemFailures"]
    return failures


def drop(house: House, key: str, content: bytes) -> None:
    house.s3.put_object(Bucket=house.bucket, Key=key, Body=content)


def report(house: House, key: str) -> dict[str, Any]:
    found = house.s3.get_object(Bucket=house.bucket, Key=keys.inbox_report(key))
    said: dict[str, Any] = json.loads(found["Body"].read())
    return said


def dead_letters() -> list[str]:
    url = settings().EARSHOT_INBOX_DLQ_URL
    found = clients.sqs().receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
    )
    return [m["MessageAttributes"]["reason"]["StringValue"] for m in found.get("Messages", [])]


def test_a_dropped_file_is_imported_compiled_and_reported(house: House) -> None:
    drop(house, KEY, ACCOUNTS)
    assert handle(notification(KEY)) == []
    assert {one.name for one in AccountStore(house.table).accounts()} == {"Acme", "Beta"}
    assert keys.watchlist_object() in house.objects("watchlist/")
    said = report(house, KEY)
    assert (said["outcome"], said["written"], said["rejected"]) == ("imported", 2, 1)
    assert said["problems"] == [
        {
            "line": 5,
            "column": "domains",
            "reason": "'nowhere' is no domain, such as acme.example",
        }
    ]
    (entry,) = house.objects("journal/")
    body = house.s3.get_object(Bucket=house.bucket, Key=entry)["Body"].read()
    assert json.loads(body)["payload"] == {
        "kind": "accounts",
        "file": KEY,
        "ids": ["1", "2"],
        "written": 2,
        "rejected": 1,
    }


def test_the_same_notification_twice_changes_nothing_more(house: House) -> None:
    drop(house, KEY, ACCOUNTS)
    handle(notification(KEY))
    rows = sorted(json.dumps(row, default=str, sort_keys=True) for row in house.rows())
    assert handle(notification(KEY)) == []
    assert sorted(json.dumps(row, default=str, sort_keys=True) for row in house.rows()) == rows
    assert report(house, KEY)["unchanged"] == 2
    assert len(house.objects("journal/")) == 1


def test_rows_that_vanished_are_reported_and_kept(house: House) -> None:
    drop(house, KEY, ACCOUNTS)
    drop(house, "inbox/accounts/later.csv", b"id,name\n1,Acme\n")
    handle(notification(KEY, "inbox/accounts/later.csv"))
    assert report(house, "inbox/accounts/later.csv")["vanished"] == {
        "count": 2,
        "first": ["2", "3"],
    }
    assert ImportManifests(house.s3, house.bucket).ids("accounts") == {"1"}
    assert len(list(AccountStore(house.table).accounts())) == 2


def test_a_file_of_sellers_needs_no_watchlist(house: House) -> None:
    key = "inbox/sellers/s.csv"
    drop(house, key, b"seller_id,name,email\nada,Ada,ada@x.example\n")
    assert handle(notification(key)) == []
    assert house.objects("watchlist/") == []


@pytest.mark.parametrize(
    ("key", "content", "reason"),
    [
        ("inbox/robots/x.csv", b"a", "there is no import of 'robots'; the folders are accounts, "),
        ("inbox/accounts/x.csv", b"", "the file is empty"),
        ("inbox/accounts/x.csv", b"name\n!!!\n", "no row can be read; line 2, account_id: "),
    ],
)
def test_a_file_that_nothing_can_be_read_of_is_a_dead_letter_with_its_reason(
    house: House, key: str, content: bytes, reason: str
) -> None:
    drop(house, key, content)
    assert handle(notification(key)) == []
    assert dead_letters() == ["ImportFileError"]
    said = report(house, key)
    assert said["outcome"] == "refused"
    assert said["reason"].startswith(reason)
    assert list(house.rows()) == []


def test_a_message_that_is_no_notification_is_a_dead_letter(house: House) -> None:
    assert handle('{"Records": [{"s3": 1}]}') == []
    assert dead_letters() == ["MalformedPayloadError"]
    with pytest.raises(MalformedPayloadError):
        dropped_keys("[")


def test_what_s3_says_of_tests_and_folders_is_no_file() -> None:
    assert dropped_keys('{"Service": "Amazon S3", "Event": "s3:TestEvent"}') == []
    assert dropped_keys(notification("inbox/accounts/", "inbox/accounts/ü b.csv")) == [
        "inbox/accounts/ü b.csv"
    ]


def test_a_file_that_was_taken_away_meanwhile_is_done_with(house: House) -> None:
    assert handle(notification(KEY)) == []
    assert dead_letters() == []


def test_a_file_that_is_too_large_is_not_read(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("earshot.aws.inbox.LARGEST", 10)
    drop(house, KEY, ACCOUNTS)
    with pytest.raises(OversizedFileError), Inbox(house.s3, house.bucket).open(KEY):
        raise AssertionError("opened")
    assert handle(notification(KEY)) == []
    assert dead_letters() == ["OversizedFileError"]
