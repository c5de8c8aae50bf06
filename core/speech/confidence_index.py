"""The "confidence index": how the wording and the delivery sound, by formula. It says nothing of how anybody feels."""

from dataclasses import dataclass, field

from core.domain.delivery import Figure, FigureName
from core.speech.terms import Part, Scale, compute_score

_HOW = (
    "Weighted sum of hedging, pace, pauses and pitch range. Describes wording and delivery, not a feeling, and not "
    "whether the answer is right. Set by hand, not validated."
)


@dataclass(frozen=True, slots=True)
class ConfidenceIndexParams:
    """Scales and weights; the weights add up to 1."""

    hedges_per_100: Scale = field(default_factory=lambda: Scale(8, 1))
    """Softening words in 100."""
    hedges_weight: float = 0.35

    pace_wpm: Scale = field(default_factory=lambda: Scale(50, 110, 190, 280))
    """Words a minute, as in fluency."""
    pace_weight: float = 0.2

    pause_percent: Scale = field(default_factory=lambda: Scale(65, 30))
    """Share of time in pauses, as in fluency."""
    pause_weight: float = 0.2

    pitch_range_st: Scale = field(default_factory=lambda: Scale(1, 5))
    """Semitones from the 10th to the 90th percentile; a lively reading voice has 6 to 10."""
    pitch_weight: float = 0.25


def score_confidence_index(
    hedges: Figure, pace: Figure, pause_share: Figure, pitch_range: Figure, params: ConfidenceIndexParams | None = None
) -> Figure:
    """0 to 100 from hedges per 100 words, words a minute, percent of time in pauses, and semitones."""
    p = params or ConfidenceIndexParams()
    parts = (
        Part("Hedges", hedges, p.hedges_per_100, p.hedges_weight),
        Part("Pace", pace, p.pace_wpm, p.pace_weight),
        Part("Time in pauses", pause_share, p.pause_percent, p.pause_weight),
        Part("Pitch range", pitch_range, p.pitch_range_st, p.pitch_weight),
    )
    return compute_score(FigureName.CONFIDENCE_INDEX, parts, _HOW)
