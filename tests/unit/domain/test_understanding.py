from itertools import pairwise

import pytest

from earshot.domain.models import Degree, Event, Intent, Sentiment, Understanding, Urgency
from earshot.domain.understanding import understand as understand_with
from earshot.models.text import text_models


def understand(text: str) -> Understanding:
    return understand_with(text, text_models())


FIRES = [
    (Intent.SWITCHING, "We are leaving RivalCRM after three years."),
    (Intent.SWITCHING, "Thinking about switching from RivalCRM to something else"),
    (Intent.RECOMMENDATION, "Can anyone recommend a CRM for a small team?"),
    (Intent.RECOMMENDATION, "Any alternatives to RivalCRM?"),
    (Intent.PURCHASE, "We want to buy 40 licences, how much is it?"),
    (Intent.COMPLAINT, "RivalCRM is the worst, it keeps crashing and I hate it"),
    (Intent.SUPPORT, "How do I export my contacts? The import fails with an error"),
    (Intent.NEWS, "Acme raises $20M in Series B"),
    (Intent.NEWS, "Acme appoints a new head of IT"),
    (Intent.PRAISE, "I love this tool, works great"),
    (Intent.PROMOTION, "Check out our new webinar and sign up now"),
]
SILENT = ["The weather is fine today.", "", "I slept badly and it rained.", "Türen und Fenster"]


@pytest.mark.parametrize(("intent", "text"), FIRES)
def test_a_cue_tells_the_intent_and_shows_itself(intent: Intent, text: str) -> None:
    understood = understand(text)
    assert understood.intent is intent
    assert understood.evidence
    assert all(text[e.start : e.end] == e.value for e in understood.evidence)


@pytest.mark.parametrize("text", SILENT)
def test_a_text_without_cues_is_other(text: str) -> None:
    understood = understand(text)
    assert (understood.intent, understood.urgency, understood.evidence) == (
        Intent.OTHER,
        Urgency.NONE,
        (),
    )


@pytest.mark.parametrize(
    ("urgency", "text"),
    [
        (Urgency.NOW, "we need it ASAP"),
        (Urgency.SOON, "our contract ends next month"),
        (Urgency.SOON, "decide before the end of the year"),
        (Urgency.NONE, "some day, perhaps"),
    ],
)
def test_urgency_is_what_the_author_says_of_time(urgency: Urgency, text: str) -> None:
    assert understand(text).urgency is urgency


def test_who_leaves_outranks_who_vents_where_points_tie() -> None:
    assert understand("awful. leaving.").intent is Intent.SWITCHING


def test_a_language_without_models_is_marked_and_not_guessed() -> None:
    told = understand("Wir kündigen RivalCRM, das ist alles zu teuer. Kennt jemand etwas Besseres?")
    assert (told.language, told.is_covered) == ("de", False)
    assert (told.intent, told.percent, told.evidence) == (Intent.OTHER, 0, ())


def test_news_tells_its_event() -> None:
    assert understand("Acme raises $20M in Series B").event is Event.FUNDING
    assert understand("Acme appoints a new head of IT").event is Event.LEADERSHIP
    assert understand("Can anyone recommend a CRM?").event is None


def test_a_second_intent_is_told_where_both_hold() -> None:
    told = understand("Looking to replace RivalCRM, any alternatives?")
    assert {told.intent, told.also} == {Intent.SWITCHING, Intent.RECOMMENDATION}


def test_every_post_with_an_intent_shows_why() -> None:
    plain = "Thanks, works great!" * 3
    shown = understand(plain).evidence
    assert 1 <= len(shown) <= 5
    assert all(one.end <= other.start for one, other in pairwise(shown))


def test_an_opinion_has_a_side() -> None:
    assert understand("I love this tool, works great").sentiment is Sentiment.POSITIVE
    assert understand("the worst support ever, awful").sentiment is Sentiment.NEGATIVE


def test_a_question_asks() -> None:
    assert understand("Can anyone recommend a CRM for a small team?").degree is Degree.ASKING


def test_a_word_alone_is_evidence_enough() -> None:
    assert [one.value for one in understand("thanks").evidence] == ["thanks"]


def test_the_semantic_layer_is_asked_only_where_words_leave_doubt() -> None:
    asked: list[str] = []

    def embed(plain: str) -> list[float]:
        asked.append(plain)
        return [0.0] * 384

    doubtful, plain = "Does anyone know when to plant tulips?", "Can anyone recommend a CRM?"
    versions = [
        understand_with(text, text_models(), embed=embed).model_version
        for text in (plain, doubtful)
    ]
    assert asked == [doubtful]
    assert versions == [text_models().version, f"{text_models().version}+meaning"]
