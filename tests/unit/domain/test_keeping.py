"""What may be kept of a post is one table, and what those write who drop words is within it."""

from typing import Any

import pytest

from earshot.domain import keeping
from earshot.domain.keeping import KEEPING, WITHOUT_WORDS
from earshot.domain.kept_words import lasting, without_words
from earshot.domain.models import DataClass, EntryKind, Evidence, EvidenceKind
from earshot.domain.stories import StoryPost
from tests import examples

WORDS: dict[str, Any] = {
    "quote": "We at Acme leave RivalCRM",
    "author": {
        "author_id": "u1",
        "handle": "jo",
        "name": "Jo",
        "email": "jo@acme.example",
        "profile_url": "https://forum.example/jo",
        "followers": 7,
        "location": "Graz",
    },
}
NO_WORDS_OF_AUTHOR = {
    f"author.{name}" for name in ("handle", "name", "email", "profile_url", "followers", "location")
}


def told(**changes: Any) -> StoryPost:
    """A post with all that one can have."""
    cue = Evidence(kind=EvidenceKind.CUE, value="leave", start=11, end=16)
    alias = Evidence(kind=EvidenceKind.ALIAS, value="Acme", start=6, end=10)
    mention = examples.mention(EntryKind.ACCOUNT, "acme", evidence=(alias,))
    post = examples.story_post(mentions=(mention,), **WORDS, **changes)
    meaning = post.understanding.model_copy(update={"evidence": (cue,)})
    return post.model_copy(update={"understanding": meaning})


@pytest.mark.parametrize("data_class", list(DataClass))
def test_each_class_is_in_the_table(data_class: DataClass) -> None:
    fields, hours = KEEPING[data_class]
    assert (fields is None) is (data_class in {DataClass.OWNED, DataClass.COPIED})
    assert hours == {DataClass.BORROWED: 48, DataClass.DISPLAYED: 0}.get(data_class)


@pytest.mark.parametrize("data_class", [DataClass.BORROWED, DataClass.DISPLAYED])
def test_every_word_of_a_post_that_may_not_last_is_found(data_class: DataClass) -> None:
    fields = told().model_dump(mode="json")
    assert keeping.excess(fields, data_class, ends=False) == NO_WORDS_OF_AUTHOR | {
        "quote",
        "mentions.evidence.value",
        "understanding.evidence.value",
    }


@pytest.mark.parametrize("data_class", [DataClass.OWNED, DataClass.COPIED])
def test_what_is_ours_or_copied_may_stay_unless_a_time_was_agreed(data_class: DataClass) -> None:
    fields = told().model_dump(mode="json")
    assert keeping.excess(fields, data_class, ends=False) == frozenset()
    assert "quote" in keeping.excess(fields, data_class, ends=True)


@pytest.mark.parametrize("data_class", list(DataClass))
@pytest.mark.parametrize("ends", [False, True])
def test_what_a_story_keeps_for_good_is_within_the_table(data_class: DataClass, ends: bool) -> None:
    ends = ends or data_class is DataClass.BORROWED
    post = told(data_class=data_class, expires_at=examples.NOON if ends else None)
    kept = lasting(post).model_dump(mode="json")
    assert keeping.excess(kept, data_class, ends=ends) == frozenset()


def test_what_words_leave_behind_is_all_that_the_table_allows() -> None:
    post = told()
    assert keeping.reduced(without_words(post).model_dump(mode="json", exclude={"mentions"})) == (
        keeping.reduced(post.model_dump(mode="json", exclude={"mentions"}))
    )


def test_a_new_field_of_a_post_is_a_word_until_the_table_says_otherwise() -> None:
    assert keeping.excess({"mood": "bad"}, DataClass.BORROWED, ends=False) == {"mood"}
    assert keeping.reduced({"mood": "bad", "native_id": "p1"}) == {"native_id": "p1"}
    assert keeping.reduced({"mood": "bad"}) == {}


def test_what_is_empty_is_nothing() -> None:
    empty = {"quote": "", "author": {"name": None}, "links": [], "counts": {}}
    assert keeping.excess(empty, DataClass.DISPLAYED, ends=False) == frozenset()


def test_no_word_is_in_the_table() -> None:
    assert not WITHOUT_WORDS & {"text", "plain", "quote", "repeats", "links", "mentions"}
