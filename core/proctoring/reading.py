"""A claim about a pattern: eyes that go along and jump back, again and again, as in reading lines of text."""

from collections import deque
from dataclasses import dataclass
from itertools import pairwise

from core.domain.watch import FlagKind
from core.proctoring.rules import Change, Closed, Opened


@dataclass(frozen=True, slots=True)
class ReadingParams:
    """Knobs of the pattern. Two pictures a second see lines of two seconds and longer, not single words."""

    min_travel: float = 0.06
    """Way of the irises along a line, in eye widths."""
    max_stride: float = 0.75
    """Share of the way that one step may make: eyes that jump there at once look at something, they do not read."""
    return_share: float = 0.6
    """Share of that way which the jump back must make within one step."""
    max_step_s: float = 0.8
    """Time between two measurements that still belong together."""
    min_lines: int = 4
    """Lines in a row from which the pattern is claimed."""
    max_line_s: float = 6.0
    """A line takes no longer."""
    even: float = 0.5
    """Lines are alike: none lasts longer or shorter than the mean by more than this share of it."""
    quiet_s: float = 8.0
    """The claim ends, at its last line, after this long without another."""


class ReadingRule:
    """Counts lines in one direction. Pure but for its memory; times must not fall.

    What is measured is how many lines there were. It says that the eyes moved so, not what was read: the question
    and the captions are on the screen too.
    """

    kind = FlagKind.READING_GAZE

    def __init__(self, params: ReadingParams | None = None) -> None:
        self._params = params or ReadingParams()
        self._track: list[tuple[float, float]] = []
        self._lines: deque[tuple[float, float, float]] = deque()  # begin, end, way (signed)
        self._open = False
        self._count = 0
        self._line_s = 0.0
        self._started_at = self._ended_at = 0.0

    def observe(self, at: float, gaze_x: float | None) -> list[Change]:
        """Take one measurement.

        Args:
            at: Monotonic seconds of the frame.
            gaze_x: Sideways shift of the irises in eye widths; None when it was not measured.
        """
        p = self._params
        if gaze_x is not None:
            self._step(at, gaze_x)
        changes: list[Change] = []
        if self._open and at - self._ended_at > p.quiet_s:
            changes.append(self._end())
        elif not self._open and len(self._lines) >= p.min_lines and self._is_even():
            self._open = True
            self._count, self._started_at = len(self._lines), self._lines[0][0]
            self._line_s = sum(end - begin for begin, end, _ in self._lines)
            changes.append(Opened(self.kind, self._started_at, self._strength(), float(self._count)))
        return changes

    def close(self) -> list[Change]:
        """End an open claim; the watching itself has ended."""
        changes: list[Change] = [self._end()] if self._open else []
        self._track.clear()
        self._lines.clear()
        return changes

    def _step(self, at: float, x: float) -> None:
        p = self._params
        if self._track and at - self._track[-1][0] > p.max_step_s:
            self._track.clear()
        if len(self._track) >= 2:
            begin, first = self._track[0]
            way, back = self._track[-1][1] - first, x - self._track[-1][1]
            if way * back < 0:  # it turned
                strides = [abs(b - a) for (_, a), (_, b) in pairwise(self._track)]
                gradual = max(strides) <= p.max_stride * abs(way)
                long_enough = gradual and abs(way) >= p.min_travel and at - begin <= p.max_line_s
                if long_enough and abs(back) >= p.return_share * abs(way):
                    self._add_line(begin, self._track[-1][0], way)
                self._track = [] if long_enough else [self._track[-1]]
        self._track.append((at, x))

    def _add_line(self, begin: float, end: float, way: float) -> None:
        p = self._params
        last = self._lines[-1] if self._lines else None
        if last is not None and (last[2] * way < 0 or begin - last[1] > p.max_line_s):
            self._lines.clear()
        self._lines.append((begin, end, way))
        self._ended_at = end
        if self._open:
            self._count += 1
            self._line_s += end - begin
        while len(self._lines) > p.min_lines:
            self._lines.popleft()

    def _is_even(self) -> bool:
        lengths = [end - begin for begin, end, _ in self._lines]
        mean = sum(lengths) / len(lengths)
        return all(abs(length - mean) <= self._params.even * mean for length in lengths)

    def _strength(self) -> float:
        return min(1.0, self._line_s / max(1e-9, self._ended_at - self._started_at))

    def _end(self) -> Closed:
        closed = Closed(self.kind, self._started_at, self._ended_at, self._strength(), float(self._count))
        self._open = False
        self._lines.clear()
        return closed
