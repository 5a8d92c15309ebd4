"""Pieces of words as BERT's uncased vocabulary cuts them."""

import pytest

from earshot.domain.wordpiece import WordPieces, split

PIECES = ("[UNK]", "nik", "##on", "##s", "cafe", "!", "日", "camera")
ROWS = {piece: row for row, piece in enumerate(PIECES)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Nikon's D90!", ["nikon", "'", "s", "d90", "!"]),
        ("Café—au\tlait", ["cafe", "—", "au", "lait"]),
        ("日本 x", ["日", "本", "x"]),
        ("a\u200bb é", ["ab", "e"]),
        ("naïve!", ["naive", "!"]),
        ("\u00e9", ["e"]),
        ("", []),
    ],
)
def test_a_text_is_cut_at_spaces_and_around_every_sign(text: str, expected: list[str]) -> None:
    assert split(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Nikons", ["nik", "##on", "##s"]),
        ("café!", ["cafe", "!"]),
        ("nikx", ["[UNK]"]),
        ("a" * 101, ["[UNK]"]),
    ],
)
def test_the_longest_piece_wins_and_a_word_with_an_unknown_rest_is_unknown(
    text: str, expected: list[str]
) -> None:
    assert [PIECES[row] for row in WordPieces(ROWS).rows(text)] == expected
