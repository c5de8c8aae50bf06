"""How one person sits: the zero that angles and gaze are measured from."""

from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class BaselineParams:
    """Knobs of a baseline."""

    frames: int = 5
    """Values whose median is the first zero."""
    limit: float = 35.0
    """A value further from the camera's own zero than this is no usual position and is left out."""
    follow_s: float = 45.0
    """Time in which the zero follows two thirds of a change of posture."""
    follow_within: float = 10.0
    """Only values this near to the zero move it: who looks away does not make that the zero."""
    drift: float = 12.0
    """Furthest the zero may move from the first one."""


ANGLES = BaselineParams()
"""Degrees of yaw and pitch."""
GAZE = BaselineParams(limit=0.35, follow_within=0.08, drift=0.08)
"""Eye widths."""


class Baseline:
    """The zero of one value. Used by one thread.

    Args:
        params: Knobs, in the unit of the value.
    """

    def __init__(self, params: BaselineParams) -> None:
        self._params = params
        self._first: list[float] = []
        self._start = 0.0
        self._zero: float | None = None
        self._at = 0.0

    @property
    def known(self) -> bool:
        """Whether there is a zero yet."""
        return self._zero is not None

    def offset(self, at: float, value: float) -> float | None:
        """The value less the zero, which learns from it.

        Args:
            at: Monotonic seconds.
            value: As measured.

        Returns:
            None while the zero is not known.
        """
        p = self._params
        if self._zero is None:
            if abs(value) <= p.limit:
                self._first.append(value)
            if len(self._first) >= p.frames:
                self._start = self._zero = median(self._first)
            self._at = at
            return None
        offset = value - self._zero
        if abs(offset) <= p.follow_within:
            share = min(1.0, max(0.0, at - self._at) / p.follow_s)
            moved = self._zero + share * offset
            self._zero = min(self._start + p.drift, max(self._start - p.drift, moved))
        self._at = at
        return offset
