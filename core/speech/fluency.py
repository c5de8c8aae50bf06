"""Fluency: pace, pauses and repairs in one number whose arithmetic is shown."""

from dataclasses import dataclass, field

from core.domain.delivery import Figure, FigureName
from core.speech.terms import Part, Scale, compute_score

_HOW = "Weighted sum of pace, pauses and repairs. The scales are set by hand and not validated against listeners."


@dataclass(frozen=True, slots=True)
class FluencyParams:
    """Scales and weights; the weights add up to 1. The corners are wide on purpose: people differ."""

    pace_wpm: Scale = field(default_factory=lambda: Scale(50, 110, 190, 280))
    """Spontaneous English is mostly 110 to 190 words a minute."""
    pace_weight: float = 0.35

    pause_percent: Scale = field(default_factory=lambda: Scale(65, 30))
    """Share of time in pauses; 20 to 35 % is usual in unprepared speech."""
    pause_weight: float = 0.25

    pause_mean_s: Scale = field(default_factory=lambda: Scale(2.5, 0.9))
    """Mean pause; under a second is usual."""
    pause_mean_weight: float = 0.15

    repairs_per_100: Scale = field(default_factory=lambda: Scale(10, 2))
    """Repeats, broken words and corrections; 1 to 4 in 100 words are usual in conversation."""
    repairs_weight: float = 0.25


def score_fluency(
    pace: Figure, pause_share: Figure, pause_mean: Figure, repairs: Figure, params: FluencyParams | None = None
) -> Figure:
    """0 to 100 from words a minute, pauses (percent of time, mean seconds) and repairs per 100 words."""
    p = params or FluencyParams()
    parts = (
        Part("Pace", pace, p.pace_wpm, p.pace_weight),
        Part("Time in pauses", pause_share, p.pause_percent, p.pause_weight),
        Part("Mean pause", pause_mean, p.pause_mean_s, p.pause_mean_weight),
        Part("Repairs", repairs, p.repairs_per_100, p.repairs_weight),
    )
    return compute_score(FigureName.FLUENCY, parts, _HOW)
