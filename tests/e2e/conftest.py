"""One furnished town for all of the tests, each of which says something new in it."""

import pytest

from tests.conftest import Stack
from tests.e2e.town import Town, furnish


@pytest.fixture(scope="session")
def town(stack: Stack) -> Town:
    return furnish(stack)
