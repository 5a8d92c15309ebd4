"""Tombstones: what was deleted stays away, and nobody can read from them what it was."""

import base64
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from earshot.aws import keys
from earshot.aws.queries import batch

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

    def refused(
        self, posts: Iterable[tuple[str, str, str]], *, before: datetime
    ) -> frozenset[tuple[str, str, str]]:
        """Those of source, native id and author (empty where nobody says) that were refused before
        then; a tombstone that does not say since when is old."""
        told = {post: self._pks(*post) for post in posts}
        wanted = sorted({pk for pks in told.values() for pk in pks})
        rows = batch(self._table, [{"pk": pk, "sk": keys.TOMBSTONE} for pk in wanted])
        until = keys.timestamp(before)
        old = {str(row["pk"]) for row in rows if str(row.get("buried_at", "")) <= until}
        return frozenset(post for post, pks in told.items() if old & set(pks))

    def _pks(self, source: str, native_id: str, author_id: str) -> tuple[str, ...]:
        of_post, of_author = self.keys_of(source, native_id, author_id)
        return (of_post["pk"], of_author["pk"]) if author_id else (of_post["pk"],)

    def bury_post(self, source: str, native_id: str, now: datetime) -> str:
        """The tombstone's key: a keyed hash that may be journalled."""
        return self._bury(keys.tombstone(self._secret, "post", source, native_id), now)

    def bury_author(self, source: str, author_id: str, now: datetime) -> str:
        return self._bury(keys.tombstone(self._secret, "author", source, author_id), now)

    def _bury(self, key: keys.Key, now: datetime) -> str:
        """It says since when, and goes on saying so when it is put again."""
        self._table.update_item(
            Key=key,
            UpdateExpression="SET buried_at = if_not_exists(buried_at, :now)",
            ExpressionAttributeValues={":now": keys.timestamp(now)},
        )
        return key["pk"]
