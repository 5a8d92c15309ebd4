"""The last heartbeat that arrived, and all that one leaves on its way."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from earshot.aws import keys
from earshot.aws.guard_store import GuardStore
from earshot.aws.items import item_of, model_of
from earshot.aws.queries import partition
from earshot.domain import heartbeat
from earshot.domain.heartbeat_reader import Arrival
from earshot.domain.models import Delivery, Post
from earshot.domain.stories import thread_strand
from earshot.domain.subjects import prospect_subject_id

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


class HeartbeatStore:
    def __init__(self, table: "Table") -> None:
        self._table = table

    def arrived(self, arrival: Arrival) -> bool:
        """Whether that is news: no later one arrived, and not this one."""
        slot = keys.timestamp(arrival.slot)
        try:
            self._table.put_item(
                Item=item_of(keys.heartbeat(), arrival, slot=slot),
                ConditionExpression="attribute_not_exists(pk) OR slot < :slot",
                ExpressionAttributeValues={":slot": slot},
            )
        except self._table.meta.client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def latest(self) -> Arrival | None:
        found = self._table.get_item(Key=keys.heartbeat(), ConsistentRead=True).get("Item")
        return model_of(Arrival, found) if found else None

    def forget(self, delivery: Delivery, posts: Iterable[Post]) -> None:
        """Every row of these heartbeats. It may be cut short and done again: what leads to others
        goes after them, and the strand last, since a post without one waits to be decided."""
        for post in posts:
            self._forget_mails(post)
            self._forget_signals(prospect_subject_id(post.source, post.author.author_id))
            self._empty(keys.post(post.source, post.native_id))
            self._delete(keys.author_post(post.source, post.author.author_id, post.native_id))
            self._empty(keys.strand(thread_strand(post.source, post.thread_id))["pk"])
        self._delete(
            keys.receipt(
                delivery.source,
                delivery.connection_id,
                delivery.received_at,
                delivery_id=delivery.delivery_id,
            )
        )

    def _forget_signals(self, subject_id: str) -> None:
        self._delete(keys.thread(heartbeat.NAME, subject_id))
        for row in list(partition(self._table, keys.subject(subject_id), "SIGNAL#")):
            self._empty(keys.signal_rows(str(row["sk"]).removeprefix("SIGNAL#")))
            self._delete({"pk": str(row["pk"]), "sk": str(row["sk"])})

    def _forget_mails(self, post: Post) -> None:
        for guard in GuardStore(self._table).of_post(post.source, post.native_id):
            if guard.alert_id:
                self._delete(keys.outbox(guard.alert_id))

    def _empty(self, partition_key: str) -> None:
        for row in list(partition(self._table, partition_key)):
            self._delete({"pk": str(row["pk"]), "sk": str(row["sk"])})

    def _delete(self, key: keys.Key) -> None:
        self._table.delete_item(Key=key)
