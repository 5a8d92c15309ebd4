"""A heartbeat came through: its mail was reported as sent."""

from datetime import datetime
from functools import cache

from aws_lambda_powertools import Logger

from earshot.aws import clients
from earshot.aws.heartbeat_store import HeartbeatStore
from earshot.domain import heartbeat_reader
from earshot.domain.heartbeat_reader import Arrival
from earshot.domain.models import Alert
from earshot.flows.counting import count, took
from earshot.settings import settings

logger = Logger()


@cache
def heartbeats() -> HeartbeatStore:
    return HeartbeatStore(clients.table(settings().EARSHOT_TABLE))


def note(alert: Alert, now: datetime) -> None:
    """Counts each heartbeat once, however many events its mail has; of other alerts nothing."""
    slot = heartbeat_reader.slot_of(alert, now)
    if slot is None:
        return
    arrival = Arrival(slot=slot, arrived_at=now)
    if heartbeats().arrived(arrival):
        count("heartbeat_arrived")
        took("heartbeat_seconds", arrival.seconds)
        logger.info("heartbeat_arrived", seconds=arrival.seconds)
