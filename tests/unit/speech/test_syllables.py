import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.speech.syllables import count_syllables

KNOWN = {
    1: "the a use used asked code cache named queue whole while rule don't it's through threads",
    2: "index process table unique being doing create creates caches quiet science stateless query",
    3: "memory video idea radio created employee however important",
    4: "experience architecture polymorphic continuous",
    5: "implementation polymorphism theoretical",
}


@pytest.mark.parametrize(("word", "count"), [(w, n) for n, ws in KNOWN.items() for w in ws.split()])
def test_syllables_of_known_words(word: str, count: int) -> None:
    assert count_syllables(word) == count


@pytest.mark.parametrize(("word", "count"), [("SQL", 3), ("REST", 1), ("WWW", 9), ("404", 4), ("7", 2), ("JSON", 2)])
def test_abbreviations_and_digits_are_read_aloud(word: str, count: int) -> None:
    assert count_syllables(word) == count


@given(st.text(min_size=1, max_size=20))
def test_each_word_has_a_syllable(word: str) -> None:
    assert count_syllables(word) >= 1
