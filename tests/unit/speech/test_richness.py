import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.speech.lexicon import LexiconParams
from core.speech.richness import compute_information_share, compute_mattr, score_richness

VARIED = " ".join(f"word{n} the" for n in range(100))


def mattr_slowly(words: list[str], window: int) -> float:
    shares = [len(set(words[i : i + window])) / window for i in range(len(words) - window + 1)]
    return sum(shares) / len(shares)


@given(st.lists(st.sampled_from("abcdefgh"), min_size=5, max_size=80), st.integers(1, 5))
def test_mattr_is_the_mean_over_all_windows(words: list[str], window: int) -> None:
    assert compute_mattr(words, window) == pytest.approx(mattr_slowly(words, window))


def test_mattr_does_not_fall_with_length() -> None:
    chance = random.Random(1)
    vocabulary = [f"w{n}" for n in range(120)]
    short, long = (chance.choices(vocabulary, k=k) for k in (100, 3000))
    assert compute_mattr(long, 50) == pytest.approx(compute_mattr(short, 50), abs=0.05)


def test_information_words_are_those_without_grammar() -> None:
    words = "the index of a table is a tree".split()
    assert compute_information_share(words, LexiconParams().function_words) == 3 / 8


def test_no_words_hold_no_information() -> None:
    assert compute_information_share([], frozenset()) == 0.0


@given(st.lists(st.sampled_from(["index", "the", "um", "table", "of", "so"]), max_size=400))
def test_richness_stays_within_its_bounds_or_is_refused(words: list[str]) -> None:
    found = score_richness(" ".join(words))
    assert (found.value is None and "fewer than 50" in found.reason) or 0 <= (found.value or 0) <= 100


def test_the_terms_of_richness_add_up_to_it() -> None:
    found = score_richness(VARIED)
    assert sum(t.contribution for t in found.terms) == pytest.approx(found.value)


def test_the_same_word_over_and_over_is_poor() -> None:
    assert (score_richness("very " * 200).value or 0) < (score_richness(VARIED).value or 0) / 2


def test_fillers_add_nothing_to_the_length() -> None:
    assert score_richness("um " * 60).value is None


def test_a_reason_given_is_passed_on() -> None:
    assert score_richness(VARIED, "the answer was typed").reason == "the answer was typed"
