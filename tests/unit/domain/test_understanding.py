import pytest

from earshot.domain.models import Intent, Understanding, Urgency
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
