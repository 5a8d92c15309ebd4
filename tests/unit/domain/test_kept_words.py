"""Words that are not kept are not shown; what they were understood as is."""

from datetime import datetime, timedelta

import pytest

from earshot.domain.kept_words import lasting, may_be_shown, pointing, quoted, showable
from earshot.domain.models import DataClass, EntryKind, Evidence, EvidenceKind
from tests import examples

LATER = examples.NOON + timedelta(hours=48)


@pytest.mark.parametrize(
    ("data_class", "expires_at", "shown"),
    [
        (DataClass.OWNED, None, True),
        (DataClass.COPIED, None, True),
        (DataClass.BORROWED, LATER, True),
        (DataClass.BORROWED, examples.NOON, False),
        (DataClass.BORROWED, None, False),
        (DataClass.DISPLAYED, None, False),
        (DataClass.DISPLAYED, LATER, False),
    ],
)
def test_words_are_shown_as_long_as_their_class_allows(
    data_class: DataClass, expires_at: datetime | None, shown: bool
) -> None:
    post = examples.story_post(data_class=data_class, expires_at=expires_at)
    assert may_be_shown(post, examples.NOON) is shown
    assert (showable(post, examples.NOON) == post) is shown


def test_of_words_that_went_identities_labels_and_places_stay() -> None:
    alias = Evidence(kind=EvidenceKind.ALIAS, value="Acme", start=3, end=7)
    mention = examples.mention(EntryKind.ACCOUNT, "acme", evidence=(alias,))
    post = examples.story_post(data_class=DataClass.DISPLAYED, mentions=(mention,))
    shown = showable(post, examples.NOON)
    assert (shown.quote, shown.author.name, shown.author.author_id) == ("", None, "u1")
    assert shown.understanding.intent == post.understanding.intent
    (place,) = shown.mentions[0].evidence
    assert (place.kind, place.value, place.start, place.end) == (EvidenceKind.ALIAS, "", 3, 7)


def test_a_message_points_to_words_and_carries_none() -> None:
    plain = "We at Acme are leaving RivalCRM"
    cue = Evidence(kind=EvidenceKind.CUE, value="leaving", start=15, end=22)
    link = Evidence(kind=EvidenceKind.DOMAIN, value="acme.example")
    meaning = examples.story_post().understanding.model_copy(update={"evidence": (cue,)})
    mention = examples.mention(EntryKind.ACCOUNT, "acme", evidence=(link,))
    told = pointing((mention,), meaning)
    assert told[0] == (mention,)
    assert [e.value for e in told[1].evidence] == [""]
    assert quoted(*told, plain) == ((mention,), meaning)


def test_what_lasts_of_a_borrowed_post_has_no_words() -> None:
    owned = examples.story_post(quote="Hello")
    assert lasting(owned) == owned
    lent = examples.story_post(
        quote="Hello", data_class=DataClass.BORROWED, expires_at=examples.NOON
    )
    assert lasting(lent).quote == ""
