"""Whose AWS we talk to: an embedded one by its environment, or an account by the user's profile."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3
import botocore.session

# An embedded AWS knows nothing of the profile that the user's shell names.
_THE_USERS_OWN = {"AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN"}
_NO_PROFILE = (None, None, None, None)


@dataclass(frozen=True)
class AwsAccess:
    """``environment`` goes over the process's own; ``profile`` is one of ~/.aws/config."""

    environment: Mapping[str, str] = field(default_factory=dict)
    profile: str | None = None
    region: str | None = None

    @property
    def endpoint(self) -> str | None:
        """Where the embedded AWS listens; None for AWS itself."""
        return self.environment.get("AWS_ENDPOINT_URL")

    def client(self, service: str) -> Any:
        return self._session().client(service, endpoint_url=self.endpoint)  # type: ignore[call-overload]

    def resource(self, service: str) -> Any:
        return self._session().resource(service, endpoint_url=self.endpoint)  # type: ignore[call-overload]

    def _session(self) -> boto3.Session:
        session_vars = {"profile": _NO_PROFILE} if self.endpoint else None
        return boto3.Session(
            botocore_session=botocore.session.Session(session_vars=session_vars),
            profile_name=self.profile,
            region_name=self.region or self.environment.get("AWS_DEFAULT_REGION"),
            aws_access_key_id=self.environment.get("AWS_ACCESS_KEY_ID"),
            aws_secret_access_key=self.environment.get("AWS_SECRET_ACCESS_KEY"),
        )

    def process_environment(self) -> dict[str, str]:
        """For a program that reads credentials and endpoint from its environment."""
        mine = {**os.environ, **self.environment, "AWS_PAGER": ""}
        if self.endpoint:
            mine = {name: value for name, value in mine.items() if name not in _THE_USERS_OWN}
        if self.profile:
            mine["AWS_PROFILE"] = self.profile
        if self.region:
            mine["AWS_DEFAULT_REGION"] = mine["AWS_REGION"] = self.region
        return mine
