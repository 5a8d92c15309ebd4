"""Rows of strands: their heads with the sketch of their words, and the posts that hang on them."""

from collections.abc import Iterable
from functools import lru_cache

from earshot.aws.items import Item, model_of
from earshot.domain.repeats import Sketch, packed, unpacked
from earshot.domain.stories import StoryPost, Strand


def post_of(row: Item) -> StoryPost:
    data = row["data"]
    return _read(data) if isinstance(data, str) else model_of(StoryPost, row)


@lru_cache(maxsize=8192)
def _read(text: str) -> StoryPost:
    """A strand of thousands is read again with each post that joins it, and all of it is as it was
    but for that one."""
    return StoryPost.model_validate_json(text)


def strand_of(row: Item, posts: Iterable[StoryPost]) -> Strand:
    pairs = (str(key).partition("#") for key in row.get("signals", ()))
    return Strand(
        strand_id=str(row["strand_id"]),
        version=int(row["version"]),
        links=frozenset(row.get("links", ())),
        posts=tuple(posts),
        signal_keys=frozenset((subject_id, signal_id) for signal_id, _, subject_id in pairs),
    )


def row_of(sketch: Sketch) -> Item:
    return {
        "text_key": sketch.key,
        "words": sketch.words,
        "cut": sketch.cut,
        "shingles": packed(sketch.shingles),
        "tail": packed(sketch.tail),
        "figures": packed(sorted(sketch.figures)),
        "names": packed(sorted(sketch.names)),
        "anchors": list(sketch.anchors),
    }


def sketch_of(row: Item) -> Sketch:
    return Sketch(
        key=str(row["text_key"]),
        words=int(row["words"]),
        cut=bool(row["cut"]),
        shingles=unpacked(str(row["shingles"])),
        tail=unpacked(str(row["tail"])),
        figures=frozenset(unpacked(str(row["figures"]))),
        names=frozenset(unpacked(str(row["names"]))),
        anchors=anchors_of(row),
    )


def anchors_of(row: Item) -> tuple[str, ...]:
    return tuple(row.get("anchors", ()))
