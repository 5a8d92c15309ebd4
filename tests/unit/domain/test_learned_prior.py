"""What is known of an alias: its past, and what sellers said."""

from math import isfinite

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.domain.learned_prior import (
    DIMENSIONS,
    LEVEL_LABELS,
    NOTHING_KNOWN,
    AliasPrior,
    correction,
    observed,
    prior_from,
    probability,
    taught,
    text_of,
)

CAMERA = (1.0, *(0.0,) * (DIMENSIONS - 1))
SONG = (0.0, 1.0, *(0.0,) * (DIMENSIONS - 2))


def taught_often() -> AliasPrior:
    prior = NOTHING_KNOWN
    for _ in range(10):
        prior = taught(prior, 0.0, CAMERA, about=True, version="v")
        prior = taught(prior, 0.0, SONG, about=False, version="v")
    return prior


def test_nothing_known_corrects_nothing() -> None:
    assert correction(NOTHING_KNOWN, 2.0, CAMERA) == 0


def test_labels_tell_kinds_of_posts_apart() -> None:
    prior = taught_often()
    assert prior.labels == 20
    assert probability(correction(prior, 0.0, CAMERA)) > 0.8
    assert probability(correction(prior, 0.0, SONG)) < 0.2


def test_one_label_moves_less_than_many() -> None:
    one = taught(NOTHING_KNOWN, 0.0, CAMERA, about=True, version="v")
    assert 0 < correction(one, 0.0, CAMERA) < correction(taught_often(), 0.0, CAMERA) + 2


def test_a_label_that_was_expected_moves_little() -> None:
    expected = taught(NOTHING_KNOWN, 5.0, SONG, about=True, version="v")
    surprising = taught(NOTHING_KNOWN, 5.0, SONG, about=False, version="v")
    assert abs(correction(expected, 5.0, SONG)) < 0.2 < abs(correction(surprising, 5.0, SONG))


def test_labels_of_one_kind_move_all_posts_alike() -> None:
    prior = NOTHING_KNOWN
    for logit in (-2.0, 0.0, 1.0):
        prior = taught(prior, logit, CAMERA, about=True, version="v")
    assert correction(prior, -2.0, SONG) == correction(prior, 3.0, CAMERA) == prior.level > 0


def test_the_level_stays_once_it_is_known_and_the_order_goes_on() -> None:
    prior = NOTHING_KNOWN
    for number in range(LEVEL_LABELS + 20):
        before = prior
        about = number % 3 == 0
        prior = taught(prior, 0.0, CAMERA if about else SONG, about=about, version="v")
        assert (prior.level == before.level) is (number >= LEVEL_LABELS)
        assert prior.weights != before.weights


@given(st.lists(st.tuples(st.booleans(), st.floats(-9, 9), st.booleans()), max_size=60))
def test_whatever_was_said_the_correction_stays_finite_and_the_row_small(
    told: list[tuple[bool, float, bool]],
) -> None:
    prior = NOTHING_KNOWN
    for is_camera, logit, about in told:
        vector = CAMERA if is_camera else SONG
        prior = taught(prior, logit, vector, about=about, version="v")
    assert isfinite(correction(prior, 0.0, CAMERA))
    assert len(text_of(prior)) < 4000
    assert 0 <= prior.positives <= prior.labels == len(told)


def test_past_posts_add_up_in_any_order() -> None:
    there = observed(observed(NOTHING_KNOWN, 0.25, version="v"), 0.5, version="v")
    back = observed(observed(NOTHING_KNOWN, 0.5, version="v"), 0.25, version="v")
    assert there == back == AliasPrior("v", posts=2, kinship=0.75)


def test_another_version_of_the_model_starts_anew() -> None:
    assert observed(taught_often(), 0.5, version="w") == AliasPrior("w", posts=1, kinship=0.5)


@pytest.mark.parametrize("prior", [NOTHING_KNOWN, AliasPrior("v", 3, 1.5), taught_often()])
def test_a_stored_prior_comes_back_in_single_precision(prior: AliasPrior) -> None:
    text = text_of(prior)
    again = prior_from(text)
    assert text_of(again) == text
    assert len(text) < 4000
    assert correction(again, 1.0, CAMERA) == pytest.approx(correction(prior, 1.0, CAMERA), abs=1e-4)


@pytest.mark.parametrize("text", ["", "v 1 1 2 " + text_of(NOTHING_KNOWN).split()[-1], "v x 0 0 a"])
def test_anything_else_is_no_prior(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        prior_from(text)
