"""An AWS in this process that answers below botocore: the production stores run on it unchanged."""

from tests.standin.clock import LogicalClock
from tests.standin.stand_in import StandIn
from tests.standin.wire import Call, ServiceError

__all__ = ["Call", "LogicalClock", "ServiceError", "StandIn"]
