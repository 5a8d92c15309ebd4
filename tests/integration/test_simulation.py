"""The simulation: what it counts is what the flows write, and its arithmetic holds."""

import json
import time
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from earshot.aws import keys
from earshot.aws.waiting_store import DELETED_AT_ONCE, PAUSE_SECONDS, WaitingStore
from earshot.domain.repeats import sketch
from earshot.domain.stories import strand_of, thread_strand
from tests import examples
from tests.bench import simulation, simulation_rows
from tests.bench.simulation_heat import Heat, Peak, kind_of
from tests.bench.simulation_limits import PARTITION_WRITES
from tests.bench.simulation_picture import Panel, picture
from tests.bench.simulation_queues import Crew, Groups
from tests.bench.simulation_rows import Row
from tests.bench.simulation_run import Run, Setting
from tests.bench.simulation_stream import Stream
from tests.bench.simulation_world import DAY, Said, World, Zipf
from tests.house import House, entry
from tests.standin import StandIn
from tests.standin.wire import Call

WORDS = (
    "acme.example is leaving RivalCRM, because it is slow and dear and nobody there answers. "
    "What do you use instead?"
)
NAMED_BY_THE_POST = {"AUTHOR", "LINK", "POST", "STRAND", "ANCHOR", "SUBJECT", "THREAD", "WAITING"}


@pytest.fixture
def aws(standin_environment: StandIn) -> StandIn:
    return standin_environment


def written(call: Call) -> list[str]:
    """Partition keys that a call writes or checks."""
    if call.service != "dynamodb":
        return []
    asked: dict[str, Any] = json.loads(cast(bytes, call.request.body) or b"{}")
    if call.operation in {"PutItem", "UpdateItem", "DeleteItem"}:
        items = [asked.get("Item") or asked["Key"]]
    elif call.operation == "BatchWriteItem":
        [requests] = asked["RequestItems"].values()
        items = [r["PutRequest"]["Item"] for r in requests]
    elif call.operation == "TransactWriteItems":
        bodies = [body for action in asked["TransactItems"] for body in action.values()]
        items = [body.get("Item") or body["Key"] for body in bodies]
    else:
        items = []
    return [item["pk"]["S"] for item in items]


def test_the_simulation_writes_what_the_flows_write(aws: StandIn, house: House) -> None:
    house.furnish()
    house.deliver(entry(1, WORDS))
    real: list[str] = []
    aws.before.append(lambda call: real.extend(written(call)))
    house.run()
    aws.before.clear()

    post = examples.post(WORDS, native_id="p1", permalink="https://forum.example/t/1")
    words = sketch(post)
    said = Said("p1", "u1", strand_of(post, words), words, "account:acme")
    simulated = [
        simulation_rows.noted(),
        *simulation_rows.understood(said, "https://forum.example/t/1"),
        *simulation_rows.joined(said, is_new=True),
        *simulation_rows.decided(said, "everybody"),
        *simulation_rows.told(said, "anna", "alert"),
        *simulation_rows.told(said, "carla", None),
        *simulation_rows.removed("everybody"),
    ]
    rows = [row.pk for row in simulated if kind_of(row.pk) != "DUE"]  # an index: no call writes it
    assert Counter(map(kind_of, rows)) == Counter(map(kind_of, real))
    for kind in NAMED_BY_THE_POST:
        own, theirs = ([pk for pk in pks if kind_of(pk) == kind] for pks in (rows, real))
        assert Counter(own) == Counter(theirs), kind


def test_of_what_waited_a_partition_loses_no_more_than_it_takes(
    aws: StandIn, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"POST#s1#generic#p{number}" for number in range(60)]
    with house.table.batch_writer() as writer:
        for name in names:
            writer.put_item(Item={"pk": keys.waiting("anna"), "sk": name})
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    WaitingStore(house.table).delete("anna", names)
    assert pauses == [PAUSE_SECONDS] * 2
    assert DELETED_AT_ONCE / PAUSE_SECONDS < PARTITION_WRITES
    assert not [row for row in house.rows() if row["pk"] == keys.waiting("anna")]


def test_heat_is_the_hottest_second_of_the_hottest_key_of_a_kind() -> None:
    heat = Heat(bucket=10)
    heat.add(0.1, [Row("POST#a", 2), Row("POST#b", 1)])
    heat.add(0.9, [Row("POST#a", 2), Row("CONFIG", 1)])
    heat.add(1.0, [Row("POST#b", 3)])
    heat.add(12.0, [Row("POST#b", 1)])
    heat.close()
    assert heat.hottest() == [Peak("POST#a", 4, 0), Peak("CONFIG", 1, 0)]
    assert dict(heat.series["POST"]) == {0: 4, 1: 1}
    assert (heat.most, heat.total) == (6, 10)
    assert heat.peaks["POST"].room(1_000) == 250


