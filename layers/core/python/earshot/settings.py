"""The environment, read once."""

import os
from functools import cache

from pydantic import BaseModel, ConfigDict, ValidationError

from earshot.errors import ConfigurationError


class Settings(BaseModel):
    """Names of the resources that the templates made; all are required. ``EARSHOT_PAGES_URL`` is
    for those that send mail, ``EARSHOT_HOOKS_URL`` for heartbeats; the last are for tests."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    EARSHOT_STAGE: str
    EARSHOT_TABLE: str
    EARSHOT_BUCKET: str
    EARSHOT_DELIVERIES_QUEUE_URL: str
    EARSHOT_DELIVERIES_DLQ_URL: str
    EARSHOT_MENTIONS_QUEUE_URL: str
    EARSHOT_MENTIONS_DLQ_URL: str
    EARSHOT_INBOX_DLQ_URL: str
    EARSHOT_SECRET_PREFIX: str
    EARSHOT_TOMBSTONE_SECRET: str
    EARSHOT_ACTION_SECRET: str
    EARSHOT_CONFIGURATION_SET: str
    EARSHOT_MAIL_FROM: str
    EARSHOT_PAGES_URL: str = ""
    EARSHOT_HOOKS_URL: str = ""
    EARSHOT_LOOPBACK_HOSTS: str = ""
    EARSHOT_WEBSITE_URL: str = "https://{domain}/"
    EARSHOT_GLEIF_URL: str = "https://api.gleif.org/api/v1"


@cache
def settings() -> Settings:
    """``ConfigurationError`` names what is missing, never a value."""
    try:
        return Settings.model_validate(dict(os.environ))
    except ValidationError as error:
        names = ", ".join(sorted(str(problem["loc"][0]) for problem in error.errors()))
        raise ConfigurationError(f"missing or wrong in the environment: {names}") from error
