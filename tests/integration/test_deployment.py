"""What deploying and removing a stage does to what is there."""

from pathlib import Path

import pytest

from earshot_ops import deployment, removal
from earshot_ops.embedded_aws import EmbeddedAws
from earshot_ops.errors import StackError


def test_removing_a_stage_keeps_its_data_until_told_otherwise(tmp_path: Path) -> None:
    said: list[str] = []
    choices = deployment.Choices(mail_from="alerts@earshot.example")
    with EmbeddedAws(tmp_path) as aws:
        made = deployment.deploy("local", aws.access, choices, say=said.append)
        table = aws.client("dynamodb")
        name = made.outputs["TableName"]
        table.put_item(TableName=name, Item={"pk": {"S": "CONFIG"}, "sk": {"S": "CONFIG"}})

        removal.destroy("local", aws.access, with_data=False, say=said.append)
        assert aws.client("lambda").list_functions()["Functions"] == []
        assert table.scan(TableName=name)["Count"] == 1
        with pytest.raises(StackError, match="earshot-local-ingest"):
            deployment.read("local", aws.access)

        removal.destroy("local", aws.access, with_data=True, say=said.append)
        assert table.list_tables()["TableNames"] == []
        assert aws.client("s3").list_buckets()["Buckets"] == []
        assert aws.client("secretsmanager").list_secrets()["SecretList"] == []
    assert said[0] == "building the layer and the apps"
    assert said[-1] == "removing the data"
