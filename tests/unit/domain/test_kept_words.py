"""Words that are not kept are not shown; what they were understood as is."""

from datetime import datetime, timedelta

import pytest

from earshot.domain.kept_words import may_be_shown, showable
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
