"""Deliveries by the thousand, repeated and shuffled, by sixteen workers: the signals and relevance
of a run in order, each seller hears of the same posts, each once, and the product holds no more
after many than after some. EARSHOT_DELIVERIES sets how many; `make endurance` is the same at size.
"""

import os
from collections.abc import Callable, Iterator

import pytest

from tests.house import House
from tests.standin import StandIn
from tests.standin.clock import logical_time
from tests.standin.endurance import run_in_order, run_shuffled
from tests.standin.finals import assert_the_same
from tests.standin.measures import Measures
from tests.standin.shortcut import shorter
from tests.standin.workload import Town

DELIVERIES = int(os.environ.get("EARSHOT_DELIVERIES", "1000"))
STEPS = 10


@pytest.fixture
def aws(standin_environment: StandIn) -> Iterator[StandIn]:
    with shorter(standin_environment), logical_time(standin_environment.clock):
        yield standin_environment


def test_repeats_in_any_order_by_many_workers_give_the_signals_of_the_clean_run(
    aws: StandIn, make_house: Callable[[], House]
) -> None:
    town = Town(seed=1, count=DELIVERIES)
    clean = run_in_order(aws, make_house(), town, look=lambda _: None)
    aws.clear()
    measures = Measures(aws, every=DELIVERIES // STEPS)
    shuffled = run_shuffled(aws, make_house(), town, look=measures.look)
    assert len(clean.signals) > DELIVERIES // 4
    assert_the_same(clean, shuffled, changed=town.changed)
    assert len(measures.taken) > STEPS
    assert measures.is_flat, [one.held for one in measures.taken]
