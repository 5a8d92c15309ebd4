"""What is known of an alias: its past, and what sellers said."""

import pytest

from earshot.domain.learned_prior import (
    DIMENSIONS,
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
