"""Whether a post is about the account that bears a name."""

import pytest

from earshot.domain.aboutness import Aboutness, Verdict, Weights
from earshot.domain.aboutness_features import Subject, features_of
from earshot.domain.learned_prior import DIMENSIONS, NOTHING_KNOWN, AliasPrior

TOPICS = ("camera", "lens", "song", "album", "company")


def embed(text: str) -> tuple[float, ...]:
    """One dimension per topic."""
    counts = [float(text.casefold().count(topic)) for topic in TOPICS]
    length = sum(count * count for count in counts) ** 0.5 or 1.0
    return (*(count / length for count in counts), *(0.0,) * (DIMENSIONS - len(TOPICS)))


def weights(version: str, *values: float) -> Weights:
    return Weights(
        version=version,
        weights=values,
        intercept=-2.0,
        kinship_at_zero=0.5,
        kinship_per_closeness=1.0,
        strength=2.0,
        kinship_mean=0.5,
        kinship_scale=0.2,
        renaming_mean=0.0,
        renaming_scale=1.0,
        unsure_from=30,
        unsure_to=70,
    )


MEANINGS = Aboutness(weights("m", 2, 0, 0, 0, 0, 3, 0, 0.5), embed)
WORDS = Aboutness(weights("w", 2, 0.5, 0, 0, 0, 0, 1))


def nikon(judge: Aboutness) -> Subject:
    return judge.subject(
        "nikon",
        name="Nikon Corp",
        description="camera maker",
        website_text="Nikon makes a camera. A lens for each camera!",
    )


@pytest.mark.parametrize("judge", [MEANINGS, WORDS])
def test_a_post_near_the_business_is_likelier_about_it(judge: Aboutness) -> None:
    subject = nikon(judge)
    near = judge.judge("My Nikon camera and lens", subject)
    far = judge.judge("a song called nikon", subject)
    assert far.percent < 40
    assert near.percent > 60
    assert not far.about


def test_a_sure_verdict_decides_and_an_unsure_one_keeps_its_percent() -> None:
    assert Verdict(70, decides=True).about
    assert not Verdict(60, decides=False).about
    assert not Verdict(10, decides=True).about


def test_nothing_is_decided_of_an_account_without_any_text() -> None:
    bare = MEANINGS.subject("nikon", name="Nikon", description=None, website_text="")
    assert not MEANINGS.judge("my nikon camera, what a lens", bare).decides
    prior = MEANINGS.teach("a nikon song", bare, NOTHING_KNOWN, about=False)
    assert MEANINGS.judge("a nikon song", bare, prior).decides


def test_a_past_near_the_business_speaks_for_the_next_post() -> None:
    subject = nikon(MEANINGS)
    camera, song = NOTHING_KNOWN, NOTHING_KNOWN
    for _ in range(20):
        camera = MEANINGS.observe("nikon camera", subject, camera)
        song = MEANINGS.observe("nikon song", subject, song)
    post = "look, nikon"
    before = MEANINGS.judge(post, subject).percent
    assert MEANINGS.judge(post, subject, song).percent < before
    assert MEANINGS.judge(post, subject, camera).percent >= before


def test_what_sellers_said_is_learned() -> None:
    subject, prior = nikon(MEANINGS), NOTHING_KNOWN
    for _ in range(5):
        prior = MEANINGS.teach("nikon album", subject, prior, about=True)
    assert MEANINGS.judge("the nikon album", subject, prior).about
    assert not MEANINGS.judge("the nikon album", subject).about


def test_what_another_model_knew_is_not_used() -> None:
    subject = nikon(MEANINGS)
    other = AliasPrior("other", posts=100, kinship=0.0)
    assert MEANINGS.judge("nikon", subject, other) == MEANINGS.judge("nikon", subject)
    assert MEANINGS.teach("nikon", subject, other, about=True).posts == 0


def test_the_surface_tells_capitals_neighbours_and_links() -> None:
    subject = nikon(WORDS)
    found = features_of("New Nikon Museum https://nikon.example/x", subject, None).values
    assert found[1:5] == (1.0, 1.0, 1.0, 1.0)
    assert features_of("nikon", subject, None).values[1:5] == (0.0, 0.0, 0.0, 0.0)


def test_a_name_with_more_words_than_the_alias_is_told() -> None:
    assert not nikon(WORDS).longer_name
    delta = WORDS.subject("delta", name="delta_holding", description="retail", website_text=None)
    assert delta.longer_name
