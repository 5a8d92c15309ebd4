"""The secrets of connections, one entry in Secrets Manager each: ``{"secrets": [current, …],
"since": [when it was stored, …]}``.

Every secret in the list is live, so that a platform can be given a new one before it stops signing
with the old one; the old one is retired when it did.
"""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from earshot.aws.fresh import Fresh
from earshot.aws.keys import timestamp
from earshot.errors import SecretMissingError

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

MAX_AGE_SECONDS = 300
SECRET_DOUBT_SECONDS = 15
"""What does not fit may be signed with a newer secret than the one remembered: if that is older
than this, it is read again, which also is how often a forger can make us read it."""
LIVE_SECRETS = 2


class SecretStore:
    def __init__(self, client: "SecretsManagerClient", prefix: str) -> None:
        self._client = client
        self._prefix = prefix
        self._fresh: Fresh[str, tuple[bytes, ...]] = Fresh()

    def secrets(
        self, source: str, connection_id: str, *, max_age: float = MAX_AGE_SECONDS
    ) -> tuple[bytes, ...]:
        """The newest first; ``SecretMissingError`` when there is none that can be read."""
        name = self._name(source, connection_id)
        return self._fresh.get(name, lambda: self._read(name), max_age=max_age)

    def put(self, source: str, connection_id: str, secret: str) -> None:
        """The only live one from now on."""
        self._write(self._name(source, connection_id), [(secret, timestamp(datetime.now(UTC)))])

    def make(self, source: str, connection_id: str, secret: str) -> None:
        """Unless there is one, which stays."""
        value = _value([(secret, timestamp(datetime.now(UTC)))])
        try:
            self._client.create_secret(Name=self._name(source, connection_id), SecretString=value)
        except self._client.exceptions.ResourceExistsException:
            return

    def rotate(self, source: str, connection_id: str, secret: str) -> None:
        """Live together with the one that was current."""
        name = self._name(source, connection_id)
        live = [(secret, timestamp(datetime.now(UTC))), *self._stored(name)]
        self._write(name, live[:LIVE_SECRETS])

    def retire(self, source: str, connection_id: str) -> bool:
        """Only the newest is live from now on. False when it was the only one."""
        name = self._name(source, connection_id)
        live = self._stored(name)
        if len(live) > 1:
            self._write(name, live[:1])
        return len(live) > 1

    def remove(self, source: str, connection_id: str) -> None:
        """For good, if it is there."""
        name = self._name(source, connection_id)
        try:
            self._client.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
        except self._client.exceptions.ResourceNotFoundException:
            return

    def live_since(self, source: str, connection_id: str) -> tuple[str, ...]:
        """When each live secret was stored, the newest first; empty text where nobody noted it."""
        return tuple(since for _, since in self._stored(self._name(source, connection_id)))

    def _name(self, source: str, connection_id: str) -> str:
        return f"{self._prefix}{source}/{connection_id}"

    def _read(self, name: str) -> tuple[bytes, ...]:
        return tuple(secret.encode() for secret, _ in self._stored(name))

    def _stored(self, name: str) -> list[tuple[str, str]]:
        errors = self._client.exceptions
        try:
            stored = json.loads(self._client.get_secret_value(SecretId=name)["SecretString"])
            secrets = [str(secret) for secret in stored["secrets"] if secret]
            since = [str(at) for at in stored.get("since", ())]
        except (errors.ResourceNotFoundException, errors.InvalidRequestException) as error:
            raise SecretMissingError(name) from error
        except (KeyError, TypeError, ValueError, AttributeError):
            raise SecretMissingError(f"{name} cannot be read") from None
        if not secrets:
            raise SecretMissingError(f"{name} is empty")
        return list(zip(secrets, since + [""] * len(secrets), strict=False))

    def _write(self, name: str, live: list[tuple[str, str]]) -> None:
        value = _value(live)
        try:
            self._client.put_secret_value(SecretId=name, SecretString=value)
        except self._client.exceptions.ResourceNotFoundException:
            self._client.create_secret(Name=name, SecretString=value)


def _value(live: list[tuple[str, str]]) -> str:
    secrets, since = zip(*live, strict=True)
    return json.dumps({"secrets": secrets, "since": since})
