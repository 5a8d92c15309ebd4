"""Chromium without a window, driven over WebDriver: Debian's `chromium` and `chromium-driver`."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

from earshot_ops.errors import OperationError

PROGRAMS = ("chromium", "chromedriver")
# It runs as whoever runs the tests, in CI as root, and asks nothing of the internet.
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    # Equal letters are equal pixels then, and the pictures small.
    "--disable-lcd-text",
    "--disable-font-subpixel-positioning",
)


def is_installed() -> bool:
    return all(map(shutil.which, PROGRAMS))


@contextmanager
def browser(width: int = 1280, height: int = 900, *, dark: bool = False) -> Iterator[Chrome]:
    """A fresh profile, which goes with it. ``OperationError`` when it is not installed."""
    chromium, driver = map(shutil.which, PROGRAMS)
    if not chromium or not driver:
        raise OperationError("install chromium and chromium-driver first (Debian: apt-get install)")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = ChromeOptions()
        options.binary_location = chromium
        for flag in (*FLAGS, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        # Pages have to do without scripts, and mails do.
        options.add_experimental_option(
            "prefs", {"profile.managed_default_content_settings.javascript": 2}
        )
        opened = Chrome(options=options, service=Service(driver))
        try:
            look(opened, width, height, dark=dark)
            yield opened
        finally:
            opened.quit()


def look(opened: Chrome, width: int, height: int, *, dark: bool = False) -> None:
    """As on a screen of that many pixels, in light or dark colours."""
    screen = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    opened.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    opened.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
