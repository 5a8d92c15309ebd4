"""One furnished town for all of the tests, each of which says something new in it."""

import pytest

from tests.conftest import Stack
from tests.e2e.furnishing import furnish
from tests.e2e.town import Town


@pytest.fixture(scope="session")
def town(stack: Stack) -> Town:
    return furnish(stack)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Restarts come last: after one, the embedded AWS passes over new records of the stream, and
    mails wait for the sweep."""
    items.sort(key=lambda item: item.path.name == "test_restart.py")
