"""Static vectors: means of rows of bytes."""

from array import array

import pytest

from earshot.domain.static_vectors import DIMENSIONS, StaticVectors

VOCABULARY = "[UNK]\ncamera\nlens\n-"


def table(*rows: tuple[int, int]) -> bytes:
    return b"".join(array("b", (*row, *[0] * (DIMENSIONS - 2))).tobytes() for row in rows)


def vectors() -> StaticVectors:
    return StaticVectors(VOCABULARY, table((0, 0), (127, 0), (0, -127), (-128, 0)))


def test_a_text_lies_between_its_words_and_has_length_one() -> None:
    vector = vectors()("Camera lens")
    assert vector[:2] == pytest.approx((0.5**0.5, -(0.5**0.5)))
    assert len(vector) == DIMENSIONS


def test_a_text_of_unknown_words_points_nowhere() -> None:
    assert set(vectors()("zebra")) == {0.0}
    assert set(vectors()("")) == {0.0}


def test_the_longest_texts_add_up_without_overflow() -> None:
    assert vectors()("camera " * 5000)[0] == pytest.approx(1)
    assert vectors()("- " * 5000)[0] == pytest.approx(-1)


def test_a_table_of_another_vocabulary_is_refused() -> None:
    with pytest.raises(ValueError, match="a row per piece"):
        StaticVectors("[UNK]", table((0, 0), (1, 1)))
