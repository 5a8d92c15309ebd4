"""Whom a post's signals are about."""

from hashlib import sha256

from earshot.domain.models import Author, EntryKind, Intent, Mention, Model, Post, Subject

BUYING_INTENTS = frozenset(
    {Intent.PURCHASE, Intent.RECOMMENDATION, Intent.SWITCHING, Intent.COMPLAINT}
)


UNKNOWN = "somebody unknown"
"""A prospect whose name nobody told, or may be kept."""


class Outcome(Model):
    """Where a post went: to ``subject_ids``, or nowhere for ``reason``."""

    reason: str
    subject_ids: tuple[str, ...] = ()


def prospect_subject_id(source: str, author_id: str) -> str:
    """Tells who it is only to those who know the author's id: rows that outlive an erased author
    may hold it."""
    identity = f"{source}\x1f{author_id}"
    return f"prospect:{sha256(identity.encode()).hexdigest()[:32]}"


def find_subjects(post: Post, mentions: tuple[Mention, ...], intent: Intent) -> Outcome:
    """Every account that the post is about; without one, the author as a prospect if the post
    names something of ours or a competitor's and wants something. The rest concerns nobody."""
    accounts = tuple(m.entry_id for m in mentions if m.kind is EntryKind.ACCOUNT)
    if accounts:
        return Outcome(reason="names_account", subject_ids=accounts)
    if not mentions:
        return Outcome(reason="names_nobody")
    if intent not in BUYING_INTENTS:
        return Outcome(reason="no_buying_intent")
    return Outcome(
        reason="prospect", subject_ids=(prospect_subject_id(post.source, post.author.author_id),)
    )


def account_id_of(subject_id: str) -> str | None:
    kind, _, identity = subject_id.partition(":")
    return identity if kind == "account" else None


def is_prospect(subject_id: str) -> bool:
    return subject_id.startswith("prospect:")


def prospect(subject_id: str, author: Author) -> Subject:
    return Subject(
        subject_id=subject_id, name=author.name or author.handle or author.email or UNKNOWN
    )
