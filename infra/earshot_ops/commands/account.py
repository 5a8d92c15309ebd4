"""`earshot account`: all that is known of an account, in one place."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.text import Text

from earshot.domain.models import Candidate, Signal
from earshot.domain.stories import StoryPost
from earshot.flows.show_account import AccountSheet, Found, Named
from earshot_ops.commands.business_data import tell_fields
from earshot_ops.commands.exits import ExitCode
from earshot_ops.commands.on_target import AsJson, on_target
from earshot_ops.commands.quoting import one_line
from earshot_ops.commands.screen import clean, heading, note, paragraph, print_json, safe, working
from earshot_ops.target import Target

MOST_LISTED = 12

Name = Annotated[
    str,
    typer.Argument(
        metavar="NAME",
        help="An id, a domain, a handle, a name, another name, or the beginning of one.",
        show_default=False,
    ),
]


@on_target
def account(target: Target, name: Name, *, as_json: AsJson = False) -> ExitCode:
    """Show an account: business data and who said it, owner, open signals, recent posts.

    [bold]Examples[/bold]

      earshot account northwind.example

      earshot account "Northwind Tooling" --json
    """
    showing = target.showing
    with working("Looking it up"):
        found = showing.find(name)
    if len(found.accounts) != 1:
        _tell_which(name, found)
        return ExitCode.PROBLEMS
    sheet = showing.show(found.accounts[0].account_id, datetime.now(UTC))
    if sheet is None:
        note(f"the watchlist knows {safe(name)}, but its account is gone")
        return ExitCode.PROBLEMS
    if as_json:
        print_json(sheet.model_dump(mode="json"))
    else:
        tell(sheet)
    return ExitCode.OK


def _tell_which(name: str, found: Found) -> None:
    if not found.accounts and not found.similar:
        note(f"no account is known by {safe(name)}")
        return
    several = f"{len(found.accounts)} accounts are known by {safe(name)}; give the id of one:"
    alike = f"no account is known by {safe(name)}; these are spelled alike:"
    note(several if found.accounts else alike)
    shown: Sequence[Named] = found.accounts or found.similar
    for one in shown[:MOST_LISTED]:
        note(f"  {safe(one.account_id)}  {safe(one.name)}")
    if len(shown) > MOST_LISTED:
        note(f"  and {len(shown) - MOST_LISTED} more")


def tell(sheet: AccountSheet) -> None:
    paragraph(f"[bold]{safe(sheet.name)}[/bold] (account:{safe(sheet.account_id)})")
    if sheet.merged:
        paragraph(f"with {safe(', '.join(sheet.merged))}, merged into it", 2)
    heading("[bold]Who hears of it[/bold]")
    _tell_team(sheet)
    heading("[bold]Business data[/bold]")
    tell_fields(sheet.fields)
    heading("[bold]Open signals[/bold]")
    _tell_signals(sheet)
    heading("[bold]Recent posts[/bold]")
    for post in sheet.posts:
        _tell_post(post)
    if not sheet.posts:
        paragraph("none", 2)


def _tell_team(sheet: AccountSheet) -> None:
    for candidate in sheet.team:
        _tell_seller(candidate)
    known = {candidate.seller.seller_id for candidate in sheet.team}
    if sheet.owner is None:
        paragraph("[yellow]nobody owns it[/yellow]", 2)
    elif sheet.owner not in known:
        paragraph(f"[yellow]owned by {safe(sheet.owner)}, who is no seller here[/yellow]", 2)


def _tell_seller(candidate: Candidate) -> None:
    seller = candidate.seller
    paragraph(safe(f"{seller.name} ({seller.seller_id})"), 2, label=candidate.role)


def _tell_signals(sheet: AccountSheet) -> None:
    for signal in sheet.open[:MOST_LISTED]:
        _tell_signal(signal)
    told = min(len(sheet.open), MOST_LISTED)
    rest = len(sheet.open) - told
    more = [f"{rest} more"] if rest else []
    more += [f"{len(sheet.earlier)} earlier"] if sheet.earlier else []
    if more or not told:
        paragraph(f"{'and' if told else 'none;'} {' and '.join(more)}" if more else "none", 2)


def _tell_signal(signal: Signal) -> None:
    posts = f"{signal.post_count} post{'s' if signal.post_count > 1 else ''}"
    urgency = "" if signal.urgency == "none" else f"urgency {signal.urgency}"
    facts = [signal.intent, signal.event or "", urgency, posts, *signal.objects]
    told = ", ".join(filter(None, facts))
    paragraph(safe(told), 2, label=f"{signal.last_posted_at:%Y-%m-%d}")


def _tell_post(post: StoryPost) -> None:
    who = post.author.name or post.author.handle or post.author.author_id
    told = f"{who}, {post.understanding.intent}: "
    paragraph(Text.assemble(clean(told), one_line(post)), 2, label=f"{post.posted_at:%Y-%m-%d}")
    paragraph(safe(post.permalink or ":".join(post.identity)), 2, label=" ")
