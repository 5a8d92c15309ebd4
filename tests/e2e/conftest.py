"""One furnished town for all of the tests, each of which says something new in it."""

from collections.abc import Generator

import pytest

from tests.conftest import Stack
from tests.e2e.furnishing import furnish
from tests.e2e.town import Town

PASSED = pytest.StashKey[set[tuple[str, str]]]()


@pytest.fixture(scope="session")
def town(stack: Stack) -> Town:
    return furnish(stack)


@pytest.fixture
def passed(request: pytest.FixtureRequest) -> set[tuple[str, str]]:
    """File and function of each test of this folder that passed before."""
    return request.config.stash[PASSED]


def pytest_configure(config: pytest.Config) -> None:
    config.stash[PASSED] = set()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Restarts come last: after one, the embedded AWS passes over new records of the stream, and
    mails wait for the sweep. What was recorded of all is looked at after them."""
    last = ("test_restart.py", "test_policies.py")
    items.sort(key=lambda item: last.index(item.path.name) if item.path.name in last else -1)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call" and report.passed:
        item.config.stash[PASSED].add((item.path.name, item.name.partition("[")[0]))
    return report
