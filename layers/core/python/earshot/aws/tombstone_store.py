"""Tombstones: what was deleted stays away, and nobody can read from them what it was."""

import base64
from typing import TYPE_CHECKING

from earshot.aws import keys

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table
    from mypy_boto3_secretsmanager import SecretsManagerClient


def read_secret(client: "SecretsManagerClient", name: str) -> bytes:
    answer = client.get_secret_value(SecretId=name)
    text = answer.get("SecretString")
    return text.encode() if text else base64.b64decode(answer["SecretBinary"])


class TombstoneStore:
    def __init__(self, table: "Table", secret: bytes) -> None:
        self._table = table
        self._secret = secret

    def keys_of(self, source: str, native_id: str, author_id: str) -> tuple[keys.Key, keys.Key]:
        """Those of the post and of its author; the deciding transaction refuses either."""
        return (
            keys.tombstone(self._secret, "post", source, native_id),
            keys.tombstone(self._secret, "author", source, author_id),
        )

    def refuses(self, source: str, native_id: str, author_id: str) -> bool:
        return any(map(self._has, self.keys_of(source, native_id, author_id)))

    def has_post(self, source: str, native_id: str) -> bool:
        """Whether the post itself was erased, whoever wrote it."""
        return self._has(keys.tombstone(self._secret, "post", source, native_id))

    def has_author(self, source: str, author_id: str) -> bool:
        return self._has(keys.tombstone(self._secret, "author", source, author_id))

    def _has(self, key: keys.Key) -> bool:
        return "Item" in self._table.get_item(Key=key, ConsistentRead=True)

    def bury_post(self, source: str, native_id: str) -> str:
        """The tombstone's key: a keyed hash that may be journalled."""
        return self._bury(keys.tombstone(self._secret, "post", source, native_id))

    def bury_author(self, source: str, author_id: str) -> str:
        return self._bury(keys.tombstone(self._secret, "author", source, author_id))

    def _bury(self, key: keys.Key) -> str:
        self._table.put_item(Item=key)
        return key["pk"]
