"""What a container of ingest imports before it can answer; `make bench` says what it costs."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
IMPORT = """
import sys
sys.path.insert(0, "functions/ingest")
import app
print(*(name for name in sys.modules if name.startswith(("earshot.", "jinja2", "feedparser"))))
"""
TOO_MUCH = {
    "earshot.domain.models",
    "earshot.domain.signals",
    "earshot.domain.decisions",
    "earshot.sources.fetch",
    "earshot.sources.generic",
    "earshot.sources.github",
    "earshot.sources.rss",
    "feedparser",
    "jinja2",
}


def test_ingest_starts_without_the_words_and_sources_it_may_not_need() -> None:
    environment = {"PYTHONPATH": str(ROOT / "layers/core/python"), "PYTHONDONTWRITEBYTECODE": "1"}
    said = subprocess.run(
        [sys.executable, "-c", IMPORT],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(said.stdout.split())
    assert "earshot.flows.receive_webhook" in loaded
    assert not loaded & TOO_MUCH
