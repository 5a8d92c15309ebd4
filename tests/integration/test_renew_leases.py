"""The Lambda that keeps hubs pushing, against the embedded AWS, with hubs that answer by name."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from earshot.aws import clients, keys
from earshot.aws.secret_store import SecretStore
from earshot.domain.models import Connection, DataClass
from earshot.flows import receive_webhook, renew_leases
from earshot.flows.accept_delivery import Intake
from earshot.flows.poll_sources import RESERVE_MS
from earshot.flows.receive_webhook import Incoming
from earshot.sources.fetch import FetchError
from earshot.sources.surface import FetchedPage, Headers
from tests.integration.test_poll_sources import NOON, ample, into, names

__all__ = ["into", "names"]

TOPIC = "https://www.youtube.com/feeds/videos.xml?channel_id=UC{}"
DAY = timedelta(days=1)


class Hubs:
    """They accept, or fail as told by name."""

    def __init__(self, **failing: Exception) -> None:
        self.failing = failing
        self.asked: list[Mapping[str, str]] = []

    def __call__(
        self, url: str, headers: Headers, /, *, form: Mapping[str, str] | None = None
    ) -> FetchedPage:
        name = url.removeprefix("https://").removesuffix(".example/")
        if name in self.failing:
            raise self.failing[name]
        self.asked.append(form or {})
        return FetchedPage(202, url, {}, b"")

    @property
    def topics(self) -> set[str]:
        return {form["hub.topic"].rpartition("UC")[2] for form in self.asked}


@pytest.fixture
def pushed(into: Intake) -> Intake:
    """With secrets of the test's own."""
    prefix = f"earshot/{uuid4().hex}/"
    return replace(into, secrets=SecretStore(clients.secrets_manager(), prefix))


def connect(into: Intake, *ids: str, hub: bool = True, secret: bool = True) -> None:
    for known in ids:
        into.connections.put(
            Connection(
                source="youtube",
                connection_id=known,
                data_class=DataClass.BORROWED,
                url=TOPIC.format(known),
                hub=f"https://{known}.example/" if hub else None,
                hook_url=f"https://ears.example/hooks/youtube/{known}",
                created_at=NOON,
            )
        )
        if secret:
            into.secrets.put("youtube", known, "a-secret-of-ours")


def row(names: dict[str, str], known: str) -> dict[str, Any]:
    key = keys.connection("youtube", known)
    return clients.table(names["EARSHOT_TABLE"]).get_item(Key=key)["Item"]


def at(into: Intake, moment: datetime) -> Intake:
    return replace(into, clock=lambda: moment)


def answer_back(into: Intake, known: str, **said: str) -> int:
    """What the hub asks at our address, in its own name or that of somebody else."""
    query = {"hub.topic": TOPIC.format(known), "hub.challenge": "c1", "hub.lease_seconds": "864000"}
    query |= {f"hub.{name}": value for name, value in said.items()}
    incoming = Incoming("GET", query, {}, b"")
    return receive_webhook.receive(incoming, "youtube", known, into=into).status_code


def run(into: Intake, hubs: Hubs) -> dict[str, Any]:
    return renew_leases.renew_all(into, hubs, remaining_ms=ample)


def test_a_lease_is_asked_for_until_it_is_had_and_again_before_it_ends(
    pushed: Intake, names: dict[str, str]
) -> None:
    connect(pushed, "a")
    connect(pushed, "polled", hub=False)
    hubs = Hubs()
    for _ in range(2):
        assert run(pushed, hubs) == {"asked": 1, "failed": 0, "left": 0}
    assert hubs.asked[0] == {
        "hub.mode": "subscribe",
        "hub.topic": TOPIC.format("a"),
        "hub.callback": "https://ears.example/hooks/youtube/a",
        "hub.secret": "a-secret-of-ours",
        "hub.lease_seconds": "864000",
    }
    assert answer_back(pushed, "a", mode="subscribe") == 200
    assert row(names, "a")["lease_until"] == keys.timestamp(NOON + 10 * DAY)
    assert run(pushed, hubs)["asked"] == 0
    assert run(at(pushed, NOON + 7 * DAY), hubs)["asked"] == 0
    assert run(at(pushed, NOON + 9 * DAY), hubs)["asked"] == 1


