import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.speech.wording import count_words, split_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("...", 0),
        ("One.", 1),
        ("It's read-only, isn’t it?", 5),
        ("404 errors", 2),
        ("naïve café", 2),
        ("snake_case", 2),
    ],
)
def test_words_are_counted(text: str, words: int) -> None:
    assert count_words(text).words == words


def test_words_keep_their_case_and_lose_their_marks() -> None:
    assert split_words("The SQL-index isn’t, um, used…") == ["The", "SQL", "index", "isn't", "um", "used"]


@pytest.mark.parametrize(
    ("text", "fillers"),
    [
        ("um I use uh an index", 2),
        ("You know, it is slow, I mean, really slow.", 2),
        ("It was, like, slow.", 1),
        ("A structure like a list.", 0),
        ("So we, you see, stop.", 1),
        ("So, well, right.", 1),
        ("The umbrella term is error.", 0),
    ],
)
def test_fillers_are_counted(text: str, fillers: int) -> None:
    assert count_words(text).fillers == fillers


@pytest.mark.parametrize(
    ("text", "hedges"),
    [
        ("Maybe I think it might work.", 3),
        ("It is kind of slow.", 1),
        ("A tree is a kind of graph.", 0),
        ("This sort of index, sort of works.", 1),
        ("It works.", 0),
        ("I'm not sure, it could be the cache.", 2),
    ],
)
def test_hedges_are_counted(text: str, hedges: int) -> None:
    assert count_words(text).hedges == hedges


@pytest.mark.parametrize(
    ("text", "repairs"),
    [
        ("I I use an index", 1),
        ("I I I I use it", 1),
        ("we should, we should use it", 1),
        ("the um the index", 1),
        ("It is very very slow, and I know that that helps.", 0),
        ("four four zero", 0),
        ("th- the index", 1),
        ("a read-only well-known table", 0),
        ("a list, or rather a set", 1),
        ("Sorry, let me rephrase.", 1),
        ("hold and wait, no preemption, and error correction", 0),
    ],
)
def test_repairs_are_counted(text: str, repairs: int) -> None:
    assert count_words(text).repairs == repairs


@given(st.text(max_size=300))
def test_no_count_exceeds_what_there_is(text: str) -> None:
    found = count_words(text)
    assert 0 <= found.hedges <= found.words and 0 <= found.fillers <= found.words
    assert 0 <= found.repairs <= 2 * found.words


@given(st.lists(st.sampled_from(["i", "think", "um", "the", "kind", "of", ",", ".", "you", "know", "sorry"])))
def test_known_words_in_any_order_are_counted_without_error(words: list[str]) -> None:
    assert count_words(" ".join(words)).words == sum(w.isalpha() for w in words)
