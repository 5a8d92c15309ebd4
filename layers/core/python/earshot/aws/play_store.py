"""The team's plays, and what came of each use."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from earshot.aws import keys
from earshot.aws.fresh import Fresh
from earshot.aws.items import item_of, model_of
from earshot.aws.queries import partition
from earshot.domain.decisions import Alert, Feedback, FeedbackKind
from earshot.domain.plays import Play, PlayUse

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

KNOWN_FOR = 60.0
KEPT_AFTER_USE = timedelta(days=400)  # as long as the alert itself
_ANSWERED_LATER = (
    "attribute_not_exists(given_at) OR #outcome = :opened OR given_at < :given_at "
    "OR (given_at = :given_at AND #outcome <= :outcome)"
)
_OPENED_LATER = "attribute_not_exists(given_at) OR (#outcome = :opened AND given_at < :given_at)"


class PlayStore:
    def __init__(self, table: "Table") -> None:
        self._table = table
        self._known: Fresh[str, tuple[Play, ...]] = Fresh(1)

    def all(self) -> tuple[Play, ...]:
        """By id; as they were at most a minute ago."""
        return self._known.get(keys.plays(), self._read, max_age=KNOWN_FOR)

    def _read(self) -> tuple[Play, ...]:
        return tuple(model_of(Play, row) for row in partition(self._table, keys.plays()))

    def put_all(self, plays: Iterable[Play]) -> int:
        """Writes those that are not there as they are, and returns how many that were. Others
        stay."""
        before = {play.play_id: play for play in self._read()}
        changed = [play for play in plays if before.get(play.play_id) != play]
        for play in changed:
            self._table.put_item(Item=item_of(keys.play(play.play_id), play))
        self._known = Fresh(1)
        return len(changed)

    def remove(self, play_ids: Iterable[str]) -> None:
        """What came of their uses stays."""
        for play_id in play_ids:
            self._table.delete_item(Key=keys.play(play_id))
        self._known = Fresh(1)

    def record_use(self, alert: Alert) -> None:
        """The alert was told with its play; nothing, when it had none. Once is as good as often,
        and an answer that came before stays."""
        if alert.play_id is None:
            return
        fields: dict[str, Any] = {"signal_id": alert.signal_id, "seller_id": alert.seller_id}
        if alert.told_at:
            fields |= {"told_at": keys.timestamp(alert.told_at), "ttl": _ttl(alert.told_at)}
        self._note(keys.play_use(alert.play_id, alert.alert_id), fields)

    def record_outcome(self, feedback: Feedback) -> None:
        """What the seller said of an alert with a play; the last answer holds, in any order of
        arrival, and to open the page again takes no answer back."""
        if feedback.play_id is None:
            return
        fields = {
            "signal_id": feedback.signal_id,
            "seller_id": feedback.seller_id,
            "given_at": keys.timestamp(feedback.given_at),
            "outcome": feedback.kind.value,
            "ttl": _ttl(feedback.given_at),
        }
        opened = feedback.kind is FeedbackKind.OPENED
        self._note(
            keys.play_use(feedback.play_id, feedback.alert_id),
            fields,
            condition=_OPENED_LATER if opened else _ANSWERED_LATER,
        )

    def uses(self, play_id: str) -> Iterator[PlayUse]:
        """Of the last 400 days."""
        for row in partition(self._table, keys.play_uses(play_id), "USE#"):
            fields = {name: row[name] for name in PlayUse.model_fields if name in row}
            alert_id = str(row["sk"]).removeprefix("USE#")
            yield PlayUse.model_validate({**fields, "play_id": play_id, "alert_id": alert_id})

    def _note(self, key: keys.Key, fields: dict[str, Any], condition: str = "") -> None:
        values = {f":{name}": value for name, value in fields.items()}
        options: dict[str, Any] = {}
        if condition:
            options["ConditionExpression"] = condition
            values[":opened"] = FeedbackKind.OPENED.value
        try:
            self._table.update_item(
                Key=key,
                UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in fields),
                ExpressionAttributeNames={f"#{name}": name for name in fields},
                ExpressionAttributeValues=values,
                **options,
            )
        except self._table.meta.client.exceptions.ConditionalCheckFailedException:
            return


def _ttl(moment: datetime) -> int:
    return int((moment + KEPT_AFTER_USE).timestamp())
