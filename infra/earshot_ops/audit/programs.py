"""The programs that the checks run, out of the environments that `make audit` makes."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from earshot_ops.chalice_configuration import ROOT
from earshot_ops.errors import AuditError

OWN = Path(sys.executable).parent
AUDIT = ROOT / ".venv-audit/bin"


def run(
    *command: str | Path,
    known: Sequence[int] = (0, 1),
    folder: Path = ROOT,
) -> subprocess.CompletedProcess[str]:
    """In ``folder``; ``AuditError`` when the program ended in a way that is no result."""
    words = [str(word) for word in command]
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        words, cwd=folder, env=variables, capture_output=True, text=True, check=False
    )
    if done.returncode not in known:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no output"]
        raise AuditError(f"{Path(words[0]).name} failed ({done.returncode}): {last[0]}")
    return done


def run_json(*command: str | Path, known: Sequence[int] = (0, 1)) -> Any:
    """``AuditError`` as well when what it printed is no JSON."""
    done = run(*command, known=known)
    try:
        return json.loads(done.stdout)
    except ValueError as error:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no output"]
        raise AuditError(f"{Path(command[0]).name} printed no result: {last[0]}") from error
