"""How long a fresh interpreter imports an app, against what every such app imports anyway.

The clock starts after the interpreter has, and counts processor time, so neither its own start nor
other programs flatter the ratio.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.measured import Measured

ROOT = Path(__file__).parents[2]
GOALS: dict[str, float | None] = {"ingest": 1.25, "enrich": None, "alerts": None}
TIMES = 15
TIMES_UNCOMPILED = 7

# pydantic loads itself when the first model is made: without one it would not be in the floor.
_BARE = """
import boto3
import pydantic
from aws_lambda_powertools import Logger
from chalice import Chalice
"""
_MODEL = """
class Model(pydantic.BaseModel):
    name: str
"""
_FLOOR = _BARE + _MODEL
_ALONE = f"""
import boto3
import pydantic
from chalice import Chalice
{_MODEL}"""
ENRICH_GOAL = 2
_APP = """
import sys
sys.path.insert(0, "functions/{app}")
import app
"""
_TIMED = """
import time
started = time.process_time()
{code}
print(time.process_time() - started)
"""


def measure() -> Iterator[Measured]:
    """Floor and apps in turn, so that what disturbs one disturbs the others."""
    apps = {app: _APP.format(app=app) for app in GOALS}
    with _bytecode() as compiled, _no_bytecode() as uncompiled:
        for code in (_BARE, _ALONE, _FLOOR, *apps.values()):
            _seconds(code, compiled)
        samples = _in_turn(
            {"bare": _BARE, "alone": _ALONE, "floor": _FLOOR, **apps}, compiled, TIMES
        )
        for app, goal in GOALS.items():
            yield Measured(f"cold import of {app}", samples["floor"], samples[app], goal)
        yield Measured(
            "enrich against boto3, Chalice, pydantic",
            samples["alone"],
            samples["enrich"],
            ENRICH_GOAL,
        )
        yield Measured("ingest against imports alone", samples["bare"], samples["ingest"])
        plain = _in_turn({"floor": _FLOOR, "ingest": apps["ingest"]}, uncompiled, TIMES_UNCOMPILED)
        yield Measured("the same of ingest, nothing compiled", plain["floor"], plain["ingest"])


def heaviest(app: str, most: int) -> list[tuple[int, str]]:
    """Modules that the app imports once the floor is there, by their own microseconds."""
    with _bytecode() as compiled:
        floor = _import_times(_FLOOR, compiled)
        ours = _import_times(_FLOOR + _APP.format(app=app), compiled)
    beyond = ((cost, name) for name, cost in ours.items() if name not in floor)
    return sorted(beyond, reverse=True)[:most]


def _in_turn(
    programs: dict[str, str], environment: dict[str, str], times: int
) -> dict[str, tuple[float, ...]]:
    rounds = [
        {name: _seconds(code, environment) for name, code in programs.items()} for _ in range(times)
    ]
    return {name: tuple(measured[name] for measured in rounds) for name in programs}


def _seconds(code: str, environment: dict[str, str]) -> float:
    return float(_run([], _TIMED.format(code=code), environment).stdout)


def _import_times(code: str, environment: dict[str, str]) -> dict[str, int]:
    _run([], code, environment)
    lines = _run(["-X", "importtime"], code, environment).stderr.splitlines()
    columns = [line.removeprefix("import time:").split("|") for line in lines]
    return {name.strip(): int(own) for own, _, name in columns if own.strip().isdigit()}


def _run(
    options: list[str], code: str, environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *options, "-c", code],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )


@contextmanager
def _bytecode() -> Iterator[dict[str, str]]:
    """Every import after the first finds its module compiled."""
    with tempfile.TemporaryDirectory() as folder:
        yield _environment() | {"PYTHONPYCACHEPREFIX": folder}


@contextmanager
def _no_bytecode() -> Iterator[dict[str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        yield _environment() | {"PYTHONPYCACHEPREFIX": folder, "PYTHONDONTWRITEBYTECODE": "1"}


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT / "layers/core/python")}
