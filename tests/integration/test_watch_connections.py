"""The rhythm of a connection is learned from its deliveries, and its silence is told."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from earshot.aws.connection_store import ConnectionStore
from earshot.aws.raw_archive import delivery_of
from earshot.domain.models import Connection, DataClass
from earshot.domain.rhythm import Health, health_of
from earshot.flows import watch_connections
from tests.house import House
from tests.standin.stage import Aws

MONDAY = datetime(2026, 11, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def aws(either_aws: Aws) -> Aws:
    return either_aws


def deliver(house: House, *moments: datetime) -> ConnectionStore:
    connection = Connection(
        source="github", connection_id="main", data_class=DataClass.COPIED, created_at=MONDAY
    )
    store = ConnectionStore(house.table)
    store.put(connection)
    for moment in moments:
        ConnectionStore(house.table).note_delivery(delivery_of("raw/github/main/d1", moment))
    return store


def test_the_longest_pause_of_each_week_is_learned(house: House) -> None:
    hours = [0, 1, 5, 5.1, 7, 168, 170]
    store = deliver(house, *(MONDAY + number * HOUR for number in hours))
    [state] = store.states()
    assert state.pauses == {"2026-W45": 4 * 3600, "2026-W46": 161 * 3600}
    assert state.last_delivery_at == MONDAY + 170 * HOUR


def test_what_comes_late_changes_nothing(house: House) -> None:
    store = deliver(house, MONDAY + 2 * HOUR, MONDAY)
    [state] = store.states()
    assert (state.last_delivery_at, state.pauses) == (MONDAY + 2 * HOUR, {})


def test_a_silence_is_counted_for_as_long_as_it_lasts(
    house: House, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Earshot")
    every_hour = [MONDAY + number * HOUR for number in range(24 * 8)]
    store = deliver(house, *every_hour)
    quiet, silent = every_hour[-1] + 2 * HOUR, every_hour[-1] + 2.1 * HOUR
    assert watch_connections.watch(store, quiet) == {Health.WORKING: 1}
    for _ in range(2):
        assert watch_connections.watch(store, silent) == {Health.SILENT: 1}
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert sum("connection_silent" in line for line in told) == 2
    [state] = store.states()
    assert health_of(state, quiet) is Health.WORKING
