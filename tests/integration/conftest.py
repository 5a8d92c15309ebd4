"""A table, a bucket and queues of its own for each test, on the embedded AWS or its stand-in."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from earshot.aws import clients
from earshot.aws.config_store import Config, ConfigStore
from earshot.domain.models import DigestWish
from earshot.settings import settings
from earshot_ops.embedded_aws import EmbeddedAws
from earshot_ops.target import Target
from tests.histories import Way
from tests.house import House
from tests.house_target import Earshot, commands_on, target_of
from tests.office import Office
from tests.standin import StandIn
from tests.standin.clock import logical_time
from tests.standin.stage import Aws, forget_container, make_stage, make_table


@pytest.fixture
def aws(aws_environment: EmbeddedAws) -> Aws:
    """The AWS that `house` stands on, which `earshot.aws.clients` talk to. A module that overrides
    it with `either_aws` runs on ministack and on the stand-in."""
    return aws_environment


@pytest.fixture(params=["ministack", "standin"])
def either_aws(request: pytest.FixtureRequest) -> Aws:
    name = {"ministack": "aws_environment", "standin": "standin_environment"}[request.param]
    found: Aws = request.getfixturevalue(name)
    return found


@pytest.fixture
def table(either_aws: Aws) -> Any:
    """An empty table as the data stack describes it."""
    return _table(either_aws)


@pytest.fixture
def standin_table(standin_environment: StandIn) -> Any:
    """For what AWS documents and ministack does not do."""
    return _table(standin_environment)


def _table(aws: Aws) -> Any:
    name = f"table-{uuid.uuid4().hex[:12]}"
    make_table(aws, name)
    return clients.table(name)


@pytest.fixture
def make_house(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], House]]:
    """Makes an empty stage without Lambdas, and moves the flows' settings into it."""

    def make() -> House:
        name = f"earshot-{uuid.uuid4().hex[:12]}"
        for variable, value in make_stage(aws, name).items():
            monkeypatch.setenv(variable, value)
        forget_container()
        return House(clients.table(settings().EARSHOT_TABLE), clients.s3(), name)

    yield make
    forget_container()


@pytest.fixture
def house(make_house: Callable[[], House]) -> House:
    """One empty stage; tests call the flows themselves."""
    return make_house()


@pytest.fixture
def target(house: House, aws: Aws) -> Target:
    """The house as the operator's command line sees it."""
    assert isinstance(aws, EmbeddedAws | StandIn)
    return target_of(house, aws.session if isinstance(aws, StandIn) else aws.access)


@pytest.fixture
def earshot(target: Target) -> Earshot:
    """`earshot` as an operator calls it, on the house."""
    return commands_on(target)


@pytest.fixture
def make_office(
    make_house: Callable[[], House], standin_environment: StandIn
) -> Callable[[], Office]:
    """Anna alone takes digests."""

    aws = standin_environment

    def make() -> Office:
        aws.clock.restart()
        aws.ses.mails.clear()
        office = Office(make_house(), aws)
        with logical_time(aws.clock):
            office.house.furnish()
        ConfigStore(office.house.table).put(Config(live=True))
        for other in ("ben", "carla"):
            office.prefers(other, DigestWish.NEVER)
        return office

    return make


@pytest.fixture
def office(make_office: Callable[[], Office]) -> Office:
    return make_office()


@pytest.fixture
def make_way(make_house: Callable[[], House], standin_environment: StandIn) -> Callable[[], Way]:
    """A furnished house, as if nothing had ever come."""
    house = make_house()
    house.furnish()
    put_back = standin_environment.kept()

    def make() -> Way:
        put_back()
        forget_container()
        return Way(house)

    return make
