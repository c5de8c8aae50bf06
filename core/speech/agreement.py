"""Which words of a guess may be shown as if they were final: those that successive guesses agree on.

LocalAgreement of Liu, Spanakis and Niehues, "Low-Latency Sequence-to-Sequence Speech Recognition and Translation by
Partial Hypothesis Selection", Interspeech 2020, with a distance kept from the end of the audio.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AgreementParams:
    """Knobs of the agreement; ``docs/speech.md`` tells what was measured."""

    guesses: int = 2
    """Successive guesses that must agree."""

    hold_back_words: int = 2
    """Last words of a guess that never count: the speaker was in the middle of them."""


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
        self._earlier: list[list[str]] = []  # keys of the last guesses but this one

    def update(self, text: str) -> Guess:
        """Take the next guess.

        Args:
            text: All words of the utterance so far.
        """
        words = text.split()
        keys = [_key(word) for word in words]
        if len(self._earlier) >= self._params.guesses - 1:
            agreed = min((_common(keys, earlier) for earlier in self._earlier), default=0)
            agreed = min(agreed, len(words) - self._params.hold_back_words)
            if agreed > len(self._solid) and [_key(w) for w in self._solid] == keys[: len(self._solid)]:
                self._solid = words[:agreed]
        self._earlier = [*self._earlier, keys][-(self._params.guesses - 1) :]
        return Guess(" ".join(self._solid), " ".join(words[len(self._solid) :]))


def _common(a: list[str], b: list[str]) -> int:
    for i, (x, y) in enumerate(zip(a, b, strict=False)):
        if x != y:
            return i
    return min(len(a), len(b))


def _key(word: str) -> str:
    """A word without case and punctuation; a change of those alone is no disagreement."""
    return re.sub(r"[^\w']+", "", word.lower())
