"""The embedded AWS starts, keeps what it should, and never outlives whoever started it."""

import io
import json
import signal
import socket
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from earshot_ops.embedded_aws import EmbeddedAws
from earshot_ops.errors import EmbeddedAwsError
from earshot_ops.loopback import free_port

OWNER = """
import signal, sys, time
from pathlib import Path
from earshot_ops.embedded_aws import EmbeddedAws

signal.signal(signal.SIGINT, signal.default_int_handler)  # a run in the background ignores it
aws = EmbeddedAws(Path(sys.argv[1])).start()
print(aws.port, aws.pid, flush=True)
time.sleep(600)
"""


def _is_gone(pid: int) -> bool:
    try:
        return b"\nState:\tZ" in Path(f"/proc/{pid}/status").read_bytes()
    except FileNotFoundError:
        return True


def _wait_until_gone(pids: list[int]) -> list[int]:
    """Those that still run after 15 seconds."""
    deadline = time.monotonic() + 15
    while (left := [pid for pid in pids if not _is_gone(pid)]) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


def _wait_until_absent(folder: Path) -> None:
    deadline = time.monotonic() + 5
    while folder.exists():
        assert time.monotonic() < deadline, f"{folder} was left behind"
        time.sleep(0.05)


def _invoke_something(aws: EmbeddedAws) -> None:
    """So that there is a Lambda worker, a process of its own."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("app.py", "def answer(event, context):\n    return 'yes'\n")
    client = aws.client("lambda")
    client.create_function(
        FunctionName="something",
        Runtime=f"python3.{sys.version_info.minor}",
        Role="arn:aws:iam::000000000000:role/any",
        Handler="app.answer",
        Code={"ZipFile": archive.getvalue()},
    )
    assert json.load(client.invoke(FunctionName="something")["Payload"]) == "yes"


def test_stopping_leaves_no_process_and_no_files_but_the_log(tmp_path: Path) -> None:
    with EmbeddedAws(tmp_path) as aws:
        _invoke_something(aws)
        pids = list(aws.processes())
        assert len(aws.workers()) == 1
    assert _wait_until_gone(pids) == []
    assert [path.name for path in tmp_path.iterdir()] == ["ministack.log"]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_it_ends_with_its_owner_however_that_ends(tmp_path: Path, number: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", OWNER, str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as owner:
        assert owner.stdout is not None
        port, pid = map(int, owner.stdout.readline().split())
        beside = EmbeddedAws(tmp_path, port=port)
        _invoke_something(beside)
        beside.pid = pid
        group = list(beside.processes())
        assert len(group) == 2
        owner.send_signal(number)
        owner.wait(10)
    assert _wait_until_gone(group) == []
    _wait_until_absent(tmp_path / "tmp")


def test_state_lives_on_from_a_stop_to_the_next_start(tmp_path: Path) -> None:
    aws = EmbeddedAws(tmp_path, keep_state=True)
    with aws:
        url = aws.client("sqs").create_queue(QueueName="kept")["QueueUrl"]
        aws.client("sqs").send_message(QueueUrl=url, MessageBody="still here")
    with aws:
        (message,) = aws.client("sqs").receive_message(QueueUrl=url)["Messages"]
    assert message["Body"] == "still here"
    aws.discard_state()
    with aws:
        assert not aws.client("sqs").list_queues().get("QueueUrls")


def test_a_port_in_use_is_said_plainly(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(EmbeddedAwsError, match=f"port {port} on 127.0.0.1 is in use"):
            EmbeddedAws(tmp_path, port=port).start()


def test_it_listens_on_loopback_only(tmp_path: Path) -> None:
    with EmbeddedAws(tmp_path) as aws:
        rows = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
        rows += Path("/proc/net/tcp6").read_text(encoding="ascii").splitlines()[1:]
        listening = [row.split()[1] for row in rows if row.split()[3] == "0A"]
        hosts = [
            local.rpartition(":")[0] for local in listening if local.endswith(f":{aws.port:04X}")
        ]
        assert hosts == ["0100007F"]


def test_two_can_run_side_by_side(tmp_path: Path) -> None:
    with EmbeddedAws(tmp_path / "a") as one, EmbeddedAws(tmp_path / "b", port=free_port()) as two:
        one.client("sqs").create_queue(QueueName="mine")
        assert not two.client("sqs").list_queues().get("QueueUrls")
