"""`earshot why`: of any post, who heard of it and who did not."""

from collections.abc import Iterable
from typing import Annotated, Any

import typer

from earshot.domain.models import Alert, Decision, Evidence, Outcome, PostHead
from earshot.flows.tell_why import SellerWhy, SignalWhy, Why
from earshot_ops.commands.exits import ExitCode
from earshot_ops.commands.on_target import AsJson, on_target
from earshot_ops.commands.screen import note, print_json, safe, say
from earshot_ops.target import Target

IN_WORDS = {
    "worth_an_alert": "worth an alert",
    "below_threshold": "the score is below the threshold",
    "already_alerted": "had an alert of this signal already",
    "nothing_new": "a post went, and nothing new came",
    "heard_of_the_post": "heard of the post by another signal",
    "beyond_the_most_alerts": "forty sellers with higher scores were alerted first",
    "within_hours": "within the working hours",
    "urgent_by_own_rule": "urgent, which may interrupt at any time by the seller's own rule",
    "quiet_hours": "outside the working hours",
}
UNKNOWN = (
    "no such post is known: it was never received, was erased, or concerned nobody and is older "
    "than 14 days"
)
NO_CANDIDATE = "neither owner nor deputy of the account, nor its territory, nor a desk's"

Post = Annotated[
    str,
    typer.Argument(metavar="POST", help="A permalink, or source:native_id.", show_default=False),
]


@on_target
def why(target: Target, post: Post, *, as_json: AsJson = False) -> ExitCode:
    """Tell of any post what became of it: who was alerted and why, who was not and why not.

    [bold]Examples[/bold]

      earshot why https://github.com/acme/app/issues/12

      earshot why generic:901 --json
    """
    found = target.explainer.why(post)
    if found is None:
        note(UNKNOWN)
        return ExitCode.PROBLEMS
    bystanders = {signal.signal.signal_id: _bystanders(target, signal) for signal in found.signals}
    if as_json:
        print_json(_as_json(found, bystanders))
        return ExitCode.OK
    _tell_post(found)
    for signal in found.signals:
        _tell_signal(signal, bystanders[signal.signal.signal_id])
    return ExitCode.OK


def _bystanders(target: Target, signal: SignalWhy) -> tuple[str, ...]:
    """Sellers for whom the signal was not in scope."""
    decided = {seller.decision.seller_id for seller in signal.sellers}
    everybody = (seller.seller_id for seller in target.sellers.all())
    return tuple(sorted(seller_id for seller_id in everybody if seller_id not in decided))


def _as_json(found: Why, bystanders: dict[str, tuple[str, ...]]) -> dict[str, Any]:
    told: dict[str, Any] = found.model_dump(mode="json")
    told["head"]["strand_ids"] = sorted(told["head"]["strand_ids"])
    for signal in told["signals"]:
        ids = bystanders[signal["signal"]["signal_id"]]
        signal["no_candidates"] = [{"seller_id": one, "reason": NO_CANDIDATE} for one in ids]
    return told


def _tell_post(found: Why) -> None:
    head = found.head
    say(f"[bold]{safe(head.permalink or _reference(head))}[/bold]")
    say(f"  {_reference(head)}, posted {head.posted_at:%Y-%m-%d %H:%M} UTC, {head.intent}")
    say(f"  by {safe(f'{head.source}:{head.author_id}')}")
    say(f"  {safe(found.explanation)}")
    if not found.signals:
        nearest = f"; nearest on the watchlist is {head.nearest}" if head.nearest else ""
        say(safe(f"  nobody heard of it{nearest}"))


def _reference(head: PostHead) -> str:
    return safe(f"{head.source}:{head.native_id}")


def _tell_signal(told: SignalWhy, bystanders: Iterable[str]) -> None:
    signal = told.signal
    kind = "prospect, in no CRM" if signal.subject.is_prospect else "account"
    say(f"\n[bold]{safe(signal.subject.name)}[/bold] ({kind})")
    facts = [f"intent {signal.intent}", f"urgency {signal.urgency}", _count(signal.post_count)]
    say(f"  {', '.join([*facts, *map(safe, signal.objects)])}")
    if told.evidence:
        say(f"  evidence: {', '.join(dict.fromkeys(map(_evidence, told.evidence)))}")
    for seller in told.sellers:
        _tell_seller(seller)
    for seller_id in bystanders:
        say(f"  [dim]{seller_id}: not alerted, {NO_CANDIDATE}[/dim]")


def _count(posts: int) -> str:
    return f"{posts} post{'s' if posts > 1 else ''}"


def _evidence(one: Evidence) -> str:
    return f"{one.kind} “{safe(one.value)}”"


def _tell_seller(seller: SellerWhy) -> None:
    decision = seller.decision
    heard = decision.outcome is Outcome.ALERT
    verdict = "[green]alerted[/green]" if heard else "[yellow]not alerted[/yellow]"
    reason = IN_WORDS.get(decision.reason, decision.reason)
    say(f"  [bold]{decision.seller_id}[/bold] ({decision.role}): {verdict}, {reason}")
    say(f"    score {decision.relevance.score} = {_sum(decision)}")
    if decision.attention:
        say(f"    {IN_WORDS.get(decision.attention.reason, decision.attention.reason)}")
    if seller.alert:
        say(f"    mail {_mail(seller.alert)}")


def _sum(decision: Decision) -> str:
    parts = [f"{part.name} {part.points:+d}" for part in decision.relevance.contributions]
    return ", ".join(parts) or "nothing"


def _mail(alert: Alert) -> str:
    told = str(alert.state)
    if alert.due_at:
        told += f", due {alert.due_at:%Y-%m-%d %H:%M} UTC"
    if alert.failure:
        told += f", {safe(alert.failure)}"
    if alert.resends:
        told += f", handed over {alert.resends + 1} times"
    return told
