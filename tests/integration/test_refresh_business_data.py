"""The scheduled enrichment over real stores, with websites and a register on loopback."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from earshot.aws.account_store import AccountStore
from earshot.aws.refresh_store import Place, RefreshStore
from earshot.domain.facts import Origin, Shown, Statement
from earshot.flows import refresh_business_data
from earshot.flows.refresh_business_data import Refresher, refresh
from earshot.providers.asking import Guest, named
from earshot.settings import settings
from earshot.sources.fetch import Fetcher
from tests import examples
from tests.house import House
from tests.standin.stage import Aws

EVENTS = Path(__file__).parents[1] / "answers"
PAGE = (EVENTS / "website.html").read_bytes()
SEARCH = (EVENTS / "gleif.search.json").read_bytes()
PARENT = (EVENTS / "gleif.parent.json").read_bytes()
NOBODY = b'{"meta": {"pagination": {"lastPage": 1}}, "data": []}'
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)


class Web(ThreadingHTTPServer):
    """``pages`` by path: a body with an ETag, or a status. ``asked`` has paths and headers."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.pages: dict[str, bytes | int] = {}
        self.register: bytes | int = NOBODY
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.port = int(self.server_address[1])

    @property
    def paths(self) -> list[str]:
        found = [path for path, _ in self.asked]
        self.asked.clear()
        return found

    def answer(self, path: str) -> bytes | int:
        if path.startswith("/v1/lei-records?"):
            return self.register
        return self.pages.get(path, 404)


class _Answers(BaseHTTPRequestHandler):
    server: Web

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.asked.append((self.path.partition("?")[0], headers))
        found = self.server.answer(self.path)
        tag = f'"{hash(found) & 0xFFFF}"'
        if isinstance(found, int) or headers.get("if-none-match") == tag:
            self.send_response(found if isinstance(found, int) else 304)
            found = b""
        else:
            self.send_response(200)
        self.send_header("etag", tag)
        self.send_header("content-type", "text/html")
        self.send_header("content-length", str(len(found)))
        self.end_headers()
        self.wfile.write(found)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        return


@pytest.fixture
def aws(either_aws: Aws) -> Aws:
    return either_aws


@pytest.fixture
def web() -> Iterator[Web]:
    server = Web()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join(timeout=5)


@pytest.fixture
def into(house: House, web: Web) -> Refresher:
    pairs = frozenset({("127.0.0.1", web.port)})
    root = f"http://127.0.0.1:{web.port}"
    return Refresher(
        accounts=AccountStore(house.table),
        store=RefreshStore(house.table),
        guest=Guest(Fetcher(loopback=pairs), named("alerts@earshot.example"), sleep=lambda _: None),
        bases={Origin.WEBSITE: root + "/{domain}/", Origin.GLEIF: root + "/v1"},
        clock=lambda: NOON,
    )


def ample() -> int:
    return 800_000


def at(into: Refresher, moment: datetime) -> Refresher:
    return replace(into, clock=lambda: moment, closed=set())


def listed(into: Refresher, *names: str, **fields: Any) -> None:
    into.accounts.put_accounts(
        [
            examples.account(
                account_id=name,
                name=fields.pop("name", name),
                domains=(f"{name}.example",),
                **fields,
            )
            for name in names
        ],
        NOON - 30 * DAY,
    )


def facts(into: Refresher, account_id: str) -> dict[str, Shown]:
    return {one.field: one for one in into.accounts.facts(account_id)}


def test_website_and_register_fill_in_what_the_crm_leaves_open(into: Refresher, web: Web) -> None:
    listed(into, "norderwerk", name="Norderwerk Antriebe", country="Germany", employees=150)
    web.pages["/norderwerk.example/"] = PAGE
    web.register = SEARCH
    web.pages["/v1/lei-records/529900NORDERWERKXX12/direct-parent"] = PARENT
    assert refresh(into, remaining_ms=ample) == {"read": 2, "unchanged": 0, "failed": 0}
    account = into.accounts.get("norderwerk")
    assert account is not None
    assert (account.country, account.employees) == ("Germany", 150)
    assert (account.lei, account.parent) == ("529900NORDERWERKXX12", "Hallig Holding SE")
    assert str(account.website_text).startswith("Norderwerk - Antriebe für Schiffe.")
    said = facts(into, "norderwerk")
    assert said["employees"].reason == "ranks_higher"
    assert said["employees"].is_disputed
    [other] = said["employees"].others
    assert (other.value, other.origin, other.seen_at, other.data_class) == (
        180,
        Origin.WEBSITE,
        NOON,
        "copied",
    )
    assert said["legal_name"].reason == "all_agree"
    assert said["legal_name"].fact.origin is Origin.GLEIF
    assert said["lei"].fact.purpose == "analytic"
    assert said["website_text"].fact.purpose == "operational"


