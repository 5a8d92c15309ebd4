"""Few examples, always the same, keep the units quick; ``HYPOTHESIS_PROFILE=thorough`` has many,
the same each time too, so that it decides of a change; ``exploring`` draws new ones."""

import gc
import os

from hypothesis import settings

settings.register_profile("quick", max_examples=5, deadline=None, derandomize=True, database=None)
settings.register_profile(
    "thorough", max_examples=100, deadline=None, derandomize=True, database=None
)
settings.register_profile("exploring", max_examples=500, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


def pytest_collection_finish() -> None:
    """What is imported by now stays: no collection needs to walk it again."""
    gc.freeze()
