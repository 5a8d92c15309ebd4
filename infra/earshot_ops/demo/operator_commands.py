"""The demo does what an operator would do, by the same command line."""

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from earshot_ops.errors import OperationError

_FRAME = " ─│╭╮╰╯"  # of usage errors
EARSHOT = str(Path(sys.executable).with_name("earshot"))


@dataclass(frozen=True)
class Operator:
    """``environment`` holds the credentials of the embedded AWS."""

    endpoint: str
    environment: Mapping[str, str]

    def run(self, *words: str, secret: str = "") -> str:
        """What the command printed; ``OperationError`` with its last line when it failed."""
        done = subprocess.run(
            [EARSHOT, *words, "--stage", "local", "--endpoint-url", self.endpoint],
            input=secret,
            env=dict(self.environment),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            lines = (line.strip(_FRAME) for line in (done.stderr or done.stdout).splitlines())
            reason = next(reversed([line for line in lines if line]), f"code {done.returncode}")
            raise OperationError(f"earshot {' '.join(words[:2])} failed: {reason}")
        return done.stdout