def test_who_asks_says_so_and_asks_for_the_rules_first(into: Refresher, web: Web) -> None:
    listed(into, "acme")
    refresh(into, remaining_ms=ample)
    headers = web.asked[0][1]
    assert headers["user-agent"] == "Earshot/1 (business data refresh)"
    assert headers["from"] == "alerts@earshot.example"
    assert web.paths == ["/robots.txt", "/acme.example/", "/v1/lei-records"]


def test_a_site_that_forbids_it_is_not_read_and_no_longer_quoted(into: Refresher, web: Web) -> None:
    listed(into, "norderwerk")
    web.pages["/norderwerk.example/"] = PAGE
    refresh(into, remaining_ms=ample)
    assert facts(into, "norderwerk")["website_text"]
    web.pages["/robots.txt"] = b"User-agent: earshot\nDisallow: /norderwerk.example/\n"
    assert web.paths
    refresh(at(into, NOON + 7 * DAY), remaining_ms=ample)
    assert web.paths == ["/robots.txt"]
    assert "website_text" not in facts(into, "norderwerk")
    assert facts(into, "norderwerk")["name"].fact.origin is Origin.CRM


def test_what_has_not_changed_is_not_sent_again(into: Refresher, web: Web) -> None:
    listed(into, "norderwerk")
    web.pages["/norderwerk.example/"] = PAGE
    refresh(into, remaining_ms=ample)
    before = facts(into, "norderwerk")
    later = at(into, NOON + 7 * DAY)
    assert refresh(later, remaining_ms=ample) == {"read": 0, "unchanged": 1, "failed": 0}
    assert web.asked[-1][1]["if-none-match"].startswith('"')
    assert facts(into, "norderwerk") == before
    web.pages["/norderwerk.example/"] = PAGE.replace(b"+49 40 5550 199", b"+49 40 5550 200")
    refresh(at(into, NOON + 14 * DAY), remaining_ms=ample)
    assert facts(into, "norderwerk")["phone"].fact.value == "+49 40 5550 200"
    assert facts(into, "norderwerk")["phone"].fact.seen_at == NOON + 14 * DAY
    assert facts(into, "norderwerk")["employees"].fact.seen_at == NOON


def test_a_failure_is_its_accounts_own_and_keeps_what_was_read(
    into: Refresher, web: Web, caplog: pytest.LogCaptureFixture
) -> None:
    listed(into, "broken", "norderwerk")
    web.pages["/norderwerk.example/"] = PAGE
    web.pages["/broken.example/"] = 500
    outcomes = refresh(into, remaining_ms=ample)
    assert outcomes == {"read": 3, "unchanged": 0, "failed": 1}
    visit = into.store.visits("broken").by_provider[Origin.WEBSITE]
    assert (visit.failures, visit.reason, visit.due_at) == (1, "status_500", NOON + DAY)
    web.pages["/norderwerk.example/"] = 502
    refresh(at(into, NOON + 7 * DAY), remaining_ms=ample)
    assert facts(into, "norderwerk")["website_text"]
    assert into.store.visits("broken").by_provider[Origin.WEBSITE].failures == 2
    written = [str(vars(record)) for record in caplog.records]
    assert any("status_502" in line for line in written)
    assert not any("Norderwerk" in line for line in written)


def test_the_word_of_a_person_and_of_the_crm_stand_before_what_is_found(
    into: Refresher, web: Web
) -> None:
    listed(into, "norderwerk", name="Norderwerk Antriebe", phone="110")
    human = Statement(
        account_id="norderwerk",
        origin=Origin.HUMAN,
        seen_at=NOON - DAY,
        values={"description": "Builds ship engines."},
        covers=frozenset({"description"}),
    )
    into.accounts.put_facts([human])
    web.pages["/norderwerk.example/"] = PAGE
    web.register = SEARCH
    for week in range(3):
        refresh(at(into, NOON + week * 28 * DAY), remaining_ms=ample)
    account = into.accounts.get("norderwerk")
    assert account is not None
    assert (account.phone, account.description) == ("110", "Builds ship engines.")
    assert account.domains == ("norderwerk.example",)


