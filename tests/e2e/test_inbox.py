"""A file put into the bucket of the deployed stage is imported, and watched for, by itself."""

import json

from earshot.aws import keys
from tests.e2e.town import Town
from tests.e2e.waiting import until

KEY = "inbox/accounts/nightly export.csv"
FILE = b"Account ID;Account Name;Website\nin-1;Wrenfield Mills;https://www.wrenfield.example\n;;\n"


def test_a_dropped_file_is_imported_and_reported(town: Town) -> None:
    s3, bucket = town.target.s3, town.target.bucket
    s3.put_object(Bucket=bucket, Key=KEY, Body=FILE)
    until(lambda: town.target.accounts.get("in-1") is not None, "the account is there")
    until(town.is_quiet, "the inbox is empty")
    said = s3.get_object(Bucket=bucket, Key=keys.inbox_report(KEY))["Body"].read()
    assert json.loads(said)["outcome"] == "imported"
    assert json.loads(said)["written"] == 1
