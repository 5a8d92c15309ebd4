"""The apps as they are deployed, in this process."""

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager

from chalice import Chalice
from chalice.test import Client

from earshot_ops.chalice_configuration import ROOT


def load(name: str) -> Chalice:
    """Another one each time: `functions/{name}/app.py` is no part of a package."""
    path = ROOT / "functions" / name / "app.py"
    spec = importlib.util.spec_from_file_location(f"{name}_app", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    app: Chalice = module.app
    return app


@contextmanager
def client(name: str) -> Iterator[Client]:
    """The gateway in front of it."""
    folder = str(ROOT / "functions" / name)
    with Client(load(name), stage_name="none", project_dir=folder) as opened:
        yield opened
