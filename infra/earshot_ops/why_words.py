"""What became of a post for a seller, in words."""

from collections.abc import Iterator
from datetime import datetime

from earshot.aws.raw_archive import delivery_of
from earshot.domain.models import (
    Alert,
    AlertState,
    Claim,
    Contribution,
    Decision,
    Evidence,
    Feedback,
    Outcome,
    PostHead,
    Relevance,
)
from earshot.domain.why import Fate, Heard, SellerWhy, Why

REASONS = {
    "worth_an_alert": "worth an alert",
    "stands_in": "stands in for the owner, who is away",
    "below_alert": "the score is below that of an alert",
    "beyond_the_most_alerts": "forty sellers with higher scores were alerted first",
    "unsubscribed": "wants no interruptions",
    "stands_back": "is away, and a deputy stands in",
    "left_to_owner": "the account's owner, or who stands in, is alerted",
    "left_to_service": "those who give support answer it",
    "same_story": "knows the story by another post of it",
    "beyond_the_most_stories": "the mail that waited told of very many stories already",
    "below_digest": "the score is below that of a digest",
    "muted_account": "muted the account",
    "muted_topic": "muted the topic",
    "muted_rule": "muted what the score is made of",
    "muted_signal": "muted the story",
    "rebuilt": "the table was rebuilt, and this may have been told before",
    "nothing_new": "a post went or was replayed, and nothing new came",
}
ATTENTION = {
    "within_hours": "within the working hours",
    "urgent_by_own_rule": "urgent, which may interrupt at any time by the seller's own rule",
    "quiet_hours": "outside the working hours",
    "holiday": "on a day off",
}
DIVERTED = {
    "over_budget": "the day's budget of interruptions was spent",
    "claimed_by_another": "somebody else took care of it",
    "same_story": "another mail told the story, which this became part of",
    "unsubscribed": "wants no interruptions any more",
    "muted": "muted it before the mail went",
}
FAILURES = {
    "SuppressedError": "the address is on the suppression list",
    "no_outcome": "the mail service never said what became of it",
}
_FATES = {
    Fate.ALERTED: ("green", "alerted"),
    Fate.UPDATED: ("green", "told by an update"),
    Fate.DUE: ("green", "will be alerted"),
    Fate.FAILED: ("red", "could not be alerted"),
    Fate.CANCELLED: ("yellow", "not alerted"),
    Fate.WAITS: ("cyan", "will read of it in the digest"),
    Fate.DIGESTED: ("cyan", "read of it in the digest"),
    Fate.ELSEWHERE: ("yellow", "heard of it by another story"),
    Fate.NOT_YET: ("yellow", "will be told within a minute"),
    Fate.NOT_TOLD: ("yellow", "not told"),
}


def reference(head: PostHead) -> str:
    return f"{head.source}:{head.native_id}"


def steps(found: Why) -> Iterator[tuple[str, str]]:
    """From the delivery to what the post is about, each with its name."""
    head = found.head
    delivery = delivery_of(head.raw_key, received_at=head.posted_at)
    count = len(found.raw_keys)
    times = f"in {count} deliveries, this version" if count > 1 else "in one delivery,"
    yield "received", f"{times} through {delivery.source}/{delivery.connection_id}"
    yield "version", f"{head.version}, the newest; no tombstone refuses it"
    yield "matched", _matched(found)
    yield "understood", _understood(found)
    yield "so", found.explanation


def _matched(found: Why) -> str:
    if not found.mentions:
        head = found.head
        sure = f", {head.nearest_percent}%" if head.nearest_percent is not None else ""
        nearest = f"; nearest on the watchlist is {head.nearest}{sure}" if head.nearest else ""
        return f"nothing surely{nearest} (watchlist {head.watchlist_version})"
    told = (f"{one.entry_id} {one.percent}%, by {by(one.evidence)}" for one in found.mentions)
    return "; ".join(told)


def _understood(found: Why) -> str:
    meaning = found.understanding
    if meaning is None:
        return f"{found.head.intent} (models {found.head.model_version})"
    words = [f"{meaning.intent}, {meaning.percent}% sure", f"urgency {meaning.urgency}"]
    if not meaning.is_covered:
        words.append(f"in {meaning.language}, which the models do not cover")
    return ", ".join(words)