def test_a_group_gives_nothing_while_it_is_worked_on() -> None:
    queue: Groups[int] = Groups()
    assert [queue.put("a", n) for n in range(3)] == [1, 2, 3]
    queue.put("b", 3)
    taken, groups = queue.take(2)
    assert (taken, groups) == ([0, 1], {"a"})
    assert queue.take() == ([3], {"b"})
    assert queue.take() == ([], set())
    queue.done(groups)
    assert queue.take() == ([2], {"a"})
    assert queue.depth == 0


def test_no_more_containers_run_than_may() -> None:
    crew = Crew(2)
    first, second = crew.start(0), crew.start(0)
    assert not crew.has_room
    crew.end(second)
    assert crew.start(1) == second, "the warmest starts first"
    assert first != second
    assert dict(crew.at_once) == {0: 2, 1: 2}


def test_a_day_brings_as_many_posts_as_it_says() -> None:
    world = World(1_000_000)
    in_general = sum(map(world.rate, range(DAY)))
    viral = sum(map(world.viral_rate, range(DAY)))
    assert in_general == pytest.approx(995_000, rel=1e-6)
    assert viral == pytest.approx(5_000, rel=0.01)
    assert max(map(world.rate, range(DAY))) == pytest.approx(1.8 * 995_000 / DAY)


def test_the_first_rank_is_drawn_as_often_as_the_law_says() -> None:
    zipf, world = Zipf(100), Stream(World(1_000))
    drawn = Counter(zipf.draw(world.chance) for _ in range(20_000))
    assert drawn[0] / drawn[1] == pytest.approx(2, rel=0.15)
    assert drawn[0] / 20_000 == pytest.approx(1 / sum(1 / n for n in range(1, 101)), rel=0.1)


SMALL = World(200_000, begin=14 * 3_600, seconds=900, viral=0.002, viral_lasts=600)


def test_the_same_seed_is_the_same_day_and_another_is_another() -> None:
    one, same = Run(SMALL).run(), Run(SMALL).run()
    assert one.counts == same.counts
    assert one.writes.hottest() == same.writes.hottest()
    assert one.depth == same.depth
    other = Run(replace(SMALL, seed=7)).run()
    assert other.counts != one.counts


def test_arrivals_come_in_order_and_the_viral_thread_is_one_strand() -> None:
    arrivals = list(Stream(SMALL).arrivals())
    assert [a.at for a in arrivals] == sorted(a.at for a in arrivals)
    strands = Counter(said.strand_id for a in arrivals for said in a.posts if said.strand_id)
    [(viral, count)] = strands.most_common(1)
    assert viral == thread_strand("generic", "p1")
    assert count > 100


def test_what_is_slower_than_its_stream_waits_and_a_group_is_no_faster_by_more_lambdas() -> None:
    slow = Run(SMALL, Setting(decision=5.0, deciders=50)).run()
    quick = Run(SMALL, Setting(decision=0.01)).run()
    assert max(slow.depth["deepest group"].values()) > 50
    assert max(quick.depth["deepest group"].values()) < 10
    assert max(slow.deciding.at_once.values()) <= 50


def test_a_partition_that_is_too_hot_is_told_and_ends_with_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(simulation, "MILLION", SMALL)
    monkeypatch.setattr(simulation, "BILLION", replace(SMALL, seconds=10))
    assert simulation.main(["--pictures", str(tmp_path)]) == 0
    assert "times below" in capsys.readouterr().out
    monkeypatch.setattr("tests.bench.simulation_limits.PARTITION_WRITES", 10)
    assert simulation.main(["--pictures", str(tmp_path), "--json"]) == 1
    assert "Too hot at 1M posts a day: SIGNAL#" in capsys.readouterr().err
    assert {path.name for path in tmp_path.iterdir()} == {"1m.svg", "1b.svg"}


def test_a_picture_shows_lines_limit_and_time() -> None:
    panel = Panel("heat & depth", {"POST": {0: 10.0, 1: 100.0}}, ("limit", 1_000))
    drawn = ET.fromstring(picture("A day", [panel], bucket=3_600))
    texts = [element.text for element in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert {"heat & depth", "POST, at most 100", "limit 1,000", "01:00"} <= set(texts)
    [line] = drawn.iter("{http://www.w3.org/2000/svg}polyline")
    heights = [float(point.split(",")[1]) for point in str(line.get("points")).split()]
    assert heights[1] < heights[0], "more is higher"
