"""`earshot why`: of any post, who heard of it and who did not."""

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from earshot.domain.models import DigestWish
from earshot.domain.why import Fate, SellerWhy, SignalWhy, Why
from earshot_ops.commands.exits import ExitCode
from earshot_ops.commands.on_target import AsJson, on_target
from earshot_ops.commands.screen import heading, note, paragraph, print_json, safe
from earshot_ops.target import Target
from earshot_ops.why_words import by, claimed, details, moment, reference, steps, verdict

UNKNOWN = (
    "no such post is known: it was never received, was erased, or concerned nobody and is older "
    "than 14 days"
)
ERASED = "it was erased: its tombstone refuses it, and nothing of it is kept"
NO_CANDIDATE = "neither owner nor deputy of the account, nor its territory, nor a desk's"
_MOST_NAMED = 10

Post = Annotated[
    str,
    typer.Argument(metavar="POST", help="A permalink, or source:native_id.", show_default=False),
]
OneSeller = Annotated[
    str | None,
    typer.Option("--seller", metavar="S", help="Of one seller only: the id.", show_default=False),
]


@on_target
def why(
    target: Target, post: Post, *, seller: OneSeller = None, as_json: AsJson = False
) -> ExitCode:
    """Tell of any post what became of it: who was alerted and why, who was not and why not.

    [bold]Examples[/bold]

      earshot why https://github.com/acme/app/issues/12

      earshot why generic:901 --seller anna

      earshot why generic:901 --json
    """
    if seller and target.sellers.get(seller) is None:
        note(f"there is no seller {safe(seller)}")
        return ExitCode.PROBLEMS
    found = target.explainer.why(post)
    if found is None:
        return _tell_unknown(target, post, as_json=as_json)
    if seller:
        found = found.model_copy(
            update={"signals": tuple(_only(signal, seller) for signal in found.signals)}
        )
    if as_json:
        print_json(_as_json(found))
        return ExitCode.OK
    _tell_post(found)
    for signal in found.signals:
        _tell_signal(signal, seller)
    for obstacle in _obstacles(target, found):
        paragraph(f"[yellow]{safe(obstacle)}[/yellow]")
    return ExitCode.OK


def _tell_unknown(target: Target, post: str, *, as_json: bool) -> ExitCode:
    identity = target.explainer.identity(post)
    erased = identity is not None and target.tombstones.has_post(*identity)
    if as_json:
        print_json({"post": post, "is_erased": erased, "signals": []})
    note(ERASED if erased else UNKNOWN)
    return ExitCode.PROBLEMS


def _only(signal: SignalWhy, seller_id: str) -> SignalWhy:
    sellers = tuple(one for one in signal.sellers if one.decision.seller_id == seller_id)
    others = tuple(one for one in signal.no_candidates if one == seller_id)
    return signal.model_copy(update={"sellers": sellers, "no_candidates": others})


def _as_json(found: Why) -> dict[str, Any]:
    told: dict[str, Any] = found.model_dump(mode="json")
    told["head"]["strand_ids"] = sorted(told["head"]["strand_ids"])
    for signal, shown in zip(found.signals, told["signals"], strict=True):
        for seller, row in zip(signal.sellers, shown["sellers"], strict=True):
            row["fate"] = seller.fate
            for alert in filter(None, _alerts(row)):
                alert["signal_ids"] = sorted(alert["signal_ids"])
        shown["no_candidates"] = [
            {"seller_id": one, "reason": NO_CANDIDATE} for one in signal.no_candidates
        ]
    return told


def _alerts(row: dict[str, Any]) -> Iterator[dict[str, Any] | None]:
    if row["heard"]:
        yield row["heard"]["alert"]
        yield row["heard"]["digest"]


def _tell_post(found: Why) -> None:
    head = found.head
    paragraph(f"[bold]{safe(head.permalink or reference(head))}[/bold]")
    author = safe(f"{head.source}:{head.author_id}")
    paragraph(f"{safe(reference(head))}, posted {moment(head.posted_at)} by {author}", 2)
    for label, words in steps(found):
        paragraph(safe(words), 2, label=label)
    if found.signals:
        return
    waits = "it is not decided yet, or failed to be: earshot doctor looks for dead letters"
    paragraph(waits if head.current_ids else "nobody heard of it", 2)


def _tell_signal(told: SignalWhy, seller_id: str | None) -> None:
    signal = told.signal
    kind = "prospect, in no CRM" if signal.subject.is_prospect else "account"
    heading(f"[bold]{safe(signal.subject.name)}[/bold] ({kind})")
    posts = f"{signal.post_count} post{'s' if signal.post_count > 1 else ''}"
    facts = [f"intent {signal.intent}", f"urgency {signal.urgency}", posts, *signal.objects]
    paragraph(safe(", ".join(facts)), 2)
    if told.evidence:
        paragraph(safe(by(told.evidence)), 2, label="evidence")
    paragraph(
        safe("; ".join(told.asked) or "no route: no account, place or desk"), 2, label="asked"
    )
    if told.claim:
        paragraph(safe(claimed(told.claim)), 2, label="care")
    for seller in told.sellers:
        _tell_seller(seller)
    if told.no_candidates:
        paragraph(f"[dim]{safe(_bystanders(told, seller_id))}[/dim]", 2)


def _tell_seller(seller: SellerWhy) -> None:
    decision = seller.decision
    paragraph(f"[bold]{safe(decision.seller_id)}[/bold] ({decision.role}): {verdict(seller)}", 2)
    for line in details(seller):
        paragraph(safe(line), 4)


def _bystanders(told: SignalWhy, seller_id: str | None) -> str:
    """With a seller asked for: whether they are on a route by now."""
    if seller_id:
        role = told.present.get(seller_id)
        now = f"; by now in scope as {role}" if role else ""
        return f"{seller_id}: not told, on none of the routes that were asked{now}"
    names = told.no_candidates
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return f"not in scope: {', '.join(names[:_MOST_NAMED])}{more}"


def _obstacles(target: Target, found: Why) -> Iterator[str]:
    """What keeps mails back that are due, and who takes no digest."""
    sellers = [seller for signal in found.signals for seller in signal.sellers]
    waiting = {one.decision.seller_id for one in sellers if one.fate is Fate.WAITS}
    for seller_id, chosen in sorted(target.preferences.of(sorted(waiting)).items()):
        if chosen.digest is DigestWish.NEVER:
            yield f"{seller_id} takes no digest: what waits is told when they want one again"
    if all(one.fate is not Fate.DUE for one in sellers):
        return
    config = target.config.get()
    if config.mail_paused_at:
        yield f"no mail goes out: paused since {moment(config.mail_paused_at)}"
    if not config.live and config.operator_email is None:
        yield "no mail goes out: the deployment observes, and has no operator"
