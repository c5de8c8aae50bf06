"""Word error rates, as Whisper's authors normalise them."""

from collections.abc import Iterable
from functools import cache

import jiwer
from whisper_normalizer.english import EnglishTextNormalizer


@cache
def _normalizer() -> EnglishTextNormalizer:
    return EnglishTextNormalizer()


def words(text: str) -> list[str]:
    """Normalised words of a text."""
    return str(_normalizer()(text)).split()


def error_rate(pairs: Iterable[tuple[str, str]]) -> float | None:
    """Pooled word error rate in percent of (reference, heard) pairs; None without a reference word."""
    said, heard = [], []
    for reference, text in pairs:
        if reference_words := words(reference):
            said.append(" ".join(reference_words))
            heard.append(" ".join(words(text)))
    return round(100.0 * jiwer.wer(said, heard), 3) if said else None


def changed(solid: list[str], final: list[str]) -> int:
    """How many of the words shown solid are not in the final text in their place.

    Substitutions and deletions of the best alignment with any beginning of the final text, words it has more are free:
    an inserted word moves the others, it does not change them.
    """
    row = [0] * (len(final) + 1)
    for i, word in enumerate(solid, 1):
        above, row = row, [i]
        for j, other in enumerate(final, 1):
            row.append(min(above[j - 1] + (word != other), above[j] + 1, row[j - 1]))
    return min(row)
