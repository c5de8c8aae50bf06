"""Heartbeats of one source drawn out to spans: pure, the time is handed in."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.domain.health import Span


@dataclass(slots=True)
class DrawnSpan:
    """A span that may still grow."""

    started_at: datetime
    ended_at: datetime

    @property
    def frozen(self) -> Span:
        """As it is now."""
        return Span(self.started_at, self.ended_at)


class SeenLine:
    """The spans of one source. Not thread-safe.

    A beat no later than ``gap_s`` after the one before stands for the time between them; a later one begins a new
    span, and so does one from long before (a clock set back). Nothing is seen after the latest beat.
    """

    def __init__(self, gap_s: float) -> None:
        self._gap = timedelta(seconds=gap_s)
        self.current: DrawnSpan | None = None
        """The span that grows; None before the first beat."""

    def beat(self, at: datetime) -> DrawnSpan | None:
        """Note a sign of life.

        Args:
            at: When, UTC. Threads may deliver their beats a little out of order.

        Returns:
            The span that began or grew; None when the beat lies within what was seen already.
        """
        span = self.current
        if span is None or at > span.ended_at + self._gap or at < span.started_at - self._gap:
            self.current = DrawnSpan(at, at)
            return self.current
        if span.started_at <= at <= span.ended_at:
            return None
        span.started_at, span.ended_at = min(span.started_at, at), max(span.ended_at, at)
        return span
