"""How fast somebody speaks, and how he pauses."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.transcript import Word
from core.speech.spans import SpeechSpans
from core.speech.syllables import count_syllables
from core.speech.wording import split_words

_PHRASE_ENDS = frozenset(".,;:!?…")


@dataclass(frozen=True, slots=True)
class PauseSummary:
    """The pauses of an answer.

    Attributes:
        count: How many.
        mean_s: Mean length; 0 without pauses.
        longest_s: The longest; 0 without pauses.
        share: Of the time from the first to the last speech, 0 to 1.
    """

    count: int
    mean_s: float
    longest_s: float
    share: float


def compute_pace(words: int, speech: SpeechSpans) -> float:
    """Words a minute from the first to the last speech, pauses included."""
    return 60.0 * words / speech.answer_s


def compute_articulation(text: str, speech: SpeechSpans) -> float:
    """Syllables a second of speaking, pauses left out; syllables are counted by rule."""
    return sum(count_syllables(word) for word in split_words(text)) / speech.speech_s


def summarise_pauses(speech: SpeechSpans) -> PauseSummary:
    """Count, lengths and share of the pauses between first and last speech; at least one span is needed."""
    lengths = [end - start for start, end in speech.pauses]
    if not lengths:
        return PauseSummary(0, 0.0, 0.0, 0.0)
    return PauseSummary(len(lengths), sum(lengths) / len(lengths), max(lengths), sum(lengths) / speech.answer_s)


def count_pauses_in_phrase(speech: SpeechSpans, words: Sequence[Word]) -> int:
    """Pauses that do not follow a punctuation mark: where somebody looks for a word rather than ends a thought.

    Args:
        speech: Spans of the answer.
        words: All its words in order, with times from the start of its audio and their punctuation.

    Returns:
        How many; the last word whose middle lies before a pause's middle decides. Marks are the engine's guess.
    """
    count = 0
    for start, end in speech.pauses:
        middle = (start + end) / 2
        before = [word for word in words if (word.start_s + word.end_s) / 2 < middle]
        count += bool(before) and before[-1].text[-1:] not in _PHRASE_ENDS
    return count
