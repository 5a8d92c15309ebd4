"""Signals, their posts and decisions, and the one transaction that changes them."""

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from earshot.aws import keys
from earshot.aws.items import Item, item_of, model_of
from earshot.aws.queries import partition
from earshot.domain.models import DecisionSet, Signal, SignalPost

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

Action = dict[str, Any]
CHUNK_OF_DECISIONS = 300
MOST_DECISIONS_REMOVED = 80


class Refusal(StrEnum):
    """Why a deciding transaction changed nothing."""

    COMMITTED = "committed"
    SUPERSEDED = "superseded"
    ERASED = "erased"
    CONFLICT = "conflict"
    HEARD = "heard"


class SignalStore:
    def __init__(self, table: "Table") -> None:
        self._table = table

    def get(self, subject_id: str, signal_id: str) -> Signal | None:
        key = keys.signal(subject_id, signal_id)
        found = self._table.get_item(Key=key, ConsistentRead=True).get("Item")
        return model_of(Signal, found) if found else None

    def of_subject(self, subject_id: str) -> Iterator[Signal]:
        for item in partition(self._table, keys.subject(subject_id), "SIGNAL#"):
            yield model_of(Signal, item)

    def posts(self, signal_id: str) -> tuple[SignalPost, ...]:
        rows = partition(self._table, keys.signal_rows(signal_id), "POST#")
        return tuple(model_of(SignalPost, row) for row in rows)

    def decision_set(self, signal_id: str, revision: int) -> DecisionSet | None:
        """The decisions of one revision, its chunks joined."""
        prefix = keys.decisions(signal_id, revision)["sk"].rsplit("#", 1)[0]
        rows = partition(self._table, keys.signal_rows(signal_id), f"{prefix}#")
        chunks = [model_of(DecisionSet, row) for row in rows]
        if not chunks:
            return None
        decisions = tuple(decision for chunk in chunks for decision in chunk.decisions)
        return chunks[0].model_copy(update={"decisions": decisions})

    def heard_sellers(self, source: str, native_id: str) -> dict[str, str]:
        """Seller to alert id, for the sellers who were alerted to this post."""
        rows = partition(self._table, keys.post(source, native_id), "GUARD#")
        return {str(row["sk"]).removeprefix("GUARD#"): str(row["alert_id"]) for row in rows}

    def commit(self, actions: Sequence[Action]) -> Refusal | None:
        """All of the actions or none; the reason when none. Each action carries under ``refusal``
        what its failed condition means."""
        items = [{kind: body for kind, body in a.items() if kind != "refusal"} for a in actions]
        client = self._table.meta.client
        try:
            client.transact_write_items(TransactItems=items)  # type: ignore[arg-type]
        except client.exceptions.TransactionCanceledException as error:
            return _refusal(error, actions)
        return None

    # The actions of a deciding transaction

    def expects_head(self, source: str, native_id: str, version: str) -> Action:
        return {
            "ConditionCheck": {
                "TableName": self._table.name,
                "Key": keys.post_head(source, native_id),
                "ConditionExpression": "version = :version",
                "ExpressionAttributeValues": {":version": version},
            },
            "refusal": Refusal.SUPERSEDED,
        }

    def expects_absent(self, wanted: Iterable[keys.Key], refusal: Refusal) -> list[Action]:
        return [
            {
                "ConditionCheck": {
                    "TableName": self._table.name,
                    "Key": key,
                    "ConditionExpression": "attribute_not_exists(pk)",
                },
                "refusal": refusal,
            }
            for key in wanted
        ]

    def puts_new(self, item: Item, refusal: Refusal) -> Action:
        return {
            "Put": {
                "TableName": self._table.name,
                "Item": item,
                "ConditionExpression": "attribute_not_exists(pk)",
            },
            "refusal": refusal,
        }

    def puts_post(self, signal_id: str, post: SignalPost) -> Action:
        key = keys.signal_post(signal_id, post.source, post.native_id)
        item = item_of(key, post)
        if post.expires_at:
            item["ttl"] = int(post.expires_at.timestamp())
        return {"Put": {"TableName": self._table.name, "Item": item}, "refusal": Refusal.CONFLICT}

    def removes_post(self, signal_id: str, source: str, native_id: str) -> Action:
        key = keys.signal_post(signal_id, source, native_id)
        return {
            "Delete": {"TableName": self._table.name, "Key": key},
            "refusal": Refusal.CONFLICT,
        }

    def puts_signal(self, signal: Signal) -> Action:
        """On the revision before it, or as the first."""
        item = item_of(
            keys.signal(signal.subject.subject_id, signal.signal_id),
            signal,
            revision=signal.revision,
        )
        put: Action = {"TableName": self._table.name, "Item": item}
        if signal.revision == 1:
            put["ConditionExpression"] = "attribute_not_exists(pk)"
        else:
            put["ConditionExpression"] = "revision = :before"
            put["ExpressionAttributeValues"] = {":before": signal.revision - 1}
        return {"Put": put, "refusal": Refusal.CONFLICT}

    def removes_signal(self, signal: Signal) -> list[Action]:
        """The revision that was read and no later one, with its latest decisions."""
        gone: Action = {
            "Delete": {
                "TableName": self._table.name,
                "Key": keys.signal(signal.subject.subject_id, signal.signal_id),
                "ConditionExpression": "revision = :read",
                "ExpressionAttributeValues": {":read": signal.revision},
            },
            "refusal": Refusal.CONFLICT,
        }
        rows = partition(
            self._table,
            keys.signal_rows(signal.signal_id),
            "DECISIONS#",
            ScanIndexForward=False,
            ProjectionExpression="pk, sk",
        )
        decisions: list[Action] = [
            {
                "Delete": {
                    "TableName": self._table.name,
                    "Key": {"pk": row["pk"], "sk": row["sk"]},
                },
                "refusal": Refusal.CONFLICT,
            }
            for row in islice(rows, MOST_DECISIONS_REMOVED)
        ]
        return [gone, *decisions]

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


def _refusal(error: ClientError, actions: Sequence[Action]) -> Refusal:
    """The most telling reason first: what was committed, erased or superseded needs no retry."""
    reasons = error.response.get("CancellationReasons", [])
    failed = {
        action["refusal"]
        for action, reason in zip(actions, reasons, strict=False)
        if reason.get("Code") == "ConditionalCheckFailed"
    }
    return next((refusal for refusal in Refusal if refusal in failed), Refusal.CONFLICT)
