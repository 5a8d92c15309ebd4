"""Words of a post on the screen, with the evidence marked in place."""

from collections.abc import Iterable

from rich.text import Text

from earshot.domain.models import DataClass, Evidence, EvidenceKind
from earshot.domain.stories import QUOTE_CHARACTERS, StoryPost
from earshot_ops.commands.screen import clean

_STYLE = {EvidenceKind.CUE: "bold yellow"}
_OTHER_STYLE = "bold cyan"
_ONE_LINE = 70

WITHHELD = {
    DataClass.BORROWED: "its words were borrowed, and have gone",
    DataClass.DISPLAYED: "its words are not kept: the source allows identities only",
}


def quote(post: StoryPost) -> Text:
    """What is kept of the words, each piece of evidence «so»; where several overlap, the first."""
    if not post.quote:
        return Text(WITHHELD.get(post.data_class, "it has no words"), style="italic")
    told, at = Text("“"), 0
    for one in evidence_of(post):
        if one.start < at or one.end > len(post.quote) or one.end <= one.start:
            continue
        told.append(clean(post.quote[at : one.start]))
        told.append(f"«{clean(post.quote[one.start : one.end])}»", _style(one))
        at = one.end
    told.append(clean(post.quote[at:]))
    return told.append("…”" if len(post.quote) == QUOTE_CHARACTERS else "”")


def one_line(post: StoryPost) -> Text:
    """The beginning of the words."""
    if not post.quote:
        return Text(WITHHELD.get(post.data_class, "it has no words"), style="italic")
    words = " ".join(clean(post.quote).split())
    return Text(f"“{words}”" if len(words) <= _ONE_LINE else f"“{words[: _ONE_LINE - 1]}…”")


def evidence_of(post: StoryPost) -> list[Evidence]:
    """All that the reading of the post rests on, in text order, the longer first."""
    found = [one for mention in post.mentions for one in mention.evidence]
    return sorted([*found, *post.understanding.evidence], key=lambda one: (one.start, -one.end))


def in_words(evidence: Iterable[Evidence]) -> Text:
    """``domain “acme.example”, cue “leaving”``, each once."""
    told = {(one.kind, one.value): _style(one) for one in evidence}
    pieces = [
        Text.assemble(f"{kind} ", (f"“{clean(value)}”", style)) if value else Text(str(kind))
        for (kind, value), style in told.items()
    ]
    return Text(", ").join(pieces)


def _style(one: Evidence) -> str:
    return _STYLE.get(one.kind, _OTHER_STYLE)
