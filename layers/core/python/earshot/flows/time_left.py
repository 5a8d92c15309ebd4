"""What a batch has no time to finish is not begun."""

from typing import Any

from earshot.errors import BusyError

SPARE_MILLISECONDS = 10_000
"""A record takes a fraction of a second, and some seconds where every fifth call fails."""


def expect_time(context: Any) -> None:
    """``BusyError``, so that the record comes back with the next batch: a Lambda that runs out of
    time fails its whole batch, also what was done of it."""
    if context.get_remaining_time_in_millis() < SPARE_MILLISECONDS:
        raise BusyError("out of time")
