"""What the heartbeat costs a month: sent, decided, mailed, settled and forgotten, counted as
`make cost` counts posts.

    .venv/bin/python -m tests.bench.cost.heartbeats
"""

from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Any

from earshot.aws import clients
from earshot.aws.secret_store import SecretStore
from earshot.domain import heartbeat
from earshot.flows import expire_bodies, send_heartbeat
from earshot.flows.send_heartbeat import Heart
from earshot.settings import settings
from earshot.sources.surface import FetchedPage, Headers
from earshot_ops import prices
from tests.bench.cost.replay import Replay, replay, request
from tests.standin.event_sources import Context

BEATS = 50
A_MONTH = timedelta(days=30) / heartbeat.EVERY
LATER = timedelta(hours=2)


def spent(day: Replay) -> Counter[str]:
    """Of so many beats together."""
    for _ in range(BEATS):
        _beat(day)
        day.drain()
        day.standin.ses.mails.clear()  # the next drain would report them again
        day.standin.clock.advance(heartbeat.EVERY)
    day.standin.clock.advance(LATER)
    now = day.standin.clock.now()
    forget = partial(expire_bodies.expire_all, expire_bodies.expiring(), now, lambda: True)
    assert day.meter.invoked("expire_bodies", forget) == {"gone": BEATS}
    usage: Counter[str] = Counter()
    for one in day.meter.spent.values():
        usage.update(one.usage)
    return usage


def _beat(day: Replay) -> None:
    """The webhook is another Lambda than the one that waits for its answer."""
    sent: list[tuple[Headers, bytes]] = []

    def post(url: str, headers: Headers, /, *, form: bytes) -> FetchedPage:
        sent.append((headers, form))
        return FetchedPage(202, url, {}, b"")

    secrets = SecretStore(clients.secrets_manager(), settings().EARSHOT_SECRET_PREFIX)
    heart = Heart(secrets, post, "https://api.example/")
    now = day.standin.clock.now()
    beat = partial(send_heartbeat.send, heart, now)
    day.meter.invoked("send_heartbeat", beat, waits_ms=200)
    [(headers, body)] = sent
    event: dict[str, Any] = request(body.decode(), dict(headers), connection_id=heartbeat.NAME)
    answer = day.meter.invoked("receive_webhook", partial(day.ingest, event, Context()))
    assert answer["statusCode"] == 202, answer
    day.meter.spent["receive"].usage["api_requests"] += 1


def main() -> None:
    with replay(1) as day:
        usage = spent(day)
    month = {name: amount * A_MONTH / BEATS for name, amount in usage.items()}
    table = prices.read()
    for name, dollars in sorted(table.bill(month).items(), key=lambda one: -one[1]):
        print(f"{name:<20} {usage[name] / BEATS:8.2f} a beat {dollars:8.3f} $ a month")
    print(f"{'together':<20} {'':<15} {table.total(month):8.3f} $ a month")


if __name__ == "__main__":
    main()
