"""What the operator decided for the whole deployment, and whether its mail is paused."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from earshot.aws import keys
from earshot.domain.models import EmailAddress, Model
from earshot.domain.values import Slug, Utc

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

MAILS_PER_SECOND = 10
# Beside the mode in its row: who pauses must not touch what the operator decided, and the other way
# round.
_OF_MAIL = {"mail_paused_at", "mail_paused_reason", "mail_resumed_at", "mails_per_second"}


class Config(Model):
    """A new deployment is not ``live``: it observes, and its mails go to the operator only."""

    live: bool = False
    operator_email: EmailAddress | None = None
    mail_paused_at: Utc | None = None
    mail_paused_reason: Slug | None = None
    mail_resumed_at: Utc | None = None
    mails_per_second: Annotated[int, Field(ge=1, le=1_000)] = MAILS_PER_SECOND


class ConfigStore:
    def __init__(self, table: "Table") -> None:
        self._table = table

    def get(self) -> Config:
        """What was put last; a deployment that nobody configured observes without an operator."""
        found = self._table.get_item(Key=keys.config(), ConsistentRead=True).get("Item", {})
        return _config_of(found)

    def put(self, config: Config) -> None:
        """All of it, whatever was there."""
        of_mail = config.model_dump(include=_OF_MAIL, exclude_none=True)
        self._table.put_item(Item={**keys.config(), "data": _mode_of(config), **_stored(of_mail)})

    def go_live(self) -> Config:
        """From now on mails go to the sellers."""
        return self._set_mode(self.get().model_copy(update={"live": True}))

    def observe(self, operator_email: str) -> Config:
        """From now on mails go to the operator only."""
        return self._set_mode(Config(live=False, operator_email=operator_email))

    def set_rate(self, mails_per_second: int) -> Config:
        """``ValidationError`` for what is no rate."""
        rate = Config(mails_per_second=mails_per_second).mails_per_second
        return _config_of(self._change("SET mails_per_second = :rate", {":rate": rate}))

    def pause(self, reason: str, now: datetime, *, seen: Config) -> bool:
        """``False`` when the mail is paused already, or was resumed since ``seen`` was read."""
        same = "attribute_not_exists(mail_resumed_at)"
        values = _stored({":reason": reason, ":now": now})
        if seen.mail_resumed_at:
            same = "mail_resumed_at = :resumed"
            values |= _stored({":resumed": seen.mail_resumed_at})
        change = "SET mail_paused_at = :now, mail_paused_reason = :reason"
        return self._changes(change, values, f"attribute_not_exists(mail_paused_at) AND {same}")

    def resume(self, now: datetime) -> bool:
        """``False`` when the mail is not paused. `MailHealth.begin_anew` comes first, so that what
        was counted until now is not judged again."""
        change = "SET mail_resumed_at = :now REMOVE mail_paused_at, mail_paused_reason"
        return self._changes(change, _stored({":now": now}), "attribute_exists(mail_paused_at)")

    def _set_mode(self, config: Config) -> Config:
        change, values = "SET #data = :mode", {":mode": _mode_of(config)}
        return _config_of(self._change(change, values, ExpressionAttributeNames={"#data": "data"}))

    def _changes(self, change: str, values: dict[str, Any], condition: str) -> bool:
        try:
            self._change(change, values, ConditionExpression=condition)
        except self._table.meta.client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _change(self, change: str, values: dict[str, Any], **options: Any) -> dict[str, Any]:
        return self._table.update_item(
            Key=keys.config(),
            UpdateExpression=change,
            ExpressionAttributeValues=values,
            ReturnValues="ALL_NEW",
            **options,
        )["Attributes"]


def _mode_of(config: Config) -> dict[str, Any]:
    return config.model_dump(mode="json", exclude=_OF_MAIL, exclude_none=True)


def _stored(values: dict[str, Any]) -> dict[str, Any]:
    """Moments as text of one length, so that equal ones are equal."""
    return {
        name: keys.timestamp(value) if isinstance(value, datetime) else value
        for name, value in values.items()
    }


def _config_of(item: Mapping[str, Any]) -> Config:
    of_mail = {name: item[name] for name in _OF_MAIL & item.keys()}
    return Config.model_validate({**item.get("data", {}), **of_mail})
