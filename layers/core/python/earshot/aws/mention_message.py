"""What goes from understanding to deciding; apart from the envelope that ingest sends."""

from earshot.aws.envelopes import Envelope, Mark
from earshot.domain.deliveries import Delivery
from earshot.domain.signals import Mention, Understanding


class MentionMessage(Envelope):
    """On mentions.fifo, grouped by strand: one version of a post that concerns somebody, or whose
    earlier version did.

    ``strand_id`` is where it hangs now, ``None`` when it concerns nobody any more; ``strand_ids``
    are those of every version so far, which have to let go of it.
    """

    source: str
    native_id: str
    version: str
    author_id: str
    subject_ids: tuple[str, ...] = ()
    mentions: tuple[Mention, ...] = ()
    understanding: Understanding
    strand_id: str | None = None
    strand_ids: tuple[str, ...] = ()
    watchlist_version: str
    delivery: Delivery
    replayed: Mark = False
    rebuilt: Mark = False
