"""The links of a mail's actions."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from earshot.domain.actions import ActionKind, link_of
from earshot.domain.links import ActionLinks
from earshot.domain.models import Alert
from earshot.flows.action_tokens import Tokens, tokens
from earshot.settings import settings


@dataclass(frozen=True)
class ActionLinker:
    """``base_url`` is where the pages are, with a slash at its end; empty where there are none."""

    tokens: Tokens
    base_url: str

    def of(
        self, alert: Alert, now: datetime, *, signal: tuple[str, str] | None = None
    ) -> ActionLinks | None:
        """``None`` where there are no pages. They differ from one time to the next in the moment
        of signing alone. ``signal`` (subject and signal) is which one is meant where the alert
        tells of several, such as a digest."""
        if not self.base_url:
            return None
        links = {
            name: f"{self.base_url}link/{self._token(ActionKind(name), alert, now, signal=signal)}"
            for name in ActionLinks.model_fields
        }
        return ActionLinks.model_validate(links)

    def _token(
        self, action: ActionKind, alert: Alert, now: datetime, *, signal: tuple[str, str] | None
    ) -> str:
        return self.tokens.write(link_of(action, alert, signal), now)


@cache
def action_linker() -> ActionLinker:
    return ActionLinker(tokens(), settings().EARSHOT_PAGES_URL)
