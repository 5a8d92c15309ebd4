"""The programs that the checks run, out of the environments that `make audit` makes."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from earshot_ops.chalice_configuration import ROOT
from earshot_ops.errors import AuditError

OWN = Path(sys.executable).parent
AUDIT = ROOT / ".venv-audit/bin"


def run(
    *command: str | Path,
    known: Sequence[int] = (0, 1),
    environment: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """``AuditError`` when the program ended in a way that is no result."""
    words = [str(word) for word in command]
    variables = {**os.environ, **(environment or {})}
    variables.pop("PYTHONPATH", None)
    done = subprocess.run(
        words, cwd=ROOT, env=variables, capture_output=True, text=True, check=False
    )
    if done.returncode not in known:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no output"]
        raise AuditError(f"{Path(words[0]).name} failed ({done.returncode}): {last[0]}")
    return done


def run_json(*command: str | Path, known: Sequence[int] = (0, 1)) -> Any:
    return json.loads(run(*command, known=known).stdout)
