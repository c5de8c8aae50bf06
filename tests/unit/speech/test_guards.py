import numpy as np
import pytest

from core.speech.guards import collapse_repeats, is_phantom, judge
from core.speech.hearing import Heard

QUIET = np.zeros(16_000, np.int16)
LOUD = np.random.default_rng(0).normal(0, 3000, 16_000).astype(np.int16)


@pytest.mark.parametrize("text", ["Thank you.", "Thanks for watching!", " you", "Thank you. Thank you.", "..."])
def test_phantom_on_near_silence_is_refused(text: str) -> None:
    assert judge(Heard(text, 0.9, 0.1), QUIET) == ""


def test_same_words_spoken_aloud_are_kept() -> None:
    assert judge(Heard("Thank you.", 0.8, 0.05), LOUD) == "Thank you."


def test_other_words_on_a_quiet_microphone_are_kept() -> None:
    assert judge(Heard("An index helps.", 0.8, 0.1), QUIET) == "An index helps."


@pytest.mark.parametrize("heard", [Heard("La la.", 0.1, 0.1), Heard("Some words", 0.3, 0.7), Heard("♪ ♪", 0.9, 0.0)])
def test_unsure_text_is_refused(heard: Heard) -> None:
    assert judge(heard, LOUD) == ""


def test_phantom_needs_every_sentence_to_be_one() -> None:
    assert is_phantom("Okay. Thank you.")
    assert not is_phantom("Thank you. I used a queue.")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("no, no", "no, no"),
        ("very very good", "very very good"),
        ("and and and and and so", "and so"),
        ("I think I think I think I think so", "I think so"),
        ("the data is in the cache the data is in the cache", "the data is in the cache"),
        ("one two three", "one two three"),
        ("", ""),
    ],
)
def test_loops_are_collapsed_and_speech_is_not(text: str, kept: str) -> None:
    assert collapse_repeats(text) == kept


def test_unknown_confidence_refuses_nothing_that_was_said_aloud() -> None:
    assert judge(Heard("An index helps.", None, 0.9), LOUD) == "An index helps."


def test_phantom_on_near_silence_is_refused_without_a_confidence() -> None:
    assert judge(Heard("Thank you.", None, 0.0), QUIET) == ""