def test_a_register_that_has_enough_is_left_alone_and_websites_go_on(
    into: Refresher, web: Web
) -> None:
    listed(into, "a", "b", "c")
    web.register = 429
    outcomes = refresh(into, remaining_ms=ample)
    assert outcomes["failed"] == 4
    assert web.paths.count("/v1/lei-records") == 1
    assert sum(Origin.GLEIF in into.store.visits(name).by_provider for name in "abc") == 1


def test_a_run_goes_on_where_the_time_ended_the_last_one(into: Refresher, web: Web) -> None:
    listed(into, *(f"n{number}" for number in range(30)))
    asked: list[str] = []
    runs = 0
    while len(asked) < 30 and runs < 30:
        left = iter([ample()] + [ample()] * 7 + [0] * 100)
        refresh(into, remaining_ms=lambda left=left: next(left))  # type: ignore[misc]
        asked += [path for path in web.paths if path.endswith(".example/")]
        runs += 1
    assert sorted(asked) == sorted(f"/n{number}.example/" for number in range(30))


def test_a_round_begins_once_a_day_and_asks_nobody_who_is_not_due(
    into: Refresher, web: Web
) -> None:
    listed(into, "a", "b")
    web.pages |= {"/a.example/": PAGE, "/b.example/": PAGE}
    refresh(into, remaining_ms=ample)
    assert len(web.paths) == 6
    listed(into, "c")
    refresh(at(into, NOON + timedelta(hours=1)), remaining_ms=ample)
    assert web.paths == []
    refresh(at(into, NOON + DAY), remaining_ms=ample)
    assert web.paths == ["/robots.txt", "/c.example/", "/v1/lei-records"]


def test_two_runs_do_not_walk_at_once(into: Refresher, web: Web) -> None:
    listed(into, "a")
    until = NOON + timedelta(minutes=10)
    assert into.store.rounds.begin(NOON, until) is not None
    assert refresh(into, remaining_ms=ample)["failed"] == 0
    assert web.paths == []
    late = at(into, until + timedelta(minutes=1))
    refresh(late, remaining_ms=ample)
    assert web.paths
    assert not into.store.rounds.save(Place(started_at=NOON), until=until)


def test_merged_accounts_are_asked_about_once(into: Refresher, web: Web) -> None:
    listed(into, "norderwerk", "twin")
    into.accounts.merge("norderwerk", "twin")
    web.pages["/norderwerk.example/"] = PAGE
    refresh(into, remaining_ms=ample)
    assert [path for path in web.paths if path.endswith(".example/")] == ["/norderwerk.example/"]
    assert facts(into, "norderwerk")["phone"].fact.origin is Origin.WEBSITE


def test_the_lambda_refuses_loopback_outside_of_the_local_stage(
    into: Refresher, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed(into, "norderwerk")
    web.pages["/norderwerk.example/"] = PAGE
    root = f"http://127.0.0.1:{web.port}"
    monkeypatch.setenv("EARSHOT_LOOPBACK_HOSTS", f"127.0.0.1:{web.port}")
    monkeypatch.setenv("EARSHOT_WEBSITE_URL", root + "/{domain}/")
    monkeypatch.setenv("EARSHOT_GLEIF_URL", root + "/v1")
    settings.cache_clear()
    context = SimpleNamespace(get_remaining_time_in_millis=ample)
    outcomes = refresh_business_data.handle({}, context)
    assert outcomes == {"read": 0, "unchanged": 0, "failed": 2}
    assert web.paths == []
    assert into.store.visits("norderwerk").by_provider[Origin.WEBSITE].reason == "address_refused"
    monkeypatch.setenv("EARSHOT_STAGE", "local")
    settings.cache_clear()
    made = refresh_business_data.refresher(settings())
    monkeypatch.setattr(made.guest, "sleep", lambda _: None)
    later = replace(made, clock=lambda: datetime.now(UTC) + 2 * DAY)
    assert refresh(later, remaining_ms=ample)["read"] == 2


def test_an_account_whose_reading_breaks_holds_up_no_other(
    into: Refresher, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed(into, "a", "b")

    def fall(url: str, headers: Any, /, *, form: Any = None) -> Any:
        raise RuntimeError("words of a page")

    broken = replace(into, guest=Guest(fall, {}, sleep=lambda _: None))
    assert refresh(broken, remaining_ms=ample)["failed"] == 4
    assert into.store.visits("a").by_provider[Origin.WEBSITE].reason == "RuntimeError"
