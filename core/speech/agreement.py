"""Which words of a guess may be shown as if they were final: those that guesses have agreed on for a while.

After LocalAgreement of Liu, Spanakis and Niehues, "Low-Latency Sequence-to-Sequence Speech Recognition and Translation
by Partial Hypothesis Selection", Interspeech 2020; by time instead of by number, since guesses come at a varying pace,
and with a bound on the words' own confidence.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.transcript import Word


@dataclass(frozen=True, slots=True)
class AgreementParams:
    """Knobs of the agreement; ``docs/speech.md`` tells what was measured."""

    agreed_for_s: float = 1.1
    """Seconds of sound during which all guesses must have said the same."""

    hold_back_words: int = 1
    """Last words of a guess that do not count, unless the speaker paused behind them."""

    min_confidence: float = 0.45
    """Confidence a word needs, where the engine tells."""


@dataclass(frozen=True, slots=True)
class Guess:
    """An interim, split.

    Attributes:
        solid: Words expected to stay; only grows while its utterance is unfinished.
        rest: The words behind them.
    """

    solid: str = ""
    rest: str = ""


class Agreement:
    """Follows the guesses at one utterance. Not thread-safe.

    Args:
        params: Knobs.
    """

    def __init__(self, params: AgreementParams | None = None) -> None:
        self._params = params or AgreementParams()
        self._solid: list[str] = []
        self._earlier: list[tuple[float, list[str]]] = []  # (seconds heard, keys), oldest first

    def update(self, text: str, heard_s: float, words: Sequence[Word] = (), *, paused: bool = False) -> Guess:
        """Take the next guess.

        Args:
            text: All words of the utterance so far.
            heard_s: End of the sound behind it, seconds; grows from guess to guess.
            words: The same words with their confidence; empty when not known.
            paused: The speaker paused behind the last word.
        """
        p = self._params
        shown = text.split()
        keys = [_key(word) for word in shown]
        old = [at for at, _ in self._earlier if at <= heard_s - p.agreed_for_s]
        if old and [_key(word) for word in self._solid] == keys[: len(self._solid)]:
            agreed = min(_common(keys, earlier) for at, earlier in self._earlier if at >= old[-1])
            agreed = min(agreed, len(shown) - (0 if paused else p.hold_back_words))
            if len(words) == len(shown):
                sure = len(self._solid)
                while sure < agreed and words[sure].confidence >= p.min_confidence:
                    sure += 1
                agreed = sure
            self._solid = shown[: max(agreed, len(self._solid))]
        self._earlier = [(at, k) for at, k in self._earlier if not old or at >= old[-1]] + [(heard_s, keys)]
        return Guess(" ".join(self._solid), " ".join(shown[len(self._solid) :]))


def _common(a: list[str], b: list[str]) -> int:
    for i, (x, y) in enumerate(zip(a, b, strict=False)):
        if x != y:
            return i
    return min(len(a), len(b))


def _key(word: str) -> str:
    """A word without case and punctuation; a change of those alone is no disagreement."""
    return re.sub(r"[^\w']+", "", word.lower())
