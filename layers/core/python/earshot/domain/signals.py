"""What posts mean for a sale, and the stories they make."""

from enum import StrEnum

from earshot.domain.business import EntryKind
from earshot.domain.deliveries import DataClass
from earshot.domain.posts import Author
from earshot.domain.values import Identifier, Model, Slug, Utc


class Intent(StrEnum):
    """What a post says."""

    PURCHASE = "purchase"
    RECOMMENDATION = "recommendation"
    SWITCHING = "switching"
    COMPLAINT = "complaint"
    SUPPORT = "support"
    PRAISE = "praise"
    NEWS = "news"
    PROMOTION = "promotion"
    OTHER = "other"


class Urgency(StrEnum):
    NOW = "now"
    SOON = "soon"
    NONE = "none"


class Event(StrEnum):
    """What the news is about."""

    FUNDING = "funding"
    ACQUISITION = "acquisition"
    LEADERSHIP = "leadership"
    HIRING = "hiring"
    LAUNCH = "launch"
    EXPANSION = "expansion"
    PARTNERSHIP = "partnership"
    LAYOFFS = "layoffs"
    EARNINGS = "earnings"
    OTHER = "other"


class Sentiment(StrEnum):
    """Towards what the post is about."""

    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"


class Degree(StrEnum):
    """How much of an exchange the author seeks: the degree of sociability."""

    MONOLOGUE = "monologue"
    VENTING = "venting"
    SKEWED = "skewed"
    ASKING = "asking"
    CONVERSATION = "conversation"


class Standing(StrEnum):
    """Who the author is to us."""

    CUSTOMER = "customer"
    PROSPECT = "prospect"
    COMPETITOR = "competitor"
    PRESS = "press"
    OWN = "own"
    UNKNOWN = "unknown"


class EvidenceKind(StrEnum):
    DOMAIN = "domain"
    HANDLE = "handle"
    ALIAS = "alias"
    AUTHOR = "author"
    CUE = "cue"


class Evidence(Model):
    """What a claim rests on. ``start`` and ``end`` are offsets in ``Post.plain``, or both -1 when
    the evidence lies in another field (a link, the author)."""

    kind: EvidenceKind
    value: str
    start: int = -1
    end: int = -1


class Mention(Model):
    """A post together with one watchlist entry that it is really about, ``percent`` sure."""

    entry_id: Identifier
    kind: EntryKind
    name: Identifier
    evidence: tuple[Evidence, ...]
    percent: int = 100


class Understanding(Model):
    """What a post means for a sale, and by which version of the models.

    ``also`` is a second intent where both hold; ``event`` goes with news. ``language`` is an ISO
    639-1 code or ``unknown``; where the models do not cover it, ``is_covered`` is false and the
    rest is not guessed: ``other``, ``none``, ``neutral``, ``monologue``. ``percent`` is how sure
    the intent is.
    """

    intent: Intent
    also: Intent | None = None
    percent: int = 100
    event: Event | None = None
    urgency: Urgency
    sentiment: Sentiment = Sentiment.NEUTRAL
    degree: Degree = Degree.MONOLOGUE
    standing: Standing = Standing.UNKNOWN
    language: str = "unknown"
    is_covered: bool = True
    evidence: tuple[Evidence, ...]
    model_version: str


class Subject(Model):
    """Whom a signal is about: an account of ours, or the author as a prospect."""

    subject_id: Identifier
    account_id: str | None = None
    name: Identifier

    @property
    def is_prospect(self) -> bool:
        return self.account_id is None


class SignalPost(Model):
    """A post inside a signal: what grouping, relevance and the mail need of it."""

    source: Slug
    native_id: Identifier
    version: Identifier
    kind: Slug
    permalink: str | None = None
    author: Author
    quote: str
    posted_at: Utc
    thread_id: Identifier
    objects: tuple[str, ...]
    intent: Intent
    urgency: Urgency
    evidence: tuple[Evidence, ...]
    percent: int = 100
    data_class: DataClass
    expires_at: Utc | None = None

    @property
    def identity(self) -> tuple[str, str]:
        return self.source, self.native_id


class Signal(Model):
    """One story with one subject; a fixed size, its posts are rows of their own.

    ``objects`` are watchlist entry ids (competitor, own brand, topic); ``revision`` counts the
    changes and is what optimistic locking compares. ``event``, ``sentiment``, ``degree`` and
    ``standing`` are those of the first post with the strongest intent. ``posts_mark`` stands for
    the set of its posts. ``strand_ids`` say where they lie; ``absorbed`` are ids of signals that
    proved to be the same story, the oldest first.
    """

    signal_id: Identifier
    subject: Subject
    objects: tuple[str, ...]
    intent: Intent
    urgency: Urgency
    post_count: int
    posts_mark: str = ""
    author_count: int
    first_posted_at: Utc
    last_posted_at: Utc
    event: Event | None = None
    sentiment: Sentiment = Sentiment.NEUTRAL
    degree: Degree = Degree.MONOLOGUE
    standing: Standing = Standing.UNKNOWN
    strand_ids: tuple[str, ...] = ()
    absorbed: tuple[str, ...] = ()
    revision: int

    @property
    def key(self) -> tuple[str, str]:
        """Subject and signal: by these it is found."""
        return self.subject.subject_id, self.signal_id


class PostHead(Model):
    """What is known of a post's newest version without its words: where it went and why.

    ``current_ids`` are the subjects of the newest version, ``strand_id`` the strand it hangs on;
    ``strand_ids`` are the strands of every version so far. ``nearest`` is the entry that came
    closest when it concerned nobody.
    """

    source: Slug
    native_id: Identifier
    version: Identifier
    author_id: Identifier
    permalink: str | None = None
    posted_at: Utc
    outcome: Slug
    intent: Intent
    current_ids: tuple[str, ...] = ()
    strand_id: str | None = None
    strand_ids: frozenset[str] = frozenset()
    nearest: str | None = None
    nearest_percent: int | None = None
    watchlist_version: str
    model_version: str
    raw_key: str
