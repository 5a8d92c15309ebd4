"""What became of signals that a seller was told of, many at a time."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from earshot.aws import keys
from earshot.aws.items import model_of
from earshot.aws.queries import batch
from earshot.domain.models import Claim, Feedback

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


class AnswerStore:
    def __init__(self, table: "Table") -> None:
        self._table = table

    def claims(self, signal_ids: Sequence[str]) -> dict[str, Claim]:
        """By signal, where somebody ever took care."""
        rows = batch(self._table, [keys.claim(signal_id) for signal_id in signal_ids])
        found = (model_of(Claim, row) for row in rows)
        return {claim.signal_id: claim for claim in found}

    def given_by(self, seller_id: str, signal_ids: Sequence[str]) -> dict[str, Feedback]:
        """The seller's last word on each, by signal."""
        wanted = [keys.feedback(seller_id, signal_id) for signal_id in signal_ids]
        return {str(row["sk"]): model_of(Feedback, row) for row in batch(self._table, wanted)}
