"""Wait until a platform has proved a new address, or delivered to it."""

import time
from collections.abc import Callable
from datetime import datetime

from earshot.domain.models import Connection
from earshot.sources import catalog
from earshot_ops.commands.screen import note, working
from earshot_ops.target import Target

PAUSE_SECONDS = 2.0


def wait_for(
    target: Target,
    connection: Connection,
    since: datetime,
    *,
    seconds: float,
    sleep: Callable[[float], None] = time.sleep,
) -> bool:
    """Whether the platform was heard in time. Ctrl-C ends the waiting, not the connection."""
    what = "handshake" if catalog.handshake(connection.source) else "first delivery"
    try:
        with working(f"Waiting for the {what}; Ctrl-C stops waiting"):
            for _ in range(max(1, int(seconds / PAUSE_SECONDS))):
                if heard(target, connection, since):
                    return True
                sleep(PAUSE_SECONDS)
    except KeyboardInterrupt:
        note("")
    return heard(target, connection, since)


def heard(target: Target, connection: Connection, since: datetime) -> bool:
    state = target.connections.state(connection)
    times = (state.handshake_at, state.last_delivery_at)
    return any(moment is not None and moment >= since for moment in times)