def by(evidence: tuple[Evidence, ...]) -> str:
    return ", ".join(dict.fromkeys(f"{one.kind} “{one.value}”" for one in evidence)) or "nothing"


def verdict(seller: SellerWhy) -> str:
    """With markup, and the reason of the decision."""
    fate, decision = seller.fate, seller.decision
    colour, words = _FATES[fate]
    reason = REASONS.get(decision.reason, decision.reason)
    if fate is Fate.NOT_TOLD and decision.outcome is not Outcome.NOT:
        reason = f"the story as it is by now: {reason}"
    return f"[{colour}]{words}[/{colour}], {reason}"


def details(seller: SellerWhy) -> Iterator[str]:
    """Score, hours, and what became of the mail and of the digest; without markup."""
    yield f"score {seller.decision.relevance.score} = {addition(seller.decision.relevance)}"
    heard = seller.heard
    alert = heard.alert if heard else None
    if seller.decision.attention and not (heard and heard.in_digest and alert is None):
        yield _attention(seller.decision)
    if heard and seller.elsewhere:
        yield f"the story is {heard.signal_id} of {heard.subject_id}"
    if alert:
        yield _mail(alert)
    if heard and heard.in_digest:
        yield _digest(heard)
    if seller.feedback:
        yield _said(seller.feedback)


def addition(relevance: Relevance) -> str:
    """``intent switching +40, role owner +25``, and what was cut off at either end."""
    parts = [f"{plain(part)} {part.points:+d}" for part in relevance.contributions]
    total = sum(part.points for part in relevance.contributions)
    bounded = "" if total == relevance.score else f" = {total}, of 0 to 100"
    return (", ".join(parts) or "nothing") + bounded


def plain(part: Contribution) -> str:
    return part.name.replace("_", " ")


def claimed(claim: Claim) -> str:
    by = f" by {claim.from_id}" if claim.from_id and claim.state == "offered" else ""
    until = f", to act by {moment(claim.lease_until)}" if claim.lease_until else ""
    link = "to" if claim.state == "offered" else "by"
    return f"{claim.state}{by} {link} {claim.seller_id} at {moment(claim.claimed_at)}{until}"


def moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _attention(decision: Decision) -> str:
    attention = decision.attention
    assert attention is not None
    words = ATTENTION.get(attention.reason, attention.reason)
    late = attention.due_at and attention.due_at > attention.read_at
    until = f", so not before {moment(attention.due_at)}" if late and attention.due_at else ""
    return f"decided at {moment(attention.read_at)}, {words}{until}"


def _mail(alert: Alert) -> str:
    told, at = f"mail {alert.state}", f" {moment(alert.told_at)}" if alert.told_at else ""
    if alert.state is AlertState.DIGESTED:
        why = alert.failure or ""
        return f"{told}{at}: {DIVERTED.get(why, why)}"
    told += at
    if alert.due_at:
        told += f", due {moment(alert.due_at)}"
    if alert.state is AlertState.CANCELLED:
        return f"{told}: what it was to tell was erased, or the seller is gone"
    if alert.failure:
        told += f", {FAILURES.get(alert.failure, alert.failure)}"
    if alert.resends:
        told += f", handed over {alert.resends + 1} times"
    if alert.play_id:
        told += f", with the play {alert.play_id}"
    return told


def _digest(heard: Heard) -> str:
    if heard.digest is None:
        since = f" since {moment(heard.waiting.since)}" if heard.waiting else ""
        return f"waits for the next digest{since}" if since else "in a digest"
    day = f"in the digest of {heard.digest.day}" if heard.digest.day else "in a digest"
    return f"{day}: {_mail(heard.digest)}"


def _said(feedback: Feedback) -> str:
    why = f" ({feedback.why.replace('_', ' ')})" if feedback.why else ""
    kind = feedback.kind.replace("_", " ")
    return f"said: {kind}{why}, {moment(feedback.given_at)}"
