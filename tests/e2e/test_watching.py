"""The deployed watchdog looks at every connection of the stage."""

from datetime import UTC, datetime, timedelta

import pytest

from earshot.domain.models import Connection, DataClass
from earshot_ops.demo import drain
from tests.e2e import lines
from tests.e2e.town import Town

pytestmark = pytest.mark.e2e


def test_a_connection_that_failed_for_long_is_told(town: Town) -> None:
    now, since = datetime.now(UTC), town.now_ms()
    broken = Connection(
        source="generic", connection_id="broken", data_class=DataClass.OWNED, created_at=now
    )
    town.target.connections.put(broken)
    town.target.connections.save_error(broken, "status_503", now - timedelta(hours=2))
    try:
        drain.invoke(town.target, "watch_connections")
        found = town.logs("watch_connections", since)
    finally:
        lines.remove(town, [("generic", "broken")])
    ill = [one["connection_id"] for one in found if one.get("message") == "connection_ill"]
    assert "broken" in ill
