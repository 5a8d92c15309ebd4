"""What a dry replay found, as a table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rich.table import Table

from earshot.domain.models import Relevance
from earshot.domain.retelling import Difference, Moved
from earshot_ops.commands.screen import out, safe, say


@dataclass(frozen=True)
class Compared:
    """``found`` are the decisions whose relevance is not the same to the byte, ``same`` counts the
    others."""

    counts: dict[str, int]
    moved: Sequence[Moved]
    same: int
    found: Sequence[Difference]

    @property
    def different(self) -> list[Difference]:
        """Those whose points differ."""
        return [one for one in self.found if not one.is_of_versions_only]

    @property
    def differs(self) -> bool:
        return bool(self.moved or self.different)

    def as_json(self) -> dict[str, Any]:
        return {
            **{name: self.counts.get(name, 0) for name in _COUNTED},
            "posts_that_differ": [one.model_dump(mode="json") for one in self.moved],
            "same_bytes": self.same,
            "other_versions_only": len(self.found) - len(self.different),
            "differences": [one.model_dump(mode="json") for one in self.different],
        }


_COUNTED = ("deliveries", "posts", "gone", "unreadable")


def tell(compared: Compared) -> None:
    counts = compared.counts
    say(f"{counts.get('deliveries', 0):,} deliveries with {counts.get('posts', 0):,} posts")
    if counts.get("gone"):
        say(f"{counts['gone']:,} of them are no longer in the archive")
    if counts.get("unreadable"):
        say(f"{counts['unreadable']:,} of them cannot be read")
    versions = len(compared.found) - len(compared.different)
    say(
        f"relevance: {compared.same:,} the same to the byte, {versions:,} the same points by other "
        f"versions, {len(compared.different):,} different"
    )
    if compared.moved:
        _show(("post", "about", "would be about", "means", "would mean"), _posts(compared.moved))
    if compared.different:
        _show(("subject", "seller", "stored", "now", "what differs"), _scores(compared.different))


def _show(columns: Sequence[str], rows: Iterator[tuple[str, ...]]) -> None:
    table = Table(*columns)
    for row in rows:
        table.add_row(*map(safe, row))
    out.print(table)


def _posts(moved: Sequence[Moved]) -> Iterator[tuple[str, ...]]:
    for one in moved:
        about, now = (", ".join(ids) or "-" for ids in (one.subjects, one.subjects_now))
        yield one.post, about, now, one.intent or "-", one.intent_now


def _scores(found: Sequence[Difference]) -> Iterator[tuple[str, ...]]:
    for one in found:
        if not one.seller_id:
            yield one.subject_id, "-", "-", "-", "the signal would go"
        else:
            yield (
                one.subject_id,
                one.seller_id,
                str(one.stored.score) if one.stored else "-",
                str(one.present.score) if one.present else "-",
                _why(one.stored, one.present),
            )


def _why(stored: Relevance | None, now: Relevance | None) -> str:
    if stored is None or now is None:
        return "no candidate before" if stored is None else "no candidate any more"
    before, after = ({c.name: c.points for c in r.contributions} for r in (stored, now))
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    told = [f"{name} {before.get(name, 0):+d} -> {after.get(name, 0):+d}" for name in names]
    return ", ".join(told) or "their order"
