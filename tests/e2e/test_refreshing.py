"""The deployed Lambda, under its own policy, asks a website and a register on loopback."""

from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from earshot.aws.account_store import AccountStore
from earshot.aws.refresh_store import RefreshStore
from earshot.domain.facts import Origin
from earshot.domain.refreshing import Visit, Visits
from earshot.providers.catalog import PROVIDERS
from earshot_ops.demo import drain
from tests import examples
from tests.e2e.companies import COMPANIES
from tests.e2e.town import Town

pytestmark = pytest.mark.e2e

ANSWERS = Path(__file__).parents[1] / "answers"
FUNCTION = "earshot-local-refresh_business_data"


class Providers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        name = {
            "/norderwerk.example/": "website.html",
            "/v1/lei-records": "gleif.search.json",
            "/v1/lei-records/529900NORDERWERKXX12/direct-parent": "gleif.parent.json",
        }.get(self.path.partition("?")[0])
        body = (ANSWERS / name).read_bytes() if name else b""
        self.send_response(200 if name else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Silent."""


def test_an_account_learns_from_its_website_and_the_register(town: Town) -> None:
    accounts = AccountStore(town.target.table)
    norderwerk = examples.account(
        account_id="norderwerk", name="Norderwerk Antriebe", domains=("norderwerk.example",)
    )
    accounts.put_accounts([norderwerk], datetime.now(UTC))
    _leave_the_others_alone(town)
    _point_at(town, f"http://127.0.0.1:{town.stack.feed_port}")
    with ThreadingHTTPServer(("127.0.0.1", town.stack.feed_port), Providers) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            drain.invoke(town.target, "refresh_business_data")
        finally:
            server.shutdown()
            thread.join()
    said = {one.field: one.fact for one in accounts.facts("norderwerk")}
    assert (said["phone"].value, said["phone"].origin) == ("+49 40 5550 199", Origin.WEBSITE)
    assert (said["parent"].value, said["parent"].origin) == ("Hallig Holding SE", Origin.GLEIF)


def _leave_the_others_alone(town: Town) -> None:
    """One run asks some hundred accounts at most, and the town has more."""
    now = datetime.now(UTC)
    later = Visit(due_at=now + timedelta(days=1))
    visits = {provider.NAME: later for provider in PROVIDERS}
    store = RefreshStore(town.target.table)
    for company in COMPANIES:
        store.put_visits(Visits(account_id=company.account_id, by_provider=visits), now)


def _point_at(town: Town, root: str) -> None:
    client = town.stack.client("lambda")
    found = client.get_function_configuration(FunctionName=FUNCTION)["Environment"]["Variables"]
    changed = {"EARSHOT_WEBSITE_URL": root + "/{domain}/", "EARSHOT_GLEIF_URL": root + "/v1"}
    client.update_function_configuration(
        FunctionName=FUNCTION, Environment={"Variables": {**found, **changed}}
    )
