"""Signals, the decisions about them, and the actions that change them."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from earshot.aws import keys
from earshot.aws.items import item_of, model_of
from earshot.aws.queries import batch, partition
from earshot.aws.transactions import (
    Action,
    Refusal,
    commit,
    expects_absent,
    expects_head,
    puts,
)
from earshot.domain.models import DecisionSet, Signal

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

CHUNK_OF_DECISIONS = 300
MOST_DECISIONS_REMOVED = 50
MOST_CLAIMS_REMOVED = 10


class SignalStore:
    def __init__(self, table: "Table") -> None:
        self._table = table

    def get(self, subject_id: str, signal_id: str) -> Signal | None:
        key = keys.signal(subject_id, signal_id)
        found = self._table.get_item(Key=key, ConsistentRead=True).get("Item")
        return model_of(Signal, found) if found else None

    def present(self, subject_id: str, signal_id: str) -> Signal | None:
        """The signal, or the one that it became part of."""
        wanted: tuple[str, str] | None = (subject_id, signal_id)
        seen = set()
        while wanted and wanted not in seen:
            if signal := self.get(*wanted):
                return signal
            seen.add(wanted)
            wanted = self._successor(wanted[1])
        return None

    def present_of(self, wanted: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Signal]:
        """The same of many, without those that are gone."""
        rows = batch(self._table, [keys.signal(*key) for key in wanted])
        found = {signal.key: signal for signal in (model_of(Signal, row) for row in rows)}
        present = {key: found.get(key) or self.present(*key) for key in wanted}
        return {key: signal for key, signal in present.items() if signal}

    def _successor(self, signal_id: str) -> tuple[str, str] | None:
        found = self._table.get_item(Key=keys.merged(signal_id), ConsistentRead=True).get("Item")
        return (str(found["subject_id"]), str(found["signal_id"])) if found else None

    def of_subject(self, subject_id: str) -> Iterator[Signal]:
        for item in partition(self._table, keys.subject(subject_id), "SIGNAL#"):
            yield model_of(Signal, item)

    def decision_set(self, signal_id: str, revision: int) -> DecisionSet | None:
        """The decisions of one revision, its chunks joined."""
        prefix = keys.decisions(signal_id, revision)["sk"].rsplit("#", 1)[0]
        rows = partition(self._table, keys.signal_rows(signal_id), f"{prefix}#")
        chunks = [model_of(DecisionSet, row) for row in rows]
        if not chunks:
            return None
        decisions = tuple(decision for chunk in chunks for decision in chunk.decisions)
        return chunks[0].model_copy(update={"decisions": decisions})

    def decision_sets(self, signal_id: str) -> Iterator[DecisionSet]:
        """Of every revision, the first one first, a chunk at a time."""
        for row in partition(self._table, keys.signal_rows(signal_id), "DECISIONS#"):
            yield model_of(DecisionSet, row)

    def rename(self, signal: Signal, name: str) -> None:
        """Its subject, unless the signal was changed since it was read. No new revision: nobody is
        told, and nothing that was decided changes."""
        try:
            self._table.update_item(
                Key=keys.signal(*signal.key),
                UpdateExpression="SET #data.#subject.#name = :name",
                ConditionExpression="revision = :read",
                ExpressionAttributeNames={"#data": "data", "#subject": "subject", "#name": "name"},
                ExpressionAttributeValues={":name": name, ":read": signal.revision},
            )
        except self._table.meta.client.exceptions.ConditionalCheckFailedException:
            return

    def commit(self, actions: Sequence[Action]) -> Refusal | None:
        return commit(self._table, actions)

    # Actions of transactions

    def expects_head(self, source: str, native_id: str, version: str) -> Action:
        return expects_head(self._table, source, native_id, version=version)

    def expects_known(self, source: str, native_id: str) -> Action:
        """The post was not erased."""
        return {
            "ConditionCheck": {
                "TableName": self._table.name,
                "Key": keys.post_head(source, native_id),
                "ConditionExpression": "attribute_exists(pk)",
            },
            "refusal": Refusal.ERASED,
        }

    def expects_absent(self, wanted: Iterable[keys.Key], refusal: Refusal) -> list[Action]:
        return expects_absent(self._table, wanted, refusal)

    def puts(self, signal: Signal) -> Action:
        """On the revision before it, or as the first."""
        item = item_of(keys.signal(*signal.key), signal, revision=signal.revision)
        before = {"revision": signal.revision - 1} if signal.revision > 1 else None
        return puts(self._table, item, instead_of=before)

    def removes(self, signal: Signal) -> Action:
        """The revision that was read and no later one."""
        return {
            "Delete": {
                "TableName": self._table.name,
                "Key": keys.signal(*signal.key),
                "ConditionExpression": "revision = :read",
                "ExpressionAttributeValues": {":read": signal.revision},
            },
            "refusal": Refusal.CONFLICT,
        }

    def removes_traces(self, signal: Signal) -> list[Action]:
        """Its latest decisions, who took care of it and with which note, and where signals that it
        absorbed went."""
        rows = partition(
            self._table,
            keys.signal_rows(signal.signal_id),
            "DECISIONS#",
            ScanIndexForward=False,
            ProjectionExpression="pk, sk",
        )
        decisions = [{"pk": row["pk"], "sk": row["sk"]} for row in rows]
        names = list(dict.fromkeys((signal.signal_id, *signal.absorbed)))
        claims = map(keys.claim, names[:MOST_CLAIMS_REMOVED])
        gone = [*decisions[:MOST_DECISIONS_REMOVED], *claims, *map(keys.merged, names)]
        return [
            {"Delete": {"TableName": self._table.name, "Key": key}, "refusal": Refusal.CONFLICT}
            for key in gone
        ]

    def points(self, signal_id: str, successor: tuple[str, str]) -> Action:
        """The signal became part of the successor: subject and signal id."""
        subject_id, into = successor
        row = {**keys.merged(signal_id), "subject_id": subject_id, "signal_id": into}
        return {
            "Put": {"TableName": self._table.name, "Item": row},
            "refusal": Refusal.CONFLICT,
        }

    def puts_decisions(self, decided: DecisionSet) -> list[Action]:
        """In chunks that stay far below the 400 KB of an item."""
        chunks = [
            decided.decisions[start : start + CHUNK_OF_DECISIONS]
            for start in range(0, max(1, len(decided.decisions)), CHUNK_OF_DECISIONS)
        ]
        return [
            {
                "Put": {
                    "TableName": self._table.name,
                    "Item": item_of(
                        keys.decisions(decided.signal_id, decided.revision, number),
                        decided.model_copy(update={"decisions": chunk}),
                    ),
                },
                "refusal": Refusal.CONFLICT,
            }
            for number, chunk in enumerate(chunks)
        ]
