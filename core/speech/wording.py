"""Words of an answer as written by the engine: counted, never judged by their meaning."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.speech.lexicon import LexiconParams

_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*[-–—]*|[,;:.!?…]")
_DASHES = "-–—"
_LONGEST_REPEAT_WORDS = 3


@dataclass(frozen=True, slots=True)
class WordCounts:
    """What was found in a text.

    Attributes:
        words: All words, fillers too.
        fillers: Fillers; a phrase counts once.
        hedges: Hedges; a phrase counts once.
        repairs: Words or phrases said again, words broken off, announced corrections.
    """

    words: int
    fillers: int
    hedges: int
    repairs: int


def split_words(text: str) -> list[str]:
    """Words with their case, with straight apostrophes and without punctuation.

    Digits count as words; a hyphen separates ("read-only" is two words).
    """
    return [token.rstrip(_DASHES) for token in _tokens(text) if token[0].isalnum()]


def lower_words(text: str) -> list[str]:
    """The same in lower case."""
    return [word.lower() for word in split_words(text)]


def count_words(text: str, params: LexiconParams | None = None) -> WordCounts:
    """Count words, fillers, hedges and repairs.

    Args:
        text: English, any length.
        params: Word lists.

    Returns:
        Counts. Whisper leaves out many fillers and repeats, so these two are lower bounds.
    """
    p = params or LexiconParams()
    words = lower_words(text)
    fillers = _phrases(words, p.fillers)
    fluent = [w for i, w in enumerate(words) if i not in fillers.covered]
    return WordCounts(
        words=len(words),
        fillers=fillers.count + _between_commas(text, p.fillers_between_commas),
        hedges=_count_hedges(words, p),
        repairs=_count_repeats(fluent, p) + _count_broken(text) + _count_corrections(fluent, p),
    )


@dataclass(frozen=True, slots=True)
class _Found:
    count: int
    starts: tuple[int, ...]
    covered: frozenset[int]


def _tokens(text: str) -> list[str]:
    return [token.replace("’", "'") for token in _TOKEN.findall(text)]


def _phrases(words: Sequence[str], phrases: Sequence[str]) -> _Found:
    """Places of phrases, the longest first, none inside another."""
    parts = sorted((tuple(phrase.split()) for phrase in phrases), key=len, reverse=True)
    starts: list[int] = []
    covered: set[int] = set()
    i = 0
    while i < len(words):
        size = next((len(part) for part in parts if tuple(words[i : i + len(part)]) == part), 0)
        if size:
            starts.append(i)
            covered.update(range(i, i + size))
        i += max(1, size)
    return _Found(len(starts), tuple(starts), frozenset(covered))


def _between_commas(text: str, phrases: Sequence[str]) -> int:
    tokens = _tokens(text.lower())
    parts = [tuple(phrase.split()) for phrase in phrases]
    count = 0
    for i, token in enumerate(tokens):
        if token == ",":
            count += any(tokens[i + 1 : i + 2 + len(p)] == [*p, ","] for p in parts)
    return count


def _count_hedges(words: Sequence[str], p: LexiconParams) -> int:
    found = _phrases(words, p.hedges)
    nouns = sum(
        1
        for start in found.starts
        if start > 0 and words[start] in ("kind", "sort") and words[start - 1] in p.nouns_before
    )
    return found.count - nouns


def _count_repeats(words: Sequence[str], p: LexiconParams) -> int:
    """Runs in which one to three words are said again at once; "I I I" is one."""
    count = i = 0
    while i < len(words):
        size = next((n for n in range(_LONGEST_REPEAT_WORDS, 0, -1) if _repeats(words, i, n, p)), 0)
        if size:
            count += 1
            while words[i : i + size] == words[i + size : i + 2 * size]:
                i += size
        i += max(1, size)
    return count


def _repeats(words: Sequence[str], at: int, size: int, p: LexiconParams) -> bool:
    phrase = words[at : at + size]
    again = words[at + size : at + 2 * size]
    return len(again) == size and phrase == again and not set(phrase) <= p.repeatable


def _count_corrections(words: Sequence[str], p: LexiconParams) -> int:
    """Announced corrections; "sorry, let me rephrase" is one."""
    covered = _phrases(words, p.corrections).covered
    return sum(i - 1 not in covered for i in covered)


def _count_broken(text: str) -> int:
    """Words broken off, as engines write them: a dash at the end and a space behind ("th- the")."""
    return len(re.findall(r"[^\W\d_]-{1,2}(?=\s)", text))
