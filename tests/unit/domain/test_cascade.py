"""Two judges in a row: who is asked, and what each learns."""

from earshot.domain.aboutness import Aboutness, Weights
from earshot.domain.cascade import NO_PRIORS, Cascade, Subjects, is_unsure
from earshot.domain.learned_prior import AliasPrior
from tests.unit.domain.test_aboutness import embed, weights

CAMERA, PLAIN = "my Nikon camera", "nikon"


def judge(version: str, *, intercept: float, kinship: float) -> Aboutness:
    """Its percent comes from the intercept, and from how near the post is to cameras."""
    told: Weights = weights(version, 0, 0, 0, 0, 0, kinship, 0, 0)
    return Aboutness(told.model_copy(update={"intercept": intercept}), embed)


def subjects(cascade: Cascade) -> Subjects:
    return cascade.subjects(
        "nikon", name="Nikon", description="camera", website_text="camera, camera"
    )


BOTH = Cascade(
    judge("first", intercept=0.0, kinship=5.0), judge("second", intercept=-4.0, kinship=0.0)
)


def test_a_sure_verdict_of_the_first_judge_stands() -> None:
    verdict = BOTH.judge(CAMERA, subjects(BOTH))
    assert verdict.about
    assert list(verdict.kinships) == ["first"]


def test_an_unsure_post_goes_to_the_second_judge_and_counts_for_both() -> None:
    verdict = BOTH.judge(PLAIN, subjects(BOTH))
    assert verdict.percent < 5
    assert set(verdict.kinships) == {"first", "second"} == set(BOTH.versions)


def test_the_band_has_two_ends() -> None:
    assert [is_unsure(percent) for percent in (7, 8, 92, 93)] == [False, True, True, False]


def test_alone_the_first_judge_has_the_last_word() -> None:
    alone = Cascade(judge("first", intercept=0.0, kinship=5.0))
    verdict = alone.judge(PLAIN, subjects(alone))
    assert not verdict.decides
    assert list(verdict.kinships) == list(alone.versions) == ["first"]
    assert list(alone.teach(PLAIN, subjects(alone), NO_PRIORS, about=True)) == ["first"]


def test_each_judge_learns_and_reads_its_own_prior() -> None:
    known, priors = subjects(BOTH), NO_PRIORS
    for _ in range(4):
        priors = BOTH.teach(PLAIN, known, priors, about=True)
    assert {version: prior.labels for version, prior in priors.items()} == {"first": 4, "second": 4}
    assert list(BOTH.judge(CAMERA, known, priors).kinships) == ["first"]
    assert BOTH.judge(CAMERA, known, priors).percent < BOTH.judge(CAMERA, known).percent
    assert BOTH.judge(PLAIN, known, priors).percent > BOTH.judge(PLAIN, known).percent
    foreign = {"first": AliasPrior("second", posts=9, kinship=0.0)}
    assert BOTH.judge(PLAIN, known, foreign) == BOTH.judge(PLAIN, known)
