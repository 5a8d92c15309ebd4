"""The key of links is rotated by putting another value."""

import uuid

import pytest

from earshot.aws import clients
from earshot.aws.action_secrets import ActionSecrets
from earshot_ops.embedded_aws import EmbeddedAws


def test_the_value_before_stays_live_until_the_next_one(aws_environment: EmbeddedAws) -> None:
    client = clients.secrets_manager()
    name = f"links-{uuid.uuid4().hex[:12]}"
    client.create_secret(Name=name, SecretString="first")
    secrets = ActionSecrets(client, name)
    assert secrets.live() == ("first",)
    client.put_secret_value(SecretId=name, SecretString="second")
    assert secrets.live() == ("first",)
    assert secrets.live(max_age=0) == ("first", "second")
    client.put_secret_value(SecretId=name, SecretString="third")
    assert secrets.live(max_age=0) == ("second", "third")


def test_a_secret_that_is_not_there_is_no_empty_one(aws_environment: EmbeddedAws) -> None:
    client = clients.secrets_manager()
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        ActionSecrets(client, f"none-{uuid.uuid4().hex[:12]}").live()
