"""Links, forms and cookies that are signed, expire, and say whom they act for.

Signed by HMAC-SHA-256 with the newest secret, good by any that is live. Each kind has a salt of its
own, so that none passes for another.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any, TypeVar

from itsdangerous import BadData, SignatureExpired, TimestampSigner, URLSafeTimedSerializer
from itsdangerous.encoding import base64_decode, base64_encode
from pydantic import BaseModel, ValidationError

from earshot.aws import clients
from earshot.aws.action_secrets import ActionSecrets
from earshot.aws.secret_store import SECRET_DOUBT_SECONDS
from earshot.domain.actions import Form, Link
from earshot.domain.values import Model, Slug
from earshot.errors import EarshotError
from earshot.settings import settings

LINK_LIFE = timedelta(days=30)
SESSION_LIFE = timedelta(hours=12)
# What another Lambda's clock may be ahead of ours.
CLOCK_SKEW = timedelta(minutes=1)
LONGEST_TOKEN = 4_000

M = TypeVar("M", bound=BaseModel)


class TokenError(EarshotError):
    """Not ours, or changed on its way."""


class TokenExpiredError(TokenError):
    """Ours, but too old."""


class Session(Model):
    """Who opened a link from a mail, in a cookie."""

    seller_id: Slug


_SALTS: dict[type[BaseModel], tuple[str, timedelta]] = {
    Link: ("earshot-link", LINK_LIFE),
    Form: ("earshot-form", SESSION_LIFE),
    Session: ("earshot-session", SESSION_LIFE),
}


class _Signer(TimestampSigner):
    """The time is given, and of a signature there is one spelling: base64 leaves bits unread."""

    def __init__(self, *args: Any, moment: int, **options: Any) -> None:
        super().__init__(*args, **options)
        self._moment = moment

    def get_timestamp(self) -> int:
        return self._moment

    def verify_signature(self, value: str | bytes, sig: str | bytes) -> bool:
        spelled = sig.encode() if isinstance(sig, str) else sig
        try:
            is_plain = base64_encode(base64_decode(spelled)) == spelled
        except BadData:
            return False
        return is_plain and super().verify_signature(value, sig)


@dataclass(frozen=True)
class Tokens:
    """``secrets`` gives those that are live and no older than so many seconds, the newest last."""

    secrets: Callable[[float], Sequence[str]]

    def write(self, said: BaseModel, now: datetime) -> str:
        values = said.model_dump(mode="json", exclude_defaults=True)
        return str(_serializer(type(said), self.secrets(300), now).dumps(values))

    def read(self, kind: type[M], token: str, now: datetime) -> M:
        """``TokenExpiredError`` when it was good once, ``TokenError`` when it never was."""
        remembered = self.secrets(300)
        try:
            return _read(kind, token, now, secrets=remembered)
        except TokenExpiredError:
            raise
        except TokenError:
            current = self.secrets(SECRET_DOUBT_SECONDS)
            if current == remembered:
                raise
            return _read(kind, token, now, secrets=current)


def _read(kind: type[M], token: str, now: datetime, *, secrets: Sequence[str]) -> M:
    if len(token) > LONGEST_TOKEN or not token.isascii():
        raise TokenError("shape")
    life = int((_SALTS[kind][1] + CLOCK_SKEW).total_seconds())
    try:
        said = _serializer(kind, secrets, now + CLOCK_SKEW).loads(token, max_age=life)
        return kind.model_validate(said)
    except SignatureExpired as error:
        raise TokenExpiredError(kind.__name__) from error
    except (BadData, ValidationError) as error:
        raise TokenError(type(error).__name__) from None


def _serializer(
    kind: type[BaseModel], secrets: Sequence[str], now: datetime
) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        list(secrets),
        salt=_SALTS[kind][0],
        signer=_Signer,
        signer_kwargs={
            "digest_method": sha256,
            "key_derivation": "hmac",
            "moment": int(now.timestamp()),
        },
    )


@cache
def tokens() -> Tokens:
    secrets = ActionSecrets(clients.secrets_manager(), settings().EARSHOT_ACTION_SECRET)
    return Tokens(lambda max_age: secrets.live(max_age=max_age))
