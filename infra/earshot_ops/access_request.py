"""All that is held of a person, for whoever asks for access to it: theirs, and nothing of others.

A raw delivery may hold posts of others too, so it is named, with the person's posts as it tells
them.
"""

from typing import Any

from earshot.domain.models import Model, Signal
from earshot.domain.subjects import prospect_subject_id
from earshot_ops import holdings
from earshot_ops.holdings import Holding
from earshot_ops.target import Target


def held_of(target: Target, source: str, author_id: str) -> dict[str, Any]:
    """As JSON has it. Words are there as long as they are kept."""
    found = holdings.of_person(target, source, author_id)
    signals = {signal.key: signal for one in found for signal in one.signals}
    subject_id = prospect_subject_id(source, author_id)
    signals |= {signal.key: signal for signal in target.signals.of_subject(subject_id)}
    return {
        "source": source,
        "author_id": author_id,
        "posts": [_post(target, holding) for holding in found],
        "signals": [
            _signal(target, signal, is_theirs=signal.subject.subject_id == subject_id)
            for _, signal in sorted(signals.items())
        ],
    }


def _post(target: Target, holding: Holding) -> dict[str, Any]:
    alerts = target.outbox.get_many(sorted(holding.alert_ids))
    return {
        "native_id": holding.native_id,
        "head": _plain(holding.head) if holding.head else None,
        "versions": [_plain(post) for post in holding.versions],
        "in_stories": [_plain(post) for post in holding.told],
        "signals": sorted(signal.signal_id for signal in holding.signals),
        "told_to": [
            {
                "seller_id": guard.seller_id,
                "by": guard.alert_id or "digest",
                "state": alerts[guard.alert_id].state if guard.alert_id in alerts else None,
            }
            for guard in holding.guards
        ],
        "raw_deliveries": sorted(holding.raw_keys),
        "journal": sorted(str(row["journal_key"]) for row in holding.rows if "journal_key" in row),
    }


def _signal(target: Target, signal: Signal, *, is_theirs: bool) -> dict[str, Any]:
    """With the decisions of every revision; without the name of another person whose words they
    repeated."""
    told = _plain(signal)
    if signal.subject.is_prospect and not is_theirs:
        del told["subject"]["name"]
    decided = target.signals.decision_sets(signal.signal_id)
    return {**told, "decisions": [_plain(one) for one in decided]}


def _plain(model: Model) -> dict[str, Any]:
    return model.model_dump(mode="json", exclude_none=True)
