"""A heartbeat goes the way of any other post, by night and on Sundays, and nobody hears of it."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from chalice.test import Client

from earshot.aws import clients
from earshot.aws.config_store import Config, ConfigStore
from earshot.aws.connection_store import ConnectionStore
from earshot.aws.heartbeat_store import HeartbeatStore
from earshot.aws.mail_health import MailHealth
from earshot.aws.secret_store import SecretStore
from earshot.aws.seller_store import SellerStore
from earshot.aws.weights_store import WeightsStore
from earshot.domain import heartbeat
from earshot.domain.heartbeat_reader import SELLER
from earshot.domain.mail_health import MailFigures
from earshot.domain.relevance import Weights
from earshot.flows import scan_holdings, send_heartbeat, watch_connections
from earshot.flows.send_heartbeat import Heart
from earshot.flows.tell_why import explainer_on
from earshot.settings import settings
from earshot.sources.fetch import FetchError
from earshot.sources.surface import FetchedPage, Headers
from tests import chalice_apps
from tests.house import House, entry
from tests.integration.test_digests import EIGHT
from tests.integration.test_expire_bodies import expire
from tests.office import Office
from tests.standin import Call, StandIn
from tests.standin.clock import START, logical_time
from tests.standin.stage import forget_flows
from tests.standin.workers import Killed

SLOT, MINUTE, HOUR = timedelta(minutes=5), timedelta(minutes=1), timedelta(hours=1)
SUNDAY_AT_THREE = datetime(2026, 11, 29, 3, 2, tzinfo=UTC)


@pytest.fixture
def aws(standin_environment: StandIn) -> StandIn:
    return standin_environment


@pytest.fixture
def webhook() -> Iterator[Client]:
    """The gateway and the Lambda behind it."""
    with chalice_apps.client("ingest") as opened:
        yield opened


@dataclass
class Ward:
    """A furnished stage that beats when it is told to."""

    office: Office
    webhook: Client

    def post(self, url: str, headers: Headers, /, *, form: bytes) -> FetchedPage:
        """As `Fetcher` does."""
        path = urlsplit(url).path.removeprefix("/test")
        answer = self.webhook.http.post(path, headers=dict(headers), body=form)
        if answer.status_code != 202:
            raise FetchError(f"status_{answer.status_code}", status=answer.status_code)
        return FetchedPage(answer.status_code, url, {}, answer.body)

    def beat(self, times: int = 1) -> None:
        forget_flows()
        store = SecretStore(clients.secrets_manager(), settings().EARSHOT_SECRET_PREFIX)
        heart = Heart(store, self.post, "https://api.example/test/")
        with logical_time(self.office.aws.clock):
            for _ in range(times):
                send_heartbeat.send(heart, self.now)

    def run(self) -> None:
        """Up to the event of the mail."""
        with logical_time(self.office.aws.clock):
            self.office.house.run()
        self.office.sweep()
        self.office.report_sent()

    def sleep(self, passed: timedelta) -> None:
        self.office.aws.clock.advance(passed)

    @property
    def now(self) -> datetime:
        return self.office.aws.clock.now()

    @property
    def mails(self) -> Counter[str]:
        return Counter(mail.to[0] for mail in self.office.aws.ses.mails)

    @property
    def arrived(self) -> datetime | None:
        latest = HeartbeatStore(self.office.house.table).latest()
        return latest.slot if latest else None

    def rows(self) -> set[tuple[str, str]]:
        return {(str(row["pk"]), str(row["sk"])) for row in self.office.house.rows()}


@pytest.fixture
def ward(make_office: Callable[[], Office], webhook: Client) -> Ward:
    return Ward(make_office(), webhook)


def counted(capsys: pytest.CaptureFixture[str], *metrics: str) -> list[float]:
    """Each of them, in the order in which they were counted."""
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    return [told[name][0] for told in map(json.loads, lines) for name in metrics if name in told]


def test_a_heartbeat_comes_through_and_is_counted_once_with_its_time(
    ward: Ward, capsys: pytest.CaptureFixture[str]
) -> None:
    ward.sleep(MINUTE)
    ward.beat()
    ward.run()
    ward.office.report_sent()
    assert ward.mails == {SELLER.email: 1}
    assert ward.arrived == START
    assert counted(capsys, "heartbeat_arrived", "heartbeat_seconds") == [1, 60]


def test_twice_in_one_slot_is_one_mail_and_each_slot_has_its_own(ward: Ward) -> None:
    ward.beat(2)
    ward.sleep(3 * MINUTE)
    ward.beat()
    ward.run()
    assert ward.mails == {SELLER.email: 1}
    for number in range(1, SELLER.budget + 3):
        ward.sleep(START + number * SLOT - ward.now)
        ward.beat()
        ward.run()
        assert ward.mails == {SELLER.email: number + 1}
        assert ward.arrived == START + number * SLOT


def live(ward: Ward) -> None:
    """As it is."""


def observe(ward: Ward) -> None:
    ConfigStore(ward.office.house.table).put(Config(live=False, operator_email="o@example.com"))


def observe_alone(ward: Ward) -> None:
    ConfigStore(ward.office.house.table).put(Config(live=False))


def find_nothing_relevant(ward: Ward) -> None:
    WeightsStore(ward.office.house.table).put(Weights(version="none", alert_from=100, intent={}))


@pytest.mark.parametrize("prepare", [live, observe, observe_alone, find_nothing_relevant])
@pytest.mark.parametrize("at", [START, SUNDAY_AT_THREE])
def test_it_comes_through_at_any_time_whatever_the_operator_set(
    ward: Ward, prepare: Callable[[Ward], None], at: datetime
) -> None:
    prepare(ward)
    ward.office.at(at)
    ward.beat()
    ward.run()
    assert ward.mails == {SELLER.email: 1}
    assert ward.arrived == heartbeat.slot_of(at)


def test_a_heartbeat_waits_while_mail_is_paused_and_none_is_left_when_it_goes_on(
    ward: Ward,
) -> None:
    configs = ConfigStore(ward.office.house.table)
    assert configs.pause("by_hand", ward.now, seen=configs.get())
    for _ in range(20):
        ward.beat()
        ward.run()
        ward.sleep(SLOT)
    assert (ward.mails, ward.arrived) == ({}, None)
    assert configs.resume(ward.now)
    ward.sleep(10 * MINUTE)
    ward.run()
    assert ward.mails[SELLER.email] <= 12
    states = Counter(state for *_, state in ward.office.house.alerts())
    assert states["CANCELLED"] == 20 - ward.mails[SELLER.email]
    assert states["PENDING"] == 0


def test_nothing_of_it_is_left_once_it_arrived(ward: Ward) -> None:
    before = ward.rows(), set(ward.office.house.objects())
    for _ in range(3):
        ward.beat()
        ward.run()
        ward.sleep(SLOT)
    assert len(ward.rows()) > len(before[0]) + 20
    assert expire(ward.office, 2 * HOUR) == {"gone": 3}
    assert ward.rows() - before[0] == {("CONFIG", "HEARTBEAT"), ("MAILRATE", "MAILRATE")}
    assert set(ward.office.house.objects()) == before[1]


def test_one_that_did_not_arrive_stays_for_two_days_and_why_says_how_far_it_came(
    ward: Ward,
) -> None:
    ward.beat()
    with logical_time(ward.office.aws.clock):
        ward.office.house.run()
    before = ward.rows()
    assert expire(ward.office, 47 * HOUR) == {"waits": 1}
    assert ward.rows() == before
    why = explainer_on(ward.office.house.table).why(f"generic:{heartbeat.post_id(START)}")
    assert why
    [told] = why.signals[0].sellers
    assert told.alert
    assert (told.decision.seller_id, told.alert.state) == (SELLER.seller_id, "PENDING")
    assert expire(ward.office, 49 * HOUR) == {"gone": 1}
    assert ward.office.house.places_with(heartbeat.NAME) == ["watchlist/current.bin"]


@pytest.mark.parametrize("passed", [HOUR, 26 * HOUR, 47 * HOUR])
def test_the_scan_of_all_stores_finds_nothing_wrong_with_it(ward: Ward, passed: timedelta) -> None:
    ward.beat()
    ward.run()
    ward.sleep(SLOT)
    ward.beat()  # and goes no further
    expire(ward.office, passed)
    into = scan_holdings.scanning()
    scanned = scan_holdings.scan(into, ward.now, remaining_ms=lambda: 300_000)
    assert (scanned["state"], scanned["counts"]) == ("finished", {})


def test_wherever_forgetting_dies_the_next_run_completes_it(ward: Ward) -> None:
    before = ward.rows()
    ward.beat()
    ward.run()
    put_back = ward.office.aws.kept()
    kept = ward.now
    for deletes in range(30):
        put_back()
        ward.office.at(kept)
        is_killed = dies_after(ward, deletes)
        expire(ward.office, 2 * HOUR)
        left = ward.rows() - before
        assert left == {("CONFIG", "HEARTBEAT"), ("MAILRATE", "MAILRATE")}
        if not is_killed:
            break
    assert deletes > 10


def dies_after(ward: Ward, deletes: int) -> bool:
    """Whether so many were made before all was done."""
    seen = 0

    def kill(call: Call) -> None:
        nonlocal seen
        seen += call.operation == "DeleteItem"
        if seen > deletes:
            raise Killed

    ward.office.aws.before.append(kill)
    try:
        expire(ward.office, 2 * HOUR)
    except Killed:
        return True
    finally:
        ward.office.aws.before.remove(kill)
    return False


def test_no_seller_operator_or_list_hears_of_it(ward: Ward) -> None:
    house = ward.office.house
    ward.beat()
    ward.run()
    connections = ConnectionStore(house.table)
    assert (list(connections.list()), list(connections.states())) == ([], [])
    assert watch_connections.watch(connections, ward.now) == {}
    assert heartbeat.NAME not in {one.seller_id for one in SellerStore(house.table).all()}
    assert MailHealth(house.table).figures(ward.now, None) == MailFigures()
    assert house.objects("journal/") == []
    ward.office.morning(EIGHT)
    [digest] = ward.office.mails()
    assert "heartbeat" not in digest.casefold()
    assert ward.mails == {SELLER.email: 1, "anna@seller.example": 1}


def test_who_names_the_company_of_heartbeats_is_heard_as_anybody_else(ward: Ward) -> None:
    """Strangers can neither mail the simulator nor hide from sellers behind its name."""
    house = ward.office.house
    with logical_time(ward.office.aws.clock):
        house.deliver(
            entry(1, f"Leaving {heartbeat.COMPANY}, any alternatives?"),
            entry(2, f"We leave RivalCRM and {heartbeat.COMPANY}, any alternatives to them?"),
        )
        house.run()
    assert [seller for _, seller, _ in house.alerts()] == ["carla"]


def test_a_webhook_that_refuses_it_fails_the_lambda(
    ward: Ward, capsys: pytest.CaptureFixture[str]
) -> None:
    ward.beat()
    secrets = SecretStore(clients.secrets_manager(), settings().EARSHOT_SECRET_PREFIX)
    before = ward.rows()
    heart = Heart(secrets, ward.post, "https://api.example/test/")
    late = ward.now + 6 * MINUTE
    with logical_time(ward.office.aws.clock), pytest.raises(FetchError, match="status_401"):
        send_heartbeat.send(heart, late)
    assert ward.rows() == before
    assert counted(capsys, "heartbeat_sent", "heartbeat_refused") == [1, 1]


def test_of_two_that_make_the_secret_one_counts(house: House) -> None:
    def store() -> SecretStore:
        return SecretStore(clients.secrets_manager(), settings().EARSHOT_SECRET_PREFIX)

    place = (heartbeat.SOURCE, heartbeat.NAME)
    store().make(*place, "whsec_Zmlyc3Q=")
    store().make(*place, "whsec_c2Vjb25k")
    assert store().secrets(*place) == (b"whsec_Zmlyc3Q=",)
