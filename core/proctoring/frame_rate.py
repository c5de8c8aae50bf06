"""How often a camera was looked at."""

from collections import deque

_KEPT_S = 60.0


class FrameRate:
    """Times of the analysed frames of the last minute. Used by one thread; times must not fall."""

    def __init__(self) -> None:
        self._times: deque[float] = deque()

    def add(self, at: float) -> None:
        """A frame that arrived at monotonic second ``at`` was analysed."""
        self._times.append(at)
        while self._times[0] < at - _KEPT_S:
            self._times.popleft()

    def since(self, at: float) -> float:
        """Frames a second from ``at``, or from a minute ago, to the latest; 0 without two of them."""
        times = [t for t in self._times if t >= at]
        return (len(times) - 1) / (times[-1] - times[0]) if len(times) > 1 and times[-1] > times[0] else 0.0
