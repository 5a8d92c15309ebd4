"""What goes from understanding to deciding; apart from the envelope that ingest sends."""

from earshot.aws.envelopes import Envelope
from earshot.domain.deliveries import Delivery
from earshot.domain.signals import Mention, Understanding


class MentionMessage(Envelope):
    """On mentions.fifo, grouped by subject: one version of a post for one subject.

    ``understanding`` is absent when the post no longer concerns the subject (an edit, a deletion):
    the subject's signal has to let go of it.
    """

    source: str
    native_id: str
    version: str
    subject_id: str
    account_id: str | None = None
    objects: tuple[str, ...] = ()
    mentions: tuple[Mention, ...] = ()
    understanding: Understanding | None = None
    watchlist_version: str
    delivery: Delivery
