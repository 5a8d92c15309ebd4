from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.domain.grouping import QUOTE_CHARACTERS, signal_id, signal_post, summarise
from earshot.domain.models import EntryKind, Intent, Mention, SignalPost, Urgency
from earshot.domain.understanding import understand
from tests import examples


@st.composite
def posts(draw: st.DrawFn) -> list[SignalPost]:
    count = draw(st.integers(min_value=1, max_value=6))
    return [
        examples.signal_post(
            f"p{number}",
            posted_at=examples.NOON + timedelta(minutes=draw(st.integers(0, 3))),
            intent=draw(st.sampled_from(Intent)),
            urgency=draw(st.sampled_from(Urgency)),
            objects=tuple(draw(st.lists(st.sampled_from(["topic:a", "topic:b"]), max_size=2))),
            author=examples.author(author_id=draw(st.sampled_from(["u1", "u2"]))),
        )
        for number in range(count)
    ]


@given(posts(), st.randoms())
def test_any_order_of_arrival_gives_the_same_signal(
    arrived: list[SignalPost], random: st.DataObject
) -> None:
    shuffled = list(arrived)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    once = summarise(examples.subject(), arrived, revision=1)
    assert summarise(examples.subject(), shuffled, revision=1) == once
    assert (
        once.model_dump_json() == once.model_validate_json(once.model_dump_json()).model_dump_json()
    )


@given(posts())
def test_a_signal_spans_its_posts(arrived: list[SignalPost]) -> None:
    signal = summarise(examples.subject(), arrived, revision=3)
    assert signal.post_count == len(arrived)
    assert signal.first_posted_at == min(p.posted_at for p in arrived)
    assert signal.last_posted_at == max(p.posted_at for p in arrived)
    assert signal.intent in {p.intent for p in arrived}


def test_the_strongest_intent_and_urgency_hold() -> None:
    weak = examples.signal_post("a", intent=Intent.PRAISE)
    strong = examples.signal_post("b", intent=Intent.SWITCHING, urgency=Urgency.SOON)
    signal = summarise(examples.subject(), [weak, strong], revision=1)
    assert (signal.intent, signal.urgency) == (Intent.SWITCHING, Urgency.SOON)


def test_a_signal_without_posts_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one post"):
        summarise(examples.subject(), [], revision=1)


def test_two_subjects_of_one_thread_are_two_signals() -> None:
    assert signal_id("account:a", "github", "1") != signal_id("account:b", "github", "1")


def test_a_post_keeps_its_evidence_its_objects_and_a_bounded_quote() -> None:
    plain = "any alternatives to RivalCRM? " + "x" * 3000
    mentions = (
        Mention(entry_id="account:acme", kind=EntryKind.ACCOUNT, name="Acme", evidence=()),
        Mention(entry_id="competitor:rival", kind=EntryKind.COMPETITOR, name="R", evidence=()),
    )
    kept = signal_post(examples.post(plain), understand(plain), mentions)
    assert len(kept.quote) == QUOTE_CHARACTERS
    assert kept.objects == ("competitor:rival",)
    assert kept.evidence[0].value == "any alternatives"
