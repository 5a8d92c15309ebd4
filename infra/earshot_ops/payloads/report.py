"""What was read of each file, in lines that stay readable where there are no colours."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

from earshot.domain.posts import Deletion, Ignored, Post
from earshot.sources.surface import Item
from earshot_ops.payloads.files import File
from earshot_ops.payloads.proving import ACCEPTED, Verdicts
from earshot_ops.payloads.signing import SCHEMES
from earshot_ops.payloads.trial import Outcome
from earshot_ops.payloads.vectors import Verdict

_WORDS = 70


@dataclass
class Totals:
    """What was counted so far."""

    counts: Counter[str] = field(default_factory=Counter)
    non_posts: Counter[str] = field(default_factory=Counter)

    def add(self, file: File, outcomes: list[Outcome]) -> None:
        self.counts["files"] += 1
        self.counts["skipped"] += bool(file.skipped)
        self.counts["unsupported"] += not file.skipped and file.source is None
        self.counts["failed"] += any(outcome.failure for outcome in outcomes)
        for item in (item for outcome in outcomes for item in outcome.items):
            if isinstance(item, Ignored):
                self.non_posts[item.reason] += 1
            else:
                self.counts["posts" if isinstance(item, Post) else "deletions"] += 1

    def lines(self) -> Iterator[str]:
        yield "Totals"
        kinds = ", ".join(f"{reason} {number}" for reason, number in sorted(self.non_posts.items()))
        for name in (
            "files",
            "posts",
            "deletions",
            "non-posts",
            "unsupported",
            "skipped",
            "failed",
        ):
            if name == "non-posts":
                yield f"  {name:<12}{self.non_posts.total():>5}  {kinds}".rstrip()
            else:
                yield f"  {name:<12}{self.counts[name]:>5}"


def lines_of_file(file: File, outcomes: list[Outcome]) -> Iterator[str]:
    if file.skipped or file.source is None:
        yield f"{_line(file.name)}: " + (
            f"skipped ({file.skipped})" if file.skipped else "unsupported"
        )
        return
    for outcome in outcomes:
        yield _line(f"{file.name} [{outcome.note}]" if outcome.note else file.name)
        for told, alike in groupby(_of_item(item) for item in outcome.items):
            number = len(list(alike))
            yield f"  {told}" + (f" ({number} times)" if number > 1 else "")
        if outcome.failure:
            yield f"  FAILED       {outcome.failure}"
        elif not outcome.items:
            yield "  nothing"


def lines_of_verdicts(verdicts: Verdicts) -> Iterator[str]:
    """A line for each scheme that anything was signed by."""
    yield "Signatures"
    for scheme in SCHEMES:
        told = {what: number for (name, what), number in verdicts.items() if name == scheme.name}
        if accepted := told.pop(ACCEPTED, 0):
            changes = ", ".join(f"{what} {number}" for what, number in told.items())
            yield f"  {scheme.name:<22} accepted {accepted}; refused with another {changes}"


def lines_of_vectors(verdicts: list[Verdict]) -> Iterator[str]:
    yield "Vectors" if verdicts else "Vectors: none were given"
    for verdict in verdicts:
        told = verdict.told if verdict.is_supported else "unsupported"
        failed = f"FAILED {verdict.failure}" if verdict.failure else told
        yield f"  {_line(verdict.name):<32} {failed}"


def author_of(post: Post) -> str:
    return post.author.handle or post.author.name or post.author.author_id


def _of_item(item: Item) -> str:
    if isinstance(item, Ignored):
        return f"{'non-post':<12} {item.reason}"
    if isinstance(item, Post):
        moment = f"{item.posted_at:%Y-%m-%dT%H:%M:%SZ}"
        told = (item.native_id, author_of(item), moment, item.kind, _words(item.plain))
        return f"{'post':<12} {' | '.join(map(_line, told))}".rstrip()
    if isinstance(item, Deletion):
        return f"{'deletion':<12} {_line(item.native_id)}"
    return f"{'deletion':<12} {_line(f'all of author {item.author_id}')}"


def _words(text: str) -> str:
    words = _line(text)
    return words if len(words) <= _WORDS else words[:_WORDS] + "…"


def _line(text: str) -> str:
    """On one line, and nothing that a terminal would obey."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
