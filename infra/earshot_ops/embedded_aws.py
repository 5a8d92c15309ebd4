"""An AWS on loopback: ministack, in an environment of its own, that never outlives its user."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from earshot_ops.aws_access import AwsAccess
from earshot_ops.chalice_configuration import ROOT
from earshot_ops.errors import EmbeddedAwsError
from earshot_ops.loopback import HOST, answers, free_port, is_listening

REGION = "us-east-1"
PYTHON = ROOT / ".venv-ministack/bin/python"
SUPERVISOR = Path(__file__).with_name("supervisor.py")
RECORDER = Path(__file__).with_name("call_recorder.py")

_READY_S = 30.0
_STOP_S = 40.0


class EmbeddedAws:
    """One ministack with its log, state and temporary files in ``folder``.

    Use it as a context manager, or `start` and `stop`. Should this process die by any signal, a
    supervisor ends ministack and its Lambda workers. State is saved by `stop`, and read again by
    the next `start`, if ``keep_state``. What each Lambda asks of it is written to `calls`, if
    ``record_calls``: only with policies enforced are they told apart.
    """

    def __init__(
        self,
        folder: Path,
        *,
        port: int = 0,
        enforce_policies: bool = False,
        keep_state: bool = False,
        record_calls: bool = False,
    ) -> None:
        self.folder = folder
        self.port = port
        self._enforce_policies = enforce_policies
        self._keep_state = keep_state
        self._program = (
            ["-P", str(RECORDER), str(self.calls)] if record_calls else ["-m", "ministack"]
        )
        self._supervisor: subprocess.Popen[str] | None = None
        self.pid = 0

    @property
    def endpoint(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def log(self) -> Path:
        return self.folder / "ministack.log"

    @property
    def calls(self) -> Path:
        """A line of JSON for each that was not made before: function, IAM action, ARN."""
        return self.folder / "calls.jsonl"

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to talk to it, and to nothing else."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",  # nosec B105 - ministack takes no other
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": HOST,
            "no_proxy": HOST,
        }

    @property
    def access(self) -> AwsAccess:
        return AwsAccess(environment=self.environment)

    def client(self, service: str) -> Any:
        """A boto3 client that needs nothing of the environment."""
        return self.access.client(service)

    def start(self) -> Self:
        """Ready to answer when it returns; ``EmbeddedAwsError`` with a plain sentence if not."""
        given = self.port
        self.port = given or free_port()
        if is_listening(self.port):
            raise EmbeddedAwsError(
                f"port {self.port} on {HOST} is in use; end what uses it or take another port"
            )
        if not PYTHON.exists():
            raise EmbeddedAwsError("the embedded AWS is not installed; run: make environment")
        temporary = self.folder / "tmp"
        temporary.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._supervisor = subprocess.Popen(
                [sys.executable, "-I", SUPERVISOR, temporary, PYTHON, *self._program],
                env=self._own_environment(temporary),
                cwd=self.folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
                text=True,
            )
        assert self._supervisor.stdout is not None
        self.pid = int(self._supervisor.stdout.readline() or 0)
        self._wait_until_ready()
        return self

    def stop(self) -> None:
        """End it gracefully, which saves the state. Stopping twice is fine."""
        if self._supervisor is None:
            return
        supervisor, self._supervisor = self._supervisor, None
        assert supervisor.stdin is not None
        assert supervisor.stdout is not None
        supervisor.stdin.close()
        try:
            supervisor.wait(_STOP_S)
        except subprocess.TimeoutExpired:  # too busy to save anything
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            supervisor.kill()
            supervisor.wait()
        finally:
            supervisor.stdout.close()
        if not self._keep_state:
            self.discard_state()

    def discard_state(self) -> None:
        """Forget what an earlier `stop` saved; not while it runs."""
        for name in ("state", "s3"):
            shutil.rmtree(self.folder / name, ignore_errors=True)

    def processes(self) -> dict[int, str]:
        """Command line by pid of all that runs in it: ministack and its Lambda workers."""
        found = {}
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if os.getpgid(int(entry.name)) == self.pid:
                    found[int(entry.name)] = (entry / "cmdline").read_text().replace("\0", " ")
        return found

    def workers(self) -> dict[int, str]:
        """The Lambda workers among `processes`; the command line names the function."""
        return {pid: line for pid, line in self.processes().items() if pid != self.pid}

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _own_environment(self, temporary: Path) -> dict[str, str]:
        """Nothing of ours goes in: Lambda workers inherit it."""
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(temporary),
            "TMPDIR": str(temporary),
            "PYTHONUTF8": "1",
            "BIND_HOST": HOST,
            "MINISTACK_HOST": HOST,
            "GATEWAY_PORT": str(self.port),
            "SFTP_ENABLED": "0",
            "IOT_MTLS_ENABLED": "0",
            "AUTH": str(self._enforce_policies).lower(),
            "PERSIST_STATE": str(int(self._keep_state)),
            "S3_PERSIST": str(int(self._keep_state)),
            "STATE_DIR": str(self.folder / "state"),
            "S3_DATA_DIR": str(self.folder / "s3"),
            "LOG_LEVEL": "INFO",
        }

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _READY_S
        while time.monotonic() < deadline:
            if self._supervisor is None or self._supervisor.poll() is not None:
                break
            if answers(self.port):
                return
            time.sleep(0.05)
        self.stop()
        raise EmbeddedAwsError(f"the embedded AWS did not start; its log is {self.log}")
