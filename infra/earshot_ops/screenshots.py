"""Pictures of the mails and the pages for the documentation, from the files that tests compare them
with: what is pictured is what is sent."""

import sys
from base64 import b64decode
from pathlib import Path
from typing import NamedTuple

from selenium.webdriver import Chrome

from earshot_ops.browser import browser, look
from earshot_ops.chalice_configuration import ROOT
from earshot_ops.errors import OperationError

GOLDEN = ROOT / "tests/golden"
PICTURES = ROOT / "docs/screenshots"
WIDTHS = (390, 1280)
TALLEST = 4_000
LARGEST = 200_000


class Subject(NamedTuple):
    """``name`` is the picture's, ``file`` lies among the golden ones."""

    name: str
    file: str
    dark: bool = False


SUBJECTS = (
    Subject("mail-alert", "account.html"),
    Subject("mail-handover", "handover.html"),
    Subject("mail-digest", "digest.html"),
    Subject("mail-alert-dark", "account.html", dark=True),
    Subject("page-signal", "pages/signal_handed_over.html"),
    Subject("page-signal-dark", "pages/signal_handed_over.html", dark=True),
    Subject("page-open", "pages/open.html"),
    Subject("page-preferences", "pages/preferences.html"),
    Subject("page-useful", "pages/ask_useful.html"),
    Subject("page-not-relevant", "pages/ask_not_relevant.html"),
    Subject("page-mute", "pages/ask_mute.html"),
    Subject("page-snooze", "pages/ask_snooze.html"),
    Subject("page-claim", "pages/ask_claim.html"),
    Subject("page-hand-over", "pages/ask_hand_over.html"),
    Subject("page-finish", "pages/ask_finish.html"),
    Subject("page-unsubscribe", "pages/ask_unsubscribe.html"),
    Subject("page-claimed", "pages/claimed.html"),
    Subject("page-taken", "pages/taken.html"),
    Subject("page-used", "pages/used.html"),
    Subject("page-expired", "pages/expired.html"),
)


def take(opened: Chrome, subject: Subject, width: int) -> Path:
    """One picture, as high as what it shows."""
    look(opened, width, 300, dark=subject.dark)
    opened.get((GOLDEN / subject.file).as_uri())
    size = opened.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
    if size["width"] > width:
        raise OperationError(f"{subject.name} is {size['width']} wide on a screen of {width}")
    look(opened, width, min(TALLEST, int(size["height"])), dark=subject.dark)
    shot = opened.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})
    target = PICTURES / f"{subject.name}-{width}.png"
    target.write_bytes(b64decode(shot["data"]))
    return target


def main() -> int:
    PICTURES.mkdir(parents=True, exist_ok=True)
    for old in PICTURES.glob("*.png"):
        old.unlink()
    try:
        with browser() as opened:
            taken = [take(opened, subject, width) for subject in SUBJECTS for width in WIDTHS]
    except OperationError as error:
        print(f"screenshots: {error}", file=sys.stderr)
        return 1
    large = [path.name for path in taken if path.stat().st_size > LARGEST]
    total = sum(path.stat().st_size for path in taken) / 1e6
    print(f"screenshots: {len(taken)} in {PICTURES.relative_to(ROOT)}, {total:.1f} MB")
    if large:
        print(f"screenshots: larger than {LARGEST} bytes: {', '.join(large)}", file=sys.stderr)
    return 1 if large else 0


if __name__ == "__main__":
    sys.exit(main())
