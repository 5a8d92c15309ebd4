"""Make `.venv` and `.venv-ministack` inside the clone, from the lock; a second run does nothing.
`--training` makes `.venv-training` as well, for fitting and measuring the models, and `--audit`
`.venv-audit`, for `make audit`.

Runs on a bare Python: standard library only. With uv on the PATH it is uv that installs, else pip
with the hash-pinned requirements which the lock exports. Caches stay inside the clone.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple, NoReturn

with contextlib.suppress(ImportError):  # an older Python, which check_python() refuses
    import tomllib

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache"
LOG = CACHE / "environments.log"
OLDEST, NEWEST = (3, 11), (3, 13)

# Exit codes of sysexits.h, so that a script can tell them apart.
UNAVAILABLE, SOFTWARE, IO_ERROR, CONFIGURATION = 69, 70, 74, 78

NO_SPACE = ("no space left on device", "os error 28", "errno 28")
NO_NETWORK = (
    "name resolution",
    "dns error",
    "failed to lookup address",
    "newconnectionerror",
    "connection refused",
    "network is unreachable",
    "error sending request",
    "failed to fetch",
    "connecttimeout",
    "max retries exceeded",
    "no matching distribution found",
)


class Environment(NamedTuple):
    folder: Path
    requirements: str
    editable: bool


ENVIRONMENTS = (
    Environment(ROOT / ".venv", "requirements/dev.txt", editable=True),
    Environment(ROOT / ".venv-ministack", "requirements/ministack.txt", editable=False),
)


ON_REQUEST = {
    "--training": Environment(ROOT / ".venv-training", "requirements/training.txt", editable=False),
    "--audit": Environment(ROOT / ".venv-audit", "requirements/audit.txt", editable=False),
}


class SetupError(Exception):
    """One plain sentence for the reader, and the exit code."""

    def __init__(self, sentence: str, code: int) -> None:
        super().__init__(sentence)
        self.code = code


def check_python() -> None:
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        found = ".".join(str(part) for part in sys.version_info[:3])
        raise SetupError(
            f"Earshot needs Python 3.11, 3.12 or 3.13, and this is {found} ({sys.executable}); "
            "name another one with: make PYTHON=python3.11",
            CONFIGURATION,
        )


def check_outside() -> None:
    """An environment cannot be made anew by its own Python, which would be the first to go."""
    if Path(sys.prefix).resolve().parent == ROOT:
        raise SetupError(
            f"this Python is of Earshot's own environment {sys.prefix}; leave that (deactivate), "
            "or name another one with: make PYTHON=python3.11",
            CONFIGURATION,
        )


def fingerprint(environment: Environment) -> str:
    """Changes with every input: requirements, interpreter, where the clone lies, and for an
    editable install what the project says of itself (not how its tools are set)."""
    digest = hashlib.sha256(f"{sys.version}\n{sys.executable}\n{ROOT}\n".encode())
    digest.update((ROOT / environment.requirements).read_bytes())
    if environment.editable:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
        said = (project["build-system"], project["project"], project["tool"]["hatch"])
        digest.update(repr(said).encode())
    return digest.hexdigest()


def stamp(environment: Environment) -> Path:
    return environment.folder / ".complete"


def is_complete(environment: Environment) -> bool:
    try:
        return stamp(environment).read_text(encoding="utf-8") == fingerprint(environment)
    except FileNotFoundError:
        return False


def make(environment: Environment) -> None:
    """An environment counts only once its stamp is written, which happens last: one that was left
    half-made is thrown away and made again."""
    name = environment.folder.name
    started = time.monotonic()
    tool = shutil.which("uv")
    count = sum("==" in line for line in _lines(environment.requirements))
    say(f"{name}: installing {count} packages with {'uv' if tool else 'pip'} ...")
    shutil.rmtree(environment.folder, ignore_errors=True)
    for command in _with_uv(tool, environment) if tool else _with_pip(environment):
        run(command)
    stamp(environment).write_text(fingerprint(environment), encoding="utf-8")
    say(f"{name}: ready after {time.monotonic() - started:.0f} s")


def _lines(name: str) -> list[str]:
    return (ROOT / name).read_text(encoding="utf-8").splitlines()


def _with_uv(uv: str, environment: Environment) -> Iterable[list[str]]:
    install = [uv, "pip", "install", "--quiet", "--python", str(environment.folder / "bin/python")]
    yield [
        uv,
        "venv",
        "--quiet",
        "--no-project",
        "--python",
        sys.executable,
        str(environment.folder),
    ]
    yield [*install, "--require-hashes", "-r", environment.requirements]
    if environment.editable:
        yield [*install, "--no-deps", "--no-build-isolation", "-e", "."]


def _with_pip(environment: Environment) -> Iterable[list[str]]:
    """The requirements are complete, so nothing is resolved: asked for ``coverage[toml]`` by
    another package, pip would look at releases newer than the pinned one and then refuse them."""
    python = str(environment.folder / "bin/python")
    install = [python, "-m", "pip", "install", "--quiet", "--no-input", "--no-warn-script-location"]
    yield [sys.executable, "-m", "venv", str(environment.folder)]
    locked = ["--no-deps", "--only-binary=:all:", "--require-hashes"]
    yield [*install, *locked, "-r", environment.requirements]
    if environment.editable:
        yield [*install, "--no-deps", "--no-build-isolation", "-e", "."]


def run(command: list[str]) -> None:
    """Run one step; its output goes to the log, and a failure becomes one sentence."""
    with LOG.open("ab") as log:
        start = log.tell()
        log.write(f"$ {' '.join(command)}\n".encode())
        log.flush()
        done = subprocess.run(
            command, cwd=ROOT, env=_own_environment(), stdout=log, stderr=log, check=False
        )
    if done.returncode:
        with LOG.open("rb") as log:
            log.seek(start)
            raise explain(log.read().decode(errors="replace"))


def _own_environment() -> dict[str, str]:
    """Ours alone: no other virtual environment, caches and temporary files inside the clone."""
    mine = {
        name: value
        for name, value in os.environ.items()
        if name not in {"VIRTUAL_ENV", "PYTHONPATH"}
    }
    temporary = CACHE / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    mine.update(
        UV_CACHE_DIR=str(CACHE / "uv"),
        UV_PYTHON_DOWNLOADS="never",
        PIP_CACHE_DIR=str(CACHE / "pip"),
        PIP_DISABLE_PIP_VERSION_CHECK="1",
        TMPDIR=str(temporary),
    )
    if ssl.get_default_verify_paths().cafile:
        mine["UV_SYSTEM_CERTS"] = "1"  # as pip does: a company's proxy has a certificate of its own
    return mine


def explain(output: str) -> SetupError:
    """What went wrong, in one sentence."""
    lowered = output.lower()
    if any(sign in lowered for sign in NO_SPACE):
        return SetupError(f"no space left on the device that holds {ROOT}", IO_ERROR)
    if any(sign in lowered for sign in NO_NETWORK):
        return SetupError(
            "the packages cannot be downloaded: no way to the package index (PyPI); "
            f"the details are in {LOG.relative_to(ROOT)}",
            UNAVAILABLE,
        )
    if "ensurepip" in lowered:
        return SetupError(
            "this Python cannot make virtual environments; install its venv module "
            "(Debian, Ubuntu: apt-get install python3-venv) or uv",
            CONFIGURATION,
        )
    lines = [line.strip() for line in output.splitlines() if line.strip()] or ["no output"]
    last = next((line for line in reversed(lines) if "error" in line.lower()), lines[-1])
    return SetupError(f"installing failed: {last} (all of it: {LOG.relative_to(ROOT)})", SOFTWARE)


def say(sentence: str) -> None:
    print(f"environments: {sentence}", file=sys.stderr, flush=True)


def _stop(number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt(number)


def prepare(environments: Iterable[Environment]) -> None:
    check_python()
    missing = [environment for environment in environments if not is_complete(environment)]
    if not missing:
        return
    check_outside()
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "environments.lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two makes at once: the second finds the work done
        LOG.write_bytes(b"")
        for environment in missing:
            if not is_complete(environment):
                make(environment)


def main() -> int:
    signal.signal(signal.SIGTERM, _stop)
    try:
        asked = [made for option, made in ON_REQUEST.items() if option in sys.argv[1:]]
        prepare([*ENVIRONMENTS, *asked])
    except SetupError as error:
        say(str(error))
        return error.code
    except OSError as error:
        say(str(explain(str(error))))
        return explain(str(error)).code
    except KeyboardInterrupt:
        say("interrupted; the next run starts over")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
