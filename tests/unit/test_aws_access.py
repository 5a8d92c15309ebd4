"""Whose AWS is talked to, whatever the user's shell says."""

import pytest
from botocore.exceptions import ProfileNotFound

from earshot_ops.aws_access import AwsAccess
from earshot_ops.local_endpoint import LocalEndpoint


@pytest.fixture(autouse=True)
def shell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "of-nobody")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "of-somebody-else")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")


def test_an_embedded_aws_is_reached_without_the_profile_of_the_shell() -> None:
    access = LocalEndpoint(endpoint_url="http://127.0.0.1:9").access
    client = access.client("sqs")
    assert client.meta.endpoint_url == "http://127.0.0.1:9"
    environment = access.process_environment()
    assert environment["AWS_ENDPOINT_URL"] == "http://127.0.0.1:9"
    assert not environment.keys() & {"AWS_PROFILE", "AWS_SESSION_TOKEN"}


def test_aws_itself_is_reached_with_the_profile_of_the_shell_or_a_named_one() -> None:
    with pytest.raises(ProfileNotFound, match="of-nobody"):
        AwsAccess().client("sqs")
    with pytest.raises(ProfileNotFound, match="sales"):
        AwsAccess(profile="sales").client("sqs")
    environment = AwsAccess(profile="sales", region="eu-central-1").process_environment()
    assert (environment["AWS_PROFILE"], environment["AWS_REGION"]) == ("sales", "eu-central-1")
