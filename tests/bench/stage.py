"""An empty stage on the in-process stand-in of AWS."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from unittest import mock

import boto3

from earshot.aws import clients
from earshot.settings import settings
from tests.house import House
from tests.standin import StandIn
from tests.standin.stage import forget_container, make_stage


@contextmanager
def entered(standin: StandIn, name: str = "bench") -> Iterator[House]:
    """It tells nobody what it does, and the process is as it was afterwards."""
    logging.disable()
    with (
        redirect_stdout(StringIO()),
        mock.patch.object(boto3, "DEFAULT_SESSION", standin.session),
        mock.patch.dict(os.environ, standin.environment),
    ):
        forget_container()
        os.environ.update(make_stage(standin, name))
        try:
            yield House(clients.table(settings().EARSHOT_TABLE), clients.s3(), name)
        finally:
            forget_container()
            logging.disable(logging.NOTSET)
