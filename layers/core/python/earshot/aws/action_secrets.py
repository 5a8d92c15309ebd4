"""The key that links, forms and cookies are signed with, and the one before it.

Putting a new value rotates it: Secrets Manager keeps the former as ``AWSPREVIOUS``, and what was
signed with that is good until the next rotation.
"""

from typing import TYPE_CHECKING

from earshot.aws.fresh import Fresh
from earshot.aws.secret_store import MAX_AGE_SECONDS

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

_STAGES = ("AWSPREVIOUS", "AWSCURRENT")


class ActionSecrets:
    def __init__(self, client: "SecretsManagerClient", name: str) -> None:
        self._client = client
        self._name = name
        self._fresh: Fresh[str, tuple[str, ...]] = Fresh()

    def live(self, *, max_age: float = MAX_AGE_SECONDS) -> tuple[str, ...]:
        """The newest last; read again when what is remembered is older than ``max_age`` seconds."""
        return self._fresh.get(self._name, self._read, max_age=max_age)

    def _read(self) -> tuple[str, ...]:
        found = (self._value(stage) for stage in _STAGES)
        return tuple(dict.fromkeys(secret for secret in found if secret))

    def _value(self, stage: str) -> str | None:
        try:
            answer = self._client.get_secret_value(SecretId=self._name, VersionStage=stage)
        except self._client.exceptions.ResourceNotFoundException:
            if stage == "AWSCURRENT":
                raise
            return None
        return answer["SecretString"]
