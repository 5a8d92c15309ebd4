"""`earshot explain`: of any post, what was understood, by what evidence, and what came of it."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from rich.text import Text

from earshot.domain.models import Author, Mention, Understanding
from earshot.domain.story_bonds import Bond, Tie
from earshot.domain.why import SellerWhy
from earshot.flows.explain_post import Explanation, Story, Understood
from earshot_ops.commands.business_data import tell_fields
from earshot_ops.commands.exits import ExitCode
from earshot_ops.commands.on_target import AsJson, on_target
from earshot_ops.commands.quoting import in_words, one_line, quote
from earshot_ops.commands.screen import clean, heading, note, paragraph, print_json, safe, say
from earshot_ops.commands.why import UNKNOWN, Post
from earshot_ops.target import Target
from earshot_ops.why_words import verdict

JOINED_WITH = ("industry", "country", "employees", "revenue", "stage", "territory", "owner")
MOST_BONDS = 20
_HELD = {
    Tie.BEGINS: "begins the story",
    Tie.SAME_WORDS: "says the same words as",
    Tie.REPEATS_WORDS: "repeats the words of",
    Tie.SAME_THREAD: "is in one thread with",
    Tie.ANSWERS: "is in the thread that begins with",
    Tie.IS_ANSWERED: "begins the thread of",
}


@on_target
def explain(target: Target, post: Post, *, as_json: AsJson = False) -> ExitCode:
    """Show what was understood of a post, the evidence, the business data and the story.

    A post that concerned nobody is understood again, as long as its words are there.

    [bold]Examples[/bold]

      earshot explain https://github.com/acme/app/issues/12

      earshot explain generic:901 --json
    """
    found = target.explaining.explain(post, datetime.now(UTC))
    if found is None:
        note(UNKNOWN)
        return ExitCode.PROBLEMS
    if as_json:
        print_json(_as_json(found))
    else:
        tell(found)
    return ExitCode.OK


def _as_json(found: Explanation) -> dict[str, Any]:
    told: dict[str, Any] = found.model_dump(mode="json")
    told["head"]["strand_ids"] = sorted(told["head"]["strand_ids"])
    return told


def tell(found: Explanation) -> None:
    head = found.head
    paragraph(f"[bold]{safe(head.permalink or f'{head.source}:{head.native_id}')}[/bold]")
    paragraph(_byline(found), 2)
    if found.understood:
        _tell_understood(found.understood)
    else:
        _tell_head(found)
    for story in found.stories:
        _tell_story(story, (head.source, head.native_id))


def _byline(found: Explanation) -> str:
    head, understood = found.head, found.understood or found.again
    author = understood.post.author if understood else Author(author_id=head.author_id)
    details = [
        f"{head.source}:{author.author_id}",
        f"@{author.handle}" if author.handle else "",
        f"{author.followers:,} followers" if author.followers is not None else "",
        author.location or "",
    ]
    told = ", ".join(filter(None, details))
    who = f"{author.name} ({told})" if author.name else told
    return safe(
        f"{head.source}:{head.native_id}, posted {head.posted_at:%Y-%m-%d %H:%M} UTC by {who}"
    )


def _tell_understood(understood: Understood) -> None:
    post = understood.post
    say("")
    paragraph(quote(post), 2)
    heading("[bold]What it is about[/bold]")
    for mention in post.mentions:
        _tell_mention(mention)
    for mention in understood.unsure:
        _tell_mention(mention, unsure=True)
    paragraph(f"so {understood.outcome}", 2)
    heading("[bold]What it means[/bold]")
    _tell_meaning(post.understanding)
    by = f"models {post.understanding.model_version}, watchlist {post.watchlist_version}"
    paragraph(safe(by), 2, label="by")


def _tell_mention(mention: Mention, *, unsure: bool = False) -> None:
    doubt = ", not surely meant" if unsure else ""
    told = f"{mention.name} ({mention.entry_id}), {mention.percent}%{doubt}: "
    paragraph(Text(clean(told)) + in_words(mention.evidence), 2)


def _tell_meaning(meaning: Understanding) -> None:
    also = f"; also {meaning.also}" if meaning.also else ""
    covered = "" if meaning.is_covered else ": the models do not cover it and guess nothing more"
    lines = {
        "intent": f"{meaning.intent}, {meaning.percent}% sure{also}",
        "event": meaning.event,
        "urgency": meaning.urgency,
        "sentiment": meaning.sentiment,
        "degree": meaning.degree,
        "author is": meaning.standing,
        "language": f"{meaning.language}{covered}",
    }
    for label, words in lines.items():
        if words:
            paragraph(safe(words), 2, label=label)
    if meaning.evidence:
        paragraph(in_words(meaning.evidence), 2, label="rests on")


def _tell_head(found: Explanation) -> None:
    head = found.head
    sure = f", {head.nearest_percent}%" if head.nearest_percent is not None else ""
    paragraph(safe(f"{found.outcome}; {_whereabouts(found)}"), 2)
    heading("[bold]What is kept of it[/bold]")
    paragraph(head.intent, 2, label="intent")
    paragraph(safe(f"{head.nearest}{sure}" if head.nearest else "nothing"), 2, label="nearest")
    by = f"models {head.model_version}, watchlist {head.watchlist_version}"
    paragraph(safe(by), 2, label="by")
    if found.again is None:
        heading("Its words are no longer here, so it cannot be understood again.")
        return
    heading("[bold]Understood again, as of now[/bold] (which changes nothing)")
    _tell_understood(found.again)


def _whereabouts(found: Explanation) -> str:
    if not found.head.current_ids:
        return "nobody heard of it"
    if found.stories:
        return "its story keeps no words of it"
    return "no story holds it yet, or any more"


def _tell_story(story: Story, identity: tuple[str, str]) -> None:
    signal = story.signal
    kind = "a prospect, in no CRM" if signal.subject.is_prospect else signal.subject.subject_id
    posts = f"{signal.post_count} post{'s' if signal.post_count > 1 else ''}"
    authors = f"{signal.author_count} author{'s' if signal.author_count > 1 else ''}"
    facts = [f"intent {signal.intent}", f"urgency {signal.urgency}", f"{posts} by {authors}"]
    heading(f"[bold]Story of {safe(signal.subject.name)}[/bold] ({safe(kind)})")
    paragraph(safe(", ".join([*facts, *signal.objects])), 2)
    if story.account:
        heading("Business data it was joined with", 2)
        tell_fields(story.account, JOINED_WITH)
    heading("Why these posts are one story", 2)
    _tell_bonds(story.bonds, identity)
    heading("Who was decided to hear", 2)
    _tell_sellers(story.sellers)


def _tell_bonds(bonds: Sequence[Bond], identity: tuple[str, str]) -> None:
    if len(bonds) == 1:
        paragraph("there is no other post in it so far", 2)
        return
    for bond in bonds[:MOST_BONDS]:
        post = bond.post
        to = f" {':'.join(bond.to)}" if bond.to else ""
        this = " (this post)" if post.identity == identity else ""
        told = f"{':'.join(post.identity)}{this} {_HELD[bond.tie]}{to}"
        paragraph(safe(f"{post.posted_at:%m-%d %H:%M} {told}"), 2)
        paragraph(one_line(post), 4)
    if len(bonds) > MOST_BONDS:
        paragraph(f"and {len(bonds) - MOST_BONDS} more", 2)


def _tell_sellers(sellers: Iterable[SellerWhy]) -> None:
    told = [_heard(seller) for seller in sellers]
    for line in told or ["nobody: it is in no seller's scope"]:
        paragraph(line, 2)


def _heard(seller: SellerWhy) -> str:
    decision = seller.decision
    score = f"score {decision.relevance.score}"
    return f"{safe(decision.seller_id)} ({decision.role}): {verdict(seller)}, {score}"
