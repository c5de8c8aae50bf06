"""How an answer was spoken, as figures that can be traced. Descriptive: nothing here enters a score of an answer."""

import math
from dataclasses import dataclass
from enum import StrEnum

DELIVERY_VERSION = 1
"""Raised when a formula or a name changes, so that figures of two makings are never compared."""


class FigureName(StrEnum):
    """What is measured; stored by value."""

    PACE = "pace"
    ARTICULATION = "articulation"
    PAUSES = "pauses"
    PAUSE_MEAN = "pause_mean"
    PAUSE_LONGEST = "pause_longest"
    PAUSE_SHARE = "pause_share"
    PAUSES_IN_PHRASE = "pauses_in_phrase"
    FILLERS = "fillers"
    HEDGES = "hedges"
    REPAIRS = "repairs"
    PITCH_MEDIAN = "pitch_median"
    PITCH_LOW = "pitch_low"
    PITCH_HIGH = "pitch_high"
    PITCH_RANGE = "pitch_range"
    ENERGY_RANGE = "energy_range"
    SIGNAL_TO_NOISE = "signal_to_noise"
    FLUENCY = "fluency"
    RICHNESS = "richness"
    WORDING = "wording"
    CONFIDENCE_INDEX = "confidence_index"


@dataclass(frozen=True, slots=True)
class Term:
    """One line of a figure's arithmetic: ``contribution = points * weight``.

    Attributes:
        name: In plain words.
        value: What was measured.
        unit: Of ``value``.
        scale: How ``value`` became ``points``, in words and numbers.
        points: On the figure's own scale.
        weight: Share of this line; the weights of a figure add up to 1.
        contribution: To the figure's value; the contributions add up to it.
    """

    name: str
    value: float
    unit: str
    scale: str
    points: float
    weight: float
    contribution: float


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value, or why there is none.

    Attributes:
        name: What it is.
        value: Finite; None when it was not measured.
        unit: Of ``value``.
        how: How it was measured, one sentence.
        reason: Why it was not measured; empty when it was.
        terms: Its arithmetic line by line; empty where it is no weighted sum.

    Raises:
        ValueError: Neither or both of value and reason, or a value that is no finite number.
    """

    name: FigureName
    value: float | None
    unit: str
    how: str = ""
    reason: str = ""
    terms: tuple[Term, ...] = ()

    def __post_init__(self) -> None:
        if (self.value is None) == (not self.reason):
            raise ValueError(f"{self.name} needs a value or the reason why it has none")
        if self.value is not None and not math.isfinite(self.value):
            raise ValueError(f"{self.name} is not a finite number")


@dataclass(frozen=True, slots=True)
class DeliveryFigures:
    """All figures of one attempt, each name once."""

    figures: tuple[Figure, ...]
    version: int = DELIVERY_VERSION

    def find(self, name: FigureName) -> Figure | None:
        """The figure of this name."""
        return next((figure for figure in self.figures if figure.name is name), None)
