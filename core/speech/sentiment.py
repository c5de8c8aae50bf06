"""Tone of the wording by VADER: which words are used, not what anybody feels."""

import re
import threading
from dataclasses import dataclass, replace

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from core.domain.delivery import Figure, FigureName, Term
from core.speech.figures import measured, refused

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")

_analyzer: SentimentIntensityAnalyzer | None = None
_analyzer_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class SentimentParams:
    """Knobs."""

    neutral_band: float = 0.05
    """A sentence within this of 0 counts as neutral (VADER's own)."""


@dataclass(frozen=True, slots=True)
class Tone:
    """Sentences of one kind.

    Attributes:
        kind: "positive", "neutral" or "negative".
        sentences: How many.
        mean: Of their VADER values, -1 to 1.
    """

    kind: str
    sentences: int
    mean: float


def compute_tones(text: str, params: SentimentParams | None = None) -> tuple[Tone, ...]:
    """Values of an answer's sentences, gathered by sign.

    VADER adds up all words before it squeezes the sum into -1 to 1, so a long text ends near one of the two. Hence
    sentence by sentence (Hutto and Gilbert, ICWSM 2014, rate single sentences too).

    Args:
        text: English.
        params: Knobs.

    Returns:
        The kinds that occur; empty for a text without words.
    """
    p = params or SentimentParams()
    sentences = [s for s in _SENTENCE_END.split(text) if any(c.isalpha() for c in s)]
    values = [float(_load().polarity_scores(s)["compound"]) for s in sentences]
    kinds = {
        "positive": [v for v in values if v >= p.neutral_band],
        "neutral": [v for v in values if -p.neutral_band < v < p.neutral_band],
        "negative": [v for v in values if v <= -p.neutral_band],
    }
    return tuple(Tone(kind, len(found), sum(found) / len(found)) for kind, found in kinds.items() if found)


def rate_wording(text: str, reason: str = "", params: SentimentParams | None = None) -> Figure:
    """Mean value of the sentences, -1 to 1, with a line for each kind.

    Args:
        text: English.
        reason: Why there is nothing to measure; empty when there is.
        params: Knobs.
    """
    tones = () if reason else compute_tones(text, params)
    if not tones:
        return refused([FigureName.WORDING], reason or "no words were heard")[0]
    total = sum(tone.sentences for tone in tones)
    terms = tuple(
        Term(
            name=f"Counted {tone.kind}",
            value=float(tone.sentences),
            unit="sentences",
            scale="points are their mean VADER value",
            points=tone.mean,
            weight=tone.sentences / total,
            contribution=tone.mean * tone.sentences / total,
        )
        for tone in tones
    )
    return replace(measured({FigureName.WORDING: sum(term.contribution for term in terms)})[0], terms=terms)


def _load() -> SentimentIntensityAnalyzer:
    global _analyzer
    with _analyzer_lock:
        if _analyzer is None:
            _analyzer = SentimentIntensityAnalyzer()
        return _analyzer
