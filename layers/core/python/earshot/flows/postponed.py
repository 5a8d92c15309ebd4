"""What becomes of an alert that is not mailed now."""

from dataclasses import dataclass
from datetime import datetime, timedelta

ASK_AGAIN = timedelta(minutes=10)
"""After so long, where nothing says until when."""


@dataclass(frozen=True)
class Postponed:
    """Why an alert may not be mailed now, and until when."""

    until: datetime
    reason: str


@dataclass(frozen=True)
class Diverted:
    """Why it is not mailed at all: what it was to tell waits for the digest."""

    reason: str
