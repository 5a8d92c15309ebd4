"""A file put into the bucket of the deployed stage is imported, and watched for, by itself."""

import json
from typing import Any

from boto3.dynamodb.conditions import Key

from earshot.aws import keys
from tests.e2e.town import Town
from tests.e2e.waiting import until

KEY = "inbox/accounts/nightly export.csv"
FILE = b"Account ID;Account Name;Website\nin-1;Wrenfield Mills;https://www.wrenfield.example\n;;\n"
SELLER = "seller_id,name,email,territory\nin-seller,Ina,ina@sellers.example,{}\n"
CONTACT = b"contact_id,account_id,name\nin-contact,in-1,Ira Wren\n"


def test_a_dropped_file_is_imported_and_reported(town: Town) -> None:
    said = _drop(town, KEY, FILE)
    assert (said["outcome"], said["written"]) == ("imported", 1)
    assert town.target.accounts.get("in-1") is not None


def test_a_seller_who_moves_leaves_the_former_territory(town: Town) -> None:
    for number, territory in enumerate(("north", "south")):
        said = _drop(town, f"inbox/sellers/{number}.csv", SELLER.format(territory).encode())
        assert (said["outcome"], said["written"]) == ("imported", 1)
    for territory, there in (("north", []), ("south", ["in-seller"])):
        pk = keys.route("territory", territory)
        found = town.target.table.query(KeyConditionExpression=Key("pk").eq(pk))["Items"]
        assert [row["seller_id"] for row in found] == there


def test_a_contact_is_imported_and_a_file_of_nothing_is_a_dead_letter(town: Town) -> None:
    said = _drop(town, "inbox/contacts/people.csv", CONTACT)
    assert (said["outcome"], said["written"]) == ("imported", 1)
    assert _drop(town, "inbox/contacts/rubbish.csv", b";;\n")["outcome"] == "refused"
    url = town.target.deployed.outputs["InboxDlqUrl"]
    letter = until(lambda: _letter(town, url), "the message is a dead letter")
    assert letter["MessageAttributes"]["reason"]["StringValue"] == "ImportFileError"
    town.target.sqs.purge_queue(QueueUrl=url)


def _drop(town: Town, key: str, body: bytes) -> dict[str, Any]:
    """The report on the file."""
    s3, bucket = town.target.s3, town.target.bucket
    s3.put_object(Bucket=bucket, Key=key, Body=body)
    report = keys.inbox_report(key)
    found = s3.list_objects_v2
    until(lambda: found(Bucket=bucket, Prefix=report)["KeyCount"], "the report is there")
    until(town.is_quiet, "the inbox is empty")
    told = s3.get_object(Bucket=bucket, Key=report)["Body"].read()
    said: dict[str, Any] = json.loads(told)
    return said


def _letter(town: Town, url: str) -> Any:
    found = town.target.sqs.receive_message(QueueUrl=url, MessageAttributeNames=["reason"])
    return next(iter(found.get("Messages", [])), None)
