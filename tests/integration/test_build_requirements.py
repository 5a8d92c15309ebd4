"""What pip and the layer install is what the lock says."""

import subprocess
import sys
from pathlib import Path

import pytest

from earshot_ops.chalice_configuration import ROOT


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if not line.lstrip().startswith("#")]


@pytest.mark.parametrize(
    ("groups", "exported"),
    [
        (["--no-default-groups", "--group", "dev"], "dev.txt"),
        (["--only-group", "layer"], "layer.txt"),
        (["--only-group", "training", "--only-group", "layer"], "training.txt"),
    ],
)
def test_the_exported_requirements_are_those_of_the_lock(groups: list[str], exported: str) -> None:
    uv = str(Path(sys.executable).with_name("uv"))
    command = [uv, "export", "--frozen", "--offline", "--no-emit-project", *groups]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    committed = (ROOT / "requirements" / exported).read_text(encoding="utf-8")
    assert _lines(committed) == _lines(said)


@pytest.mark.parametrize(
    "name", ["audit.txt", "dev.txt", "layer.txt", "ministack.txt", "training.txt"]
)
def test_every_requirement_is_pinned_by_hash(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8").replace("\\\n", "")
    pinned = [line for line in _lines(text) if line.strip()]
    assert pinned
    assert all("==" in line and "--hash=sha256:" in line for line in pinned)
