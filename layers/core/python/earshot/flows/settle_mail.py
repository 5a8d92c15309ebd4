"""Settle outbox rows by what the mail service reports."""

from typing import Any


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    raise NotImplementedError
