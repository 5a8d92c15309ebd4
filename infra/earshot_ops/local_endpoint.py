"""Where the embedded AWS of this clone listens: a file that whoever starts it writes, so that the
command line finds it."""

import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from earshot_ops.aws_access import AwsAccess
from earshot_ops.chalice_configuration import ROOT
from earshot_ops.errors import EmbeddedAwsError

PATH = ROOT / "build/dev/endpoint.json"


class LocalEndpoint(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    endpoint_url: str
    region: str = "us-east-1"
    access_key: str = "test"
    secret_key: str = "test"
    api_url: str = ""

    @property
    def access(self) -> AwsAccess:
        """Nothing of the user's own AWS configuration goes there."""
        return AwsAccess(
            environment={
                "AWS_ENDPOINT_URL": self.endpoint_url,
                "AWS_ACCESS_KEY_ID": self.access_key,
                "AWS_SECRET_ACCESS_KEY": self.secret_key,
                "AWS_DEFAULT_REGION": self.region,
                "AWS_REGION": self.region,
                "AWS_CONFIG_FILE": os.devnull,
                "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
                "AWS_EC2_METADATA_DISABLED": "true",
            }
        )

    def save(self, path: Path | None = None) -> None:
        path = path or PATH
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.model_dump_json(indent=2) + "\n", encoding="utf-8")


def find(endpoint_url: str | None = None, path: Path | None = None) -> LocalEndpoint:
    """The running one, or the one at this URL; ``EmbeddedAwsError`` when there is no file."""
    if endpoint_url:
        return LocalEndpoint(endpoint_url=endpoint_url.rstrip("/"))
    path = path or PATH
    try:
        return LocalEndpoint.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise EmbeddedAwsError(
            "no local stack is running; start one with: make dev (or name a stage in AWS: --stage)"
        ) from None
    except ValidationError as error:
        raise EmbeddedAwsError(f"{path} cannot be read; start the local stack anew") from error
