"""A day, or a window of one, event by event: deliveries, two queues, decisions, mails, digests."""

import heapq
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from earshot.aws import keys
from tests.bench import simulation_rows as rows
from tests.bench.simulation_alerts import DIGEST_HOURS, Alerts
from tests.bench.simulation_heat import Heat
from tests.bench.simulation_queues import BATCH, Crew, Groups
from tests.bench.simulation_stream import Stream
from tests.bench.simulation_world import DAY, Arrival, Said, World

BUCKET = 300
TOLD = 2
"""Sellers who hear of a signal."""


@dataclass(frozen=True)
class Setting:
    """Seconds are assumed: 5 ms for a call of DynamoDB, 25 for a batch of 25 or a transaction, 30
    for S3, 10 for SQS. ``post_read`` is what each post on the strand adds to a decision."""

    understanders: int = 10
    deciders: int = 20
    webhook: float = 0.06
    delivery: float = 0.05
    post: float = 0.02
    decision: float = 0.3
    post_read: float = 0.0001
    mails_per_second: float = 10


@dataclass
class Run:
    world: World
    setting: Setting = field(default_factory=Setting)
    bucket: int = BUCKET

    def __post_init__(self) -> None:
        self.writes, self.reads = Heat(self.bucket), Heat(self.bucket)
        self.deliveries: deque[Arrival] = deque()
        self.mentions: Groups[Said] = Groups()
        self.receiving = Crew(1_000_000)
        self.understanding = Crew(self.setting.understanders)
        self.deciding = Crew(self.setting.deciders)
        self.depth = {n: Counter[int]() for n in ("deliveries", "mentions", "deepest group")}
        self.counts: Counter[str] = Counter()
        self.arrivals: Counter[int] = Counter()
        self._strands: Counter[str] = Counter()
        self._noted: dict[tuple[int, int], float] = {}
        self._events: list[tuple[float, int, Callable[[float], None]]] = []
        self._count = 0
        self.alerts = Alerts(self.world, self.writes, self._at, self.setting.mails_per_second)

    def run(self) -> "Run":
        """Until the window ends; of a whole day, until the queues are empty."""
        for zone, hour in enumerate(DIGEST_HOURS):
            for day in range(2):
                self._at(day * DAY + hour * 3_600, partial(self.alerts.digest, zone))
        end = self.world.begin + self.world.seconds
        for arrival in Stream(self.world).arrivals():
            self._until(arrival.at)
            self._receive(arrival)
        self._until(end if self.world.seconds < DAY else float("inf"))
        self.writes.close()
        self.reads.close()
        return self

    def _at(self, at: float, event: Callable[[float], None]) -> None:
        if at >= self.world.begin:
            self._count += 1
            heapq.heappush(self._events, (at, self._count, event))

    def _until(self, at: float) -> None:
        while self._events and self._events[0][0] <= at:
            now, _, event = heapq.heappop(self._events)
            event(now)

    def _place(self, at: float) -> int:
        return int(at) // self.bucket

    def _deepest(self, name: str, at: float, depth: int) -> None:
        place = self._place(at)
        self.depth[name][place] = max(self.depth[name][place], depth)

    # Ingest

    def _receive(self, arrival: Arrival) -> None:
        self.counts["posts"] += len(arrival.posts)
        self.counts["deliveries"] += 1
        self.arrivals[int(arrival.at)] += 1
        container = self.receiving.start(self._place(arrival.at))
        self._at(arrival.at + self.setting.webhook, partial(self._received, arrival, container))

    def _received(self, arrival: Arrival, container: int, now: float) -> None:
        self.receiving.end(container)
        self.writes.add(now, [rows.received(arrival)])
        self.deliveries.append(arrival)
        self._understand(now)
        self._deepest("deliveries", now, len(self.deliveries))

    # Enrich

    def _understand(self, now: float) -> None:
        while self.deliveries and self.understanding.has_room:
            some = min(BATCH, len(self.deliveries))
            batch = deque(self.deliveries.popleft() for _ in range(some))
            container = self.understanding.start(self._place(now))
            self._next_delivery(batch, container, now)

    def _next_delivery(self, batch: deque[Arrival], container: int, now: float) -> None:
        if not batch:
            self.understanding.end(container)
            self._understand(now)
            return
        arrival = batch.popleft()
        lasts = self.setting.delivery + self.setting.post * len(arrival.posts)
        self._at(now + lasts, partial(self._understood, arrival, batch, container))

    def _understood(
        self, arrival: Arrival, batch: deque[Arrival], container: int, now: float
    ) -> None:
        self._note(arrival.connection, container, now)
        if arrival.is_borrowed:
            self.writes.add(now, [rows.expiring(arrival)])
        for said in arrival.posts:
            self.writes.add(now, rows.understood(said, f"https://forum.example/{said.native_id}"))
            if said.strand_id:
                self._deepest("deepest group", now, self.mentions.put(said.strand_id, said))
        self._decide(now)
        self._deepest("mentions", now, self.mentions.depth)
        self._next_delivery(batch, container, now)

    def _note(self, connection: int, container: int, now: float) -> None:
        """Each container notes a connection once a minute."""
        if now - self._noted.get((container, connection), -60) >= 60:
            self._noted[container, connection] = now
            self.writes.add(now, [rows.noted()])

    def _decide(self, now: float) -> None:
        while self.deciding.has_room:
            messages, groups = self.mentions.take()
            if not messages:
                return
            container = self.deciding.start(self._place(now))
            self._next_mention(deque(messages), groups, container, now=now)

    def _next_mention(
        self, batch: deque[Said], groups: set[str], container: int, *, now: float
    ) -> None:
        if not batch:
            self.deciding.end(container)
            self.mentions.done(groups)
            self._decide(now)
            return
        said = batch.popleft()
        posts = self._strands[said.strand_id or ""]
        lasts = self.setting.decision + self.setting.post_read * posts

        def done(at: float) -> None:
            self._decided(said, at)
            self._next_mention(batch, groups, container, now=at)

        self._at(now + lasts, done)

    def _decided(self, said: Said, now: float) -> None:
        strand = said.strand_id or ""
        is_new = strand not in self._strands
        self._strands[strand] += 1
        self.counts["mentions"] += 1
        everybody = keys.digest("fan_out", said.native_id)
        self.reads.add(now, rows.read_to_decide(said, self._strands[strand]))
        self.writes.add(now, rows.joined(said, is_new=is_new))
        self.writes.add(now, rows.decided(said, everybody))
        for number in range(TOLD):
            self.alerts.tell(said, f"s{(said.account * 7 + number) % self.world.sellers}", now)
        self.writes.add(now, rows.removed(everybody))
