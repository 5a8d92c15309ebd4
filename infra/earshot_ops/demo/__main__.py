"""`make demo` and `make dev`."""

import argparse
import os
import signal
import sys
import threading
import time
from datetime import UTC, datetime
from types import FrameType

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from earshot_ops.chalice_configuration import ROOT
from earshot_ops.demo import feed, promises, report, run, scenario
from earshot_ops.demo.operator_commands import Operator
from earshot_ops.embedded_aws import EmbeddedAws
from earshot_ops.errors import OperationError
from earshot_ops.target import Target


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="earshot_ops.demo",
        description="Deploy to an embedded AWS, send deliveries, show the alerts they cause.",
    )
    parser.add_argument(
        "--stay", action="store_true", help="stay up until Ctrl-C; the state survives a restart"
    )
    parser.add_argument(
        "--port",
        type=int,
        default=4599,
        help="of the embedded AWS with --stay; the demo takes a free one",
    )
    return parser.parse_args()


def _demonstrate(progress: run.Progress) -> int:
    folder = ROOT / "build/demo"
    now = datetime.now(UTC)
    keys = run.make_secrets()
    progress.say("starting the embedded AWS, with every role policy enforced")
    with (
        feed.serve(feed.rss(scenario.articles(), now)) as news,
        EmbeddedAws(folder, enforce_policies=True) as aws,
    ):
        target = run.set_up(aws, news, progress.say)
        operator = Operator(aws.endpoint, aws.access.process_environment())
        run.configure(operator, news, keys, say=progress.say)
        run.send(target, keys, now, say=progress.say)
        run.go_on(target, keys, now, say=progress.say)
        run.erase(operator, progress.say)
        run.digest(target, say=progress.say)
        found = run.save_mails(aws, folder / "mail")
        _show(target)
        print(operator.run("why", scenario.NOBODY_URL))
        broken = list(promises.broken(target, found))
        progress.say("stopping the embedded AWS")
    for sentence in broken:
        progress.say(f"[red]not as promised:[/red] {sentence}")
    if not broken:
        sources = "GitHub, a forum and a news feed"
        progress.say(f"{len(found)} mails from {sources}; open them in {folder / 'mail'}")
    return 1 if broken else 0


def _show(target: Target) -> None:
    explain = target.explainer.why
    console = Console()
    if not console.is_terminal:
        console = Console(width=150)
    report.show(console, [(post, explain(post)) for post in scenario.POSTS])


def _stay(progress: run.Progress, port: int) -> int:
    """The first start does what the demo does; later ones find everything as it was left."""
    folder = ROOT / "build/dev"
    now = datetime.now(UTC)
    progress.say("starting the embedded AWS, with every role policy enforced")
    with (
        feed.serve(feed.rss(scenario.articles(), now), port=port + 1) as news,
        EmbeddedAws(folder, port=port, enforce_policies=True, keep_state=True) as aws,
    ):
        target = run.set_up(aws, news, progress.say)
        if not any(target.connections.list()):
            keys = run.make_secrets()
            operator = Operator(aws.endpoint, aws.access.process_environment())
            run.configure(operator, news, keys, say=progress.say)
            run.send(target, keys, now, say=progress.say)
            run.go_on(target, keys, now, say=progress.say)
            run.digest(target, say=progress.say)
            found = run.save_mails(aws, folder / "mail")
            _show(target)
            progress.say(f"{len(found)} mails; open them in {folder / 'mail'}")
        for line in run.invitation(target, aws):
            progress.say(line)
        threading.Event().wait()
    return 0


def _stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
    raise KeyboardInterrupt


def _end_with(parent: int) -> None:
    """Whoever kills make means this, too."""
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> int:
    arguments = _arguments()
    for wanted in (signal.SIGTERM, signal.SIGINT):  # a shell starts what is in the background deaf
        signal.signal(wanted, _stop)
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    progress = run.Progress()
    try:
        return _stay(progress, arguments.port) if arguments.stay else _demonstrate(progress)
    except OperationError as error:
        progress.say(f"[red]failed:[/red] {error}")
        return 1
    except OSError as error:
        progress.say(f"[red]failed:[/red] {error.strerror or error}: {error.filename or 'no file'}")
        return 1
    except (BotoCoreError, ClientError) as error:
        progress.say(f"[red]failed:[/red] the embedded AWS: {error}")
        return 1
    except KeyboardInterrupt:
        progress.say("stopped")
        return 0 if arguments.stay else 130


if __name__ == "__main__":
    sys.exit(main())
