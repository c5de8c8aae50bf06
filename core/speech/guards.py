"""What Whisper says when nobody spoke, and how it is kept out of a transcript. Pure functions."""

import re
from dataclasses import dataclass

from core.media.audio import SAMPLE_RATE, Samples
from core.media.level import compute_dbfs, compute_rms
from core.speech.hearing import Heard

PHANTOM_PHRASES = frozenset(
    {
        "",
        "bye",
        "bye bye",
        "i'll see you next time",
        "music",
        "ok",
        "okay",
        "please subscribe",
        "see you next time",
        "so",
        "subscribe",
        "thank you",
        "thank you for watching",
        "thank you so much",
        "thank you very much",
        "thanks",
        "thanks for watching",
        "the end",
        "uh",
        "you",
    }
)
"""Phrases the model learned from the silent ends of videos; each may also be meant, so it is refused on quiet only."""


@dataclass(frozen=True, slots=True)
class GuardParams:
    """Knobs of the guards."""

    max_no_speech: float = 0.5
    """Probability of "nobody spoke" from which an unsure text is refused (Whisper's own default is 0.6)."""

    min_confidence: float = 0.45
    """exp(mean log-probability) below which a text counts as unsure. Of 45 read utterances with noise as loud as the
    voice none was both unsure and over ``max_no_speech``; of 19 of babble, 13 were."""

    hopeless_confidence: float = 0.2
    """Below this a text is noise turned into words, whatever the rest says."""

    sparse_confidence: float = 0.5
    """Below this a text is refused when it is also sparse."""

    sparse_words_per_s: float = 0.5
    """Words a second below which a text is sparse: nobody who speaks for seconds says one word."""

    sparse_after_s: float = 3.0
    """Shorter pieces are never called sparse: a "yes" is one word."""

    quiet_dbfs: float = -50.0
    """Level of a segment below which it is near silence."""

    phantom_no_speech: float = 0.3
    """A known phrase is refused from this probability of "nobody spoke", or on near silence."""

    max_phrase_words: int = 8
    """Longest phrase whose repetition is recognised as a loop."""

    max_repeats: int = 2
    """How often a phrase may follow itself ("no, no")."""


INTERIM_GUARDS = GuardParams(min_confidence=1.01)
"""For interims a doubt about speech is enough: of 1,481 interims of real speech 2 % are held back, and come a second
later; of babble all."""


def judge(heard: Heard, samples: Samples, params: GuardParams | None = None) -> str:
    """The text that may be shown and kept.

    Args:
        heard: From the engine.
        samples: The audio it was heard in: int16, mono, 16 kHz, shape (n,).
        params: Knobs.

    Returns:
        The text without loops; empty when it was most likely not said. Without a confidence only loops and known
        phrases on near silence, or where nobody seems to have spoken, are refused.
    """
    p = params or GuardParams()
    text = collapse_repeats(heard.text, p)
    if not any(c.isalnum() for c in text):
        return ""
    confidence = 1.0 if heard.confidence is None else heard.confidence  # unknown is no ground for refusing
    if confidence < p.hopeless_confidence:
        return ""
    if heard.no_speech > p.max_no_speech and confidence < p.min_confidence:
        return ""
    duration_s = samples.size / SAMPLE_RATE
    sparse = duration_s > p.sparse_after_s and len(text.split()) < p.sparse_words_per_s * duration_s
    if sparse and confidence < p.sparse_confidence:
        return ""
    if is_phantom(text):
        quiet = compute_dbfs(compute_rms(samples)) < p.quiet_dbfs
        if quiet or heard.no_speech > p.phantom_no_speech or confidence < p.min_confidence:
            return ""
    return text


def is_phantom(text: str) -> bool:
    """Whether a text, case and punctuation aside, is one of the known phrases (or several of them in a row)."""
    sentences = [_plain(s) for s in re.split(r"[.!?]+", text)]
    return all(s in PHANTOM_PHRASES for s in sentences)


def collapse_repeats(text: str, params: GuardParams | None = None) -> str:
    """Shorten loops: a phrase that follows itself more often than a person repeats himself is kept once.

    Args:
        text: Words.
        params: Knobs.

    Returns:
        The words with each run of more than ``max_repeats`` equal phrases reduced to one.
    """
    p = params or GuardParams()
    words = text.split()
    keys = [_plain(w) for w in words]
    kept: list[str] = []
    i = 0
    while i < len(words):
        size, count = _longest_run(keys, i, p.max_phrase_words)
        # A long phrase is not repeated by accident: "no, no" is speech, six words twice in a row is a loop.
        if count > p.max_repeats or (count > 1 and size >= 5):
            kept.extend(words[i : i + size])
            i += size * count
        else:
            kept.append(words[i])
            i += 1
    return " ".join(kept)


def _longest_run(keys: list[str], start: int, max_size: int) -> tuple[int, int]:
    """The phrase at ``start`` whose immediate repetition covers most words: (words in it, times it occurs)."""
    best = (1, 1)
    for size in range(1, min(max_size, (len(keys) - start) // 2) + 1):
        phrase = keys[start : start + size]
        count = 1
        while keys[start + count * size : start + (count + 1) * size] == phrase:
            count += 1
        if count > 1 and size * count > best[0] * best[1]:
            best = (size, count)
    return best


def _plain(text: str) -> str:
    return re.sub(r"[^\w' ]+", " ", text.lower()).strip()
