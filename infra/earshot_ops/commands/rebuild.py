"""`earshot rebuild`: fill an empty table from the bucket, mailing nobody."""

from concurrent.futures import ThreadPoolExecutor

import typer

from earshot.aws.envelopes import DeliveryMessage
from earshot.aws.queues import Queue
from earshot.domain.models import Delivery
from earshot_ops import rebuilding
from earshot_ops.commands.exits import ExitCode
from earshot_ops.commands.on_target import AsJson, Yes, on_target
from earshot_ops.commands.screen import note, print_json, say, working
from earshot_ops.target import Target

AT_ONCE = 8


@on_target
def rebuild(target: Target, *, yes: Yes = False, as_json: AsJson = False) -> ExitCode:
    """Fill an empty table from the bucket: tombstones, connections, receipts, and every delivery.

    Import sellers, accounts, contacts and the watchlist before. Nobody is mailed for what is
    rebuilt, now or later. It can be run again.

    [bold]Examples[/bold]

      earshot rebuild --stage prod
    """
    if not list(target.sellers.all()):
        note("there are no sellers: import sellers, accounts, contacts and the watchlist before")
        return ExitCode.PROBLEMS
    if not yes:
        ask = f"Rebuild the table of stage {target.stage}? Polling and webhooks should be stopped."
        typer.confirm(ask, abort=True, err=True)
    with working("Rebuilding"):
        counts = {
            "tombstones": rebuilding.put_tombstones(target),
            "connections": rebuilding.put_connections(target),
            "deliveries": _send_all(target),
        }
    if as_json:
        print_json(counts)
    else:
        say(", ".join(f"{count:,} {what}" for what, count in counts.items()))
    return ExitCode.OK


def _send_all(target: Target) -> int:
    queue = Queue(target.sqs, target.queues["deliveries"])

    def send(delivery: Delivery) -> None:
        queue.send(DeliveryMessage(delivery=delivery, replayed=True, rebuilt=True))

    sent = 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for page in rebuilding.deliveries(target):
            sent += len(list(pool.map(send, page)))
    return sent
