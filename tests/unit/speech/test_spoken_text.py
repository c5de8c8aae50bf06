import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.speech.spoken_text import clean_text, has_words, split_sentences, without_phonemes


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  a\n\tb\r\nc ", "a b c"),
        ("a\x00b\x1bc\x7f", "a b c"),
        ("\u202eabc\u202c", "abc"),
        ("\ufeffabc", "abc"),
        ("half \ud83d pair", "half ? pair"),
        ("مرحبا بالعالم", "مرحبا بالعالم"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_a_text_becomes_one_clean_line(text: str, cleaned: str) -> None:
    assert clean_text(text) == cleaned


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a", True), ("7", True), ("🙂", True), ("日本", True), ("?!", False), ("", False), ("[[ ]] -- …", False)],
)
def test_punctuation_alone_is_no_word(text: str, expected: bool) -> None:
    assert has_words(text) is expected


@pytest.mark.parametrize("text", ["[[h@loU]]", "[[[", "a[[b"])
def test_no_phoneme_input_is_left(text: str) -> None:
    assert "[[" not in without_phonemes(text)


def test_sentences_are_the_pieces() -> None:
    assert split_sentences("What is a queue? Say it: shortly. 3.5 is a number!", 100) == [
        "What is a queue?",
        "Say it:",
        "shortly.",
        "3.5 is a number!",
    ]


def test_a_long_sentence_breaks_at_a_comma() -> None:
    assert split_sentences("one two three, four five six seven", 24) == ["one two three,", "four five six seven"]


@given(st.text(), st.integers(5, 40))
def test_no_piece_is_too_long_and_no_letter_is_lost(text: str, most: int) -> None:
    cleaned = clean_text(text)
    pieces = split_sentences(cleaned, most)
    assert all(0 < len(piece) <= most for piece in pieces)
    letters = [c for c in cleaned if c.isalnum()]
    assert [c for c in "".join(pieces) if c.isalnum()] == letters
