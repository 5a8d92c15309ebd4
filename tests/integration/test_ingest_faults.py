"""A webhook where calls fail: it says 2xx or 5xx, and what got 2xx is in the archive, in the index
for replay and on the queue."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from chalice.test import Client

from earshot.aws import clients
from earshot.aws.connection_store import ConnectionStore
from earshot.aws.envelopes import DeliveryMessage, parse
from earshot.aws.raw_archive import RawArchive
from earshot.aws.receipt_store import ReceiptStore
from earshot.aws.secret_store import SecretStore
from earshot.domain.models import Connection, DataClass, Delivery
from earshot.settings import settings
from tests import chalice_apps
from tests.house import House
from tests.standin import StandIn
from tests.standin.faults import KINDS, Faults
from tests.standin.stage import forget_flows
from tests.standin.workers import Killed

SENT = 100
TRIES = 100


@pytest.fixture
def aws(standin_environment: StandIn) -> StandIn:
    return standin_environment


@pytest.fixture
def client(house: House) -> Iterator[Client]:
    ConnectionStore(house.table).put(
        Connection(
            source="github",
            connection_id="main",
            data_class=DataClass.OWNED,
            created_at=datetime.now(UTC),
        )
    )
    secrets = SecretStore(clients.secrets_manager(), settings().EARSHOT_SECRET_PREFIX)
    secrets.put("github", "main", "hook-secret")
    with chalice_apps.client("ingest") as opened:
        yield opened


def send(client: Client, body: bytes) -> int:
    """The status; that of the gateway where the Lambda ran out of time."""
    signature = hmac.new(b"hook-secret", body, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/json",
        "X-GitHub-Event": "issues",
        "X-Hub-Signature-256": f"sha256={signature}",
    }
    try:
        return client.http.post("/hooks/github/main", headers=headers, body=body).status_code
    except Killed:
        return 504


def queued(aws: StandIn) -> set[str]:
    messages = aws.sqs.queue(settings().EARSHOT_DELIVERIES_QUEUE_URL).messages.values()
    return {parse(DeliveryMessage, one.body).delivery.delivery_id for one in messages}


def receipts(house: House) -> dict[bytes, Delivery]:
    """By the body that lies in the archive."""
    now = datetime.now(UTC)
    archive = RawArchive(house.s3, house.bucket)
    found = ReceiptStore(clients.dynamodb(), house.table.name).since(
        "github", "main", now - timedelta(hours=1), until=now
    )
    return {archive.get(delivery.raw_key).body: delivery for delivery in found}


@pytest.mark.parametrize("rate", [0.2, 0.4])
def test_a_webhook_under_faults_says_2xx_or_5xx_and_what_got_2xx_is_never_lost(
    aws: StandIn, house: House, client: Client, rate: float
) -> None:
    faults = Faults(aws, rate=rate, seed=1)
    bodies = [json.dumps({"action": "opened", "number": n}).encode() for n in range(SENT)]
    statuses: list[int] = []
    accepted: set[bytes] = set()
    with faults.installed():
        for body in bodies:
            for _ in range(TRIES):
                forget_flows()  # a cold container reads the connection and its secrets too
                with faults.within("receive_webhook"):
                    statuses.append(send(client, body))
                if statuses[-1] == 202:
                    accepted.add(body)
                    break
    assert {status for status in statuses if status != 202} <= {500, 502, 503, 504}
    assert accepted == set(bodies)
    kept = receipts(house)
    assert accepted <= kept.keys()
    assert {kept[body].delivery_id for body in accepted} <= queued(aws)
    assert {kind for _, kind in faults.met} == set(KINDS)
