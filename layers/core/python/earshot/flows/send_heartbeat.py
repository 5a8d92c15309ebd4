"""Post a heartbeat to our own webhook, over the internet and signed, as a platform would."""

import base64
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

from aws_lambda_powertools import Logger

from earshot.aws import clients
from earshot.aws.secret_store import SecretStore
from earshot.domain import heartbeat
from earshot.errors import SecretMissingError
from earshot.flows.counting import count
from earshot.settings import Settings, settings
from earshot.sources import standard_webhooks
from earshot.sources.fetch import Fetcher, FetchError, loopback_hosts
from earshot.sources.surface import FetchedPage, Headers

logger = Logger()

SECONDS = 25.0
"""A webhook that starts cold may take its time."""


class PostTo(Protocol):
    def __call__(self, url: str, headers: Headers, /, *, form: bytes) -> FetchedPage: ...


@dataclass(frozen=True)
class Heart:
    """``hooks_url`` is where platforms post to, with a slash at its end."""

    secrets: SecretStore
    post: PostTo
    hooks_url: str

    def beat(self, now: datetime) -> datetime:
        """The slot. Twice within it is one delivery. ``FetchError`` unless it was accepted."""
        slot = heartbeat.slot_of(now)
        body, identity = heartbeat.body(slot), heartbeat.post_id(slot)
        signed = standard_webhooks.signed(identity, body, secret=self._secret(), now=now)
        url = f"{self.hooks_url}hooks/{heartbeat.SOURCE}/{heartbeat.NAME}"
        self.post(url, {"content-type": "application/json", **signed}, form=body)
        return slot

    def _secret(self) -> bytes:
        """Made by the first run; of two at once, that of the first counts."""
        place = (heartbeat.SOURCE, heartbeat.NAME)
        try:
            return self.secrets.secrets(*place)[0]
        except SecretMissingError:
            made = base64.b64encode(secrets.token_bytes(32)).decode()
            self.secrets.make(*place, f"whsec_{made}")
            return self.secrets.secrets(*place)[0]


def handle(_event: dict[str, Any], _context: Any) -> dict[str, Any]:
    names = settings()
    heart = Heart(
        secrets=SecretStore(clients.secrets_manager(), names.EARSHOT_SECRET_PREFIX),
        post=Fetcher(loopback=_own_host(names), seconds=SECONDS),
        hooks_url=names.EARSHOT_HOOKS_URL,
    )
    return send(heart, datetime.now(UTC))


def send(heart: Heart, now: datetime) -> dict[str, Any]:
    try:
        slot = heart.beat(now)
    except FetchError as error:
        count("heartbeat_refused")
        logger.warning("heartbeat_refused", reason=error.reason)
        raise
    count("heartbeat_sent")
    logger.info("heartbeat_sent", post_id=heartbeat.post_id(slot))
    return {"post_id": heartbeat.post_id(slot)}


def _own_host(names: Settings) -> frozenset[tuple[str, int]]:
    """The local stage alone has its webhook on loopback."""
    own = {"EARSHOT_LOOPBACK_HOSTS": urlsplit(names.EARSHOT_HOOKS_URL).netloc}
    return loopback_hosts(names.model_copy(update=own))