def test_nobody_else_makes_a_lease_longer_or_ends_it(pushed: Intake, names: dict[str, str]) -> None:
    connect(pushed, "a")
    hubs = Hubs()
    run(pushed, hubs)
    answer_back(pushed, "a", mode="subscribe")
    later = at(pushed, NOON + 7 * DAY)
    assert answer_back(later, "a", mode="subscribe", lease_seconds="9" * 9) == 200
    assert answer_back(later, "a", mode="unsubscribe") == 404
    assert run(at(pushed, NOON + 9 * DAY), hubs)["asked"] == 1


@pytest.mark.parametrize("changed", [{"hub": "https://b.example/"}, {"url": TOPIC.format("b")}])
def test_a_lease_is_of_one_feed_at_one_hub(pushed: Intake, changed: dict[str, str]) -> None:
    connect(pushed, "a")
    run(pushed, Hubs())
    answer_back(pushed, "a", mode="subscribe")
    [known] = pushed.connections.list()
    pushed.connections.put(known.model_copy(update=changed))
    assert run(pushed, Hubs())["asked"] == 1


def test_a_denial_is_on_the_row_until_the_hub_is_asked_again(
    pushed: Intake, names: dict[str, str]
) -> None:
    connect(pushed, "a")
    run(pushed, Hubs())
    answer_back(pushed, "a", mode="subscribe")
    assert answer_back(pushed, "a", mode="denied", reason="words of a hub") == 200
    assert row(names, "a")["last_error"] == "hub_denied"
    assert "words of a hub" not in str(row(names, "a"))
    assert run(pushed, Hubs())["asked"] == 1
    assert "last_error" not in row(names, "a")


def test_a_failing_hub_stops_no_other_and_is_told_on_the_row(
    pushed: Intake, names: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    connect(pushed, "a", "b", "c")
    connect(pushed, "d", secret=False)
    hubs = Hubs(a=FetchError("status_429"), c=RuntimeError("words of a hub"))
    assert run(pushed, hubs) == {"asked": 1, "failed": 3, "left": 0}
    assert hubs.topics == {"b"}
    reasons = {known: row(names, known).get("last_error") for known in "abcd"}
    assert reasons == {
        "a": "status_429",
        "b": None,
        "c": "RuntimeError",
        "d": "SecretMissingError",
    }
    written = capsys.readouterr()
    assert written.out.count('"lease_renewal_failed"') >= 3
    assert "words of a hub" not in written.out + written.err
    assert "a-secret-of-ours" not in written.out + written.err
    assert run(pushed, Hubs())["asked"] == 3
    assert "last_error" not in row(names, "a")


def test_what_the_time_did_not_allow_comes_first_in_a_later_run(pushed: Intake) -> None:
    connect(pushed, "a", "b", "c")
    hubs = Hubs()
    for hour in range(3):
        left = iter([ample(), RESERVE_MS - 1])
        later = at(pushed, NOON + timedelta(hours=hour))
        outcome = renew_leases.renew_all(later, hubs, remaining_ms=partial(next, left))
        assert outcome == {"asked": 1, "failed": 0, "left": 2}
    assert hubs.topics == {"a", "b", "c"}


def test_a_connection_that_was_removed_is_not_brought_back(pushed: Intake) -> None:
    connect(pushed, "a")
    [gone] = pushed.connections.list()
    clients.table(pushed.connections._table.name).delete_item(Key=keys.connection("youtube", "a"))
    pushed.connections.note_request(gone, until=NOON)
    pushed.connections.note_denial(gone, NOON)
    assert list(pushed.connections.list()) == []


def test_the_lambda_asks_hubs_of_the_public_web_only(
    pushed: Intake, names: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EARSHOT_LOOPBACK_HOSTS", "127.0.0.1:9")
    prefix = f"earshot/{uuid4().hex}/"
    monkeypatch.setenv("EARSHOT_SECRET_PREFIX", prefix)
    SecretStore(clients.secrets_manager(), prefix).put("youtube", "a", "a-secret-of-ours")
    connect(pushed, "a")
    [known] = pushed.connections.list()
    pushed.connections.put(known.model_copy(update={"hub": "https://127.0.0.1:9/"}))
    context = SimpleNamespace(get_remaining_time_in_millis=ample)
    assert renew_leases.handle({}, context) == {"asked": 0, "failed": 1, "left": 0}
    assert row(names, "a")["last_error"] == "address_refused"
