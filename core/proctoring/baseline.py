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
    step_s: float = 2.0
    """Time that one value may stand for: the first one after a long gap does not become the zero by itself."""


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
        self._start: float | None = None
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
                self._zero = self._near_start(median(self._first))
                self._start = self._zero if self._start is None else self._start
            self._at = at
            return None
        offset = value - self._zero
        if abs(offset) <= p.follow_within:
            share = min(1.0, min(p.step_s, max(0.0, at - self._at)) / p.follow_s)
            self._zero = self._near_start(self._zero + share * offset)
        self._at = at
        return offset

    def settle_again(self) -> None:
        """The person may sit differently now, as after a pause: learn the zero anew, within reach of the first one."""
        self._first, self._zero = [], None

    def _near_start(self, value: float) -> float:
        if self._start is None:
            return value
        return min(self._start + self._params.drift, max(self._start - self._params.drift, value))
