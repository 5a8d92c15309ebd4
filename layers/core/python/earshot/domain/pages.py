"""What the pages of sellers show."""

from earshot.domain.values import Identifier, Model, Score, Utc


class OpenSignal(Model):
    """A signal that a seller was told of, by which alert, and how it scored for them."""

    subject_id: Identifier
    signal_id: Identifier
    alert_id: Identifier
    score: Score
    told_at: Utc
