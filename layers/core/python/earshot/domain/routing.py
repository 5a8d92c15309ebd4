"""Whose matter a signal is, beside those who are found by account, place and desk."""

from collections.abc import Iterable

from earshot.domain.models import Account, Intent

# As CRMs name the stage of an account that pays.
_CUSTOMER_STAGES = frozenset(
    ("customer", "client", "active", "active customer", "existing customer", "won", "closed won")
)


def is_for_service(intent: Intent, account: Account | None, objects: Iterable[str]) -> bool:
    """Whether those answer who give support: what asks for it, and what a customer complains of,
    unless it is about a competitor."""
    if intent is Intent.SUPPORT:
        return True
    if intent is not Intent.COMPLAINT or account is None:
        return False
    rivals = any(entry_id.startswith("competitor:") for entry_id in objects)
    return is_customer_stage(account.stage) and not rivals


def is_customer_stage(stage: str | None) -> bool:
    return stage is not None and stage.strip().casefold() in _CUSTOMER_STAGES
