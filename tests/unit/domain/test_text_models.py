import json
from pathlib import Path

import pytest

from earshot.domain.linear_model import Head, Lanes
from earshot.domain.marks import cues_of, marks_of
from earshot.domain.text_features import keys_of, split
from earshot.domain.text_models import TextModels, probabilities
from earshot.models.text import text_models

GOLDEN = Path(__file__).parents[2] / "golden" / "text_scores.json"


def marks(plain: str) -> set[str]:
    words = split(plain)
    return marks_of(words, cues_of(words), plain)


def scores(plain: str) -> dict[str, float]:
    words = split(plain)
    return text_models().scores(words, marks_of(words, cues_of(words), plain))


def test_lanes_add_as_plain_numbers_do_however_many_rows_there_are() -> None:
    lanes = Lanes(4, bytes([0, 255, 128, 129] * 3))
    assert lanes.sums([0, 1, 2] * 200) == [-128 * 600, 127 * 600, 0, 600]
    assert lanes.sums([]) == [0, 0, 0, 0]
    assert lanes.weight(2, 3) == 1


@pytest.mark.parametrize(("heads", "rows"), [(3, b"\x80" * 6), (4, b"\x80" * 6)])
def test_rows_of_another_width_are_refused(heads: int, rows: bytes) -> None:
    with pytest.raises(ValueError, match="even number"):
        Lanes(heads, rows)


def test_figures_links_handles_and_stretched_words_are_folded() -> None:
    found = [word.text for word in split("@Jo sooooo #Cool v2 42 https://a.example www.b.example")]
    assert found == ["<user>", "soo", "cool", "v0", "<num>", "<url>", "<url>"]


def test_a_negated_word_is_another_feature_until_a_mark_ends_it() -> None:
    plain, negated = split("it works"), split("not works")
    assert len(keys_of(negated)) == len(keys_of(plain)) + 1
    assert len(keys_of(split("not , works"))) == 2 * 3 + 1
    assert len(keys_of(split("not a b c d e"))) == 2 * 6 + 1 + 4


def test_a_text_of_hundreds_of_long_words_is_summed_in_parts() -> None:
    long = " ".join(f"disappointing{'abcdefgh'[n % 8]}" for n in range(300))
    assert scores(long)["sentiment:negative"] > scores(long)["sentiment:positive"]


@pytest.mark.parametrize(
    ("plain", "found"),
    [
        ("Any alternatives to RivalCRM?\nWe pay $40.", {"title asks", "has body", "money"}),
        ("Acme Opens New Plant In Texas", {"headline", "bare headline"}),
        ("Is It Worth The Money For Us?", {"headline", "starts is", "ends asking"}),
        ("GREAT NEWS FOLKS, read on: https://a.example", {"capital words", "ends in a link"}),
        ("@brand I am waiting!", {"starts with a handle", "singular", "ends shouting"}),
        ("#tag 1 2", {"#"}),
        ("", {"length 0", "one line"}),
    ],
)
def test_marks_say_how_a_text_looks(plain: str, found: set[str]) -> None:
    assert found <= marks(plain)


def test_a_cue_is_known_by_its_place() -> None:
    assert {"seek", "^seek"} <= marks("looking for a desk")
    body = marks("one\nWe are looking for a desk. Is there one?")
    assert "seek" in body
    assert not {"^seek", "?seek"} & body
    assert "?seek" in marks("Who is looking for a desk?")


def test_probabilities_add_up_however_large_the_scores() -> None:
    assert sum(probabilities([1000.0, 1.0, -1000.0])) == pytest.approx(1)


def test_the_weights_that_ship_say_what_the_training_side_says() -> None:
    """Golden: the scores of scikit-learn's own decision functions, within quantisation."""
    golden = json.loads(GOLDEN.read_text("utf-8"))
    assert golden["version"] == text_models().version
    for plain, expected in golden["scores"].items():
        found = scores(plain)
        told = {name: found[name] for name in expected}
        assert told == pytest.approx(expected, abs=0.06, rel=0.03)


def test_a_meaning_moves_a_score_and_blends_follow() -> None:
    models: TextModels = text_models()
    words = scores("the parcel is late again")
    moved = models.with_meaning(words, [0.05] * 384)
    assert set(moved) == set(words)
    assert models.with_blends(moved).keys() - words.keys() == {"purchase", "complaint"}


def test_heads_have_names_of_their_own() -> None:
    names = [head.name for head in text_models().heads]
    assert len(set(names)) == len(names)
    assert isinstance(text_models().heads[0], Head)


def test_a_mark_that_no_model_knows_weighs_nothing() -> None:
    assert text_models().mark_weight("never seen", "intent:news") == 0.0
