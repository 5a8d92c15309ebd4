"""The secrets of connections, one entry in Secrets Manager each: ``{"secrets": [current, …]}``.

Every secret in the list is live, so that a platform can be given a new one before it stops signing
with the old one.
"""

import json
from typing import TYPE_CHECKING

from earshot.aws.fresh import Fresh
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
        self._write(self._name(source, connection_id), [secret])

    def rotate(self, source: str, connection_id: str, secret: str) -> None:
        """Live together with the one that was current."""
        name = self._name(source, connection_id)
        current = [known.decode() for known in self._read(name)]
        self._write(name, [secret, *current][:LIVE_SECRETS])

    def _name(self, source: str, connection_id: str) -> str:
        return f"{self._prefix}{source}/{connection_id}"

    def _read(self, name: str) -> tuple[bytes, ...]:
        errors = self._client.exceptions
        try:
            stored = json.loads(self._client.get_secret_value(SecretId=name)["SecretString"])
            found = tuple(str(secret).encode() for secret in stored["secrets"] if secret)
        except (errors.ResourceNotFoundException, errors.InvalidRequestException) as error:
            raise SecretMissingError(name) from error
        except (KeyError, TypeError, ValueError):
            raise SecretMissingError(f"{name} cannot be read") from None
        if not found:
            raise SecretMissingError(f"{name} is empty")
        return found

    def _write(self, name: str, secrets: list[str]) -> None:
        value = json.dumps({"secrets": secrets})
        try:
            self._client.put_secret_value(SecretId=name, SecretString=value)
        except self._client.exceptions.ResourceNotFoundException:
            self._client.create_secret(Name=name, SecretString=value)
