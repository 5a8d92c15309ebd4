"""Stories: copies made from real posts must be known, and other posts must not be taken for them.

Copies are made the way people and feeds make them: reposts with and without a remark, cut (posts
of ``CUT_FROM`` characters and more: nothing shorter is cut in earnest), quoted, with another link,
with tags, in capitals; what credits nobody is by the same author. Hard
negatives are the same posts telling another
event (another figure, half of the words another's, the same opening with another end) and the pairs
that annotators called different.
"""

import json
import random
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from earshot.domain.models import Author, DataClass, Post
from earshot.domain.repeats import Sketch, repeats, sketch
from earshot_training.row import Row

FILES = ("account_match", "complaint", "sales_intent")
MOST_POSTS = 3_000
CUT_FROM = 80
AUTHOR = "who.said-it"
_LINK = re.compile(r"https?://\S+")
_FIGURE = re.compile(r"(?<![\w@#./-])\d+(?![\w/])")
_REMARKS = ("This!", "So true", "Interesting:", "same here,", "worth a read", "anyone else?", "LOL")
_NOW = datetime(2026, 1, 1, tzinfo=UTC)

Change = Callable[[str, random.Random], str]


def _repost(text: str, _: random.Random) -> str:
    return f"RT @{AUTHOR}: {text}"


def _remark(text: str, chance: random.Random) -> str:
    return f"{chance.choice(_REMARKS)} RT @{AUTHOR}: {text}"


def _cut(text: str, chance: random.Random) -> str:
    return f"{text[: int(len(text) * chance.uniform(0.6, 0.95))]}\u2026"


def _quote(text: str, chance: random.Random) -> str:
    return f"{chance.choice(_REMARKS)} \u201c{text}\u201d via @{AUTHOR}"


def _link(text: str, chance: random.Random) -> str:
    link = f"https://sho.rt/{chance.randrange(10**6):x}"
    return _LINK.sub(link, text) if _LINK.search(text) else f"{text} {link}"


def _tags(text: str, chance: random.Random) -> str:
    return f"#news {text} #{chance.choice(('crm', 'tech', 'sales'))}"


def _capitals(text: str, _: random.Random) -> str:
    return text.upper()


COPIES: tuple[Change, ...] = (_repost, _remark, _cut, _quote, _link, _tags, _capitals)


CROSS_POSTS = (_cut, _link, _tags, _capitals)
NOT_CUT = tuple(change for change in COPIES if change is not _cut)


def measure(folder: Path, *, semantic: bool = False) -> Row:  # noqa: ARG001  (meaning merges nothing)
    """Precision over the pairs that are called the same story; recall is in the detail."""
    chance = random.Random(0)
    texts = _texts(folder, chance)
    called: dict[str, list[bool]] = {}
    for text in texts:
        for change in COPIES if len(text) >= CUT_FROM else NOT_CUT:
            called.setdefault(change.__name__.strip("_"), []).append(
                _same(text, change(text, chance), AUTHOR if change in CROSS_POSTS else "fan")
            )
    wrong = {name: [_same(*pair) for pair in pairs] for name, pairs in _negatives(folder, texts)}
    found = sum(map(sum, called.values()))
    false = sum(map(sum, wrong.values()))
    precision, recall = found / (found + false), found / sum(map(len, called.values()))
    detail = [f"recall {recall:.3f} (goal .95) on {len(texts)} posts of five words and more"]
    detail += [f"{name}: {sum(hits) / len(hits):.3f} known" for name, hits in called.items()]
    detail += [f"{name}: {sum(hits)} of {len(hits)} taken for it" for name, hits in wrong.items()]
    return Row("(stories)", "precision", precision, 0.99, tuple(detail))


def _texts(folder: Path, chance: random.Random) -> list[str]:
    """Without those that are copies of another in the files: their truth is not known."""
    paths = [folder / f"{name}.jsonl" for name in FILES]
    rows = [line for path in paths if path.exists() for line in path.read_text().splitlines()]
    read = (json.loads(row)["text"] for row in rows)
    texts = {made.key: text for text in read if (made := _sketched(text))}
    return chance.sample(sorted(texts.values()), min(MOST_POSTS, len(texts)))


def _negatives(folder: Path, texts: list[str]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """The pairs of ``another event`` have a figure, those of ``the same opening`` begin alike."""
    figures = [t for t in texts if _FIGURE.search(_LINK.sub("", t))]
    yield "another figure", [(t, _FIGURE.sub(_other_figure, t)) for t in figures]
    neighbours = list(zip(texts, texts[1:] + texts[:1], strict=True))
    yield "half another's words", [(a, _half(a) + " " + _half(b)) for a, b in neighbours]
    yield "the same opening", [(f"{_opening(a)} {a}", f"{_opening(a)} {b}") for a, b in neighbours]
    path = folder / "paraphrase.jsonl"
    if path.exists():
        pairs = [json.loads(line) for line in path.read_text().splitlines()]
        yield (
            "called different",
            [
                (pair["a"], pair["b"])
                for pair in pairs
                if not pair["same"] and _words(pair["a"]) != _words(pair["b"])
            ],
        )


def _opening(text: str) -> str:
    return "We are looking for" if len(text) % 2 else "Just announced today by the company"


def _other_figure(found: re.Match[str]) -> str:
    return str(int(found.group()) + 7)


def _half(text: str) -> str:
    words = text.split()
    return " ".join(words[: len(words) // 2])


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _same(one: str, other: str, by: str = "somebody-else") -> bool:
    left, right = _sketched(one), _sketched(other, by)
    if left is None or right is None:
        return False
    near = left.key == right.key or bool(set(left.anchors) & set(right.anchors))
    return near and repeats(left, right)


def _sketched(text: str, handle: str = AUTHOR) -> Sketch | None:
    return sketch(
        Post(
            source="eval",
            native_id="1",
            version="1",
            kind="post",
            author=Author(author_id=handle, handle=handle),
            text=text,
            plain=text,
            posted_at=_NOW,
            received_at=_NOW,
            thread_id="1",
            data_class=DataClass.OWNED,
            raw_key="raw",
        )
    )


def cross_validated(folder: Path, *, semantic: bool = False) -> Row:
    """Nothing is fitted: the same."""
    return measure(folder, semantic=semantic)
