"""Run one command and make sure that nothing of it outlives whoever asked for it.

    python supervisor.py FOLDER COMMAND ...

Standard input is the life line: when its other end closes, by intent or because the asker died,
the command gets SIGTERM and some seconds to save, then its whole process group SIGKILL. FOLDER, for
temporary files, goes too. The command's pid is written to standard output. Standard library only.
"""

import contextlib
import ctypes
import os
import select
import shutil
import signal
import subprocess
import sys

GRACE_S = 20.0
_PR_SET_PDEATHSIG = 1


def _die_with_supervisor() -> None:
    """Linux only, and only the last resort: should the supervisor itself be killed."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _wait_for_end(command: subprocess.Popen[bytes]) -> None:
    """Until the life line is cut or the command ends by itself."""
    while command.poll() is None:
        readable, _, _ = select.select([sys.stdin.fileno()], [], [], 0.2)
        if readable and not os.read(sys.stdin.fileno(), 1):
            return


def _end(command: subprocess.Popen[bytes]) -> None:
    if command.poll() is None:
        command.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        command.wait(GRACE_S)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(command.pid, signal.SIGKILL)
    command.wait()


def main() -> int:
    folder, *words = sys.argv[1:]
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    command = subprocess.Popen(
        words,
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        start_new_session=True,
        preexec_fn=_reset_signals,  # noqa: PLW1509 - one thread
    )
    try:
        print(command.pid, flush=True)
        _wait_for_end(command)
    finally:
        _end(command)
        shutil.rmtree(folder, ignore_errors=True)
    return command.returncode


def _reset_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    _die_with_supervisor()


if __name__ == "__main__":
    sys.exit(main())
