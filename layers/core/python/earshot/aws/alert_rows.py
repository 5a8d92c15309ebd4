"""Rows of the outbox: what an alert is in the table."""

from typing import Any

from earshot.aws import keys
from earshot.domain.models import Alert

_MOMENTS = ("due_at", "lease_until", "made_at", "told_at")


def item_of(alert: Alert) -> dict[str, Any]:
    """``due_shard`` and ``due_at`` are there while somebody has to look at the row again."""
    fields = alert.model_dump(mode="json", exclude_none=True, exclude={"signal_ids"})
    moments = {
        name: keys.timestamp(moment) for name in _MOMENTS if (moment := getattr(alert, name))
    }
    shard = {"due_shard": keys.due_shard(alert.alert_id)} if alert.due_at else {}
    signals = {"signal_ids": set(map(text_of, alert.signal_ids))} if alert.signal_ids else {}
    return {**keys.outbox(alert.alert_id), **fields, **moments, **shard, **signals}


def alert_of(item: dict[str, Any]) -> Alert:
    fields = {name: item[name] for name in Alert.model_fields if name in item}
    signals = frozenset(map(_signal_of, item.get("signal_ids", ())))
    return Alert.model_validate({"due_at": None, **fields, "signal_ids": signals})


def text_of(signal: tuple[str, str]) -> str:
    """Subject and signal as one member of a set, the signal's id first: a subject may hold any
    character."""
    subject_id, signal_id = signal
    return f"{signal_id}#{subject_id}"


def _signal_of(text: str) -> tuple[str, str]:
    signal_id, _, subject_id = text.partition("#")
    return subject_id, signal_id
