"""Weighted sums that can be read line by line."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.delivery import Figure, FigureName, Term


@dataclass(frozen=True, slots=True)
class Scale:
    """Turns a measured value into 0 to 100 points by straight lines between four corners.

    Points rise from 0 at ``zero`` to 100 at ``full``, stay there until ``full_until`` and fall to 0 at
    ``zero_again``. Without the last two they stay at 100. A scale on which less is better has ``zero`` above ``full``.
    """

    zero: float
    full: float
    full_until: float | None = None
    zero_again: float | None = None

    def points(self, value: float) -> float:
        """0 to 100."""
        up = _ramp(value, self.zero, self.full)
        if self.full_until is None or self.zero_again is None:
            return up
        return min(up, _ramp(value, self.zero_again, self.full_until))

    @property
    def words(self) -> str:
        """The corners, for people."""
        text = f"0 points at {self.zero:g}, 100 at {self.full:g}"
        if self.full_until is None or self.zero_again is None:
            return text
        return f"{text} to {self.full_until:g}, 0 at {self.zero_again:g}"


@dataclass(frozen=True, slots=True)
class Part:
    """What one line of a score is made of: a figure or a plain value, its scale and its weight."""

    name: str
    source: Figure
    scale: Scale
    weight: float


def compute_score(name: FigureName, parts: Sequence[Part], how: str) -> Figure:
    """A score from 0 to 100 with its arithmetic.

    Args:
        name: Of the score.
        parts: Its lines; the weights add up to 1.
        how: One sentence.

    Returns:
        The weighted sum; not measured when any of its parts was not, since a sum over what is left would be
        another score under the same name.
    """
    unit = "of 100"
    for part in parts:
        if part.source.value is None:
            return Figure(name, None, unit, how, f"{part.name}: {part.source.reason}")
    terms = tuple(_term(part, part.source.value) for part in parts if part.source.value is not None)
    value = min(100.0, max(0.0, sum(term.contribution for term in terms)))
    return Figure(name, value, unit, how, terms=terms)


def _term(part: Part, value: float) -> Term:
    points = part.scale.points(value)
    return Term(part.name, value, part.source.unit, part.scale.words, points, part.weight, points * part.weight)


def _ramp(value: float, zero: float, full: float) -> float:
    return 100.0 * min(1.0, max(0.0, (value - zero) / (full - zero)))
